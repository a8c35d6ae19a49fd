"""Optimise a copy of a shard in a process of its own: the engine stops all threads of the one it is
in. Then write to the copy what was written to the shard meanwhile.

Knows the copy's folder, which nobody else has open. `knowledge.store.edge.engine` makes the two
change places.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from knowledge.store.base import Point, Record
from knowledge.store.edge.convert import to_edge_point

_PR_SET_PDEATHSIG = 1
_NICER = 10
_BATCH = 256
_RUN = "from knowledge.store.edge.beside import main; main()"


def start_optimizing(shard: Path) -> "subprocess.Popen[bytes]":
    """Start the process; its exit status is 0 once the shard is optimised and closed."""
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, str(shard.absolute())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def catch_up(copy: Path, ids: set[str], read: Callable[[Sequence[str]], list[Record]]) -> None:
    """Make points of the copy what they are in the shard it was made of.

    Args:
        copy: folder of the copy.
        ids: of the points that were written or removed since.
        read: the points of these ids that are in the shard, with their vectors.
    """
    import qdrant_edge as edge

    shard = edge.EdgeShard.load(str(copy.absolute()))
    try:
        left = iter(sorted(ids))
        while batch := list(islice(left, _BATCH)):
            there = read(batch)
            gone = sorted(set(batch) - {record.id for record in there})
            points = [Point(record.id, record.payload, record.vectors) for record in there]
            if points:
                upsert = edge.UpdateOperation.upsert_points([to_edge_point(p) for p in points])
                shard.update(upsert)
            if gone:
                shard.update(edge.UpdateOperation.delete_points(list(gone)))
        shard.flush()
    finally:
        shard.close()


def main() -> None:
    """Open the shard that is named, optimise it and close it."""
    import qdrant_edge as edge

    with suppress(OSError, AttributeError):  # Linux: do not outlive who started this
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(_NICER)  # queries come first
    shard = edge.EdgeShard.load(sys.argv[1])
    shard.optimize()
    shard.flush()
    shard.close()
