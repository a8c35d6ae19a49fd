"""The edge to the vector database: points, filters, hits and the one protocol both engines keep.

What the points mean (documents, passages, photos) is `knowledge.index.layout`'s business, not the
store's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

DenseVector = npt.NDArray[np.float32]
"""float32 (dim,), L2-normalised."""


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Token ids and their weights, as Qdrant's BM25 makes them."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """The vectors and payload indexes of a collection.

    Attributes:
        dense: vector name → dimension; all compared by cosine.
        sparse: sparse vector names; all with Qdrant's IDF modifier.
        keywords: payload keys that filters use.
    """

    dense: Mapping[str, int]
    sparse: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """What is stored: a UUID, a JSON payload and any of the schema's vectors (or none)."""

    id: str
    payload: Mapping[str, Any]
    vectors: Mapping[str, DenseVector | SparseVector] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A point read back; `vectors` is empty unless it was asked for."""

    id: str
    payload: Mapping[str, Any]
    vectors: Mapping[str, DenseVector | SparseVector] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A point that a query found. `score`: cosine or BM25, higher is better."""

    id: str
    score: float
    payload: Mapping[str, Any]


Where = Mapping[str, str | Sequence[str]]
"""A filter: every key must hold; a sequence means any of its values. Empty: everything."""


class VectorStore(Protocol):
    """One collection of points. Every write that returned survives a killed process.

    Both engines raise `StorageError` (or a class below it) and nothing else of their own.
    """

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points, replacing those of the same id."""

    def replace_payload(self, payloads: Mapping[str, Mapping[str, Any]]) -> None:
        """Give existing points (by id) a new payload; their vectors stay."""

    def delete(self, ids: Sequence[str]) -> None:
        """Remove points; ids that are not there are ignored."""

    def retrieve(self, ids: Sequence[str], *, with_vectors: bool = False) -> list[Record]:
        """The points of these ids, in the order asked; ids that are not there are left out."""

    def query(
        self,
        vector: DenseVector | SparseVector,
        *,
        using: str,
        k: int,
        where: Where | None = None,
    ) -> list[Hit]:
        """The `k` closest points that have the vector `using`, best first."""

    def scroll(self, where: Where | None = None, *, with_vectors: bool = False) -> Iterator[Record]:
        """Every point that the filter keeps, each once, in no promised order."""

    def count(self, where: Where | None = None) -> int:
        """How many points the filter keeps, exactly."""

    def version(self) -> str:
        """A value that is another one after every write, whoever wrote; cheap to ask for.

        What was computed from reads that began after a version was asked for may be kept under
        that version and is never stale: a write changes it before the write returns.
        """

    def flush(self) -> None:
        """Make every write that returned survive a power cut too, as far as this side can."""

    def optimize(self) -> None:
        """Build what makes queries fast (HNSW, merged segments); may take long."""

    def close(self) -> None:
        """Make everything durable and let go of files, locks and connections."""
