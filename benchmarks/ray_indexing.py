"""An index run on a Ray cluster of this machine against one in this process, in turns.

    python -m benchmarks.ray_indexing --corpus data/landmarks --copies 8
    python -m benchmarks.ray_indexing --corpus FOLDER_OF_PHOTOS --encoder .snapcite/bench/clip-int8

Both sides index the same files with the same encoder on the same cores: the cluster with a process
a core, this process with a thread a core. What starting Ray and loading the models takes is said
beside the rate and is not part of it: it does not grow with the corpus. The two indexes are
compared point by point. Waiting counts, so run it while the machine does nothing else; where it
does, the processor's time of all processes says more than the clock, and is printed too.
"""

import argparse
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import processor_seconds
from indexer.cluster import ClusterWorkplace, Tools, connected
from indexer.run import fingerprint_of, index_corpus
from indexer.workplace import ThisMachine, Workplace
from knowledge.corpus import Corpus, open_corpus
from knowledge.index import Index, open_index
from vlm.models import load_encoder

MODELS = Path("data/models")
PHOTO_TYPES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True)
class LoadTools:
    """Loads the encoder on a node."""

    encoder: str

    def __call__(self) -> Tools:
        """The encoder alone: no further vectors, and no text in pictures is read."""
        return Tools(load_encoder(self.encoder, models_root=MODELS, bulk=True))


def copied(photos: Path, folder: Path, copies: int) -> Corpus:
    """A folder with so many copies of each photo, each with other bytes at its end."""
    folder.mkdir(parents=True)
    found = sorted(path for path in photos.rglob("*") if path.suffix.lower() in PHOTO_TYPES)
    for number in range(copies):
        for path in found:
            target = folder / f"{number}-{path.name}"
            target.write_bytes(path.read_bytes() + number.to_bytes(4, "big"))
    return open_corpus(folder)


def contents(index: Index) -> dict[str, Any]:
    """Every point: its payload and its vectors, to the bit."""
    return {
        record.id: (
            record.payload,
            {
                name: vector.tobytes() if isinstance(vector, np.ndarray) else vector
                for name, vector in record.vectors.items()
            },
        )
        for record in index.store.scroll(with_vectors=True)
    }


def run(corpus: Corpus, encoder: str, where: Workplace, target: Path) -> tuple[Any, ...]:
    """Photos a second, processor seconds a photo, and the contents, of one run."""
    shutil.rmtree(target, ignore_errors=True)
    model = load_encoder(encoder, models_root=MODELS, bulk=True)
    with open_index(str(target), fingerprint_of(model), create=True) as index:
        began, used = time.perf_counter(), processor_seconds()
        report = index_corpus(corpus, index, model, where=where)
        seconds = time.perf_counter() - began
        used = processor_seconds() - used
        photos = report.photos_embedded
        return photos / seconds, used / photos, contents(index)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("data/landmarks/photos"))
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = copied(options.corpus, Path(scratch) / "photos", options.copies)
        model = load_encoder(options.encoder, models_root=MODELS, bulk=True)
        here = ThisMachine(model)
        began = time.perf_counter()
        with (
            connected("local"),
            ClusterWorkplace(LoadTools(options.encoder), fingerprint_of(model)) as there,
        ):
            run(corpus, options.encoder, there, Path(scratch) / "there")
            first = time.perf_counter() - began
            run(corpus, options.encoder, here, Path(scratch) / "here")
            rates: list[tuple[float, float]] = []
            costs: list[tuple[float, float]] = []
            for _ in range(options.rounds):
                rate, cost, ours = run(corpus, options.encoder, here, Path(scratch) / "here")
                rate_there, cost_there, theirs = run(
                    corpus, options.encoder, there, Path(scratch) / "there"
                )
                assert ours == theirs, "the two indexes differ"
                rates.append((rate, rate_there))
                costs.append((cost, cost_there))
                print(
                    f"here {rate:.1f} photos/s, {cost * 1e3:.1f} ms of processor a photo; "
                    f"cluster {rate_there:.1f} photos/s, {cost_there * 1e3:.1f} ms"
                )
        ratio = float(np.median([there / here for here, there in rates]))
        cost = float(np.median([there / here for here, there in costs]))
        print(f"the first run on the cluster took {first:.1f} s, Ray's start included")
        print(f"cluster / here: {ratio:.2f} of the rate, {cost:.2f} of the processor time")
        print(f"all {len(ours):,} points equal")


if __name__ == "__main__":
    main()
