"""Sets of photos by subject, encoded once, and small indexes drawn from them.

A set is a folder with a folder of photos for each subject; a folder of photos alone is a set whose
every photo is a subject. `fit_resemblance.py` and `measure_refusals.py` draw indexes of one, three
or more photos a subject from them and ask with other photos. Knows the calibration's own questions
(search/resemblance) and no store: a small index is searched by brute force.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from knowledge.errors import ImageError
from search.resemblance import DEPTH, Near, Question, changed_view
from vlm.encoders import Embeddings, Encoder
from vlm.images import decode_image

COPY = 0.97
"""Photos of a subject whose cosine is higher are copies of one picture: one is kept."""

OWN_PHOTOS, OWN_VIEWS = 200, 48
"""As `search.resemblance.calibration` asks."""

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True)
class Photos:
    """`subjects` (n,), `vectors` (n, dim) of length 1, `paths` (n,)."""

    subjects: npt.NDArray[np.str_]
    vectors: Embeddings
    paths: npt.NDArray[np.str_]

    def of(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> "Photos":
        """Some of them."""
        return Photos(self.subjects[rows], self.vectors[rows], self.paths[rows])


@dataclass(frozen=True)
class World:
    """A small index and the photos that are asked with; `views` of photos of the index."""

    indexed: Photos
    asked: Photos
    views: Mapping[str, Embeddings]

    @property
    def vectors(self) -> dict[str, Embeddings]:
        """Photo id → vector (dim,)."""
        return dict(zip(map(str, self.indexed.paths), self.indexed.vectors, strict=True))


def files_of(folder: Path, *, most: int) -> list[tuple[str, Path]]:
    """(subject, path) of a set, at most `most` of a subject, drawn with a fixed seed."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _SUFFIXES:
            subject = path.stem if path.parent == folder else path.parent.name
            found.setdefault(subject, []).append(path)
    drawn = []
    for subject, paths in found.items():
        Random(1).shuffle(paths)
        drawn += [(subject, path) for path in paths[:most]]
    return drawn


def load_set(name: str, folder: Path, encoder: Encoder, *, most: int, cache: Path) -> Photos:
    """A set's photos, without copies; they are encoded once for each encoder."""
    kept = cache / f"{name}-{encoder.card.fingerprint[:12]}-{most}.npz"
    if not kept.exists():
        files = files_of(folder, most=most)
        vectors = _encoded([path for _, path in files], encoder)
        cache.mkdir(parents=True, exist_ok=True)
        subjects, paths = [s for s, _ in files], [str(p) for _, p in files]
        np.savez(kept, v=vectors, s=np.array(subjects), p=np.array(paths))
    with np.load(kept) as file:
        photos = Photos(file["s"], file["v"], file["p"])
    is_there = np.array([Path(str(path)).exists() for path in photos.paths])
    read = np.linalg.norm(photos.vectors, axis=1) > 0.5
    photos = photos.of(np.flatnonzero(read & is_there))
    return photos.of(_without_copies(photos))


def _encoded(paths: Sequence[Path], encoder: Encoder) -> Embeddings:
    """(n, dim); a photo that cannot be read has a row of zeros."""

    def one(path: Path) -> Embeddings:
        try:
            pixels = decode_image(path.read_bytes(), encoder.card.photo_size).pixels
        except ImageError:
            return np.zeros(encoder.card.dim, dtype=np.float32)
        row: Embeddings = encoder.encode_images([pixels])[0]
        return row

    with ThreadPoolExecutor(2) as pool:
        return np.stack(list(pool.map(one, paths)))


def _without_copies(photos: Photos) -> list[int]:
    kept: list[int] = []
    for row, vector in enumerate(photos.vectors):
        if not kept or float((photos.vectors[kept] @ vector).max()) < COPY:
            kept.append(row)
    return kept


def views_of(photos: Photos, encoder: Encoder, cache: Path, *, each: int) -> dict[str, Embeddings]:
    """Path → vectors (each, dim) of changed views of these photos, encoded once."""
    found: dict[str, Embeddings] = {}
    cache.mkdir(parents=True, exist_ok=True)
    for path in map(str, photos.paths):
        name = hashlib.sha256(f"{path} {each}".encode()).hexdigest()[:24]
        kept = cache / f"view-{encoder.card.fingerprint[:12]}-{name}.npy"
        if not kept.exists():
            pixels = decode_image(Path(path).read_bytes(), encoder.card.photo_size).pixels
            views = [changed_view(pixels, path, number) for number in range(each)]
            np.save(kept, encoder.encode_images(views))
        found[path] = np.load(kept)
    return found


def draw(photos: Photos, references: int, *, asked: int, seed: int) -> tuple[Photos, Photos]:
    """An index of so many photos a subject, and up to `asked` other photos of each."""
    random = np.random.default_rng(seed)
    indexed: list[int] = []
    others: list[int] = []
    for subject in np.unique(photos.subjects):
        rows = list(random.permutation(np.flatnonzero(photos.subjects == subject)))
        if len(rows) < 2:
            indexed += rows
            continue
        count = min(references, max(1, len(rows) - 5))
        indexed += rows[:count]
        others += rows[count : count + asked]
    return photos.of(indexed), photos.of(others)


def near_to(vector: Embeddings, indexed: Photos, *, but: int | None = None) -> list[Near]:
    """All photos of an index, the nearest first."""
    cosines = indexed.vectors @ vector
    return [
        Near(str(indexed.paths[row]), str(indexed.subjects[row]), float(cosines[row]))
        for row in np.argsort(-cosines)
        if row != but
    ]


def own_questions(world: World) -> Iterator[Question]:
    """What the index would ask itself, as `search.resemblance.calibration` does."""
    indexed = world.indexed
    rows = np.random.default_rng(0).permutation(len(indexed.subjects))[:OWN_PHOTOS]
    viewed = 0
    for row in rows:
        subject = str(indexed.subjects[row])
        alone = int((indexed.subjects == subject).sum()) == 1
        yield Question(subject, near_to(indexed.vectors[row], indexed, but=int(row)), alone=alone)
        for view in world.views.get(str(indexed.paths[row]), ())[:1] if alone else ():
            if viewed < OWN_VIEWS:
                viewed += 1
                yield Question(subject, near_to(view, indexed), view=True)


def asked_questions(world: World) -> list[Question]:
    """The photos that were held back, as questions."""
    return [
        Question(str(subject), near_to(vector, world.indexed))
        for subject, vector in zip(world.asked.subjects, world.asked.vectors, strict=True)
    ]


__all__ = [
    "DEPTH",
    "Photos",
    "World",
    "asked_questions",
    "draw",
    "load_set",
    "near_to",
    "own_questions",
    "views_of",
]
