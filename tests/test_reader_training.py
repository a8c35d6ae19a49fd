"""The made questions that the small reader is trained on: what each claims of its text holds."""

from collections import Counter
from random import Random

import pytest
from reader.generator.compose import make_rows

SENTENCES = {
    "en": [f"The weather on day {n} was fine." for n in range(12)],
    "zh": [f"第{n}天天气晴朗。" for n in range(12)],
}


def rows(seed: int, contexts: int) -> list[dict]:
    random = Random(seed)
    return [row for _ in range(contexts) for row in make_rows(random, SENTENCES)]


@pytest.fixture(scope="module")
def made() -> list[dict]:
    return rows(14, 1_500)


def test_every_answer_stands_where_it_says(made):
    for row in made:
        for answer in row["answers"]:
            start = answer["start"]
            assert answer["text"]
            assert row["context"][start : start + len(answer["text"])] == answer["text"]


def test_a_question_has_an_answer_or_is_said_to_have_none(made):
    for row in made:
        spans = bool(row["answers"])
        assert row["answerable"] or not spans
        assert spans or not row["answerable"] or row.get("yes_no") is not None, row


def test_both_languages_records_and_refusals_are_among_them(made):
    languages = Counter(row["language_question"] for row in made)
    assert languages["en"] > 300
    assert languages["zh"] > 300
    refused = sum(not row["answerable"] for row in made) / len(made)
    assert 0.1 < refused < 0.6
    assert 0.1 < sum(bool(row.get("record")) for row in made) / len(made) < 0.9


def test_the_same_seed_makes_the_same_questions():
    assert rows(3, 50) == rows(3, 50)
    assert rows(3, 50) != rows(4, 50)
