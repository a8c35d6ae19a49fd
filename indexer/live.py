"""Single documents into an open index and out of it, while it is searched.

The same plan, encoders and points as an index run; each update is one change, whole or not there
at all after a kill, and durable when the call returns. Knows no HTTP: photos arrive decoded.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from indexer.batch import Batch, ReadyDocument, ReadyPhoto
from indexer.encode import BatchEncoder
from indexer.plan import DocumentPlan, plan_documents
from indexer.write import change_of
from knowledge.documents import Document, Photo
from knowledge.errors import DocumentError
from knowledge.index import Change, Index, is_upload, layout, upload_path
from knowledge.store import Point, Record
from vlm.encoders import Encoder
from vlm.encoders.text import TextEncoder
from vlm.images import DecodedImage

Status = Literal["created", "updated", "unchanged"]

_TOGETHER = 16
"""Documents in one change: bounds what a change holds in memory."""


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo that was sent.

    Attributes:
        data: its bytes, which are kept.
        sha256: hexadecimal digest of them.
        image: decoded as an index run would.
        told: what was said of it, over what its EXIF says; keys of `layout.PhotoFacts`.
    """

    data: bytes
    sha256: str
    image: DecodedImage
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """A document as it is to be.

    Attributes:
        document: all but its photos.
        photos: those that were sent.
        keep: ids of photos it already has, which come before those sent; None keeps all where
            none is sent, and else none.
    """

    document: Document
    photos: Sequence[NewPhoto] = ()
    keep: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Planned:
    update: Update
    plan: DocumentPlan


