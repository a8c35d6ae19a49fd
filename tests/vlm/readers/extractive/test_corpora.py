"""How well the extractive reader reads the free corpora, with the right document given.

The floors are below what was measured when they were set; docs/extractive.md has the figures.
"""

import csv
import sys
from pathlib import Path

import pytest
from PIL import Image

from vlm.readers.base import Reading
from vlm.readers.extractive import ExtractiveReader

ROOT = Path(__file__).parents[4]
sys.path.insert(0, str(ROOT / "scripts"))

from measure_extractive import candidate_of, measure  # noqa: E402

from knowledge.corpus import open_corpus  # noqa: E402
from knowledge.documents import Document  # noqa: E402

OWN_QUESTIONS = Path(__file__).parent / "questions.tsv"


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("corpus", ["landmarks", "lost_buildings"])
def test_the_test_sets_are_read_as_well_as_before(corpus: str):
    outcomes = list(measure(ROOT / "data" / corpus, distractors=2))
    measured: dict[str, list[bool]] = {}
    for outcome in outcomes:
        for name, right in outcome.right.items():
            measured.setdefault(name, []).append(right)

    assert share(measured["exists"]) >= 0.97
    assert share(measured["year"]) >= 0.93
    assert share(measured["abstained"]) >= 0.90
    assert share(measured["answered"]) >= 0.94
    assert share(measured["document"]) >= 0.97


def test_questions_of_our_own_are_answered_as_well_as_before():
    candidates = {
        (name, document.id): candidate_of(document)
        for name in ("landmarks", "lost_buildings")
        for document in open_corpus(ROOT / "data" / name).read()
        if isinstance(document, Document)
    }
    reader = ExtractiveReader()
    photo = (Image.new("RGB", (8, 8)),)
    answered: list[bool] = []
    abstained: list[bool] = []
    with OWN_QUESTIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            candidate = candidates[row["corpus"], row["document"]]
            photos = photo if row["corpus"] == "landmarks" else ()
            draft = reader.read(Reading(row["question"], "", photos, (candidate,)))
            if row["should"] == "abstain":
                abstained.append(draft.passage_id is None)
            else:
                year = int(row["year"]) if row["year"] else None
                held = row["quote holds"] in (draft.quote or "")
                answered.append(held and draft.year == year)

    assert share(answered) >= 0.90
    assert share(abstained) >= 0.90
