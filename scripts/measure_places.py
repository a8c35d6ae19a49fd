"""Measure how well an encoder finds places that its training never saw, set by set:

    python scripts/measure_places.py PHOTOS [--encoder FOLDER] [--corpora FOLDER]

`PHOTOS` is what scripts/place_photos.py made; measured are the repositories that training held out
(train_places.HELD_OUT), and `indian_monuments`. All their subjects are in one index, beside the
photos of `data/landmarks` that show none of them: a photo has some 100 subjects to choose from.

one reference   the indexed photo of each subject is drawn, `DRAWS` times over; the questions are up
                to `ASKED` other photos of each subject.
several         the same with `SEVERAL` indexed photos a subject.
grey, aged      the questions of `one reference` as black and white, and as old prints.
turned          the questions of `one reference`, lying on their side or their head.

Shares are means over subjects. The interval in brackets is where 95% of the means lie when the
subjects are drawn again (bootstrap). A subject with one photo only is not asked about.
"""

import argparse
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from measure_starter import Array, by_folder, decode, flat
from old_photos import old_photo
from PIL import Image
from train_places import HELD_OUT

from vlm.encoders import encode_with_turns
from vlm.encoders.onnx import OnnxEncoder
from vlm.images import turned_clockwise

ROOT = Path(__file__).resolve().parents[1]
ASKED = 30
DRAWS = 50
SEVERAL = 10
RESAMPLED = 2000

Way = Callable[[Image.Image, Path], Image.Image]
"""How a photo is changed before it is asked with."""


@dataclass(frozen=True)
class Subject:
    """A subject of a set, with the photos that are indexed or asked with."""

    of: str
    name: str
    files: Sequence[Path]


