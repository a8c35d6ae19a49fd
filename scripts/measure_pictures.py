"""Measure "have we this picture?": edited copies that are found, and strangers that are not.

    python scripts/measure_pictures.py [CORPUS ...] [--photos N] [--pairs FOLDER ...] [--per-pair N]

Indexes the corpora (default: data/landmarks) and asks by the photo alone, through the whole search,
with at most N of their photos after each kind of edit in `scripts/picture_edits.py`. A copy counts
as found where the verdict is `same_shot` or `same_file` and names that photo, or another file of
the same shot. For each kind it prints how many were found, and over all how long the verdict took
beyond the search: seconds of wall time and of the process's own processor time.

`--pairs` names folders with a folder of photos for each subject, or of photos that are numbered
behind their subject's name. Photos of one subject are compared in pairs (at most `--per-pair` for
each subject), and others with one of another subject. Every pair that is called the same shot is
printed, to be looked at: a folder may hold the same shot twice.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
from picture_edits import EDITS, edited

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index import Index, open_index
from search.held_pictures import LOOKED_AT, near_views
from search.pipeline import Pipeline
from search.query import Query
from vlm.images import decode_image, shrink
from vlm.likeness import Features, compare, features_of, picture_hash, view_hashes
from vlm.models import load_encoder
from vlm.readers.extractive import ExtractiveReader

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def main() -> None:
    """Measure as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", type=Path, default=[ROOT / "data" / "landmarks"])
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--pairs", nargs="*", type=Path, default=[])
    parser.add_argument("--per-pair", type=int, default=200)
    given = parser.parse_args()
    if given.photos:
        measure_copies(given.corpora, given.photos)
    for folder in given.pairs:
        measure_pairs(folder, given.per_pair)


def measure_copies(corpora: Sequence[Path], most: int) -> None:
    """Ask with edited photos of the corpora."""
    encoder = load_encoder("starter", models_root=ROOT / "data" / "models")
    with (
        tempfile.TemporaryDirectory() as folder,
        open_index(f"{folder}/index", fingerprint_of(encoder), create=True) as index,
    ):
        for path in corpora:
            index_corpus(open_corpus(path), index, encoder)
        pipeline = Pipeline(index, encoder, ExtractiveReader())
        photos = _drawn(index, most)
        if not photos:
            raise SystemExit("The corpora have no photos to ask with; name others.")
        found: dict[str, list[bool]] = {kind: [] for kind in EDITS}
        wall, own = [], []
        for photo_id in photos:
            original = decode_image(index.whole.photo_bytes(photo_id)).pixels
            for kind in EDITS:
                picture = shrink(edited(original, kind, photo_id), pipeline.photo_size.longest)
                query = Query(photos=(picture,))
                before = pipeline.subjects(query)
                started, spent = time.perf_counter(), time.process_time()
                held = pipeline.with_picture(query, before).picture
                wall.append(time.perf_counter() - started)
                own.append(time.process_time() - spent)
                assert held is not None
                is_copy = held.verdict in ("same_file", "same_shot") and _is_copy(
                    index, held.photo_id or "", photo_id
                )
                found[kind].append(is_copy)
                if not is_copy:
                    print(f"missed {kind} of {_path(index, photo_id)}: {held.verdict}", flush=True)
    for kind, each in found.items():
        print(f"{kind:11s} found {sum(each):4d} of {len(each):4d}")
    asked = sum(map(len, found.values()))
    print(f"all         found {sum(map(sum, found.values()))} of {asked}")
    for name, times in (("wall", wall), ("own", own)):
        low, high = np.percentile(times, [50, 95])
        print(f"{name:4s} seconds a photo beyond the search: {low:.3f} usual, {high:.3f} at 95%")


def _drawn(index: Index, most: int) -> list[str]:
    photo_ids = sorted(
        record.id for record in index.store.scroll({"kind": "photo"}, keys=("kind",))
    )
    Random(1).shuffle(photo_ids)
    return photo_ids[:most]


def _path(index: Index, photo_id: str) -> str:
    return str(index.store.retrieve([photo_id], keys=("path",))[0].payload["path"])


def _is_copy(index: Index, found: str, wanted: str) -> bool:
    """Whether a photo is the wanted one, or a file of the same shot."""
    if found == wanted:
        return True
    looked = [
        features_of(decode_image(index.whole.photo_bytes(each), LOOKED_AT).pixels)
        for each in (found, wanted)
    ]
    same = compare(*looked)
    return same is not None and same.is_same_shot


def measure_pairs(folder: Path, most: int) -> None:
    """Compare photos of one subject, and of two, in pairs, as a search compares them."""
    counts = {"one subject": [0, 0], "two subjects": [0, 0]}
    for what, first, second in _pairs(folder, most):
        a, b = _looked_at(first), _looked_at(second)
        found = compare(a.features, b.features, views=near_views(a.views, b.hash))
        counts[what][0] += 1
        if found is not None and found.is_same_shot:
            counts[what][1] += 1
            print(f"same shot, {what}: {first.name} {second.name}", flush=True)
    for what, (pairs, same) in counts.items():
        print(f"{folder.name}, photos of {what}: {same} of {pairs} pairs called the same shot")


def _pairs(folder: Path, most: int) -> Iterator[tuple[str, Path, Path]]:
    by_subject: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES:
            name = path.parent.name if path.parent.parent != folder.parent else path.stem
            by_subject.setdefault(name.rpartition("_")[0] or name, []).append(path)
    random = Random(2)
    subjects = [paths for paths in by_subject.values() if len(paths) > 1]
    for paths in subjects:
        pairs = [(a, b) for i, a in enumerate(paths) for b in paths[i + 1 :]]
        for a, b in random.sample(pairs, min(most, len(pairs))):
            yield "one subject", a, b
    for _ in range(len(subjects) * most // 4 if len(by_subject) > 1 else 0):
        one, other = random.sample(list(by_subject.values()), 2)
        yield "two subjects", random.choice(one), random.choice(other)


@dataclass(frozen=True)
class _LookedAt:
    """What is compared of a photo."""

    features: Features
    views: list[str]
    hash: str


@cache
def _looked_at(path: Path) -> _LookedAt:
    pixels = decode_image(path.read_bytes(), LOOKED_AT).pixels
    return _LookedAt(features_of(pixels), view_hashes(pixels), picture_hash(pixels))


if __name__ == "__main__":
    main()
