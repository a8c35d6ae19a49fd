"""An index as somebody sees it: all that can be read of it, without what is closed to them.

Whoever answers callers reads an index through a `View` and no other way: `Index.seen_by` makes one.
It hides closed points in every query, and counts words by what is open, so that what is closed
changes no ranking, no score and no count. Writes nothing.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.corpus.photos import read_photo
from knowledge.corrections import whereabouts
from knowledge.documents import Document, Passage
from knowledge.errors import NotFoundError
from knowledge.index import layout
from knowledge.index.layout import DocumentNames, Fingerprint, PhotoFacts
from knowledge.same_document import SAME_KEYS
from knowledge.store.base import (
    DenseVector,
    Files,
    Hit,
    Nearest,
    Record,
    Schema,
    SparseVector,
    VectorStore,
    Where,
)
from knowledge.viewer import CLOSING_KEYS, Viewer

_OPEN_TO = "open_to"
"""The key of a filter that holds the viewer; no payload has it."""

_KINDS = frozenset({"index", "corpus", "document", "passage", "photo", "calibration", "correction"})
"""Kinds of points that are shown. Others hold what is being written."""

_LOOK_AGAIN_S = 1.0
"""Seconds after which a shared store is asked again whether it holds points of a rare sort."""

_CERTAIN_DIGITS = 4
"""Decimals of a score by words that are the same in every run."""

_MOST_CORRECTIONS = 3
"""Approved corrections of a document that are read, the latest."""


class Presence:
    """Knows whether a store holds points of a sort that most stores hold none of: asking for them
    at every query would cost time. Safe to use from several threads."""

    def __init__(
        self, store: VectorStore, where: Where, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`where`: keeps the points of that sort."""
        self._store = store
        self._where = where
        self._clock = clock
        self._lock = threading.Lock()
        self._found = False
        self._version: str | None = None
        self._asked_at = 0.0

    def expect(self) -> None:
        """Note that some are about to be written."""
        self._found = True

    def are_there(self) -> bool:
        """Whether there are some, or were since the store was opened.

        Raises:
            StorageError: the store cannot be read.
        """
        with self._lock:
            if self._found:
                return True
            if self._store.is_shared:
                if self._version is not None and self._clock() - self._asked_at < _LOOK_AGAIN_S:
                    return False
                self._version, self._asked_at = "", self._clock()
            else:
                version = self._store.version()
                if version == self._version:
                    return False
                self._version = version
            self._found = self._store.count(self._where) > 0
            return self._found


CORRECTS_KEYS = ("corrects", "original", "let_go")
"""What of a correction's payload says which document it is about."""


