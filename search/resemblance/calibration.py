"""Calibrate an index: let it ask itself with its own photos, and keep what that says of cosines.

At most `PHOTOS` photos are asked with, spread over the subjects, by the vectors that the index
holds; only where a subject has one photo is a changed view of it encoded, of at most `VIEWS` of
them. An index of few subjects says little about strangers, so photos of strangers are asked with
too, where the caller has some. Two runs on the same index give the same. Closed photos are left
out: what was measured shows in every caller's answers.
"""

import datetime
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from PIL import Image

from knowledge.errors import ImageError, NotFoundError
from knowledge.index import Index, View, layout
from knowledge.language import fold
from knowledge.viewer import ANYBODY
from search.resemblance.asking import (
    DEPTH,
    Question,
    judged_by_others,
    own_weights,
    replies_to,
    scale_of,
)
from search.resemblance.nearness import Near, Scale, about_the_same, photos_looked_at
from search.resemblance.resemblance import METHOD, Resemblance, prior, uncalibrated
from search.resemblance.views import changed_view
from vlm.encoders import Embeddings, Encoder
from vlm.images import decode_image, turned_clockwise

logger = logging.getLogger(__name__)

PHOTOS = 200
VIEWS = 48
FEW_SUBJECTS = 10
"""An index of fewer subjects is asked with photos of strangers besides."""

GROWN = 0.2
"""An index that has grown or shrunk by this share since it was calibrated is calibrated again."""

_MOST_OWN = 400
"""Photos of a subject that are looked past to find others."""

_BATCH = 50

_COPY = 0.93
"""Share of the way from a stranger to the very same photo from which on a photo of the same subject
is a copy of it, and says nothing on other photos."""


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A photo of the index.

    Attributes:
        photo_id: its id.
        document_id: of its document.
        content: its sha256.
        turned: degrees by which it was turned clockwise before it was encoded.
    """

    photo_id: str
    document_id: str
    content: str
    turned: int


def is_due(index: Index) -> bool:
    """Whether the index has photos, and was never calibrated or has changed much since."""
    photos = index.seen_by(ANYBODY).store.count({"kind": "photo"})
    known = read_calibration(index)
    if known is None or photos == 0:
        return photos > 0
    return abs(photos - known.photos) > GROWN * known.photos


def read_calibration(index: Index) -> Resemblance | None:
    """What the index keeps; None where it was never calibrated, or in another way.

    Raises:
        StorageError: the index cannot be read.
    """
    fingerprint = index.fingerprint.encoder_fingerprint
    return resemblance_from(index.whole.calibration(), fingerprint=fingerprint)


def resemblance_from(
    content: Mapping[str, object] | None, *, fingerprint: str
) -> Resemblance | None:
    """What an index keeps, if this program made it with the index's encoder."""
    if content is None or content.get("method") != METHOD:
        return None
    try:
        found = Resemblance.model_validate(content)
    except ValueError:
        logger.warning("what the index keeps of resembling cannot be read: `snapcite calibrate`")
        return None
    return found if found.fingerprint == fingerprint else None