def main() -> None:
    """Print a line a way and a set."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("photos", type=Path)
    arguments.add_argument("--encoder", type=Path, default=ROOT / "data/models/starter")
    arguments.add_argument("--landmarks", type=Path, default=ROOT / "data/landmarks")
    arguments.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/corpora")
    options = arguments.parse_args()
    encoder = OnnxEncoder(options.encoder)
    print(f"{encoder.card.name} {encoder.card.fingerprint} ({encoder.card.runtime})")
    subjects = held_out(options.photos, options.corpora / "indian_monuments/photos")
    others = [path for name, path in flat(options.landmarks / "photos")
              if name not in {subject.name for subject in subjects}]  # fmt: skip
    beside = embed(encoder, others)[:, 0]
    rows = np.cumsum([0, *(len(subject.files) for subject in subjects)])
    files = [path for subject in subjects for path in subject.files]
    given = embed(encoder, files)[:, 0]
    print(
        f"{len(subjects)} subjects, {len(files)} photos, {len(others)} other subjects beside them"
    )
    report("one reference", subjects, rows, given, given[:, None], beside, 1)
    report("several", subjects, rows, given, given[:, None], beside, SEVERAL)
    for kind in ("grey", "aged"):
        worn = embed(encoder, files, way=partial(old, kind=kind))
        report(f"one reference, {kind}", subjects, rows, given, worn[:, :1], beside, 1)
    for degrees in (0, 90, 180, 270):
        views = embed(encoder, files, way=partial(_turned, degrees=degrees))
        report(f"one reference, turned by {degrees}", subjects, rows, given, views, beside, 1)


def held_out(photos: Path, monuments: Path) -> list[Subject]:
    """Every subject of every set with its photos, at most `ASKED` of them."""
    sets = {name: by_folder(photos / name) for name in HELD_OUT} | {"india": by_folder(monuments)}
    random = np.random.default_rng(0)
    found = []
    for of, files in sets.items():
        for name in sorted({subject for subject, _ in files}):
            paths = [path for subject, path in files if subject == name]
            some = [paths[row] for row in sorted(random.permutation(len(paths))[:ASKED])]
            found.append(Subject(of, name, some))
    return found


def _turned(photo: Image.Image, _: Path, *, degrees: int) -> Image.Image:
    return turned_clockwise(photo, degrees)


def old(photo: Image.Image, path: Path, kind: str) -> Image.Image:
    """A photo as an old print, the same at every run."""
    return old_photo(photo, kind, zlib.crc32(f"{path.parent.name}/{path.name}".encode()))


def embed(encoder: OnnxEncoder, files: Sequence[Path], *, way: Way | None = None) -> Array:
    """Vectors (n, 2, dim) of each photo: as it is given, and turned as the encoder says that it
    has to be, where it says so; else the same again."""

    def one(path: Path) -> Array:
        photo = decode(path.read_bytes(), encoder)
        if way is not None:
            photo = way(photo, path)
        vectors, odds = encode_with_turns(encoder, [photo])
        turn = 0 if odds is None else int(np.argmax(odds[0]))
        again = vectors if turn == 0 else encoder.encode_images(
            [turned_clockwise(photo, 360 - 90 * turn)]
        )  # fmt: skip
        return np.concatenate([vectors, again])

    with ThreadPoolExecutor(2) as pool:
        return np.stack(list(pool.map(one, files)))


def report(
    way: str,
    subjects: Sequence[Subject],
    rows: npt.NDArray[np.int64],
    indexed: Array,
    asked: Array,
    beside: Array,
    references: int,
) -> None:
    """Recall at 1 and 5, by set; the arguments are those of `recall_at_one_and_five`."""
    at_1, at_5 = recall_at_one_and_five(rows, indexed, asked, beside, references)
    usable = np.diff(rows) > references
    sets = np.array([subject.of for subject in subjects])
    random = np.random.default_rng(0)
    for of in [*dict.fromkeys(sets), "all"]:
        some = usable if of == "all" else usable & (sets == of)
        print(
            f"{way:34s} {of:10s} recall@1 {shown(at_1[some], random)}  "
            f"recall@5 {shown(at_5[some], random)}  {some.sum()} subjects",
            flush=True,
        )


def recall_at_one_and_five(
    rows: npt.NDArray[np.int64],
    indexed: npt.NDArray[np.floating[Any]],
    asked: npt.NDArray[np.floating[Any]],
    beside: npt.NDArray[np.floating[Any]],
    references: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Recall at 1 and at 5 of each subject, means over `DRAWS`; 0 where it has no photo to ask.

    Args:
        rows: of each subject's first photo, and one past the last.
        indexed: (n, dim), of all photos.
        asked: (n, views, dim), of the same photos as they are asked with; the best view counts.
        beside: (m, dim), of one photo each of further subjects.
        references: photos of each subject that are indexed.
    """
    cosines = (asked @ indexed.T).max(axis=1)
    foreign = (asked @ beside.T).max(axis=1)
    subjects = len(rows) - 1
    own = np.repeat(np.arange(subjects), np.diff(rows))
    random = np.random.default_rng(0)
    at_1, at_5 = np.zeros((2, subjects))
    for _ in range(DRAWS):
        drawn = [
            random.choice(
                np.arange(rows[s], rows[s + 1]),
                min(references, rows[s + 1] - rows[s]),
                replace=False,
            )
            for s in range(subjects)
        ]
        best = np.stack([cosines[:, some].max(axis=1) for some in drawn], axis=1)
        best = np.concatenate([best, foreign], axis=1)
        closer = (best > best[np.arange(len(own)), own][:, None]).sum(axis=1)
        is_question = np.ones(len(own), dtype=bool)
        is_question[np.concatenate(drawn)] = False
        for s in range(subjects):
            ranks = closer[is_question & (own == s)]
            if len(ranks):
                at_1[s] += (ranks == 0).mean() / DRAWS
                at_5[s] += (ranks < 5).mean() / DRAWS
    return at_1, at_5


def shown(shares: npt.NDArray[np.float64], random: np.random.Generator) -> str:
    """The mean over subjects, and its interval."""
    means = random.choice(shares, (RESAMPLED, len(shares))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{shares.mean():.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
