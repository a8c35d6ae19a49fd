"""Measure an encoder: does a photo find its subject, does a text find its photo, how fast?

    python scripts/measure_starter.py [--encoder FOLDER] [--corpora FOLDER]

The corpora `indian_monuments` and `flickr8k_1k` are not part of the repository (their photos
state no licence); `--corpora` says where they are. Prints one line for each figure.

one reference   `data/landmarks/photos` is indexed, one photo a subject; the queries are its
                question photos and those of `indian_monuments` that show one of its subjects.
many            all of `indian_monuments/photos` is indexed; its question photos are the queries.
drawn           `one reference` with less chance: for each subject of both corpora (none was
                seen in training) the indexed photo is drawn from `indian_monuments/photos`,
                `DRAWS` times over, beside the other subjects of `data/landmarks`.
recall@k        share of questions whose subject is among the k best; a subject counts with its
                best photo.
text -> image   200 photos of flickr8k; each caption is a query; recall@10 over captions.
old photographs the questions of `many`, and those of `one reference`, as old prints
                (scripts/old_photos.py).
not indexed     each question of `many` again, with its own subject removed: AUC of the best
                cosine, and of its distance to the next subject, between right answers and these.
foreign         share of photos whose best cosine to the index is under `foreign_below`. Foreign
                photos are flickr8k's, and each question of `indian_monuments` after its own
                subject was removed from the index.
"""

import argparse
import csv
import io
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from old_photos import KINDS, old_photo
from PIL import Image

from vlm.encoders.onnx import OnnxEncoder
from vlm.images import decode_image

ROOT = Path(__file__).resolve().parents[1]
CAPTIONED = 200
DRAWS = 200
TWELVE_MEGAPIXELS = (4000, 3000)

Array = npt.NDArray[np.float32]
File = tuple[str, Path]
"""A photo's subject and where it lies."""


@dataclass(frozen=True)
class Photos:
    """Photos with their subjects: `vectors` (n, dim) float32, each of length 1."""

    subjects: npt.NDArray[np.str_]
    vectors: Array


def main() -> None:
    """Print every figure."""
    arguments = argparse.ArgumentParser(description="Measure an encoder.")
    arguments.add_argument("--encoder", type=Path, default=ROOT / "data/models/starter")
    arguments.add_argument("--landmarks", type=Path, default=ROOT / "data/landmarks")
    arguments.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/corpora")
    options = arguments.parse_args()
    encoder = OnnxEncoder(options.encoder)
    print(f"{encoder.card.name} {encoder.card.fingerprint} ({encoder.card.runtime})")
    monuments, flickr = options.corpora / "indian_monuments", options.corpora / "flickr8k_1k"

    one = embed(encoder, flat(options.landmarks / "photos"))
    many = embed(encoder, by_folder(monuments / "photos"))
    asked_many = by_folder(monuments / "queries")
    own = flat(options.landmarks / "queries")
    asked_one = own + [file for file in asked_many if file[0] in one.subjects]
    both, asked = embed(encoder, asked_one), embed(encoder, asked_many)
    others = embed(encoder, flat(flickr / "images"))

    report_recall("one reference", one, both)
    report_recall("many", many, asked)
    report_drawn("drawn", one, many, asked)
    report_recall("one reference, aged", one, embed(encoder, asked_one, kind="aged"))
    for kind in KINDS:
        prints = embed(encoder, asked_many, kind=kind)
        report_recall(f"many, {kind}", many, prints)
        if kind == "aged":
            report_drawn("drawn, aged", one, many, prints)
    report_captions(encoder, others, flickr / "captions.txt")
    report_not_indexed(many, asked)
    report_foreign(one, many, both, asked, others, encoder.card.foreign_below)
    report_speed(encoder, own)


def flat(folder: Path) -> list[File]:
    """(subject, file) where a file's stem is its subject."""
    return [(path.stem, path) for path in sorted(folder.iterdir())]


def by_folder(folder: Path) -> list[File]:
    """(subject, file) where a folder's name is the subject of the files in it."""
    return [(path.parent.name, path) for path in sorted(folder.glob("*/*"))]


