"""Measure photos that lie on their side or their head, through the real retrieval decision.

    python scripts/measure_turned.py [--encoder NAME] [--corpora FOLDER] [--blind]

Indexes `data/landmarks` (one photo a subject) and `indian_monuments` (many), and asks without a
word, by the photo alone: the question photos of `indian_monuments`, those alone whose subject is
indexed, as they are and turned by 90, 180 and 270 degrees. `indian_monuments` and `flickr8k_1k` are
not part of the repository; `--corpora` says where they are. `--blind` hides what the encoder says
of turns, as if it saw none. Prints a line for each index and turn:

recall@1, @5    of the subject
way up          share of the photos that are turned upright
views           turned views that were encoded, a photo

and for each index the upright photos with their own subject hidden and 200 photos of flickr8k, of
which nothing is indexed: the share that is no longer foreign (the best cosine is at least
`foreign_below`), with turned views and without, and the share that was turned by mistake. Last, how
long an upright photo takes to be found, with turned views and without; a share of 0.10 is 10% more.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index import Index, open_index
from search.evaluation.run import all_documents
from search.pipeline import Found, Pipeline
from search.query import Query
from vlm.encoders import CachedEncoder, Embeddings, Encoder, TurnLogits, TurnSeeingEncoder
from vlm.images import decode_image, turned_clockwise
from vlm.models import load_encoder
from vlm.readers.extractive import ExtractiveReader

ROOT = Path(__file__).resolve().parents[1]
FOREIGN = 200
TIMED = 40

Asked = tuple[str, Image.Image]
"""A photo and the id of its subject; empty where nothing is indexed of it."""


class Counting:
    """An encoder that counts the photos it is given, and may be blind to turns."""

    def __init__(self, encoder: Encoder, *, blind: bool) -> None:
        self._encoder = encoder
        self._blind = blind
        self.card = encoder.card
        self.images = 0

    def blinded(self) -> "Counting":
        """The same encoder, blind to turns."""
        return Counting(self._encoder, blind=True)

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """As the encoder does."""
        self.images += len(images)
        return self._encoder.encode_images(images)

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """As the encoder does."""
        return self._encoder.encode_texts(texts)

    def count_tokens(self, text: str) -> int:
        """As the encoder does."""
        return self._encoder.count_tokens(text)

    def sees_turns(self) -> bool:
        """Whether the encoder does, unless it is to be blind."""
        encoder = self._encoder
        return not self._blind and isinstance(encoder, TurnSeeingEncoder) and encoder.sees_turns()

    def encode_seeing_turns(self, images: Sequence[Image.Image]) -> tuple[Embeddings, TurnLogits]:
        """As the encoder does."""
        assert isinstance(self._encoder, TurnSeeingEncoder)
        self.images += len(images)
        return self._encoder.encode_seeing_turns(images)


def main() -> None:
    """Print every figure."""
    arguments = argparse.ArgumentParser(description="Measure photos that lie turned.")
    arguments.add_argument("--encoder", default="starter")
    arguments.add_argument("--models", type=Path, default=ROOT / "data/models")
    arguments.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/corpora")
    arguments.add_argument("--blind", action="store_true")
    options = arguments.parse_args()
    plain = load_encoder(options.encoder, models_root=options.models)
    kept: dict[str, bytes] = {}
    cached = CachedEncoder(plain, get=kept.get, put=kept.__setitem__)
    encoder = Counting(cached, blind=options.blind)
    seeing = "sees turns" if encoder.sees_turns() else "sees no turns"
    print(f"{encoder.card.name} {encoder.card.fingerprint} ({encoder.card.runtime}), {seeing}")
    monuments = options.corpora / "indian_monuments"
    queries = [(path.parent.name, read(path, encoder))
               for path in sorted((monuments / "queries").glob("*/*"))]  # fmt: skip
    others = sorted((options.corpora / "flickr8k_1k/images").iterdir())[-FOREIGN:]
    foreign = [("", read(path, encoder)) for path in others]
    with tempfile.TemporaryDirectory() as scratch:
        for name, corpus in ("one", ROOT / "data/landmarks"), ("many", monuments):
            path = str(Path(scratch) / name)
            with open_index(path, fingerprint_of(encoder), create=True) as index:
                index_corpus(open_corpus(corpus), index, encoder)
                known = {id_.partition("/")[2]: id_ for id_ in all_documents(index.whole)}
                asked = [(known[name], photo) for name, photo in queries if name in known]
                report(name, index, encoder, asked, foreign)
                report_time(name, index, Counting(plain, blind=options.blind), asked[::4])


def read(path: Path, encoder: Encoder) -> Image.Image:
    """As the index and the search do."""
    return decode_image(path.read_bytes(), encoder.card.photo_size).pixels


def report(
    name: str, index: Index, encoder: Counting, asked: Sequence[Asked], foreign: Sequence[Asked]
) -> None:
    """How turned photos are found, and what turned views find of what is not indexed."""
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    alone = Pipeline(index, encoder.blinded(), ExtractiveReader())
    for lies in (0, 90, 180, 270):
        encoder.images = 0
        found = [pipeline.search(Query(photos=(turned_clockwise(photo, lies),), k=5))
                 for _, photo in asked]  # fmt: skip
        ranked = [[subject.document.document_id for subject in each.subjects] for each in found]
        first = np.mean([ids[:1] == [own] for ids, (own, _) in zip(ranked, asked, strict=True)])
        five = np.mean([own in ids for ids, (own, _) in zip(ranked, asked, strict=True)])
        way_up = np.mean([each.turns.degrees == (-lies % 360,) for each in found])
        print(
            f"{name:5s} lies at {lies:3d}: recall@1 {first:.3f}  @5 {five:.3f}  "
            f"way up {way_up:.3f}  views {encoder.images / len(asked) - 1:.3f}  ({len(asked)})"
        )
    documents = list(all_documents(index.whole))
    for what, photos in ("own subject hidden", asked), ("flickr8k", foreign):
        encoder.images = 0
        found, given = [], []
        for own, photo in photos:
            allowed = tuple(id_ for id_ in documents if id_ != own)
            query = Query(photos=(photo,), filters={"document_id": allowed} if own else {})
            found.append(pipeline.search(query))
            given.append(search_as_given(alone, query))
        least = encoder.card.foreign_below
        near, before = (np.mean([closest(each) >= least for each in of]) for of in (found, given))
        wrong = np.mean([each.turns.degrees != (0,) for each in found])
        print(
            f"{name:5s} {what}: not foreign {near:.3f} (without turned views {before:.3f})  "
            f"turned {wrong:.3f}  views {encoder.images / len(photos) - 1:.3f}  ({len(photos)})"
        )


def search_as_given(pipeline: Pipeline, query: Query) -> Found:
    """What is found without any turned view; the pipeline's encoder has to be blind."""
    return pipeline.retrieve(query, pipeline.encode(query))


def closest(found: Found) -> float:
    """The cosine of the indexed photo that is closest."""
    return max((subject.scores.get("image", -1.0) for subject in found.subjects), default=-1.0)


def report_time(name: str, index: Index, encoder: Counting, asked: Sequence[Asked]) -> None:
    """How much longer an upright photo takes to be found with turned views than without."""
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    alone = Pipeline(index, encoder.blinded(), ExtractiveReader())
    spent = {True: 0.0, False: 0.0}
    for number, (_, photo) in enumerate([*asked[:1], *asked][: TIMED + 1]):
        query = Query(photos=(photo,), k=5)
        for turning in (True, False):
            started = time.perf_counter()
            if turning:
                pipeline.search(query)
            else:
                search_as_given(alone, query)
            if number:  # at the first, models are loaded
                spent[turning] += time.perf_counter() - started
    print(f"{name:5s} upright: {spent[True] / spent[False] - 1:.2f} more time to be found")


if __name__ == "__main__":
    main()
