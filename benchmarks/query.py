"""A photo → ten evidences, in an index of 20,000 points: SnapCite against the usual stack.

    python -m benchmarks.query

Both hold the same 20,000 synthetic vectors (`benchmarks.vectors`), half of them photos and half
passages; each is asked with the same photos in turns, one at a time. SnapCite answers twice: with
its ten closest points, which is what the usual stack does, and with its whole search, which fuses
two rankings into ten subjects with their passages.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import results
from benchmarks.clip import make_clip, make_export
from benchmarks.photos import make_photos
from benchmarks.usual import UsualStack
from benchmarks.vectors import DIM, batches
from indexer.run import fingerprint_of
from knowledge.documents import Document, Passage, Photo
from knowledge.index import Index, PhotoFacts, layout, open_index
from knowledge.store import Point
from search.pipeline import Pipeline
from search.query import Query
from vlm.chronology import chronology_of, chronology_payload
from vlm.encoders import Embeddings, Encoder
from vlm.encoders.onnx import OnnxEncoder
from vlm.images import decode_image
from vlm.readers.extractive import ExtractiveReader

POINTS = 20_000
K = 10
TARGET, STAGE_TARGET = 3.5, 25.0
SCRATCH = Path(".snapcite/bench")
_BATCH = 512
_VECTORS = 500
_PAUSE_S = 0.2


def documents(vectors: Embeddings) -> Iterator[tuple[Point, Point, Point]]:
    """Photo, passage and document points, two vectors a document."""
    facts = PhotoFacts(width=4000, height=3000, format="JPEG")
    for number in range(len(vectors) // 2):
        text = f"House {number} was built in {1500 + number % 500}."
        photo = Photo(f"photos/{number}.jpg", f"{number:064x}")
        document = Document("houses", f"h{number}", f"House {number}", text, "en", photos=(photo,))
        passage = Passage(document.document_id, 0, text, 0, len(text))
        (photo_id,) = layout.photo_point_ids(document)
        (passage_id,) = layout.passage_point_ids(document, [passage])
        about = layout.document_payload(
            document,
            photo_ids=[photo_id],
            passages=1,
            problems=[],
            chronology=chronology_payload(chronology_of(document)),
        )
        yield (
            Point(
                photo_id,
                layout.photo_payload(document, photo, 0, facts),
                {layout.IMAGE: vectors[2 * number]},
            ),
            Point(
                passage_id,
                layout.passage_payload(document, passage),
                {layout.CLIP_TEXT: vectors[2 * number + 1]},
            ),
            Point(layout.document_point_id(document.document_id), about),
        )


def open_ours(folder: Path, encoder: Encoder, vectors: Embeddings) -> Index:
    """The index, filled at the first call."""
    index = open_index(str(folder), fingerprint_of(encoder), create=True)
    if index.store.count({"kind": "document"}) < len(vectors) // 2:
        points = [point for three in documents(vectors) for point in three]
        for start in range(0, len(points), _BATCH):
            index.store.upsert(points[start : start + _BATCH])
        index.store.optimize()
    return index


def open_usual(clip: Path, folder: Path, vectors: Embeddings) -> UsualStack:
    """The usual stack's collection, filled at the first call."""
    full = (folder / "meta.json").exists()
    usual = UsualStack(clip, folder)
    if not full:
        usual.create(DIM)
        for start in range(0, len(vectors), _BATCH):
            batch = vectors[start : start + _BATCH]
            payloads = [
                {"document_id": f"houses/h{(start + at) // 2}", "text": "House"}
                for at in range(len(batch))
            ]
            usual.upsert(start, batch, payloads)
    return usual


def seconds_of(
    calls: Mapping[str, Callable[[Any], object]], asked: Sequence[Any], *, together: int = 1
) -> dict[str, float]:
    """Median seconds of each call, in turns with the same items.

    Between turns there is a pause: PyTorch's threads go on spinning for a while after their work,
    and would be counted against whoever comes next.

    Args:
        calls: name → what to call.
        asked: what each is called with; the first turn warms up and is not counted.
        together: items of one turn.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for start in range(0, len(asked), together):
        for name, call in calls.items():
            time.sleep(_PAUSE_S)
            for item in asked[start : start + together]:
                started = time.perf_counter()
                call(item)
                times[name].append(time.perf_counter() - started)
    return {name: float(np.median(of[together:])) for name, of in times.items()}


def measure(scratch: Path, *, count: int) -> list[results.Line]:
    """All lines: two sizes of photo, and the vector stage alone."""
    vectors = np.concatenate(list(batches(POINTS)))
    clip = make_clip(scratch / "clip")
    sizes = {
        width: make_photos(scratch / f"photos-{width}-{count}", count=count, width=width)
        for width in (4000, 640)
    }
    encoder = OnnxEncoder(make_export(clip, scratch / "clip-int8", sizes[640][:8]))
    wanted = encoder.card.photo_size
    usual = open_usual(clip, scratch / "usual-20000", vectors)
    lines = []
    folder = scratch / f"ours-20000-{encoder.card.fingerprint[:8]}"
    with open_ours(folder, encoder, vectors) as index:
        pipeline = Pipeline(index, encoder, ExtractiveReader())

        def ours(path: Path) -> object:
            photo = decode_image(path.read_bytes(), wanted).pixels
            vector = encoder.encode_images([photo])[0]
            return index.store.query(vector, using=layout.IMAGE, k=K)

        def whole(path: Path) -> object:
            photo = decode_image(path.read_bytes(), wanted).pixels
            return pipeline.search(Query(photos=(photo,), k=K)).evidence

        for width, paths in sizes.items():
            calls = {"usual": lambda path: usual.query(path, K), "ours": ours, "whole": whole}
            found = seconds_of(calls, paths)
            size = f"{width * width * 3 // 4 / 1e6:.3g}-megapixel"
            what = f"query, {size} photo → {K} evidences"
            for name, said in (("ours", what), ("whole", "… with fusion, subjects, passages")):
                lines.append(
                    results.faster(
                        said,
                        ours_s=found[name],
                        usual_s=found["usual"],
                        target=TARGET,
                        points=POINTS,
                        queries=len(paths),
                    )
                )
        found = seconds_of(
            {
                "usual": lambda vector: usual.nearest(vector, K),
                "ours": lambda vector: index.store.query(vector, using=layout.IMAGE, k=K),
            },
            list(vectors[: 10 * _VECTORS : 10]),
            together=_VECTORS // 10,
        )
        lines.append(
            results.faster(
                f"the vector stage alone, {POINTS:,} points",
                ours_s=found["ours"],
                usual_s=found["usual"],
                target=STAGE_TARGET,
            )
        )
    usual.close()
    return lines


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--scratch", type=Path, default=SCRATCH)
    parser.add_argument("--prepare-only", action="store_true")
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    count = 2 if options.prepare_only else options.photos
    lines = measure(options.scratch, count=count)
    if not options.prepare_only:
        results.show(lines)
        results.save(options.results, "query", lines, points=POINTS, photos=options.photos)


if __name__ == "__main__":
    main()
