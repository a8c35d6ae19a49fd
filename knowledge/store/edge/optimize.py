"""Optimise a copy of a shard in another process, then write to it what the shard got meanwhile.

Another process, because the engine stops all threads of the one it works in. Knows the copy's
folder, which nobody else has open. `knowledge.store.edge.engine` makes the two change places.
"""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from knowledge.store.base import Point, Record
from knowledge.store.edge.convert import to_point

_NICER = 10
_BATCH = 256
_RUN = "from knowledge.store.edge.optimize import main; main()"


def start_optimizing(shard: Path) -> "subprocess.Popen[bytes]":
    """Start the process; its exit status is 0 once the shard is optimised and closed.

    It ends with this process, whichever thread called this and however long that thread lives.
    """
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, str(shard.absolute())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def catch_up(copy: Path, ids: set[str], read: Callable[[Sequence[str]], list[Record]]) -> None:
    """Bring points of the copy up to date with the shard it was made from.

    Args:
        copy: folder of the copy.
        ids: of the points that were written or removed since.
        read: returns the points of some ids that are in the shard, with their vectors.
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
                upsert = edge.UpdateOperation.upsert_points([to_point(p) for p in points])
                shard.update(upsert)
            if gone:
                shard.update(edge.UpdateOperation.delete_points(list(gone)))
        shard.flush()
    finally:
        shard.close()


def main() -> None:
    """Open the shard whose folder is the first argument, optimise it and close it."""
    import qdrant_edge as edge

    _end_with_the_parent()
    os.nice(_NICER)  # queries come first
    shard = edge.EdgeShard.load(sys.argv[1])
    shard.optimize()
    shard.flush()
    shard.close()


def _end_with_the_parent() -> None:
    """Let the kernel end this process when the other side of its standard input is closed.

    The engine holds the interpreter's lock, so no thread here could watch the pipe. The parent
    death signal of Linux would fire when the *thread* that started this process ends.
    """
    try:
        import fcntl
    except ImportError:  # Windows: this process ends once it is done
        return
    pipe = sys.stdin.fileno()
    signal.signal(signal.SIGIO, signal.SIG_DFL)  # which ends the process
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:  # it was closed before
        sys.exit(1)
