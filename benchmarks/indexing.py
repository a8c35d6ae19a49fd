"""Photos into an index: photos a second, SnapCite's own index run against the usual stack.

    python -m benchmarks.indexing --width 4000 640

Both sides index the same files with the same weights, in turns; each turn of SnapCite is a whole
`snapcite index` into a new index, from reading the folder to the built graph.
"""

import argparse
import shutil
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import results
from benchmarks.clip import make_clip, make_export
from benchmarks.machine import processor_seconds
from benchmarks.photos import make_photos
from benchmarks.usual import UsualStack
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index import layout, open_index
from vlm.cores import cores
from vlm.encoders import Encoder
from vlm.encoders.onnx import OnnxEncoder

DIM = 512
TARGETS = {4000: 6.0, 640: 3.0}
LEAST_COSINE = 0.99
SCRATCH = Path(".snapcite/bench")

Floats = npt.NDArray[np.float32]
Vectors = dict[str, Floats]


def index_ours(photos: Path, target: Path, encoder: Encoder) -> tuple[float, Vectors]:
    """Seconds of one index run, and the vectors by file name."""
    shutil.rmtree(target, ignore_errors=True)
    started = time.perf_counter()
    with open_index(str(target), fingerprint_of(encoder), create=True) as index:
        report = index_corpus(open_corpus(photos), index, encoder)
        seconds = time.perf_counter() - started
        assert report.ok, report.problems
        found = {
            Path(record.payload["path"]).name: np.asarray(record.vectors[layout.IMAGE])
            for record in index.store.scroll({"kind": "photo"}, with_vectors=True)
        }
    return seconds, found


def index_usual(paths: list[Path], usual: UsualStack) -> tuple[float, Vectors]:
    """The same of the usual stack."""
    usual.create(DIM)
    started = time.perf_counter()
    usual.index(paths)
    seconds = time.perf_counter() - started
    return seconds, {Path(path).name: vector for path, vector in usual.vectors().items()}


def cosines(ours: Vectors, usual: Vectors) -> dict[str, float]:
    """How alike the vectors of the same photos are.

    Vectors of random weights all lie close together, so their plain cosine flatters; `centred` is
    that of what is left when the mean vector is taken away.
    """
    names = sorted(usual)
    a, b = (np.stack([of[name] for name in names]) for of in (ours, usual))
    plain = np.sum(a * b, axis=1)
    a, b = (rows - rows.mean(axis=0) for rows in (a, b))
    centred = np.sum(a * b, axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return {
        "cosine_mean": float(plain.mean()),
        "cosine_least": float(plain.min()),
        "centred_cosine_mean": float(centred.mean()),
    }


def measure(width: int, *, count: int, rounds: int, scratch: Path) -> list[results.Line]:
    """Both sides in turns over `count` photos that are `width` pixels wide."""
    folder = scratch / f"photos-{width}-{count}"
    paths = make_photos(folder, count=count, width=width)
    clip = make_clip(scratch / "clip")
    export = make_export(clip, scratch / "clip-int8", paths[:8])
    encoder, usual = OnnxEncoder(export, threads=1, workers=cores()), UsualStack(clip)
    # Once for each before the clock runs: weights are loaded, and the files are in memory.
    index_ours(folder, scratch / "index", encoder)
    usual.encode(paths[:4])
    ours_s, usual_s, ours_cpu_s = [], [], 0.0
    for _ in range(rounds):
        seconds, theirs = index_usual(paths, usual)
        usual_s.append(seconds)
        before = processor_seconds()
        seconds, found = index_ours(folder, scratch / "index", encoder)
        ours_cpu_s += processor_seconds() - before
        ours_s.append(seconds)
    usual.close()
    like = cosines(found, theirs)
    size = f"{width * width * 3 // 4 / 1e6:.3g}-megapixel"
    megabytes = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
    return [
        results.more_per_second(
            f"indexing {size} JPEGs ({megabytes:.1f} MB each)",
            "photos/s",
            ours=count * rounds / sum(ours_s),
            usual=count * rounds / sum(usual_s),
            target=TARGETS.get(width, 1.0),
            photos=count,
            rounds=rounds,
            ours_s=ours_s,
            usual_s=usual_s,
            ours_processor_ms=1e3 * ours_cpu_s / count / rounds,
        ),
        results.Line(
            f"… cosine to the usual stack's vectors, mean of {count}",
            "cosine",
            like["cosine_mean"],
            target=LEAST_COSINE,
            more=like,
        ),
    ]


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, nargs="+", default=[4000, 640])
    parser.add_argument("--photos", type=int, default=64, help="of each width")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--scratch", type=Path, default=SCRATCH)
    parser.add_argument("--prepare-only", action="store_true")
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    if options.prepare_only:
        for width in options.width:
            folder = options.scratch / f"photos-{width}-{options.photos}"
            paths = make_photos(folder, count=options.photos, width=width)
            make_export(
                make_clip(options.scratch / "clip"), options.scratch / "clip-int8", paths[:8]
            )
        return
    lines = [
        line
        for width in options.width
        for line in measure(
            width, count=options.photos, rounds=options.rounds, scratch=options.scratch
        )
    ]
    results.show(lines)
    results.save(options.results, "indexing", lines, photos=options.photos, rounds=options.rounds)


if __name__ == "__main__":
    main()
