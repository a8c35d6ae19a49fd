"""Photos and passages that the index already holds under another document's name.

A file that was renamed or moved makes another document of the same photos and the same text. Their
vectors are copied instead of being made again. Encodes nothing and writes nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from knowledge.documents import Document, Passage
from knowledge.index import Index, layout
from knowledge.store import Point, Record

_DIGEST = 16
"""Bytes of a passage's key: that two texts share one by chance is out of the question."""


class KnownContent:
    """What some corpora in an index hold, by content; looked up when it is first asked for.

    Args:
        index: where to look.
        corpora: whose content may be used again.
    """

    def __init__(self, index: Index, corpora: Sequence[str]) -> None:
        self._store = index.store
        self._corpora = list(corpora)
        self._photos: dict[bytes, str] | None = None
        self._passages: dict[bytes, str] | None = None

    def photo_points(self, document: Document, missing: Mapping[int, str]) -> dict[int, Point]:
        """Points for photos of a document: position → point.

        Args:
            document: what they belong to.
            missing: position → id of the points to make, if their content is known.
        """
        if self._photos is None:
            self._photos = {}
            for record in self._scroll("photo", "sha256"):
                digest = bytes.fromhex(record.payload["sha256"])
                self._photos.setdefault(digest, record.id)
        found: dict[int, Point] = {}
        wanted = {
            position: known
            for position in missing
            if (known := self._photos.get(bytes.fromhex(document.photos[position].sha256)))
        }
        records = self._with_vectors(list(wanted.values()))
        for position, known in wanted.items():
            if (there := records.get(known)) is None:
                continue
            facts = layout.photo_facts_from_payload(there.payload)
            payload = layout.photo_payload(document, document.photos[position], position, facts)
            found[position] = Point(missing[position], payload, there.vectors)
        return found

    def passage_points(
        self, document: Document, passages: Sequence[Passage], missing: Mapping[int, str]
    ) -> dict[int, Point]:
        """Points for passages of a document: position → point.

        A passage's vectors are made from its text and its document's names, so all must be equal.
        """
        if self._passages is None:
            self._passages = {
                _key(record.payload["text"]): record.id
                for record in self._scroll("passage", "text")
            }
        wanted = {
            position: known
            for position in missing
            if (known := self._passages.get(_key(passages[position].text)))
        }
        records = self._with_vectors(list(wanted.values()))
        owners = {record.payload["document_id"] for record in records.values()}
        documents = {
            record.payload["document_id"]: layout.document_from_payload(record.payload)
            for record in self._store.retrieve([layout.document_point_id(id_) for id_ in owners])
        }
        found: dict[int, Point] = {}
        for position, known in wanted.items():
            there = records.get(known)
            owner = documents.get(there.payload["document_id"]) if there else None
            if there is None or owner is None:
                continue
            passage = passages[position]
            if _texts(owner, layout.passage_from_payload(there.payload)) == _texts(
                document, passage
            ):
                payload = layout.passage_payload(document, passage)
                found[position] = Point(missing[position], payload, there.vectors)
        return found

    def _scroll(self, kind: str, key: str) -> Iterator[Record]:
        if not self._corpora:
            return iter(())
        return self._store.scroll({"kind": kind, "corpus": self._corpora}, keys=[key])

    def _with_vectors(self, ids: Sequence[str]) -> dict[str, Record]:
        if not ids:
            return {}
        return {record.id: record for record in self._store.retrieve(ids, with_vectors=True)}


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _texts(document: Document, passage: Passage) -> tuple[str, str, bool]:
    clip = layout.passage_clip_text(document, passage)
    is_closed = bool(document.groups or document.closed_until)
    return clip, layout.passage_bm25_text(document, passage), is_closed
