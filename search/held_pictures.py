"""Have we this picture? Whether the index holds the picture that is asked about, or one like it.

    1. The photos nearest by vector, which the search has anyway, and those that share a key of a
       hash with one of the picture's eight views (turned, mirrored) are candidates. So nothing is
       compared with all photos, however many there are.
    2. One of the same bytes, or the same pixels, is the same file.
    3. The first few others are laid on the picture (`vlm.likeness`), where the extra `pictures` is
       installed and their files are still there: the same shot, or the same place.
    4. What could not be laid on it is judged by its hash alone, and by what the search itself says
       of resemblance; the answer then says that it was not verified.

Knows no ranking and no HTTP.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from cachetools import LRUCache
from PIL import Image

from knowledge.deadline import remaining
from knowledge.errors import ImageError, InputError, NotFoundError
from knowledge.index import View, layout
from knowledge.picture_hash import distance, keys_of
from knowledge.store import Where
from search.query import Query
from search.resemblance import Near
from vlm.images import PhotoSize, decode_image, shrink
from vlm.likeness import (
    Alignment,
    Comparison,
    Edit,
    Features,
    compare,
    edits_between,
    features_of,
    is_installed,
    view_hashes,
)

Verdict = Literal["same_file", "same_shot", "same_place", "none"]
"""The same file; another copy of the same shot; another photo of the same place; none of these."""

_NEAREST = 10
"""Photos nearest by vector that are candidates."""

_LAID = 3
"""Candidates that are laid on the picture: each takes about 60 ms of one core."""

_KEY_HITS = 512
"""Photos that share a key and are looked at; more share one only where all look alike (forms)."""

_NEAR_BITS = 48
"""Bits of a hash, of 256, up to which a candidate comes before those that are only near by vector,
and the whole pictures may be laid on each other where features find nothing."""

SAME_BITS = 24
"""Bits up to which a hash alone says that it is the same shot."""

_EXACT_BITS = 4
"""Bits up to which pixels are compared."""

_SECONDS_TO_LOOK = 2.0
"""Seconds that a request must have left for candidates to be laid on the picture."""

_SMALL_SIDE = 64

LOOKED_AT = PhotoSize(640)
"""How large the photos of the index are decoded to be laid on a picture."""

_RANKS: Mapping[Verdict, int] = {"same_file": 0, "same_shot": 1, "same_place": 2, "none": 3}


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """What the index holds of a picture.

    Attributes:
        verdict: how the photo that is named is related to the picture.
        photo: position of the picture among the query's photos.
        photo_id: of the photo in the index; None where the verdict is `none`.
        document_id: of its document.
        alignment: how the picture lies on that photo; None where it was not laid on it.
        edits: what was done to that photo to make the picture.
        turned: degrees (90, 180, 270), clockwise, by which the picture is turned against the photo.
        verified: whether bytes, pixels or local features show the verdict, and not only the hash
            or the search. A `none` is verified where candidates were looked at and none held.
    """

    verdict: Verdict
    photo: int = 0
    photo_id: str | None = None
    document_id: str | None = None
    alignment: Alignment | None = None
    edits: tuple[Edit, ...] = ()
    turned: int = 0
    verified: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A photo of the index. `bits`: how far its hash is from the nearest view, 256 where none is
    near; `views`: which of the eight views are near."""

    photo_id: str
    document_id: str
    sha256: str
    bits: int
    views: tuple[int, ...] = field(default=())


def held_picture(
    view: View,
    query: Query,
    near: Sequence[Near],
    *,
    shown: Near | None = None,
    size: PhotoSize,
    closely: bool = True,
) -> HeldPicture | None:
    """What the index holds of a query's photos: of several, of the one that is held most surely.

    Args:
        view: the index as who asks sees it.
        query: the photos, as they were sent, and the filters that decide what may be shown.
        near: photos of the index near to the query's, nearest first.
        shown: the photo of the subject that the search says is shown, if it says so of one.
        size: how large the query's photos were decoded.
        closely: whether to lay the photo on those that it may be.

    Returns:
        None where the query has no photo of its own.

    Raises:
        StorageError: the index cannot be read.
    """
    found = [
        _held(view, query, number, near, shown=shown, size=size, closely=closely)
        for number in range(len(query.photos))
    ]
    return min(found, key=lambda each: _RANKS[each.verdict], default=None)


