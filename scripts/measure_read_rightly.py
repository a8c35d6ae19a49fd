"""Measure what the index's own questions do for a model that was never measured.

    python scripts/measure_read_rightly.py --index INDEX data/landmarks/testset.jsonl

Two readers are taken for models: one that answers everything with the first words of the first
passage and is sure of it, and the bundled reader. Each is asked the index's own questions, and then
the answerable questions of the test sets, as they are and with their document hidden, when whatever
is answered is wrong; once without what the own questions say of it, and once with it.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from measure_stand_in import counts, hidden_subjects

from api.settings import load_settings
from api.wiring.pipeline import build_pipeline
from search.evaluation import SYSTEMS, Cache, all_documents, load_testset, run_questions
from search.own_questions import ask_itself
from vlm.readers import Draft, Reading
from vlm.readers.extractive import ExtractiveReader

_MOST_CHARACTERS = 120


class Heedless:
    """A model that quotes the first words of the first passage, whatever is asked."""

    name, photo_side, evidence_side = "heedless", 64, 64

    def warm_up(self) -> None:
        """Nothing is loaded."""

    def read(self, reading: Reading) -> Draft:
        """The first words of the first passage."""
        for candidate in reading.candidates:
            for passage in candidate.passages:
                quote = passage.text[:_MOST_CHARACTERS].rpartition(" ")[0] or passage.text
                return Draft(
                    quote,
                    candidate.document_id,
                    passage_id=passage.passage_id,
                    quote=quote,
                    confidence=0.9,
                    signals={"certainty": 0.57},  # 99 in 100
                )
        return Draft("", reason="not_in_evidence")


class Posing(Heedless):
    """The bundled reader in the place of a model."""

    name = "posing"

    def __init__(self) -> None:
        self._reader = ExtractiveReader()

    def read(self, reading: Reading) -> Draft:
        """What the bundled reader says, without what it measured of itself."""
        return replace(self._reader.read(reading), composed=False, signals={})


def main() -> None:
    """Ask, count, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("testsets", type=Path, nargs="+")
    parser.add_argument("--index", required=True)
    parser.add_argument("--questions", type=int, default=40, help="own questions")
    options = parser.parse_args()
    systems = [each for each in SYSTEMS if each.name == "full"]
    counted = {}
    for reader in (Heedless(), Posing()):
        pipeline = build_pipeline(load_settings(index=options.index))
        pipeline.reader = reader
        with pipeline.index:
            ids = list(all_documents(pipeline.index.whole))
            figures = ask_itself(pipeline, questions=options.questions)
            for path in options.testsets:
                written = [each for each in load_testset(path) if each.answerable]
                questions = [*hidden_subjects(written, ids), *written]
                for share in (None, None if figures is None else figures.read_rightly):
                    pipeline.read_rightly = share
                    with Cache(None) as cache:
                        asked = run_questions(questions, pipeline, systems=systems, cache=cache)
                    counted[f"{reader.name}, {path.parent.name}, {share}"] = counts(asked["full"])
    print(json.dumps(counted, indent=2))


if __name__ == "__main__":
    main()
