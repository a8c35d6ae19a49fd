"""Measure how many questions about hidden subjects the tiny Qwen3-VL refuses, and by what.

    OMP_NUM_THREADS=1 python scripts/measure_hidden_tiny_qwen.py [--worlds 4] [--places 12]

Each world is an index of held-back places, one photo each, made with the bundled starter. Each
place is asked about with another photo of it: once as it is, once with its document hidden, so that
whatever is answered is wrong. `search that sees` is the product as it is: the index has measured of
itself what resembling means. `blind search` puts three places before the model, the asked one among
them if it is not hidden, whatever the photo shows, so that the model alone has to refuse. What
refuses: the search before the model is asked, the model by its null, or its certainty (the odds of
a passage against null at `source`), which is a factor of the confidence. An answer is right if its
year and its document are.
"""

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image
from tiny_world import Mix, Place, places
from write_tiny_corpus import write_corpus

from api.settings import load_settings
from api.wiring.pipeline import build_encoder
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index import open_index
from search.confidence import CERTAINTY, Fits, load_fits
from search.pipeline import Pipeline
from search.query import Query
from search.resemblance import calibrate
from vlm.encoders import Embeddings, Encoder
from vlm.readers import Draft, LookingReader, Reading
from vlm.readers.qwen3_vl import QwenReader

MODELS = Path(__file__).resolve().parents[1] / "data" / "models"
QUESTION = "When was it built?"
READ = 3
"""Candidates that a model is shown."""


class Blind:
    """An encoder to which all photos are equally near, and none too far."""

    def __init__(self, encoder: Encoder) -> None:
        self.card = replace(encoder.card, fingerprint="b" * 64, foreign_below=-1.0)
        self._encoder = encoder

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """The same vector for each."""
        grey = [Image.new("RGB", (64, 64), (127, 127, 127)) for _ in images]
        return self._encoder.encode_images(grey)

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """As the encoder does."""
        return self._encoder.encode_texts(texts)

    def count_tokens(self, text: str) -> int:
        """As the encoder does."""
        return self._encoder.count_tokens(text)


class Listening:
    """A reader that keeps what it drafted; it may be told to keep its certainty to itself."""

    def __init__(self, reader: LookingReader) -> None:
        self._reader = reader
        self.name = reader.name
        self.photo_side, self.evidence_side = reader.photo_side, reader.evidence_side
        self.tells_certainty = True
        self.drafts: list[Draft] = []

    def warm_up(self) -> None:
        """Load the model."""
        self._reader.warm_up()

    def read(self, reading: Reading) -> Draft:
        """The reader's draft."""
        draft = self._reader.read(reading)
        self.drafts.append(draft)
        if self.tells_certainty:
            return draft
        kept = {name: value for name, value in draft.signals.items() if name != CERTAINTY}
        return replace(draft, signals=kept)


def main() -> None:
    """Index, ask, count, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=4)
    parser.add_argument("--places", type=int, default=12)
    options = parser.parse_args()
    reader = Listening(QwenReader(str(MODELS / "tiny-qwen3-vl")))
    starter = build_encoder(load_settings(encoder="starter"))
    fits = load_fits(MODELS)
    counted: dict[str, Counter[str]] = {"search that sees": Counter(), "blind search": Counter()}
    for world in range(options.worlds):
        rng = random.Random(2_000_000_000 + world)
        told = Mix(told=1.0, noisy=0.0)
        made = places(rng, options.places, told, held_back=True)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_corpus(root, made, rng)
            blind: Encoder = Blind(starter)
            for name, encoder in (("search that sees", starter), ("blind search", blind)):
                counted[name] += _asked(root, made, encoder, reader, fits, rng)
    print(json.dumps(counted, indent=2))


def _asked(
    root: Path,
    made: Sequence[Place],
    encoder: Encoder,
    reader: Listening,
    fits: Fits,
    rng: random.Random,
) -> Counter[str]:
    counted: Counter[str] = Counter()
    path = root / f"index-{encoder.card.fingerprint[:8]}"
    with open_index(str(path), fingerprint_of(encoder), create=True) as index:
        index_corpus(open_corpus(root / "shapes"), index, encoder)
        if not isinstance(encoder, Blind):
            calibrate(index, encoder)
        pipeline = Pipeline(index, encoder, reader, fits=fits)
        ids = [place.document_id for place in made]
        for place in made:
            photo = Image.open(root / "asked" / f"{place.name}.jpg").convert("RGB")
            others = [id_ for id_ in ids if id_ != place.document_id]
            known = ids
            if isinstance(encoder, Blind):
                others = rng.sample(others, READ)
                known = [*others[1:], place.document_id]
            for sort, allowed in (("known", known), ("hidden", others)):
                counted[sort] += 1
                query = Query(QUESTION, (photo,), filters={"document_id": tuple(allowed)})
                counted += _one(pipeline, reader, query, sort, place)
    return counted


def _one(
    pipeline: Pipeline, reader: Listening, query: Query, sort: str, place: Place
) -> Counter[str]:
    """What came of a question, with the model's certainty and without it."""
    counted: Counter[str] = Counter()
    found = pipeline.search(query)
    for tells in (True, False):
        reader.tells_certainty = tells
        reader.drafts.clear()
        answer = pipeline.answer(query, found).answer
        how = "" if tells else ", certainty not used"
        right = answer.source is not None and answer.source.document_id == place.document_id
        right = right and answer.year == place.built
        counted[f"{sort}, refused{how}"] += answer.abstained
        counted[f"{sort}, right{how}"] += right
        if not tells:
            continue
        counted[f"{sort}, refused before the model was asked"] += not reader.drafts
        null = bool(reader.drafts) and reader.drafts[-1].passage_id is None
        counted[f"{sort}, refused by the model's null"] += null
    return counted


if __name__ == "__main__":
    main()