class LiveUpdates:
    """Writes and removes documents of an index. Safe to call from threads; one works at a time."""

    def __init__(
        self, index: Index, encoder: Encoder, text_encoder: TextEncoder | None = None
    ) -> None:
        """Uses all three; owns none. The encoders are those the index was made with."""
        self._index = index
        self._encoder = encoder
        self._together = BatchEncoder(encoder, text_encoder)
        self._working = threading.Lock()

    def check(self, update: Update) -> None:
        """See whether an update can be done; a batch is checked before any of it is written.

        Raises:
            DocumentError: it keeps a photo that the document does not have, or would hold nothing.
            StorageError: the index cannot be read.
        """
        photos = self._photos(update)
        if not update.document.text and not photos:
            raise DocumentError(
                "text: there is neither text nor a photo to find the document by; send one."
            )

    def put(self, updates: Sequence[Update]) -> list[Status]:
        """Make the index hold these documents as they are said to be; of equal ids, the last.

        Returns:
            What became of each, in order.

        Raises:
            DocumentError: as `check`, for the first that cannot be done; those before are done.
            StorageError: the index cannot be written.
            ModelError: an encoder failed.
        """
        statuses: list[Status] = []
        with self._working:
            for start in range(0, len(updates), _TOGETHER):
                statuses += self._put(updates[start : start + _TOGETHER])
        return statuses

    def remove(self, document_id: str) -> bool:
        """Take a document out, with its photos.

        Returns:
            Whether it was there.

        Raises:
            StorageError: the index cannot be written.
        """
        with self._working:
            self._index.journal.recover()
            found = self._index.store.retrieve([layout.document_point_id(document_id)])
            points = [record.id for record in self._points([document_id])]
            if points:
                self._index.journal.apply_whole(Change(removed=points))
            self._index.store.flush()
        return bool(found)

    def _put(self, updates: Sequence[Update]) -> list[Status]:
        index = self._index
        index.journal.recover()
        for update in updates:
            self.check(update)
        self._claim({update.document.corpus for update in updates})
        latest = {update.document.document_id: update for update in updates}
        planned = self._plan(list(latest.values()))
        change = self._change(planned)
        if not change.is_empty:
            index.journal.apply_whole(change)
            index.store.flush()
        done = {each.plan.document.document_id: each for each in planned}
        return [self._status(done[update.document.document_id].plan, change) for update in updates]

    def _status(self, plan: DocumentPlan, change: Change) -> Status:
        match plan.status:
            case "new":
                return "created"
            case "changed":
                return "updated"
            case "unchanged":
                told = set(layout.photo_point_ids(plan.document)) & set(change.payloads)
                return "updated" if told else "unchanged"

    def _claim(self, corpora: set[str]) -> None:
        """Make the corpora that are not there, so that they are listed and can be removed."""
        ids = {layout.corpus_point_id(corpus): corpus for corpus in sorted(corpora)}
        there = {record.id for record in self._index.store.retrieve(list(ids))}
        new = [
            Point(point_id, layout.live_corpus_payload(corpus))
            for point_id, corpus in ids.items()
            if point_id not in there
        ]
        if new:
            self._index.store.upsert(new)

    def _photos(self, update: Update) -> list[Photo]:
        """The photos that a document is to have, each content once."""
        wanted = {photo.sha256: Photo(photo.path, photo.sha256) for photo in self._kept(update)}
        for new in update.photos:
            wanted.setdefault(new.sha256, Photo(upload_path(new.sha256), new.sha256))
        return list(wanted.values())

    def _kept(self, update: Update) -> list[Photo]:
        document_id = update.document.document_id
        if update.keep is None and update.photos:
            return []
        there = self._index.store.retrieve([layout.document_point_id(document_id)])
        has = list(there[0].payload["photo_ids"]) if there else []
        keep = has if update.keep is None else list(update.keep)
        if foreign := [photo_id for photo_id in keep if photo_id not in has]:
            raise DocumentError(
                f"photos: {document_id} has no photo {foreign[0]!r} to keep; name ids that "
                f"GET /v1/documents/{document_id} shows, or send the photo."
            )
        return [
            Photo(record.payload["path"], record.payload["sha256"])
            for record in self._index.store.retrieve(keep)
        ]

    def _plan(self, updates: Sequence[Update]) -> list[_Planned]:
        plans = plan_documents(
            [replace(update.document, photos=tuple(self._photos(update))) for update in updates],
            self._index,
            count_tokens=self._encoder.count_tokens,
        )
        return [
            _Planned(update, plan)
            for update, plan in zip(updates, plans, strict=True)
            if isinstance(plan, DocumentPlan)
        ]

    def _change(self, planned: Sequence[_Planned]) -> Change:
        """All that is to be written; empty where everything is as it should be."""
        changed = [each for each in planned if each.plan.status != "unchanged"]
        images = [
            ReadyPhoto(each.plan, position, sent[photo.sha256].image)
            for each in changed
            for sent in [{new.sha256: new for new in each.update.photos}]
            for position, photo in enumerate(each.plan.document.photos)
            if position in each.plan.photos_to_encode()
        ]
        batch = Batch(
            photos=images, documents=[ReadyDocument(each.plan, broken={}) for each in changed]
        )
        change = change_of(self._together.encode(batch))
        told = self._told(planned)
        stored = {record.id: record for record in self._index.store.retrieve(list(told))}
        payloads = dict(change.payloads)
        for photo_id, facts in told.items():
            if photo_id in stored:
                payload = payloads.get(photo_id, stored[photo_id].payload)
                if {**payload, **facts} != stored[photo_id].payload:
                    payloads[photo_id] = {**payload, **facts}
        return Change(
            files={
                photo_id: new.data
                for each in changed
                for photo_id, new in _sent(each)
                if not _is_kept(each.plan.stored.get(photo_id))
            },
            added=[
                Point(point.id, {**point.payload, **told.get(point.id, {})}, point.vectors)
                for point in change.added
            ],
            payloads=payloads,
            removed=change.removed,
            marks=[Point(mark.id, layout.live_payload(mark.payload)) for mark in change.marks],
        )

    def _told(self, planned: Sequence[_Planned]) -> dict[str, Mapping[str, Any]]:
        """Photo id → what was said of it."""
        return {photo_id: new.told for each in planned for photo_id, new in _sent(each) if new.told}

    def _points(self, document_ids: Sequence[str]) -> list[Record]:
        return list(self._index.store.scroll({"document_id": list(document_ids)}))


def _sent(each: _Planned) -> list[tuple[str, NewPhoto]]:
    """The photos that were sent for a document, with their ids."""
    new = {photo.sha256: photo for photo in each.update.photos}
    ids = layout.photo_point_ids(each.plan.document)
    return [
        (photo_id, new[photo.sha256])
        for photo_id, photo in zip(ids, each.plan.document.photos, strict=True)
        if photo.sha256 in new and is_upload(photo.path)
    ]


def _is_kept(payload: Mapping[str, Any] | None) -> bool:
    """Whether a photo point's bytes are among the uploads already."""
    return payload is not None and is_upload(payload["path"])
