"""The work that each document needs, given what the index already holds. Writes nothing.

A document whose content hash is in the index needs none. Of another document the photos and
passages are compared by point id, and only those that the index lacks are encoded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Literal

from indexer.known_content import KnownContent
from knowledge.chunks import chunk
from knowledge.documents import Document, Note, Passage, Problem
from knowledge.index import Index, layout
from knowledge.store import Point, VectorStore

_LOOK_UP = 64
"""Documents looked up in the store at a time."""

_MIN_PASSAGE_TOKENS = 16
"""Least tokens of a passage, however long the title in front of it is."""


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """The points that a document becomes, and those that the index already holds of it.

    Attributes:
        document: the document as its corpus has it now.
        passages: its text, cut.
        photo_ids: the point id of each of its photos.
        passage_ids: the point id of each passage.
        stored: point id → payload of the photo and passage points that the index holds of it.
        status: a document that is `unchanged` needs no work, and its other fields are empty.
        old_problems: for an unchanged document, the problems met when it was indexed.
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
    copied_photos: Mapping[int, Point] = field(default_factory=dict)
    copied_passages: Mapping[int, Point] = field(default_factory=dict)

    def photos_to_encode(self) -> list[int]:
        """Positions of the photos whose content the index does not hold."""
        return [i for i in _missing(self.photo_ids, self.stored) if i not in self.copied_photos]

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


def plan_documents(
    items: Iterable[Document | Problem | Note],
    index: Index,
    *,
    count_tokens: Callable[[str], int],
    known: KnownContent | None = None,
) -> Iterator[DocumentPlan | Problem | Note]:
    """Plan each document, in order; problems and notes are passed on.

    Args:
        items: the documents and problems of a corpus.
        index: what to compare them with.
        count_tokens: the encoder's: tokens of a text, special tokens included.
        known: content whose vectors are copied; None copies nothing.
    """
    iterator = iter(items)
    while batch := list(islice(iterator, _LOOK_UP)):
        documents = [item for item in batch if isinstance(item, Document)]
        hashes, stored = _look_up(documents, index.store)
        for item in batch:
            if isinstance(item, Problem | Note):
                yield item
            elif hashes.get(item.document_id, _NOTHING)[0] == layout.content_hash(item):
                yield DocumentPlan(item, old_problems=hashes[item.document_id][1])
            else:
                plan = _plan(
                    item,
                    stored.get(item.document_id, {}),
                    known=item.document_id in hashes,
                    passage_tokens=index.fingerprint.passage_tokens,
                    count_tokens=count_tokens,
                )
                yield plan if known is None else _with_copies(plan, known)


_NOTHING: tuple[str, tuple[Problem, ...]] = ("", ())


def _look_up(
    documents: Sequence[Document], store: VectorStore
) -> tuple[dict[str, tuple[str, tuple[Problem, ...]]], dict[str, dict[str, Mapping[str, Any]]]]:
    """Content hash and problems of each document in the index; the points of changed documents."""
    known: dict[str, tuple[str, tuple[Problem, ...]]] = {}
    for record in store.retrieve([layout.document_point_id(d.document_id) for d in documents]):
        document_id = record.payload["document_id"]
        problems = tuple(
            Problem(path=problem["path"], reason=problem["reason"], document_id=document_id)
            for problem in record.payload["problems"]
        )
        # Earlier versions kept documents of which nothing could be used.
        is_empty = not record.payload["photo_ids"] and not record.payload["passages"]
        known[document_id] = ("" if is_empty else record.payload["content_hash"], problems)
    changed = [
        document.document_id
        for document in documents
        if known.get(document.document_id, _NOTHING)[0] != layout.content_hash(document)
    ]
    # Also of documents that the index does not know: an interrupted run left their points unmarked.
    stored: dict[str, dict[str, Mapping[str, Any]]] = {}
    if changed:
        where = {"document_id": changed, "kind": ["photo", "passage"]}
        for record in store.scroll(where):
            stored.setdefault(record.payload["document_id"], {})[record.id] = record.payload
    return known, stored


def _plan(
    document: Document,
    stored: Mapping[str, Mapping[str, Any]],
    *,
    known: bool,
    passage_tokens: int,
    count_tokens: Callable[[str], int],
) -> DocumentPlan:
    title_tokens = count_tokens(f"{document.title}. ")
    passages = chunk(
        document.document_id,
        document.text,
        max_tokens=max(_MIN_PASSAGE_TOKENS, passage_tokens - title_tokens),
        count_tokens=count_tokens,
    )
    return DocumentPlan(
        document=document,
        passages=tuple(passages),
        photo_ids=tuple(layout.photo_point_ids(document)),
        passage_ids=tuple(layout.passage_point_ids(document, passages)),
        stored=stored,
        status="changed" if known else "new",
    )


def _with_copies(plan: DocumentPlan, known: KnownContent) -> DocumentPlan:
    photos = _missing(plan.photo_ids, plan.stored)
    passages = _missing(plan.passage_ids, plan.stored)
    document = plan.document
    return replace(
        plan,
        copied_photos=known.photo_points(document, photos) if photos else {},
        copied_passages=(
            known.passage_points(document, plan.passages, passages) if passages else {}
        ),
    )