class KeptResemblance:
    """What an index keeps, read again whenever it is asked for: another process may have calibrated
    it since. Safe to use from several threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._latest: tuple[Mapping[str, object] | None, Resemblance | None] = (None, None)
        self._was_read = False

    def read(self) -> Resemblance | None:
        """What the index keeps now; None where it was never calibrated.

        Raises:
            StorageError: the index cannot be read.
        """
        content, found = self._index.whole.calibration(), self._latest
        if content != found[0]:
            fingerprint = self._index.fingerprint.encoder_fingerprint
            found = (content, resemblance_from(content, fingerprint=fingerprint))
            self._latest = found
        self._was_read = True
        return found[1]

    def latest(self) -> Resemblance | None:
        """What was read last, without asking the index again if anything was.

        Raises:
            StorageError: nothing was read yet, and the index cannot be read.
        """
        return self._latest[1] if self._was_read else self.read()


def calibrate(
    index: Index,
    encoder: Encoder,
    *,
    strangers: Callable[[], Sequence[bytes]] = tuple,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Resemblance | None:
    """Measure what resembling means in an index, and keep it there.

    Args:
        index: with photos made by `encoder`.
        encoder: encodes changed views and strangers.
        strangers: loads photos that show nothing indexed; asked for if there are few subjects.
        on_progress: called with the photos asked with, and how many there are.

    Returns:
        What was kept; None where the index has no photo that is open to everybody.

    Raises:
        StorageError: the index cannot be read or written.
        ModelError: the encoder failed.
    """
    seen = index.seen_by(ANYBODY)
    photos = _all_photos(seen)
    if not photos:
        return None
    by_document: dict[str, list[_Indexed]] = {}
    for photo in photos:
        by_document.setdefault(photo.document_id, []).append(photo)
    chosen = _spread(by_document)
    alone = [photo for photo in chosen if len(by_document[photo.document_id]) == 1][:VIEWS]
    total = len(chosen) + len(alone)
    asker = _Asker(seen, {id_: len(of) for id_, of in by_document.items()})
    questions: list[Question] = []
    vectors: dict[str, Embeddings] = {}
    for start in range(0, len(chosen), _BATCH):
        batch = chosen[start : start + _BATCH]
        vectors.update(asker.vectors([photo.photo_id for photo in batch]))
        questions += [
            asker.ask_with(photo, vectors[photo.photo_id])
            for photo in batch
            if photo.photo_id in vectors
        ]
        on_progress(len(questions), total)
    foreign = _strangers_near(asker, encoder, strangers) if len(by_document) < FEW_SUBJECTS else []
    contents = {photo.content for photo in photos}
    scale = scale_of(questions, [score for content, score in foreign if content not in contents])
    scale = scale or uncalibrated(encoder.card).scale
    questions = [_without_copies(question, scale) for question in questions]
    views = 0
    for photo in alone:
        view = _view(photo, seen, encoder)
        if view is not None:
            views += 1
            questions.append(asker.ask(photo.document_id, view, view=True))
        on_progress(len(questions), total)
    result = _result(questions, asker, scale, encoder, photos=len(photos), views=views,
                     subjects=len(by_document))  # fmt: skip
    index.keep_calibration(result.model_dump(mode="json"))
    return result


def _result(
    questions: Sequence[Question],
    asker: "_Asker",
    scale: Scale,
    encoder: Encoder,
    *,
    photos: int,
    views: int,
    subjects: int,
) -> Resemblance:
    seen = [*(question.near[:DEPTH] for question in questions), *(q.hidden() for q in questions)]
    wanted: dict[str, None] = {}
    for near in seen:
        if near:
            wanted.update(dict.fromkeys(photos_looked_at(near, [near[0].subject])))
    vectors: dict[str, Embeddings] = {}
    ids = list(wanted)
    for start in range(0, len(ids), _BATCH):
        vectors.update(asker.vectors(ids[start : start + _BATCH]))
    replies = replies_to(questions, vectors, scale, prior())
    judged = judged_by_others(replies, prior())
    threshold = judged.threshold(prior().threshold)
    return Resemblance(
        method=METHOD,
        encoder=encoder.card.name,
        fingerprint=encoder.card.fingerprint,
        scale=scale,
        weights=own_weights(replies, prior()),
        threshold=round(threshold, 4),
        photos=photos,
        subjects=subjects,
        asked=len(questions),
        views=views,
        false_refusals=judged.false_refusals(threshold),
        false_matches=judged.false_matches(threshold),
        found_first=judged.found_first,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )


class _Asker:
    """Asks an index with vectors."""

    def __init__(self, view: View, counts: Mapping[str, int]) -> None:
        """`counts`: document id → how many photos it has."""
        self._store = view.store
        self._counts = counts
        self._titles: dict[str, str] = {}

    def vectors(self, photo_ids: Sequence[str]) -> dict[str, Embeddings]:
        """Photo id → vector, of those that the index still holds."""
        records = self._store.retrieve(photo_ids, with_vectors=True, keys=("document_id",))
        return {
            record.id: vector  # type: ignore[misc]  # the image's are dense
            for record in records
            if (vector := record.vectors.get(layout.IMAGE)) is not None
        }

    def ask_with(self, photo: _Indexed, vector: Embeddings) -> Question:
        """The question of a photo that the index holds, without it and copies of its file."""
        return self.ask(photo.document_id, vector, but=photo)

    def ask(
        self,
        document_id: str,
        vector: Embeddings,
        *,
        but: _Indexed | None = None,
        view: bool = False,
    ) -> Question:
        """What is near to a vector that shows the subject of a document."""
        k = DEPTH + min(self._counts.get(document_id, 0), _MOST_OWN)
        hits = self._store.query(vector, using=layout.IMAGE, k=k)
        if but is not None:
            hits = [
                hit
                for hit in hits
                if hit.id != but.photo_id and hit.payload["sha256"] != but.content
            ]
        same = self._same_subject(document_id, [hit.payload["document_id"] for hit in hits])
        near = [
            Near(hit.id, document_id if (of := hit.payload["document_id"]) in same else of,
                 hit.score)
            for hit in hits
        ]  # fmt: skip
        alone = all(each.subject != document_id for each in near)
        return Question(document_id, near, alone=alone, view=view)

    def closest(self, vector: Embeddings) -> float | None:
        """The best cosine of any photo; None where there is none."""
        hits = self._store.query(vector, using=layout.IMAGE, k=1)
        return hits[0].score if hits else None

    def _same_subject(self, document_id: str, near: Sequence[str]) -> set[str]:
        """Documents among those near that are about the same: of one id or title in two corpora."""
        others = list(dict.fromkeys([document_id, *near]))
        missing = [id_ for id_ in others if id_ not in self._titles]
        if missing:
            points = [layout.document_point_id(id_) for id_ in missing]
            self._titles.update(dict.fromkeys(missing, ""))
            for record in self._store.retrieve(points, keys=("document_id", "title")):
                self._titles[record.payload["document_id"]] = fold(record.payload["title"])
        return about_the_same(document_id, {id_: self._titles[id_] for id_ in others})


def _all_photos(view: View) -> list[_Indexed]:
    """Every photo of the index, in an order that depends on their ids alone."""
    keys = ("document_id", "sha256", "turned")
    found = [
        _Indexed(
            record.id,
            record.payload["document_id"],
            record.payload["sha256"],
            record.payload.get("turned", 0),
        )
        for record in view.store.scroll({"kind": "photo"}, keys=keys)
    ]
    return sorted(found, key=lambda photo: hashlib.sha256(photo.photo_id.encode()).digest())


def _spread(by_document: Mapping[str, Sequence[_Indexed]]) -> list[_Indexed]:
    """At most `PHOTOS` photos: one of each document, then a second of each, and so on."""
    rounds: Iterator[tuple[_Indexed | None, ...]] = zip_longest(
        *(photos[:PHOTOS] for photos in list(by_document.values())[: 20 * PHOTOS])
    )
    chosen: list[_Indexed] = []
    for photos in rounds:
        chosen += [photo for photo in photos if photo is not None]
        if len(chosen) >= PHOTOS:
            break
    return chosen[:PHOTOS]


def _without_copies(question: Question, scale: Scale) -> Question:
    """A question without photos of its subject that are the same picture."""
    least = scale.foreign + _COPY * (1 - scale.foreign)
    near = [
        each for each in question.near if each.subject != question.subject or each.score < least
    ]
    alone = all(each.subject != question.subject for each in near)
    return Question(question.subject, near, alone=alone, view=question.view)


def _view(photo: _Indexed, view: View, encoder: Encoder) -> Embeddings | None:
    """The vector of a changed view of a photo; None where its file is gone or cannot be read."""
    try:
        data = view.photo_bytes(photo.photo_id)
        pixels = decode_image(data, encoder.card.photo_size).pixels
    except (NotFoundError, ImageError):
        return None
    pixels = turned_clockwise(pixels, photo.turned)  # as the index holds it
    row: Embeddings = encoder.encode_images([changed_view(pixels, photo.content, 0)])[0]
    return row


def _strangers_near(
    asker: _Asker, encoder: Encoder, strangers: Callable[[], Sequence[bytes]]
) -> list[tuple[str, float]]:
    """sha256 and best cosine of each stranger."""
    found = []
    for data in strangers():
        try:
            pixels: Image.Image = decode_image(data, encoder.card.photo_size).pixels
        except ImageError:
            continue
        closest = asker.closest(encoder.encode_images([pixels])[0])
        if closest is not None:
            found.append((hashlib.sha256(data).hexdigest(), closest))
    return found
