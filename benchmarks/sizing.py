"""What an embedded index takes of a machine: disk, memory, and the time of opening and of a backup.

    python benchmarks/sizing.py --documents 10000

Documents of one photo and two passages of 400 characters, with random vectors of the starter's
length; the shape of the data matters here and not what it says.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from knowledge.bm25 import Bm25
from knowledge.documents import Document, Passage, Photo
from knowledge.index import Fingerprint, PhotoFacts, layout, open_index
from knowledge.store import Point
from knowledge.store.edge.directory import used_bytes
from vlm.chronology import chronology_of, chronology_payload

_BATCH = 500
_WORDS = ("station", "tower", "bridge", "gate", "museum", "railway", "opened", "closed", "river")


def main() -> None:
    """Build, open, look, back up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--dim", type=int, default=1024)
    options = parser.parse_args()
    fingerprint = Fingerprint("sizing", "0" * 64, options.dim, 128)
    folder = Path(tempfile.mkdtemp(prefix="sizing-"))
    try:
        with open_index(str(folder / "index"), fingerprint, create=True) as index:
            for batch in points(options.documents, options.dim):
                index.store.upsert(batch)
            index.store.optimize()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            count, memory, opened, seconds = fresh.submit(look, folder, fingerprint).result()
        disk = used_bytes(folder / "index")
        print(
            f"{options.documents:,} documents, {count:,} points of {options.dim} dimensions: "
            f"disk {disk / 1e6:,.0f} MB ({disk / options.documents / 1e3:.1f} kB a document), "
            f"memory after 400 queries {memory / 1e6:,.0f} MB, opened in {opened:.2f} s, "
            f"backed up in {seconds:.1f} s"
        )
    finally:
        shutil.rmtree(folder)


def look(folder: Path, fingerprint: Fingerprint) -> tuple[int, int, float, float]:
    """Points, bytes of memory, and the seconds of opening and of a backup, in a fresh process."""
    before = resident_bytes()
    started = time.perf_counter()
    with open_index(str(folder / "index"), fingerprint) as index:
        opened = time.perf_counter() - started
        for vector in random_vectors(200, fingerprint.dim, np.random.default_rng(1)):
            index.store.query(vector, using=layout.IMAGE, k=10)
            index.store.query(vector, using=layout.CLIP_TEXT, k=10)
        memory = resident_bytes() - before
        count = index.store.count()
        started = time.perf_counter()
        index.store.back_up(folder / "backup")
        return count, memory, opened, time.perf_counter() - started


def points(documents: int, dim: int) -> Iterator[list[Point]]:
    """All points, in batches."""
    rng, bm25 = np.random.default_rng(0), Bm25()
    batch: list[Point] = []
    for number in range(documents):
        text = " ".join(rng.choice(_WORDS, 130))[:800].ljust(800, ".")
        photo = Photo(f"photos/{number}.jpg", f"{number:064x}")
        document = Document("sizing", str(number), f"Subject {number}", text, "en", photos=(photo,))
        passages = [
            Passage(document.document_id, part, text[at : at + 400], at, at + 400)
            for part, at in enumerate((0, 400))
        ]
        vectors = random_vectors(3, dim, rng)
        (photo_id,) = layout.photo_point_ids(document)
        facts = PhotoFacts(4000, 3000, "JPEG")
        payload = layout.photo_payload(document, photo, 0, facts)
        batch.append(Point(photo_id, payload, {layout.IMAGE: vectors[0]}))
        ids = layout.passage_point_ids(document, passages)
        sparse = bm25.encode_documents([passage.text for passage in passages])
        for id_, passage, vector, words in zip(ids, passages, vectors[1:], sparse, strict=True):
            named = {layout.CLIP_TEXT: vector, layout.BM25: words}
            batch.append(Point(id_, layout.passage_payload(document, passage), named))
        payload = layout.document_payload(
            document,
            photo_ids=[photo_id],
            passages=len(passages),
            problems=[],
            chronology=chronology_payload(chronology_of(document)),
        )
        batch.append(Point(layout.document_point_id(document.document_id), payload))
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


def random_vectors(n: int, dim: int, rng: np.random.Generator) -> np.ndarray:
    """float32 (n, dim), rows of length 1."""
    rows = rng.standard_normal((n, dim)).astype(np.float32)
    units: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return units


def resident_bytes() -> int:
    """Memory of this process, mapped files that were touched included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
