"""From scores to the best words of each sentence."""

import numpy as np
import pytest

from knowledge.documents import Passage
from vlm.readers.base import Candidate
from vlm.readers.extractive.network import Scores
from vlm.readers.extractive.spans import find_spans, margin_of, probability
from vlm.readers.extractive.windows import Window

TEXT = "Built by Anna Berg. Closed in 1992."


def scored(
    first: dict[str, float], last: dict[str, float], *, answerable: float | None = None
) -> Scores:
    """Each word a token; word → logit of the answer's beginning, or ending, there."""
    offsets = []
    at = 0
    for word in TEXT.split(" "):
        offsets.append((at, at + len(word)))
        at += len(word) + 1
    starts, ends = (
        np.array([high.get(TEXT[a:b], -5.0) for a, b in offsets], np.float32)
        for high in (first, last)
    )
    return Scores(starts, ends, np.array(offsets), 1.0, answerable, None, None)


@pytest.fixture
def window() -> Window:
    passage = Passage("c/x", 0, TEXT, 0, len(TEXT))
    candidate = Candidate("c/x", "X", (), "en", (passage,))
    return Window(0, candidate, "X", (passage,))


def test_each_sentence_has_its_best_words_without_the_marks_around_them(window: Window):
    found = find_spans(window, scored({"Anna": 4.0, "1992.": 1.0}, {"Berg.": 3.5, "1992.": 2.0}))

    assert [each.words for each in found] == ["Anna Berg", "1992"]
    assert [each.sentence for each in found] == ["Built by Anna Berg.", "Closed in 1992."]
    assert found[0].span == pytest.approx(7.5)


def test_words_do_not_run_from_one_sentence_into_the_next(window: Window):
    found = find_spans(window, scored({"Anna": 4.0}, {"1992.": 4.0}))

    assert all(each.words in each.sentence for each in found)


def test_the_margin_is_over_nothing():
    assert margin_of(scored({}, {}), 4.0) == pytest.approx(3.0)
    assert margin_of(scored({}, {}, answerable=-2.0), 4.0) == pytest.approx(1.5 - 2.0)


def test_probabilities_of_any_logit():
    assert probability(0.0) == 0.5
    assert probability(-1e9) < probability(1e9) <= 1.0