def embed(encoder: OnnxEncoder, files: Sequence[File], *, kind: str | None = None) -> Photos:
    """Encode photos, two at a time; `kind` makes old prints of them first."""

    def one(path: Path) -> Array:
        pixels = decode(path.read_bytes(), encoder)
        if kind is not None:
            pixels = old_photo(pixels, kind, zlib.crc32(f"{path.parent.name}/{path.name}".encode()))
        row: Array = encoder.encode_images([pixels])[0]
        return row

    with ThreadPoolExecutor(2) as pool:
        vectors = np.stack(list(pool.map(one, [path for _, path in files])))
    return Photos(np.array([subject for subject, _ in files]), vectors)


def decode(data: bytes, encoder: OnnxEncoder) -> Image.Image:
    """As the index and the search do."""
    return decode_image(data, encoder.card.photo_size).pixels


def best_per_subject(index: Photos, asked: Array) -> tuple[npt.NDArray[np.str_], Array]:
    """Subjects (m,) and each question's best cosine to any of their photos (n, m)."""
    subjects = np.unique(index.subjects)
    cosines = asked @ index.vectors.T
    best = [cosines[:, index.subjects == subject].max(axis=1) for subject in subjects]
    return subjects, np.stack(best, axis=1)


def recall(index: Photos, asked: Photos) -> Array:
    """Recall at 1 and 5, by subject: (2,)."""
    subjects, best = best_per_subject(index, asked.vectors)
    ranked = subjects[np.argsort(-best, axis=1)]
    right = ranked == asked.subjects[:, None]
    return np.array([right[:, 0].mean(), right[:, :5].any(axis=1).mean()], dtype=np.float32)


def report_recall(name: str, index: Photos, asked: Photos) -> None:
    """Recall at 1 and 5."""
    print_recall(name, recall(index, asked), questions=asked, photos=len(index.subjects))


def report_drawn(name: str, one: Photos, many: Photos, asked: Photos) -> None:
    """Mean recall over `DRAWS` indexes of one photo a subject."""
    both = np.intersect1d(one.subjects, many.subjects)
    rest, about = ~np.isin(one.subjects, both), np.isin(asked.subjects, both)
    asked = Photos(asked.subjects[about], asked.vectors[about])
    rows = [np.flatnonzero(many.subjects == subject) for subject in both]
    random = np.random.default_rng(0)
    found = []
    for _ in range(DRAWS):
        drawn = many.vectors[[random.choice(of) for of in rows]]
        subjects = np.concatenate([both, one.subjects[rest]])
        found.append(recall(Photos(subjects, np.concatenate([drawn, one.vectors[rest]])), asked))
    print_recall(name, np.mean(found, axis=0), questions=asked, photos=len(one.subjects))


def print_recall(name: str, shares: Array, *, questions: Photos, photos: int) -> None:
    """One line."""
    print(
        f"{name:20s} recall@1 {shares[0]:.3f}  recall@5 {shares[1]:.3f}  "
        f"({len(questions.subjects)} questions, {photos} photos)"
    )


def report_captions(encoder: OnnxEncoder, photos: Photos, captions: Path) -> None:
    """Recall at 10 of a caption's photo among `CAPTIONED`."""
    row = {subject: i for i, subject in enumerate(photos.subjects[:CAPTIONED])}
    with captions.open(encoding="utf-8", newline="") as file:
        lines = [
            (row[Path(line["image"]).stem], line["caption"])
            for line in csv.DictReader(file)
            if Path(line["image"]).stem in row
        ]
    texts = encoder.encode_texts([caption for _, caption in lines])
    top = np.argsort(-(texts @ photos.vectors[:CAPTIONED].T), axis=1)[:, :10]
    found = (top == np.array([right for right, _ in lines])[:, None]).any(axis=1)
    print(
        f"{'text -> image':20s} recall@10 {found.mean():.3f}  "
        f"({len(lines)} captions, {CAPTIONED} photos)"
    )


