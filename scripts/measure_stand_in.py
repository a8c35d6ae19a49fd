"""Measure how careful the stand-in reader is while a model server is down.

    python scripts/measure_stand_in.py --index INDEX data/landmarks/testset.jsonl \
        data/lost_buildings/testset.jsonl

Each answerable question of the test sets is asked with the documents about its subject hidden, in
the pipeline of the reader `openai` whose server does not answer: whatever is answered is wrong.
Printed is how many were answered by three pipelines: one that judges by the fit of whichever reader
read, one without any fit, and one that withholds nothing at all. The questions are asked as they
are, too, which shows what carefulness costs.
"""

import argparse
import json
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from api.settings import load_settings
from api.wiring.pipeline import build_pipeline
from search.confidence import Fits
from search.evaluation import (
    SYSTEMS,
    Cache,
    LabelledQuestion,
    Outcome,
    all_documents,
    load_testset,
    run_questions,
)
from search.pipeline import Pipeline
from vlm.readers import Draft, Reader, Reading

WITH_FIT, WITHOUT_FIT, OPEN = "the reader's own fit", "without a fit", "nothing withheld"


def main() -> None:
    """Ask, count, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("testsets", type=Path, nargs="+")
    parser.add_argument("--index", required=True)
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--most", type=int, default=1_000, help="questions of a test set")
    options = parser.parse_args()
    settings = load_settings(
        index=options.index, reader="openai", reader_model="down", reader_url=_closed_address()
    )
    pipeline = build_pipeline(settings)
    remembering = _Remembering(pipeline.reader)
    pipeline.reader = remembering
    counted = {}
    with pipeline.index, Cache(options.cache) as cache:
        ids = list(all_documents(pipeline.index.whole))
        fits = pipeline.fits
        for path in options.testsets:
            written = [q for q in load_testset(path) if q.answerable][: options.most]
            hidden = hidden_subjects(written, ids)
            for name, kept, system in (
                (WITH_FIT, fits, "full"),
                (WITHOUT_FIT, Fits(), "full"),
                (OPEN, Fits(), "no_threshold"),
            ):
                pipeline.fits = kept
                asked = _ask([*hidden, *written], pipeline, cache, system)
                counted[f"{path.parent.name}, {name}"] = counts(asked)
                print(path.parent.name, name, counts(asked), file=sys.stderr, flush=True)
    stood_in = getattr(remembering.reader, "stood_in", 0)
    print(json.dumps({"stood in": stood_in, **counted}, indent=2))


def hidden_subjects(
    questions: Sequence[LabelledQuestion], document_ids: Sequence[str]
) -> list[LabelledQuestion]:
    """Each question again with its document hidden, with a photo or without one."""
    return [
        replace(
            each,
            id=f"{each.id}/hidden",
            kind="unanswerable",
            document=None,
            exists=None,
            year=None,
            answer=None,
            values=(),
            origin="leave_one_out",
            hidden=tuple(id_ for id_ in document_ids if id_.split("/", 1)[1] == each.document),
        )
        for each in questions
        if each.document is not None
    ]


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Questions and answers, those with a photo apart, of hidden subjects and as written."""
    found: dict[str, int] = {}
    for name, photo in (("with a photo", True), ("without a photo", False)):
        of = [each for each in outcomes if (each.question.photo is not None) is photo]
        hidden = [each for each in of if each.question.origin == "leave_one_out"]
        known = [each for each in of if each.question.origin == "testset"]
        if of:
            found |= {
                f"hidden {name}": len(hidden),
                f"hidden {name}, answered": sum(not each.abstained for each in hidden),
                f"known {name}": len(known),
                f"known {name}, right": sum(bool(each.right) for each in known),
                f"known {name}, wrong": sum(not each.abstained and not each.right
                                            for each in known),
            }  # fmt: skip
    return found


class _Remembering:
    """A reader that reads the same only once: the three pipelines ask for the same readings."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.name = reader.name
        self._drafts: dict[tuple[object, ...], Draft] = {}

    def read(self, reading: Reading) -> Draft:
        """The reader's draft."""
        passages = tuple(p.passage_id for each in reading.candidates for p in each.passages)
        key = (reading.question, reading.language, bool(reading.photos), reading.known, passages)
        if key not in self._drafts:
            self._drafts[key] = self.reader.read(reading)
        return self._drafts[key]


def _ask(
    questions: Sequence[LabelledQuestion], pipeline: Pipeline, cache: Cache, system: str
) -> list[Outcome]:
    asked = [each for each in SYSTEMS if each.name == system]
    return run_questions(questions, pipeline, systems=asked, cache=cache)[system]


def _closed_address() -> str:
    """An address of this machine where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


if __name__ == "__main__":
    main()
