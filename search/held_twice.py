"""Pictures that an index holds twice: the same file, or the same shot in two files.

Each photo is compared with the few nearest to it by vector and those that share a key of its hash,
so that the work grows with the number of photos and not with its square. A pair is named once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

import numpy as np
from PIL import Image

from knowledge.errors import InputError
from knowledge.index import Index, layout
from knowledge.picture_hash import distance, keys_of
from knowledge.store import Record
from search.held_pictures import LOOKED_AT, SAME_BITS
from search.resemblance import read_calibration
from vlm.images import decode_image
from vlm.likeness import Edit, Features, compare, edits_between, features_of, is_installed

_NEAREST = 4
"""Photos nearest by vector that each is compared with."""

_KEY_HITS = 64
"""Photos that share a key with one; of more, not all are looked at."""

_CLOSE = 0.15
"""Share of the way from a stranger's photo to the very same one from which on a photo that is near
by vector alone is compared. An index that was not calibrated does not know strangers:
there all of the nearest are compared."""

_HASH_BITS = 48
_KEPT = 64
"""Photos whose features are kept while their neighbours are looked at."""

_KEYS = ("document_id", "path", "sha256", "hash")


@dataclass(frozen=True, slots=True)
class IndexedPhoto:
    """A photo of an index: its id, its document and where it lies in its corpus."""

    photo_id: str
    document_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Twice:
    """A picture that is held twice.

    Attributes:
        verdict: the same file, or the same shot.
        first, second: the photos, in the order of their documents and paths.
        edits: what was done to the second to make the first.
        verified: whether bytes or matched places show it, and not only a hash.
    """

    verdict: Literal["same_file", "same_shot"]
    first: IndexedPhoto
    second: IndexedPhoto
    edits: tuple[Edit, ...] = ()
    verified: bool = True


def pictures_held_twice(
    index: Index, *, on_progress: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[Twice]:
    """The pictures that an index holds twice, as they are found.

    Args:
        index: what is looked through.
        on_progress: called after each photo, with how many are done and how many there are.

    Raises:
        StorageError: the index cannot be read.
    """
    of = index.store.count({"kind": "photo"})
    least = _least_cosine(index)
    looked_at = _Looking(index)
    seen: set[tuple[str, str]] = set()
    photos = index.store.scroll({"kind": "photo"}, with_vectors=True, keys=_KEYS)
    for done, record in enumerate(photos, start=1):
        for other_id, other in _near(index, record, least).items():
            pair = (min(record.id, other_id), max(record.id, other_id))
            if other_id != record.id and pair not in seen:
                seen.add(pair)
                found = looked_at.pair(_Held(record.id, record.payload), _Held(other_id, other))
                if found is not None:
                    yield found
        on_progress(done, of)


@dataclass(frozen=True, slots=True)
class _Held:
    """A photo's id and payload."""

    photo_id: str
    payload: Mapping[str, Any]

    @property
    def photo(self) -> IndexedPhoto:
        return IndexedPhoto(self.photo_id, self.payload["document_id"], self.payload["path"])


def _least_cosine(index: Index) -> float:
    kept = read_calibration(index)
    if kept is None:
        return -1.0
    return kept.scale.foreign + _CLOSE * (1 - kept.scale.foreign)


def _near(index: Index, record: Record, least: float) -> dict[str, Mapping[str, Any]]:
    """Photo id → payload of those that may be the same picture."""
    found: dict[str, Mapping[str, Any]] = {}
    vector = record.vectors.get(layout.IMAGE)
    if isinstance(vector, np.ndarray):
        hits = index.store.query(
            vector, using=layout.IMAGE, k=_NEAREST + 1, where={"kind": "photo"}
        )
        found.update((hit.id, hit.payload) for hit in hits if hit.score >= least)
    own = record.payload.get("hash")
    if own and layout.HASH_KEYS in index.store.schema.keywords:
        where = {"kind": "photo", layout.HASH_KEYS: keys_of(own)}
        for other in islice(index.store.scroll(where, keys=_KEYS), _KEY_HITS):
            if _bits(own, other.payload.get("hash")) <= _HASH_BITS:
                found.setdefault(other.id, other.payload)
    return found


def _bits(first: str | None, second: str | None) -> int:
    return distance(first, second) if first and second else 256


class _Looking:
    """Looks at pairs of photos; keeps the features of the last few."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._look = lru_cache(maxsize=_KEPT)(self._looked_at)
        self._may_look = is_installed()

    def pair(self, one: _Held, other: _Held) -> Twice | None:
        """What two photos are to each other; None where they are two pictures."""
        first, second = sorted(
            (one, other), key=lambda each: (each.photo.document_id, each.photo.path)
        )
        if first.payload["sha256"] == second.payload["sha256"]:
            return Twice("same_file", first.photo, second.photo)
        bits = _bits(first.payload.get("hash"), second.payload.get("hash"))
        if self._may_look:
            a, b = self._look(first.photo_id), self._look(second.photo_id)
            if a is not None and b is not None:
                views = (0,) if bits <= _HASH_BITS else ()
                found = compare(a[0], b[0], views=views)
                if found is None or not found.is_same_shot:
                    return None
                edits, _turn = edits_between(found.alignment, a[1], b[1])
                return Twice("same_shot", first.photo, second.photo, edits)
        if bits <= SAME_BITS:
            return Twice("same_shot", first.photo, second.photo, verified=False)
        return None

    def _looked_at(self, photo_id: str) -> tuple[Features, Image.Image] | None:
        """A photo's features and a small copy; None where its file is gone or damaged."""
        try:
            pixels = decode_image(self._index.whole.photo_bytes(photo_id), LOOKED_AT).pixels
        except InputError:
            return None
        return features_of(pixels), pixels.resize((64, 64))