def report_not_indexed(many: Photos, asked: Photos) -> None:
    """Whether cosines distinguish a monument that is not indexed from its closest lookalike."""
    subjects, best = best_per_subject(many, asked.vectors)
    own = subjects == asked.subjects[:, None]
    hidden = np.where(own, -np.inf, best)
    right = subjects[best.argmax(axis=1)] == asked.subjects
    for name, score in (
        ("best cosine", lambda cosines: cosines.max(axis=1)),
        ("margin to the next subject", lambda cosines: np.diff(np.sort(cosines)[:, -2:])[:, 0]),
    ):
        auc = share_above(score(best[right]), score(hidden))
        print(f"{'not indexed':20s} AUC of the {name} {auc:.3f}")


def share_above(higher: Array, lower: Array) -> float:
    """AUC: share of pairs in which one of `higher` exceeds one of `lower`, ties half."""
    more = (higher[:, None] > lower).mean() + (higher[:, None] == lower).mean() / 2
    return float(more)


def report_foreign(
    one: Photos, many: Photos, both: Photos, asked: Photos, others: Photos, chosen: float
) -> None:
    """What a cut-off on the best cosine keeps of known subjects and refuses of foreign ones."""
    subjects, best = best_per_subject(many, asked.vectors)
    without = np.where(subjects == asked.subjects[:, None], -1.0, best).max(axis=1)
    known, right = {}, {}
    for name, index, questions in (("one reference", one, both), ("many", many, asked)):
        subjects, best = best_per_subject(index, questions.vectors)
        known[name] = best.max(axis=1)
        right[name] = known[name][subjects[best.argmax(axis=1)] == questions.subjects]
    foreign = {
        "flickr8k, one reference": best_per_subject(one, others.vectors)[1].max(axis=1),
        "flickr8k, many": best_per_subject(many, others.vectors)[1].max(axis=1),
        "left out, many": without,
    }
    marks = [0.05, 0.25, 0.5, 0.75, 0.95]
    print(f"{'best cosine, quantiles':36s}" + "  ".join(f"{mark:5.0%}" for mark in marks))
    for kind, values in ("known", known), ("foreign", foreign):
        for name, cosines in values.items():
            shown = "  ".join(f"{value:5.3f}" for value in np.quantile(cosines, marks))
            print(f"  {kind + ': ' + name:34s}{shown}")
    print("below the cut-off         " + "".join(f"{name:>25s}" for name in [*right, *foreign]))
    print("  (of known: those whose best subject is the right one)")
    for cut in sorted({chosen, *np.arange(0.3, 0.71, 0.05).round(2)}):
        shares = [np.mean(values < cut) for values in [*right.values(), *foreign.values()]]
        mark = "  <- foreign_below" if cut == chosen else ""
        print(f"  {cut:.2f}{'':20s}" + "".join(f"{share:25.3f}" for share in shares) + mark)


def report_speed(encoder: OnnxEncoder, files: Sequence[File]) -> None:
    """Milliseconds for one photo, with and without its decoding, and for one question."""
    data = [path.read_bytes() for _, path in files]
    large = [enlarged(photo) for photo in data]
    pixels = [decode(photo, encoder) for photo in data]
    question = "When was this tower built, and is it still standing?"

    def decode_and_encode(photo: bytes) -> None:
        encoder.encode_images([decode(photo, encoder)])

    size = f"12-megapixel JPEG ({np.mean([len(photo) for photo in large]) / 1e6:.1f} MB)"
    for name, work in (
        ("photo, decoded", [partial(encoder.encode_images, [photo]) for photo in pixels * 10]),
        (f"{size}, decoding included", [partial(decode_and_encode, p) for p in large * 10]),
        (f"{size}, decoding alone", [partial(decode, photo, encoder) for photo in large * 10]),
        ("question", [partial(encoder.encode_texts, [question])] * 100),
    ):
        p50, p95 = np.quantile([_seconds(one) for one in work], [0.5, 0.95]) * 1000
        print(f"encode one {name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")


def enlarged(photo: bytes) -> bytes:
    """A JPEG of 12 megapixels with a sensor's noise, so that it is as long as a real one."""
    pixels = decode_image(photo).pixels.resize(TWELVE_MEGAPIXELS, Image.Resampling.BICUBIC)
    shape = (TWELVE_MEGAPIXELS[1], TWELVE_MEGAPIXELS[0], 3)
    noise = np.random.default_rng(0).standard_normal(shape, dtype=np.float32) * 6
    noisy = (np.asarray(pixels) + noise).clip(0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noisy).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
