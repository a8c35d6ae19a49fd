"""How queries fare while an index takes live updates, and while it is optimised beside them.

    python benchmarks/live_queries.py --documents 20000 --updates 20000

Vectors are random (512 dimensions), a document is a photo, a passage and its own point, and each
update is one document. Prints a line of JSON; times are milliseconds unless they say seconds.
"""

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from knowledge.index import Fingerprint
from knowledge.store import DenseVector, Point, SparseVector
from knowledge.store.edge import EdgeStore

DIM = 512
SCHEMA = Fingerprint(encoder="random", encoder_fingerprint="", dim=DIM, passage_tokens=64).schema()
K = 50


class Documents:
    """Random documents and queries; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def vector(self) -> DenseVector:
        """float32 (512,), of length 1."""
        vector = self._rng.standard_normal(DIM).astype(np.float32)
        unit: DenseVector = vector / np.linalg.norm(vector)
        return unit

    def points(self, number: int) -> list[Point]:
        """The points of one document."""
        words = np.unique(self._rng.integers(0, 30_000, 20)).tolist()
        common = {"corpus": "c", "document_id": f"c/{number}", "language": "en", "tags": []}
        sparse = SparseVector(tuple(words), (1.0,) * len(words))
        passage: dict[str, DenseVector | SparseVector] = {
            "clip_text": self.vector(),
            "bm25": sparse,
        }
        return [
            Point(_id(number, 0), {"kind": "photo", **common}, {"image": self.vector()}),
            Point(_id(number, 1), {"kind": "passage", "text": "x" * 300, **common}, passage),
            Point(_id(number, 2), {"kind": "document", "text": "x" * 1000, **common}),
        ]


def _id(number: int, kind: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"{number}/{kind}"))


def query_times(store: EdgeStore, documents: Documents, *, count: int = 300) -> dict[str, float]:
    """Milliseconds of `count` queries for photos."""
    return summary([_query(store, documents) for _ in range(count)])


def _query(store: EdgeStore, documents: Documents) -> float:
    vector = documents.vector()
    started = time.perf_counter()
    store.query(vector, using="image", k=K)
    return time.perf_counter() - started


def summary(seconds: list[float]) -> dict[str, float]:
    """Median, 99th percentile and longest of some times, in milliseconds."""
    p50, p99, longest = (float(np.quantile(seconds, q)) * 1e3 for q in (0.5, 0.99, 1.0))
    return {"p50": round(p50, 2), "p99": round(p99, 2), "longest": round(longest, 2)}


def main() -> None:
    """Fill, optimise, update, optimise beside queries; print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--updates", type=int, default=20_000)
    options = parser.parse_args()
    documents = Documents(0)
    found: dict[str, object] = {"documents": options.documents, "updates": options.updates}
    with (
        tempfile.TemporaryDirectory() as folder,
        EdgeStore.open(Path(folder) / "index", schema=SCHEMA, create=True) as store,
    ):
        for number in range(options.documents):
            store.upsert(documents.points(number))
        started = time.perf_counter()
        store.optimize()
        found["optimize_s"] = round(time.perf_counter() - started, 1)
        found["optimized"] = query_times(store, documents)
        for number in range(options.documents, options.documents + options.updates):
            store.upsert(documents.points(number))
        found["updated"] = query_times(store, documents)
        started = time.perf_counter()
        store.flush()
        found["flush"] = round((time.perf_counter() - started) * 1e3, 1)
        optimizing = threading.Thread(target=store.optimize_online)
        started = time.perf_counter()
        optimizing.start()
        times = []
        while optimizing.is_alive():
            times.append(_query(store, documents))
            time.sleep(0.005)
        found["optimize_beside_s"] = round(time.perf_counter() - started, 1)
        found["meanwhile"] = summary(times)
        found["optimized_again"] = query_times(store, documents)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
