"""How well the extractive reader reads the free corpora, with the right document given.

The floors are a little below what the weights of 28 November 2026 reach on these questions. The
questions are a sample, since one takes about 0.2 s of a core; scripts/measure_extractive.py asks
all of a test set, and docs/extractive.md has the figures.
"""

import csv
from pathlib import Path

import pytest
from measure_extractive import candidate_of, measure, pieces
from PIL import Image

from knowledge.corpus import open_corpus
from knowledge.documents import Document
from vlm.readers.base import Candidate, Draft, Reading
from vlm.readers.extractive import ExtractiveReader

ROOT = Path(__file__).parents[4]
OWN_QUESTIONS = Path(__file__).parent / "questions.tsv"
PHOTO = (Image.new("RGB", (8, 8)),)


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize(
    ("corpus", "floors"),
    [
        ("landmarks", {"exists": 0.93, "year": 0.92, "answered": 0.95, "document": 0.93}),
        ("lost_buildings", {"exists": 0.93, "year": 0.83, "answered": 0.95, "document": 0.93}),
    ],
)
def test_the_test_sets_are_read_as_well_as_before(corpus: str, floors: dict[str, float]):
    measured: dict[str, list[bool]] = {}
    for outcome in measure(ROOT / "data" / corpus, distractors=2, every=4):
        for name, right in outcome.right.items():
            measured.setdefault(name, []).append(right)

    assert len(measured["answered"]) >= 30
    for name, floor in floors.items():
        assert share(measured[name]) >= floor, name


def test_questions_of_our_own_are_answered_as_well_as_before():
    candidates = {
        (name, document.id): candidate_of(document)
        for name in ("landmarks", "lost_buildings")
        for document in open_corpus(ROOT / "data" / name).read()
        if isinstance(document, Document)
    }
    answered: list[bool] = []
    abstained: list[bool] = []
    with OWN_QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows[::5]:
        photos = PHOTO if row["corpus"] == "landmarks" else ()
        candidate = fitting_first(row["question"], candidates[row["corpus"], row["document"]])
        draft = ExtractiveReader().read(Reading(row["question"], "", photos, (candidate,)))
        if row["should"] == "abstain":
            abstained.append(draft.passage_id is None)
        else:
            answered.append(is_right(row, draft))

    assert len(answered) > 50
    assert len(abstained) > 5
    assert share(answered) >= 0.83
    assert share(abstained) >= 0.85


def fitting_first(question: str, candidate: Candidate) -> Candidate:
    """Its passages in the order that retrieval gives them, those that share most words first."""
    asked = pieces(question)
    passages = sorted(candidate.passages, key=lambda each: -len(asked & pieces(each.text)))
    return Candidate(
        candidate.document_id, candidate.title, candidate.aliases, candidate.language,
        tuple(passages),
    )  # fmt: skip


def is_right(row: dict[str, str], draft: Draft) -> bool:
    """By the quotation, and by the year where one was asked for."""
    if row["quote holds"] not in (draft.quote or ""):
        return False
    return not row["year"] or draft.year == int(row["year"])
