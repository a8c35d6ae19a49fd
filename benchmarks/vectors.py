"""The vector stage alone: how its time, memory and recall grow with the number of points.

    python -m benchmarks.vectors --points 10000 100000          (builds where nothing is built yet)

The vectors are synthetic: clusters of about a hundred around random directions, as photos of one
subject lie. 512 numbers each, float32, length 1. What is found is compared with brute force.
"""

import argparse
import json
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from benchmarks import results
from benchmarks.machine import memory_mb
from benchmarks.plot import log_log
from knowledge.store.base import Point, Schema
from knowledge.store.edge import EdgeStore

DIM = 512
K = 10
QUERIES = 300
LEAST_RECALL, MOST_GROWTH = 0.98, 3.0
_PER_CLUSTER = 100
_SPREAD = 0.8
_STEP = 512
SCHEMA = Schema(dense={"image": DIM}, sparse=(), keywords=("kind",))

Floats = npt.NDArray[np.float32]
Kind = Literal["float32", "int8"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One size of index, as it was found after it had been closed and opened again.

    Times in milliseconds unless they say seconds; `recall` at 10 against brute force; `anonymous`
    is memory that cannot be given back, `mapped` what the files' pages take beside it, in MB.
    """

    points: int
    kind: Kind
    p50_ms: float
    p95_ms: float
    recall: float
    reopen_s: float
    anonymous_mb: float
    mapped_mb: float
    disk_mb: float
    build_s: float | None


def centres(points: int, dim: int = DIM) -> Floats:
    """(points / 100, dim) directions of length 1; the same for the same number."""
    found = np.random.default_rng(points).standard_normal((max(1, points // _PER_CLUSTER), dim))
    return _unit(found.astype(np.float32))


def vectors_around(around: Floats, count: int, rng: np.random.Generator) -> Floats:
    """(count, dim) vectors of length 1, each near one of the centres."""
    dim = around.shape[1]
    noise = rng.standard_normal((count, dim), dtype=np.float32) * np.float32(_SPREAD / dim**0.5)
    return _unit(around[rng.integers(len(around), size=count)] + noise)


def batches(points: int, dim: int = DIM) -> Iterator[Floats]:
    """All vectors of an index, batch by batch."""
    around, rng = centres(points, dim), np.random.default_rng(1)
    for start in range(0, points, _STEP):
        yield vectors_around(around, min(_STEP, points - start), rng)


def queries(points: int, count: int = QUERIES, dim: int = DIM) -> Floats:
    """(count, dim) vectors that are not in the index."""
    return vectors_around(centres(points, dim), count, np.random.default_rng(2))


def true_neighbours(points: int, asked: Floats) -> list[set[int]]:
    """The numbers of each query's ten closest points, by brute force."""
    best = np.full((len(asked), K), -2.0, dtype=np.float32)
    numbers = np.zeros((len(asked), K), dtype=np.int64)
    start = 0
    for batch in batches(points, asked.shape[1]):
        scores = np.concatenate([best, asked @ batch.T], axis=1)
        here = np.broadcast_to(np.arange(start, start + len(batch)), (len(asked), len(batch)))
        known = np.concatenate([numbers, here], axis=1)
        top = np.argpartition(-scores, K - 1, axis=1)[:, :K]
        best, numbers = (np.take_along_axis(rows, top, axis=1) for rows in (scores, known))
        start += len(batch)
    return [set(row.tolist()) for row in numbers]


def fill(store: EdgeStore, points: int) -> None:
    """Write all points; each carries its number."""
    number = 0
    for batch in batches(points):
        store.upsert(
            [
                Point(_id(number + at), {"kind": "photo", "number": number + at}, {"image": vector})
                for at, vector in enumerate(batch)
            ]
        )
        number += len(batch)


def build(folder: Path, points: int, kind: Kind) -> float:
    """Make an index and its HNSW graph; seconds that took. An unfinished one is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    started = time.perf_counter()
    if kind == "int8":
        _make_int8_shard(folder)
    with EdgeStore.open(folder, schema=SCHEMA, create=True) as store:
        fill(store, points)
        store.optimize()
    seconds = time.perf_counter() - started
    (folder / "built.json").write_text(json.dumps({"points": points, "seconds": seconds}))
    return seconds


def measure(folder: Path, points: int, kind: Kind, *, truth: list[set[int]]) -> Measured:
    """Open an index that was built, and ask it."""
    asked = queries(points, len(truth))
    before = memory_mb()
    started = time.perf_counter()
    ask, close = _open(folder, kind)
    reopen_s = time.perf_counter() - started
    try:
        for vector in asked:  # the pages that a query touches are read once
            ask(vector)
        times, found = [], 0
        for vector, wanted in zip(asked, truth, strict=True):
            started = time.perf_counter()
            numbers = ask(vector)
            times.append(1e3 * (time.perf_counter() - started))
            found += len(set(numbers) & wanted)
        after = memory_mb()
    finally:
        close()
    return Measured(
        points=points,
        kind=kind,
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
        recall=found / (K * len(asked)),
        reopen_s=reopen_s,
        anonymous_mb=after.anonymous - before.anonymous,
        mapped_mb=after.mapped - before.mapped,
        disk_mb=sum(f.stat().st_blocks * 512 for f in folder.rglob("*") if f.is_file()) / 2**20,
        build_s=json.loads((folder / "built.json").read_text())["seconds"],
    )


def prepare(folder: Path, points: int, kind: Kind) -> None:
    """Build an index unless it is there, and keep what brute force finds beside it."""
    if not (folder / "built.json").exists():
        build(folder, points, kind)
    truth = folder.parent / f"truth-{points}.json"
    if not truth.exists():
        found = true_neighbours(points, queries(points))
        truth.write_text(json.dumps([sorted(row) for row in found]))


def read_truth(folder: Path, points: int) -> list[set[int]]:
    """What `prepare` kept."""
    rows = json.loads((folder.parent / f"truth-{points}.json").read_text())
    return [set(row) for row in rows]


def lines_of(found: list[Measured]) -> list[results.Line]:
    """A line an index, and how the slowest queries grow from the smallest to the largest."""
    lines = [
        results.Line(
            f"vector stage, {of.points:,} points, {of.kind}: p50",
            "ms",
            of.p50_ms,
            more=asdict(of),
        )
        for of in found
    ]
    for of in found:
        if of.kind == "float32":
            lines.append(
                results.Line(
                    f"… recall at 10, {of.points:,} points", "", of.recall, target=LEAST_RECALL
                )
            )
    exact = sorted((of for of in found if of.kind == "float32"), key=lambda of: of.points)
    if len(exact) > 1:
        first, last = exact[0], exact[-1]
        lines.append(
            results.Line(
                f"… p95 at {last.points:,} points over that at {first.points:,}",
                "×",
                last.p95_ms / first.p95_ms,
                target=MOST_GROWTH,
                at="most",
            )
        )
    return lines


def plot(found: list[Measured]) -> str:
    """An SVG of the float32 indexes."""
    exact = sorted((of for of in found if of.kind == "float32"), key=lambda of: of.points)
    return log_log(
        "The vector stage: milliseconds a query, 10 results, recall 1.0 wherever measured"
        if all(of.recall > 0.9995 for of in exact)
        else "The vector stage: milliseconds a query, 10 results",
        "points",
        "ms",
        {
            "p50": [(of.points, of.p50_ms) for of in exact],
            "p95": [(of.points, of.p95_ms) for of in exact],
        },
    )


def main() -> None:
    """Build what is missing, measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--kinds", nargs="+", choices=["float32", "int8"], default=["float32"])
    parser.add_argument("--scratch", type=Path, default=Path(".snapcite/bench"))
    parser.add_argument("--name", default="vectors", help="of the files under results/")
    parser.add_argument("--prepare-only", action="store_true")
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    found = []
    for points in options.points:
        for kind in options.kinds:
            folder = options.scratch / f"{kind}-{points}"
            prepare(folder, points, kind)
            if not options.prepare_only:
                truth = read_truth(folder, points)
                found.append(measure(folder, points, kind, truth=truth))
    if found:
        lines = lines_of(found)
        results.show(lines)
        results.save(options.results, options.name, lines, dim=DIM, k=K, queries=QUERIES)
        if len(options.points) > 1 and "float32" in options.kinds:
            (options.results / f"{options.name}.svg").write_text(plot(found))


def _open(folder: Path, kind: Kind) -> tuple[Callable[[Floats], list[int]], Callable[[], None]]:
    """What finds the numbers of the ten closest points, and what closes it."""
    if kind == "float32":
        store = EdgeStore.open(folder, schema=None, create=False)
        return (
            lambda vector: [
                hit.payload["number"] for hit in store.query(vector, using="image", k=K)
            ],
            store.close,
        )
    import qdrant_edge as edge

    shard = edge.EdgeShard.load(str((folder / "shard").absolute()))
    # Found by the int8 vectors, twice as many as asked for, and put in order by the exact ones.
    params = edge.SearchParams(
        quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0)
    )

    def ask(vector: Floats) -> list[int]:
        request = edge.QueryRequest(
            limit=K,
            query=edge.Query.Nearest(vector.tolist(), using="image"),
            params=params,
            with_payload=True,
        )
        return [(point.payload or {})["number"] for point in shard.query(request)]

    return ask, shard.close


def _make_int8_shard(folder: Path) -> None:
    """As `EdgeStore` makes one, with vectors quantized beside the exact ones."""
    import qdrant_edge as edge

    shard = folder / "shard"
    shard.mkdir(parents=True)
    int8 = edge.ScalarQuantizationConfig(
        edge.ScalarType.Int8, quantile=0.99, memory=edge.Memory.Cached
    )
    params = edge.EdgeVectorParams(
        size=DIM, distance=edge.Distance.Cosine, quantization_config=int8
    )
    config = edge.EdgeConfig(vectors={"image": params}, payload_memory=edge.Memory.Cold)
    edge.EdgeShard.create(str(shard.absolute()), config).close()


def _unit(rows: Floats) -> Floats:
    units: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return units


def _id(number: int) -> str:
    return str(uuid.UUID(int=number + 1))


if __name__ == "__main__":
    main()