def _held(
    view: View,
    query: Query,
    number: int,
    near: Sequence[Near],
    *,
    shown: Near | None,
    size: PhotoSize,
    closely: bool,
) -> HeldPicture:
    picture = query.photos[number]
    digest = query.digests[number] if number < len(query.digests) else None
    views = view_hashes(picture)
    candidates = _candidates(view, query.where, near, views)
    if shown is not None:
        candidates = _with_shown(candidates, shown)
    for each in candidates:
        if each.sha256 == digest or _has_the_pixels(view, each, picture, size):
            return HeldPicture(
                "same_file",
                number,
                each.photo_id,
                each.document_id,
                alignment=_AS_IT_IS,
                verified=True,
            )
    looked, placed = 0, None
    if closely and is_installed() and candidates and _has_time():
        features = features_of(picture)
        for each, photo in _photos(view, candidates):
            looked += 1
            found = compare(features, photo.features, views=each.views)
            if found is None:
                continue
            held = _laid(number, each, found, picture, photo.small)
            if found.is_same_shot:
                return held
            placed = placed or held
    if placed is not None:
        return placed
    if candidates and not looked and candidates[0].bits <= SAME_BITS:
        first = candidates[0]
        return HeldPicture("same_shot", number, first.photo_id, first.document_id)
    if shown is not None:
        return HeldPicture("same_place", number, shown.photo_id, shown.subject)
    return HeldPicture("none", number, verified=looked > 0)


_AS_IT_IS = Alignment(
    homography=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    points=(),
    matches=0,
    agreement=1.0,
    overlap=(1.0, 1.0),
)


def _laid(
    number: int,
    candidate: _Candidate,
    found: Comparison,
    picture: Image.Image,
    photo: Image.Image,
) -> HeldPicture:
    edits, turned = edits_between(found.alignment, picture, photo)
    return HeldPicture(
        "same_shot" if found.is_same_shot else "same_place",
        number,
        candidate.photo_id,
        candidate.document_id,
        alignment=found.alignment,
        edits=edits if found.is_same_shot else (),
        turned=turned if found.is_same_shot else 0,
        verified=True,
    )


def _has_time() -> bool:
    left = remaining()
    return left is None or left > _SECONDS_TO_LOOK


_KEYS = ("kind", "document_id", "sha256", "hash")


def _candidates(
    view: View, where: Where, near: Sequence[Near], views: Sequence[str]
) -> list[_Candidate]:
    """Photos that may be the picture: first by their hash, then by their vector."""
    found: dict[str, _Candidate] = {}
    by_vector = [each.photo_id for each in near[:_NEAREST]]
    for record in view.store.retrieve(by_vector, keys=_KEYS):
        found[record.id] = _candidate(record.id, record.payload, views)
    if views and layout.HASH_KEYS in view.store.schema.keywords:
        keys = list(dict.fromkeys(key for view in views for key in keys_of(view)))
        alike: Where = {**where, "kind": "photo", layout.HASH_KEYS: keys}
        for record in islice(view.store.scroll(alike, keys=_KEYS), _KEY_HITS):
            each = _candidate(record.id, record.payload, views)
            if each.bits <= _NEAR_BITS:
                found.setdefault(record.id, each)
    order = {photo_id: rank for rank, photo_id in enumerate(by_vector)}
    return sorted(
        found.values(),
        key=lambda each: (
            each.bits,
            order.get(each.photo_id, len(order)),
        ),
    )


def _candidate(photo_id: str, payload: Mapping[str, Any], views: Sequence[str]) -> _Candidate:
    known = payload.get("hash", "")  # an index made before there were hashes has none
    near = near_views(views, known)
    bits = distance(views[near[0]], known) if near else 256
    return _Candidate(photo_id, payload["document_id"], payload["sha256"], bits, near)


