"""The edge to the vector database: points, filters, hits and the one protocol of both engines.

`knowledge.index.layout` knows what the points mean (documents, passages, photos); a store does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
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
        spans: payload keys of lists of spans that filters use. A server indexes their two ends;
            the embedded engine reads them from the payload.
        numbers: payload keys of whole numbers that filters compare; indexed as `spans` are.
    """

    dense: Mapping[str, int]
    sparse: tuple[str, ...]
    keywords: tuple[str, ...]
    spans: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def with_keywords(self, keywords: Iterable[str]) -> "Schema":
        """The same with payload indexes for these keys too."""
        return replace(self, keywords=tuple(sorted({*self.keywords, *keywords})))


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


OPEN = 10**12
"""The `last` of a stored span without an end; `-OPEN` is the `first` of one without a beginning."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """A span of numbers, both ends included. It keeps the points that have, in the list under the
    filter's key, a span `{"first": …, "last": …}` with a number in common."""

    first: int
    last: int

    def payload(self) -> dict[str, int]:
        """It as it is stored."""
        return {"first": self.first, "last": self.last}


@dataclass(frozen=True, slots=True)
class OpenTo:
    """Under any key of a filter, it keeps the points that are open to a viewer
    (`knowledge.viewer`).

    Attributes:
        groups: that the viewer is in.
        day: today, as a number that sorts.
        own_statistics: whether a query by words weighs them by how rare they are among the points
            that this keeps, and not among all.
    """

    groups: tuple[str, ...]
    day: int
    own_statistics: bool


Where = Mapping[str, str | Sequence[str] | Sequence[Overlap] | OpenTo]
"""A filter: every key must hold; a sequence means any of its values. Empty: everything."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A query: the `k` closest points that have the vector `using` and that `where` keeps."""

    vector: DenseVector | SparseVector
    using: str
    k: int
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What an operator should know of a store.

    Attributes:
        about: one or two words.
        seen: what was found.
        todo: what to do; None where all is well.
    """

    about: str
    seen: str
    todo: str | None = None


class Files(Protocol):
    """Bytes that are kept with the points, by name. Safe to use from several threads.

    An engine may keep them as points of kind `upload`, which count like other points.
    """

    def write(self, name: str, data: bytes) -> None:
        """Keep a file; when this returns it is durable. Cut off, it is whole or not there at all.

        Args:
            name: two characters or more that may stand in a file's name.
            data: at least one byte.

        Raises:
            StorageError: it cannot be written.
        """

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            NotFoundError: no file of that name is kept.
            StorageError: it cannot be read.
        """

    def delete(self, names: Sequence[str]) -> None:
        """Remove files; names that are not there are ignored.

        Raises:
            StorageError: one cannot be removed.
        """


class VectorStore(Protocol):
    """One collection of points. Every write that returned survives a killed process.

    Both engines raise `StorageError` (or a class below it) and no other error of their own.
    """

    @property
    def schema(self) -> Schema:
        """The vectors and payload indexes that it has."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may have it open and write to it."""

    @property
    def files(self) -> Files:
        """Files that belong to the points."""

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points, replacing those of the same id."""

    def replace_payload(self, payloads: Mapping[str, Mapping[str, Any]]) -> None:
        """Give existing points (by id) a new payload; their vectors stay."""

    def delete(self, ids: Sequence[str]) -> None:
        """Remove points; ids that are not there are ignored."""

    def retrieve(
        self,
        ids: Sequence[str],
        *,
        with_vectors: bool = False,
        keys: Sequence[str] | None = None,
    ) -> list[Record]:
        """The points of these ids, in the order asked; ids that are not there are left out.

        `keys`: what of the payloads is read, which is faster than all of them.
        """

    def query(
        self,
        vector: DenseVector | SparseVector,
        *,
        using: str,
        k: int,
        where: Where | None = None,
    ) -> list[Hit]:
        """The `k` closest points that have the vector `using`, best first.

        Points of equal score stand in the order of their ids, in both engines, also where the last
        of them no longer fit into `k`; of more than a thousand with one score the engine chooses.
        """

    def query_all(self, queries: Sequence[Nearest]) -> list[list[Hit]]:
        """What `query` finds for each, in their order; a server is asked for all in one call."""

    def scroll(
        self,
        where: Where | None = None,
        *,
        with_vectors: bool = False,
        keys: Sequence[str] | None = None,
    ) -> Iterator[Record]:
        """Every point that the filter keeps, each once, in no promised order.

        `keys`: what of the payloads is read, which is faster than all of them.
        """

    def count(self, where: Where | None = None) -> int:
        """How many points the filter keeps, exactly."""

    def version(self) -> str:
        """A value that changes with every write, by whichever process; cheap to ask for.

        A write changes it before the write returns. So a result may be kept under a version if
        the reads that it was computed from began after that version was asked for.
        """

    def add_payload_indexes(self, schema: Schema) -> None:
        """Make the payload indexes that `schema` names and the store lacks."""

    def remarks(self) -> list[Remark]:
        """What the operator should know: how the store is, and what differs from the settings."""

    def flush(self) -> None:
        """Make every write that returned survive a power cut too, as far as this side can."""

    def optimize(self) -> None:
        """Build what makes queries fast (HNSW, merged segments); may block all threads for long."""

    @property
    def unoptimized(self) -> int:
        """How many points slow queries down until they are optimised; 0 if that needs no call."""

    def optimize_online(self) -> bool:
        """Do what `optimize` does while other threads query and write.

        Returns:
            Whether it was done; not where another thread does it already, or nothing is needed.

        Raises:
            StorageError: it failed; the points are as they were.
        """

    def back_up(self, place: Path) -> int:
        """Copy points and files to a new folder, as they are at one moment, and check the copy.

        Writes wait meanwhile, queries do not. The copy is an index that can be opened.

        Args:
            place: does not exist yet; afterwards it is there whole, or not at all.

        Returns:
            Bytes that the copy takes on the disk.

        Raises:
            ConfigurationError: the engine makes backups in another way; says which.
            DiskFullError: there is no room for the copy.
            StorageError: `place` exists or cannot be written, or the copy is not like the original.
        """

    def close(self) -> None:
        """Make everything durable and release files, locks and connections."""
