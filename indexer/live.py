"""Write documents into an open index and remove them, while it is searched.

The plan, the encoders and the points are those of an index run. After a kill an update is there
whole or not at all, and it is durable when the call returns. Knows no HTTP: photos arrive decoded.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from indexer.batch import Batch, ReadyDocument, ReadyPhoto
from indexer.encode import BatchEncoder
from indexer.plan import DocumentPlan, Planner
from indexer.write import change_of
from knowledge.documents import Document, Photo
from knowledge.errors import DocumentError, ImageError
from knowledge.index import (
    Change,
    Index,
    is_upload,
    keep_attached,
    layout,
    let_go,
    upload_path,
)
from knowledge.picture_text import PictureText
from knowledge.store import Point
from vlm.encoders import Encoder
from vlm.encoders.text import TextEncoder
from vlm.images import DecodedImage, PhotoSize, decode_image, shrink
from vlm.ocr import TextReader

logger = logging.getLogger(__name__)

Status = Literal["created", "updated", "unchanged"]

_REMOVED = ("document", "passage", "photo")
"""Kinds of points that go with a document. An approved correction is taken back, not removed."""

_TOGETHER = 16
"""Most documents in one change: bounds the memory that a change takes."""


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo that was sent.

    Attributes:
        data: its bytes, which the index keeps.
        sha256: hexadecimal digest of them.
        image: decoded as in an index run.
        metadata: what the sender says of it, instead of what its EXIF says; keys of `PhotoFacts`.
    """

    data: bytes
    sha256: str
    image: DecodedImage
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """A document that was sent.

    Attributes:
        document: all but its photos.
        photos: the photos that were sent.
        keep: ids of photos that the document already has and keeps, in front of those sent. None
            keeps all of them if no photo was sent, and otherwise none.
    """

    document: Document
    photos: Sequence[NewPhoto] = ()
    keep: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan, the photos that were sent for it, by their photo ids, and those to encode."""

    plan: DocumentPlan
    sent: Mapping[str, NewPhoto]
    to_encode: Sequence[ReadyPhoto] = ()


class LiveUpdates:
    """Writes and removes documents of an index. Safe to call from threads; one works at a time."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        text_encoder: TextEncoder | None = None,
        *,
        text_reader: TextReader | None = None,
        alone: AbstractContextManager[object] | None = None,
    ) -> None:
        """Use an index and the encoders that it was made with; their owner closes them. Text in
        photos is read if the index was made with this `text_reader`. `alone` is held while a change
        is made, where other processes make changes too."""
        self._index = index
        self._encoder = encoder
        is_its = text_reader is not None and text_reader.name == index.fingerprint.text_reader
        self._text_reader = text_reader if is_its else None
        self._planner = Planner(
            index,
            encoder.count_tokens,
            text_reader=self._text_reader.name if self._text_reader else None,
        )
        self._together = BatchEncoder(encoder, text_encoder)
        self._working = threading.Lock()
        self._alone = nullcontext() if alone is None else alone

    def check(self, update: Update) -> None:
        """Refuse an update that cannot be done; call it for a whole batch before writing any.

        Raises:
            DocumentError: it keeps a photo that the document does not have, or the document would
                have neither text nor a photo.
            StorageError: the index cannot be read.
        """
        photos = self._photos(update)
        if not update.document.text and not photos:
            raise DocumentError(
                "text: there is neither text nor a photo to find the document by; send one."
            )

    def put(self, updates: Sequence[Update]) -> list[Status]:
        """Make the index hold these documents as they were sent; of equal ids, the last.

        Returns:
            What was done with each, in order.

        Raises:
            DocumentError: as `check`, for the first that cannot be done; those before it may be.
            StorageError: the index cannot be written.
            ModelError: an encoder failed.
        """
        statuses: list[Status] = []
        with self._working, self._alone:
            for start in range(0, len(updates), _TOGETHER):
                statuses += self._put(updates[start : start + _TOGETHER])
        return statuses

    def remove(self, document_id: str) -> bool:
        """Remove a document with its photos.

        Returns:
            Whether the index held it.

        Raises:
            StorageError: the index cannot be written.
        """
        with self._working, self._alone:
            self._index.journal.recover()
            document_id = layout.stored_form(document_id)
            where = {"document_id": document_id, "kind": list(_REMOVED)}
            there = list(self._index.store.scroll(where, keys=["kind"]))
            if there:
                let_go(self._index.store, [document_id])
                self._index.journal.apply_whole(Change(removed=[record.id for record in there]))
            self._index.store.flush()
        return any(record.payload["kind"] == "document" for record in there)

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
            keep_attached(index.store, [mark.payload["document_id"] for mark in change.marks])
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
                described = set(layout.photo_point_ids(plan.document)) & set(change.payloads)
                return "updated" if described else "unchanged"

    def _claim(self, corpora: set[str]) -> None:
        """Write the points of new corpora, so that they are listed and can be removed."""
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
        """The photos that a document will have, each content once."""
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
        plans = self._planner.plans(
            replace(update.document, photos=tuple(self._photos(update))) for update in updates
        )
        return [
            self._with_photos(plan, _sent(plan.document, update.photos))
            for update, plan in zip(updates, plans, strict=True)
            if isinstance(plan, DocumentPlan)
        ]

    def _with_photos(self, plan: DocumentPlan, sent: Mapping[str, NewPhoto]) -> _Planned:
        """The plan with its photos to encode, and with the text in them where they are read."""
        if plan.status == "unchanged":
            return _Planned(plan, sent)
        ready = [self._ready(plan, i, sent) for i in plan.photos_to_encode()]
        if plan.text_reader is not None:
            texts = {each.position: each.read for each in ready if each.read is not None}
            plan = self._planner.with_texts(plan, texts)
        return _Planned(plan, sent, ready)

    def _ready(self, plan: DocumentPlan, position: int, sent: Mapping[str, NewPhoto]) -> ReadyPhoto:
        """A photo to encode: sent, or kept from a time when no photo was read."""
        photo_id, size = plan.photo_ids[position], self.photo_size
        if photo_id in sent:
            image = sent[photo_id].image
        else:
            image = decode_image(self._index.whole.photo_bytes(photo_id), size)
        if self._text_reader is None:
            return ReadyPhoto(plan, position, image)
        try:
            read = self._text_reader.read(image.pixels)
        except ImageError as error:
            logger.warning("The text in a photo of %s is left out: %s", plan.document.id, error)
            read = PictureText(self._text_reader.name)
        small = shrink(image.pixels, self._encoder.card.photo_size.longest)
        return ReadyPhoto(plan, position, replace(image, pixels=small), read)

    @property
    def photo_size(self) -> PhotoSize:
        """How large photos are to be decoded."""
        size = self._encoder.card.photo_size
        if self._text_reader is None:
            return size
        return PhotoSize(max(size.longest, self._text_reader.photo_side))

    def _change(self, planned: Sequence[_Planned]) -> Change:
        """All that has to be written; empty if the index already holds the documents as sent."""
        changed = [each for each in planned if each.plan.status != "unchanged"]
        batch = Batch(
            photos=[photo for each in changed for photo in each.to_encode],
            documents=[ReadyDocument(each.plan, broken={}) for each in changed],
        )
        change = change_of(self._together.encode(batch))
        metadata = {id_: new.metadata for each in planned for id_, new in each.sent.items()}
        return replace(
            change,
            files={
                photo_id: new.data
                for each in changed
                for photo_id, new in each.sent.items()
                if not _is_kept(each.plan.stored.get(photo_id))
            },
            added=[
                Point(point.id, {**point.payload, **metadata.get(point.id, {})}, point.vectors)
                for point in change.added
            ],
            payloads={**change.payloads, **self._described(metadata, change.payloads)},
            marks=[Point(mark.id, layout.live_payload(mark.payload)) for mark in change.marks],
        )

    def _described(
        self, metadata: Mapping[str, Mapping[str, Any]], payloads: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        """New payloads of photos that the index holds and that the sender describes otherwise.

        Args:
            metadata: photo id → what the sender says of it.
            payloads: point id → payload that it will get for another reason.
        """
        photo_ids = [photo_id for photo_id, said in metadata.items() if said]
        described = {
            record.id: (
                record.payload,
                {**payloads.get(record.id, record.payload), **metadata[record.id]},
            )
            for record in self._index.store.retrieve(photo_ids)
        }
        return {photo_id: new for photo_id, (old, new) in described.items() if new != old}


def _sent(document: Document, photos: Sequence[NewPhoto]) -> dict[str, NewPhoto]:
    """Photo id → the photo that was sent for it; not those that lie in a corpus already."""
    new = {photo.sha256: photo for photo in photos}
    ids = layout.photo_point_ids(document)
    return {
        photo_id: new[photo.sha256]
        for photo_id, photo in zip(ids, document.photos, strict=True)
        if photo.sha256 in new and is_upload(photo.path)
    }


def _is_kept(payload: Mapping[str, Any] | None) -> bool:
    """Whether the index keeps the bytes of a photo, by the payload of its point."""
    return payload is not None and is_upload(payload["path"])