def near_views(views: Sequence[str], known: str) -> tuple[int, ...]:
    """Which of a picture's views (`vlm.likeness.view_hashes`) are near a hash, nearest first."""
    bits = [distance(view, known) for view in views] if known else []
    return tuple(
        view for view in sorted(range(len(bits)), key=bits.__getitem__) if bits[view] <= _NEAR_BITS
    )


def _with_shown(candidates: Sequence[_Candidate], shown: Near) -> list[_Candidate]:
    """The candidates, the photo that the search says is shown among those that are laid."""
    alike = [each for each in candidates if each.bits <= _NEAR_BITS]
    own = [each for each in candidates if each.photo_id == shown.photo_id and each not in alike]
    rest = [each for each in candidates if each not in alike and each not in own]
    return [*alike, *own, *rest]


def _has_the_pixels(
    view: View, candidate: _Candidate, picture: Image.Image, size: PhotoSize
) -> bool:
    """Whether a photo decodes to the very same pixels, for instance without its metadata."""
    if candidate.bits > _EXACT_BITS or candidate.views[:1] != (0,):
        return False
    photo = _decoded(view, candidate.photo_id, size)
    return photo is not None and photo.size == picture.size and photo.tobytes() == picture.tobytes()


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """A photo of the index as it is compared: its features, and a small copy for its colours."""

    features: Features
    small: Image.Image

    @property
    def nbytes(self) -> int:
        arrays = (self.features.grey, self.features.points, self.features.descriptors)
        return sum(array.nbytes for array in arrays) + 3 * self.small.width * self.small.height


_looked_at: LRUCache[tuple[str, str], _LookedAt] = LRUCache(
    48 * 2**20, getsizeof=lambda each: each.nbytes
)
"""By photo id and the file's hash: decoding and finding features is most of the work, and the
photos that questions come near to are often the same."""
_looking = threading.Lock()


def _photos(view: View, candidates: Sequence[_Candidate]) -> Iterator[tuple[_Candidate, _LookedAt]]:
    """The first candidates whose files are there, as they are compared."""
    read = ((each, _as_compared(view, each)) for each in candidates[: 2 * _LAID])
    there = ((each, photo) for each, photo in read if photo is not None)
    yield from islice(there, _LAID)


def _as_compared(view: View, candidate: _Candidate) -> _LookedAt | None:
    key = (candidate.photo_id, candidate.sha256)
    with _looking:
        known = _looked_at.get(key)
    if known is not None:
        return known
    photo = _decoded(view, candidate.photo_id, LOOKED_AT)
    if photo is None:
        return None
    found = _LookedAt(features_of(photo), shrink(photo, _SMALL_SIDE))
    with _looking:
        _looked_at[key] = found
    return found


def _decoded(view: View, photo_id: str, size: PhotoSize) -> Image.Image | None:
    """A photo's pixels; None where its file is gone or can no longer be read."""
    try:
        return shrink(decode_image(view.photo_bytes(photo_id), size).pixels, size.longest)
    except InputError:
        return None


def lay(view: View, photo_id: str, on: str | Image.Image) -> Comparison | None:
    """How a photo of the index lies on another one, or a picture on a photo; needs OpenCV.

    Args:
        view: the index as who asks sees it.
        photo_id: the second of the two where `on` is a picture, else the first.
        on: id of another photo of the index, or a picture that was sent.

    Returns:
        None where nothing shows that both show the same.

    Raises:
        NotFoundError: the index holds no such photo, or its file is gone or damaged.
        StorageError: the index cannot be read.
        ModelUnavailableError: OpenCV is not installed.
    """
    photo = features_of(_pixels(view, photo_id))
    if isinstance(on, str):
        return compare(photo, features_of(_pixels(view, on)))
    return compare(features_of(on), photo)


def _pixels(view: View, photo_id: str) -> Image.Image:
    try:
        return decode_image(view.photo_bytes(photo_id), LOOKED_AT).pixels
    except ImageError as error:
        raise NotFoundError(f"The photo {photo_id} is no longer readable.") from error
