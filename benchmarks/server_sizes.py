"""What a Qdrant server takes for so many photos: memory, disk, milliseconds and recall.

    SNAPCITE_TEST_QDRANT_BINARY=/path/to/qdrant python -m benchmarks.server_sizes --points 100000

One node on loopback and the vectors of `benchmarks.vectors` at 1,024 numbers, written through the
server engine. The same collection is measured with exact vectors in memory, then with int8 beside
them, then with the exact ones on disk; each change is made live, as docs/cluster.md says. Before
each measurement the node is started again, so that its memory holds what serving needs.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np

from benchmarks import results, vectors
from benchmarks.machine import memory_mb
from benchmarks.qdrant_nodes import Node, cluster_of
from knowledge.store import Point, ServerOptions
from knowledge.store.base import Schema
from knowledge.store.server import ServerStore

_COLLECTION = "sizes"
_GREEN_SECONDS = 3_600.0
_CHANGES: dict[str, dict[str, Any]] = {
    "float32": {},
    "int8": {
        "quantization_config": {"scalar": {"type": "int8", "quantile": 0.99, "always_ram": True}}
    },
    "int8, exact on disk": {"vectors": {"image": {"on_disk": True}}},
}


@dataclass(frozen=True, slots=True)
class Size:
    """One way of keeping the vectors.

    Times in ms unless they say seconds, sizes in MB. `recall`: at 10 against brute force.
    `anonymous_mb` cannot be given back; `mapped_mb` are pages of files that were touched and that
    the system may drop.
    """

    kind: str
    p50_ms: float
    p95_ms: float
    recall: float
    anonymous_mb: float
    mapped_mb: float
    disk_mb: float
    change_s: float


def open_store(node: Node, dim: int, *, create: bool) -> ServerStore:
    """The collection, with the server's defaults."""
    schema = Schema({"image": dim}, (), ("kind",))
    return ServerStore.open(
        node.url, collection=_COLLECTION, api_key=None, schema=schema, create=create,
        options=ServerOptions(),
    )  # fmt: skip


def fill(node: Node, points: int, dim: int) -> float:
    """Write all points, each with its number; points a second."""
    started, number = time.monotonic(), 0
    with open_store(node, dim, create=True) as store:
        for batch in vectors.batches(points, dim):
            store.upsert(
                [
                    Point(str(UUID(int=number + at + 1)), {"kind": "photo", "number": number + at},
                          {"image": row})
                    for at, row in enumerate(batch)
                ]
            )  # fmt: skip
            number += len(batch)
    return points / (time.monotonic() - started)


def change(node: Node, body: dict[str, Any]) -> float:
    """Change the collection live and wait until its index is built; seconds.

    Raises:
        RuntimeError: that takes more than an hour.
    """
    started, url = time.monotonic(), f"{node.url}/collections/{_COLLECTION}"
    if body:
        httpx.patch(url, json=body, timeout=60).raise_for_status()
        time.sleep(1.0)
    while time.monotonic() - started < _GREEN_SECONDS:
        found = httpx.get(url, timeout=60).json()["result"]
        if found["status"] == "green":
            return time.monotonic() - started
        if found["status"] == "grey":  # after a start it waits for a write or for this
            httpx.patch(url, json={"optimizers_config": {}}, timeout=60).raise_for_status()
        time.sleep(0.5)
    raise RuntimeError(f"The index is not built after an hour: {found}")


def measure(node: Node, kind: str, asked: vectors.Floats, truth: list[set[int]]) -> Size:
    """Change the collection to `kind`, start the node again, and ask it."""
    change_s = change(node, _CHANGES[kind])
    node.kill()
    node.start()
    with open_store(node, asked.shape[1], create=False) as store:
        for vector in asked:  # the pages that a query touches are read once
            store.query(vector, using="image", k=vectors.K)
        times, found = [], 0
        for vector, wanted in zip(asked, truth, strict=True):
            started = time.perf_counter()
            hits = store.query(vector, using="image", k=vectors.K)
            times.append(1e3 * (time.perf_counter() - started))
            found += len({hit.payload["number"] for hit in hits} & wanted)
    memory = memory_mb(node.pid)
    return Size(
        kind=kind,
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
        recall=found / (vectors.K * len(asked)),
        anonymous_mb=memory.anonymous,
        mapped_mb=memory.mapped,
        disk_mb=node.disk_bytes() / 2**20,
        change_s=change_s,
    )


def main() -> int:
    """Fill, measure each way of keeping, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=1_024)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    binary = os.environ.get("SNAPCITE_TEST_QDRANT_BINARY")
    if not binary:
        parser.error("name a Qdrant binary by SNAPCITE_TEST_QDRANT_BINARY")
    asked = vectors.queries(options.points, options.queries, options.dim)
    truth = vectors.true_neighbours(options.points, asked)
    with (
        tempfile.TemporaryDirectory(prefix="sizes-") as folder,
        cluster_of(Path(binary), Path(folder), 1) as (node,),
    ):
        version = httpx.get(node.url, timeout=5).json()["version"]
        written = fill(node, options.points, options.dim)
        sizes = [measure(node, kind, asked, truth) for kind in _CHANGES]
    lines = [results.Line("points written", "points/s", written)]
    for size in sizes:
        lines.append(results.Line(f"{size.kind}: p50", "ms", size.p50_ms, more=asdict(size)))
        lines.append(results.Line(f"… recall at {vectors.K}", "", size.recall, target=0.98))
    results.show(lines)
    results.save(
        options.results, f"server-{options.points}", lines, points=options.points, dim=options.dim,
        queries=options.queries, version=version,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
