"""The work that each document needs, given what the index already holds. Writes nothing.

A document whose content hash is in the index needs none. Of another document the photos and
passages are compared by point id, and only those that the index lacks are encoded. Where text in
pictures is read, a document's passages are planned once its photos are read (`with_texts`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from typing import Any, Literal

from indexer.known_content import KnownContent
from knowledge.chunks import chunk
from knowledge.corpus import Section, with_picture_text
from knowledge.documents import Document, Note, Passage, Problem
from knowledge.index import Index, layout
from knowledge.picture_text import PictureText
from knowledge.store import Point, VectorStore

_FIRST_LOOK_UP, _LOOK_UP = 8, 64
"""Documents looked up in the store at a time: few at first, so that the first photos are decoded
while the files of the next documents are read for their digests."""

_LOOKED_AT = ("document_id", "content_hash", "problems", "photo_ids", "passages")
"""What of a document's payload says whether it is unchanged."""

_MIN_PASSAGE_TOKENS = 16
"""Least tokens of a passage, however long the title in front of it is."""


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """The points that a document becomes, and those that the index already holds of it.

    Attributes:
        document: the document as its corpus has it now, and once its photos are read with the text
            in them.
        passages: its text, cut.
        photo_ids: the point id of each of its photos.
        passage_ids: the point id of each passage.
        stored: point id → payload of the photo and passage points that the index holds of it.
        status: a document that is `unchanged` needs no work, and its other fields are empty.
        old_problems: for an unchanged document, the problems met when it was indexed.
        content_hash: of the document as its corpus has it, and of who reads its photos.
        text_reader: name of what reads its photos; None where nothing does.
        left_out: positions of photos that were read, whose text the document has no room for.
        copied_photos, copied_passages: position → point with the vectors of the same content, which
            the index holds under another document's name.
    """

    document: Document
    passages: tuple[Passage, ...] = ()
    photo_ids: tuple[str, ...] = ()
    passage_ids: tuple[str, ...] = ()
    stored: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    status: Literal["new", "changed", "unchanged"] = "unchanged"
    old_problems: tuple[Problem, ...] = ()
    content_hash: str | None = None
    text_reader: str | None = None
    left_out: tuple[int, ...] = ()
    copied_photos: Mapping[int, Point] = field(default_factory=dict)
    copied_passages: Mapping[int, Point] = field(default_factory=dict)

    def photos_to_encode(self) -> list[int]:
        """Positions of the photos that the index does not hold, or not as they are read now."""
        unread = self.text_reader is not None
        return [
            i
            for i, id_ in enumerate(self.photo_ids)
            if (id_ not in self.stored and i not in self.copied_photos)
            or (unread and self._read(i) is None)
        ]

    def texts_known(self) -> dict[int, PictureText]:
        """Position of a photo → what was read from it when it was indexed."""
        positions = range(len(self.photo_ids))
        return {i: read for i in positions if (read := self._read(i)) is not None}

    def _read(self, position: int) -> PictureText | None:
        """What this reader read from a photo that the index holds, under whichever name."""
        payload = self.stored.get(self.photo_ids[position])
        if payload is None and position in self.copied_photos:
            payload = self.copied_photos[position].payload
        if payload is None or self.text_reader is None:
            return None
        read = layout.photo_facts_from_payload(payload).read
        return read if read is not None and read.reader == self.text_reader else None

    def passages_to_encode(self) -> list[int]:
        """Positions of the passages whose content the index does not hold."""
        missing = _missing(self.passage_ids, self.stored)
        return [i for i in missing if i not in self.copied_passages]

    def stale_ids(self) -> list[str]:
        """Points of earlier versions of the document."""
        wanted = {*self.photo_ids, *self.passage_ids}
        return sorted(id_ for id_ in self.stored if id_ not in wanted)