def corrected_documents(
    store: VectorStore, document_ids: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """Id → what the payloads of these documents say of which documents they are, and of who may see
    them. What corrects a correction is about nothing: nobody could look whose it is."""
    points = [layout.document_point_id(id_) for id_ in document_ids]
    there = store.retrieve(points, keys=["kind", *SAME_KEYS])
    return {r.payload["document_id"]: r.payload for r in there if r.payload["kind"] == "document"}


class SeenStore:
    """The points of a store that are open to a viewer; it has the reading half of `VectorStore`."""

    def __init__(self, store: VectorStore, viewer: Viewer, closed: Presence) -> None:
        self._store = store
        self._viewer = viewer
        self._closed = closed

    def query(
        self,
        vector: DenseVector | SparseVector,
        *,
        using: str,
        k: int,
        where: Where | None = None,
    ) -> list[Hit]:
        """As `VectorStore.query`, of the points that are open."""
        return self.query_all([Nearest(vector, using, k, where)])[0]

    def query_all(self, queries: Sequence[Nearest]) -> list[list[Hit]]:
        """As `VectorStore.query_all`, of the points that are open."""
        seen = [replace(query, where=self.where(query.where)) for query in queries]
        found = self._store.query_all(seen)
        return [
            _in_certain_order(hits) if isinstance(query.vector, SparseVector) else hits
            for query, hits in zip(queries, found, strict=True)
        ]

    def retrieve(
        self,
        ids: Sequence[str],
        *,
        with_vectors: bool = False,
        keys: Sequence[str] | None = None,
    ) -> list[Record]:
        """As `VectorStore.retrieve`, of the points that are open."""
        if keys is not None:
            keys = list(dict.fromkeys((*keys, "kind", *CORRECTS_KEYS, *CLOSING_KEYS)))
        records = self._store.retrieve(ids, with_vectors=with_vectors, keys=keys)
        return self._open(
            [
                record
                for record in records
                if record.payload.get("kind") in _KINDS and self._viewer.may_see(record.payload)
            ]
        )

    def _open(self, records: list[Record]) -> list[Record]:
        """The records, without corrections of documents that are gone, closed, or other ones."""
        of = {r.payload["corrects"] for r in records if r.payload["kind"] == "correction"}
        if not of:
            return records
        documents = corrected_documents(self._store, sorted(of))
        seen = {id_: p for id_, p in documents.items() if self._viewer.may_see(p)}
        return [
            record
            for record in records
            if record.payload["kind"] != "correction"
            or whereabouts(record.payload, seen.get(record.payload["corrects"])) == "there"
        ]

    def corrections(self, document_ids: Sequence[str]) -> list[Record]:
        """The approved corrections of documents that are open."""
        where: Where = {"kind": "correction", "corrects": list(document_ids)}
        return self._open(list(self._store.scroll(where)))

    def scroll(
        self,
        where: Where | None = None,
        *,
        with_vectors: bool = False,
        keys: Sequence[str] | None = None,
    ) -> Iterator[Record]:
        """As `VectorStore.scroll`, of the points that are open."""
        return self._store.scroll(self.where(where), with_vectors=with_vectors, keys=keys)

    def count(self, where: Where | None = None) -> int:
        """As `VectorStore.count`, of the points that are open."""
        return self._store.count(self.where(where))

    @property
    def schema(self) -> Schema:
        """As `VectorStore.schema`."""
        return self._store.schema

    def version(self) -> str:
        """As `VectorStore.version`."""
        return self._store.version()

    def where(self, where: Where | None) -> Where:
        """A filter that keeps what it kept, as far as it is open to the viewer."""
        own = not self._viewer.sees_all and self._closed.are_there()
        open_to = self._viewer.open_to(own_statistics=own)
        kinds: Where = {} if where and "kind" in where else {"kind": sorted(_KINDS)}
        if open_to is None:
            return {**(where or {}), **kinds}
        return {**(where or {}), **kinds, _OPEN_TO: open_to}


def _in_certain_order(hits: Sequence[Hit]) -> list[Hit]:
    """Hits by words. The last bits of their scores differ from run to run, as an engine adds the
    words up in any order."""
    return sorted(hits, key=lambda hit: (-round(hit.score, _CERTAIN_DIGITS), hit.id))


class View:
    """What a viewer sees of an index.

    Attributes:
        store: its points.
        viewer: who looks.
        fingerprint: what the index was made with.
    """

    def __init__(
        self,
        store: VectorStore,
        viewer: Viewer,
        closed: Presence,
        corrections: Presence,
        *,
        fingerprint: Fingerprint,
        uploads: Files,
    ) -> None:
        """`Index.seen_by` makes one."""
        self.store = SeenStore(store, viewer, closed)
        self._corrections = corrections
        self.viewer = viewer
        self.fingerprint = fingerprint
        self._uploads = uploads
        self._roots: dict[str, Path] = {}

    def documents(self, document_ids: Sequence[str]) -> dict[str, Document]:
        """The documents of these ids that the index holds, without photos."""
        records = self.store.retrieve([layout.document_point_id(id_) for id_ in document_ids])
        documents = (layout.document_from_payload(record.payload) for record in records)
        return {document.document_id: document for document in documents}

    def names(self, document_ids: Sequence[str]) -> dict[str, DocumentNames]:
        """What the documents of these ids that the index holds are called."""
        ids = [layout.document_point_id(id_) for id_ in document_ids]
        records = self.store.retrieve(ids, keys=layout.NAME_KEYS)
        found = (layout.names_from_payload(record.payload) for record in records)
        return {names.document_id: names for names in found}

    def documents_told(
        self, document_ids: Sequence[str]
    ) -> dict[str, tuple[Document, Mapping[str, Any]]]:
        """`documents`, each with what `chronologies` gives of it."""
        records = self.store.retrieve([layout.document_point_id(id_) for id_ in document_ids])
        told = (
            (layout.document_from_payload(record.payload), record.payload["chronology"])
            for record in records
        )
        return {document.document_id: (document, chronology) for document, chronology in told}

    def chronologies(self, document_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """What the texts of these documents say over time, as `vlm.chronology` wrote it."""
        records = self.store.retrieve([layout.document_point_id(id_) for id_ in document_ids])
        return {record.payload["document_id"]: record.payload["chronology"] for record in records}

    def document(self, document_id: str) -> tuple[Document, list[str]]:
        """A document and its photo ids.

        Raises:
            NotFoundError: the index holds no such document, or it is closed.
        """
        records = self.store.retrieve([layout.document_point_id(document_id)])
        if not records:
            raise NotFoundError(f"The index holds no document {document_id!r}.")
        payload = records[0].payload
        return layout.document_from_payload(payload), list(payload["photo_ids"])

    def passages(self, document_id: str) -> list[Passage]:
        """The passages of a document, in the order of its text; none if the index has none."""
        records = self.store.scroll({"kind": "passage", "document_id": document_id})
        found = [layout.passage_from_payload(record.payload) for record in records]
        return sorted(found, key=lambda passage: passage.ordinal)

    def photo_facts(self, photo_ids: Sequence[str]) -> dict[str, PhotoFacts]:
        """Facts about these photos, in their order, without those that the index does not hold."""
        return {
            record.id: layout.photo_facts_from_payload(record.payload)
            for record in self.store.retrieve(photo_ids)
        }

    def photo(self, photo_id: str) -> Mapping[str, Any]:
        """The payload of an indexed photo.

        Raises:
            NotFoundError: the index holds no such photo, or it is closed.
        """
        records = self.store.retrieve([photo_id])
        if not records or records[0].payload.get("kind") != "photo":
            raise NotFoundError(f"The index holds no photo {photo_id!r}.")
        return records[0].payload

    def photo_bytes(self, photo_id: str) -> bytes:
        """The bytes of an indexed photo, from its corpus or as it was uploaded.

        Raises:
            NotFoundError: the index holds no such photo, it is closed, or its file is gone.
        """
        payload = self.photo(photo_id)
        if layout.is_upload(payload["path"]):
            return self._uploads.read(photo_id)
        return read_photo(self._root(payload["corpus"]), payload["path"])

    def _root(self, corpus: str) -> Path:
        if corpus not in self._roots:
            found = self.store.retrieve([layout.corpus_point_id(corpus)])
            if not found:
                raise NotFoundError(f"The index does not say where corpus {corpus!r} is.")
            self._roots[corpus] = Path(found[0].payload["root"])
        return self._roots[corpus]

    def corrections(self, document_ids: Sequence[str]) -> dict[str, list[Document]]:
        """The approved corrections of documents that are seen, by document id, the latest first."""
        if not document_ids or not self._corrections.are_there():
            return {}
        found = sorted(
            (record.payload for record in self.store.corrections(document_ids)),
            key=lambda payload: (payload["correction"]["reviewed"], payload["id"]),
            reverse=True,
        )
        of_each: dict[str, list[Document]] = {}
        for payload in found:
            of_one = of_each.setdefault(payload["corrects"], [])
            if len(of_one) < _MOST_CORRECTIONS:
                of_one.append(layout.document_from_payload(payload))
        return of_each

    def corpora(self) -> list[dict[str, Any]]:
        """Name, root, kind and counts of every corpus, by name.

        Only who sees all is shown those without a document: what is in them may be closed.
        """
        found = [dict(record.payload) for record in self.store.scroll({"kind": "corpus"})]
        for corpus in found:
            for key, kind in _COUNTED.items():
                corpus[key] = self.store.count({"corpus": corpus["corpus"], "kind": kind})
        shown = [each for each in found if self.viewer.sees_all or each["documents"]]
        return sorted(shown, key=lambda corpus: str(corpus["corpus"]))

    def calibration(self, measured: str = layout.RESEMBLANCE) -> Mapping[str, Any] | None:
        """What was measured of this index by itself (`keep_calibration`); None before that.

        Args:
            measured: `layout.RESEMBLANCE`, with its photos, or `layout.OWN_QUESTIONS`.

        Raises:
            StorageError: the index cannot be read.
        """
        records = self.store.retrieve([layout.calibration_point_id(measured)])
        content = records[0].payload.get("content") if records else None
        return content if isinstance(content, Mapping) else None

    def version(self) -> str:
        """A value that changes with every write, by whichever process; cheap to ask for.

        Ask before reading: a result may be kept under the version if all its reads began later.
        What is open may change without a write, at midnight.

        Raises:
            StorageError: the index cannot be read.
        """
        return self.store.version()


_COUNTED = {"documents": "document", "passages": "passage", "photos": "photo"}
