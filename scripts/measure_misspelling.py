"""Measure what one typing error in a subject's name costs: right answers without and with it.

    python scripts/measure_misspelling.py INDEX TESTSET...

Takes the English questions that name their subject, and swaps two neighbouring letters within the
longest capitalised word of each (docs/trust.md has the figures).
"""

import argparse
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from api.settings import load_settings
from api.wiring.pipeline import build_pipeline
from search.evaluation import FULL, SYSTEMS, LabelledQuestion, Outcome, load_testset, run_questions
from search.pipeline import Pipeline

_NAME = re.compile(r"(?<=\s)[A-Z][a-zA-Z]{5,}")


def misspelt(question: str, random_: random.Random) -> str | None:
    """The question with one slip in its longest name; None where it has none to put one in."""
    names = sorted(_NAME.finditer(question), key=lambda match: -len(match.group()))
    for match in names:
        word = match.group()
        places = [i for i in range(1, len(word) - 1) if word[i] != word[i + 1]]
        if places:
            i = random_.choice(places)
            slip = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
            return question[: match.start()] + slip + question[match.end() :]
    return None


def main() -> None:
    """Ask both ways and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index")
    parser.add_argument("testsets", type=Path, nargs="+")
    options = parser.parse_args()
    random_ = random.Random(0)
    written, slips = [], []
    for path in options.testsets:
        for question in load_testset(path):
            if question.document is None or question.photo or question.language != "en":
                continue
            if (wrong := misspelt(question.question, random_)) is not None:
                written.append(question)
                slips.append(replace(question, question=wrong))
    pipeline = build_pipeline(load_settings(index=options.index))
    with pipeline.index:
        print(f"{len(slips)} questions              right  declined")
        for name, questions in (("as written", written), ("misspelt", slips)):
            print(f"{name:<27} {_shares(questions, _outcomes(questions, pipeline))}")


def _outcomes(questions: Sequence[LabelledQuestion], pipeline: Pipeline) -> list[Outcome]:
    """What the full pipeline says to each."""
    full = [system for system in SYSTEMS if system.name == FULL]
    return run_questions(questions, pipeline, systems=full)[FULL]


def _shares(questions: Sequence[LabelledQuestion], outcomes: Sequence[Outcome]) -> str:
    right = sum(outcome.right for outcome in outcomes) / len(questions)
    declined = sum(outcome.abstained for outcome in outcomes) / len(questions)
    return f"{right:.3f}  {declined:.3f}"


if __name__ == "__main__":
    main()