def _missing(ids: Sequence[str], stored: Mapping[str, object]) -> dict[int, str]:
    """Position → id of the points that are not stored."""
    return {i: id_ for i, id_ in enumerate(ids) if id_ not in stored}


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the documents of one run.

    Attributes:
        index: what to compare them with.
        count_tokens: the encoder's: tokens of a text, special tokens included.
        text_reader: name of what reads text in photos; None where nothing does.
        known: content whose vectors are copied; None copies nothing.
    """

    index: Index
    count_tokens: Callable[[str], int]
    text_reader: str | None = None
    known: KnownContent | None = None

    def plans(
        self, items: Iterable[Document | Problem | Note]
    ) -> Iterator[DocumentPlan | Problem | Note]:
        """Plan each document, in order; problems and notes are passed on.

        Args:
            items: what is in a corpus.
        """
        iterator, count = iter(items), _FIRST_LOOK_UP
        while batch := list(islice(iterator, count)):
            count = min(2 * count, _LOOK_UP)
            hashes = {
                item.document_id: layout.content_hash(item, text_reader=self.text_reader)
                for item in batch
                if isinstance(item, Document)
            }
            known, stored = _look_up(hashes, self.index.store)
            for item in batch:
                if isinstance(item, Problem | Note):
                    yield item
                    continue
                id_ = item.document_id
                hash_ = hashes[id_]
                if known.get(id_, _NOTHING)[0] == hash_:
                    yield DocumentPlan(item, old_problems=known[id_][1])
                else:
                    yield self._plan(
                        item, hash_, stored.get(id_, {}), "changed" if id_ in known else "new"
                    )

    def with_texts(self, plan: DocumentPlan, texts: Mapping[int, PictureText]) -> DocumentPlan:
        """The plan of a document whose photos were read.

        Args:
            plan: of a document that needs work.
            texts: position of a photo → what was read from it now.
        """
        document, sections, left_out = with_picture_text(
            plan.document, {**plan.texts_known(), **texts}
        )
        passages = self._cut(document, sections, plan.photo_ids)
        whole = replace(
            plan,
            document=document,
            passages=tuple(passages),
            passage_ids=tuple(layout.passage_point_ids(document, passages)),
            left_out=left_out,
        )
        missing = _missing(whole.passage_ids, whole.stored)
        if self.known is None or not missing:
            return whole
        return replace(
            whole, copied_passages=self.known.passage_points(document, whole.passages, missing)
        )

    def _plan(
        self,
        document: Document,
        content_hash: str,
        stored: Mapping[str, Mapping[str, Any]],
        status: Literal["new", "changed"],
    ) -> DocumentPlan:
        plan = DocumentPlan(
            document=document,
            photo_ids=tuple(layout.photo_point_ids(document)),
            stored=stored,
            status=status,
            content_hash=content_hash,
            text_reader=self.text_reader if document.photos else None,
        )
        missing = _missing(plan.photo_ids, plan.stored)
        if self.known is not None and missing:
            plan = replace(plan, copied_photos=self.known.photo_points(document, missing))
            if plan.text_reader is not None:  # one that was not read is encoded again
                read = plan.texts_known()
                kept = {i: point for i, point in plan.copied_photos.items() if i in read}
                plan = replace(plan, copied_photos=kept)
        return plan if plan.text_reader else self.with_texts(plan, {})

    def _cut(
        self, document: Document, sections: Sequence[Section], photo_ids: Sequence[str]
    ) -> list[Passage]:
        """A document's passages; none lies on two pages or is read from a picture in part only."""
        budget = self.index.fingerprint.passage_tokens - self.count_tokens(f"{document.title}. ")
        own_end = sections[0].start if sections else len(document.text)
        # A blank line lies between two pages, so no sentence is cut that was whole before.
        starts = sorted({0, *(page.start for page in document.pages if page.start < own_end)})
        own = [*pairwise(starts), (starts[-1], own_end)]
        spans = [*own, *((section.start, section.end) for section in sections)]
        passages: list[Passage] = []
        for number, (start, end) in enumerate(spans):
            for part in chunk(
                document.document_id,
                document.text[start:end],
                max_tokens=max(_MIN_PASSAGE_TOKENS, budget),
                count_tokens=self.count_tokens,
            ):
                passage = replace(
                    part,
                    ordinal=len(passages),
                    start=start + part.start,
                    end=start + part.end,
                )
                if number >= len(own):
                    section = sections[number - len(own)]
                    place = section.place(photo_ids[section.photo], passage.start, passage.end)
                    passage = replace(passage, picture=place)
                passages.append(passage)
        return passages


_NOTHING: tuple[str, tuple[Problem, ...]] = ("", ())


def _look_up(
    hashes: Mapping[str, str], store: VectorStore
) -> tuple[dict[str, tuple[str, tuple[Problem, ...]]], dict[str, dict[str, Mapping[str, Any]]]]:
    """Content hash and problems of each document in the index; the points of changed documents.

    `hashes`: document id → content hash as the corpus has it.
    """
    known: dict[str, tuple[str, tuple[Problem, ...]]] = {}
    point_ids = [layout.document_point_id(id_) for id_ in hashes]
    for record in store.retrieve(point_ids, keys=_LOOKED_AT):
        document_id = record.payload["document_id"]
        problems = tuple(
            Problem(path=problem["path"], reason=problem["reason"], document_id=document_id)
            for problem in record.payload["problems"]
        )
        # Earlier versions kept documents of which nothing could be used.
        is_empty = not record.payload["photo_ids"] and not record.payload["passages"]
        known[document_id] = ("" if is_empty else record.payload["content_hash"], problems)
    changed = [id_ for id_, hash_ in hashes.items() if known.get(id_, _NOTHING)[0] != hash_]
    # Also of documents that the index does not know: an interrupted run left their points unmarked.
    stored: dict[str, dict[str, Mapping[str, Any]]] = {}
    if changed:
        where = {"document_id": changed, "kind": ["photo", "passage"]}
        for record in store.scroll(where):
            stored.setdefault(record.payload["document_id"], {})[record.id] = record.payload
    return known, stored
