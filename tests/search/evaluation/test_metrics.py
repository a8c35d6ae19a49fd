"""Our measures against ir_measures, and against arithmetic one can do by eye."""

import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from search.evaluation.metrics import (
    expected_calibration_error,
    mean_ndcg_at_k,
    mean_reciprocal_rank,
    percentile,
    precision_recall,
    rate,
    recall_at_k,
    reliability_bins,
    risk_coverage,
    truthfulness,
)

RANKS = st.lists(st.one_of(st.none(), st.integers(1, 25)), min_size=1, max_size=20)
RETRIEVED = 25
ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50)


def as_run(ranks):
    """The ranks as judgements and as a run of 25 documents a question, one of them right."""
    qrels, run = [], []
    for number, rank in enumerate(ranks):
        qrels.append(Qrel(str(number), "right", 1))
        for place in range(1, RETRIEVED + 1):
            name = "right" if place == rank else f"wrong{place}"
            run.append(ScoredDoc(str(number), name, float(-place)))
    return qrels, run


@given(RANKS)
def test_retrieval_measures_agree_with_ir_measures(ranks):
    qrels, run = as_run(ranks)
    theirs = ir_measures.calc_aggregate([R @ 1, R @ 5, R @ 20, RR, nDCG @ 10], qrels, run)

    assert recall_at_k(ranks, 1) == pytest.approx(theirs[R @ 1])
    assert recall_at_k(ranks, 5) == pytest.approx(theirs[R @ 5])
    assert recall_at_k(ranks, 20) == pytest.approx(theirs[R @ 20])
    assert mean_reciprocal_rank(ranks) == pytest.approx(theirs[RR])
    assert mean_ndcg_at_k(ranks, 10) == pytest.approx(theirs[nDCG @ 10])


def test_ndcg_stops_at_its_cut_off():
    assert mean_ndcg_at_k([10, 11], 10) == pytest.approx((1 / math.log2(11) + 0) / 2)


def test_truthfulness_prefers_silence_to_error():
    assert truthfulness([True, False, False], [False, True, False]) == [1, 0, -1]
    # Abstaining from the unanswerable is right, and counts as such.
    assert truthfulness([True], [True]) == [1]


def test_precision_and_recall_of_nothing_are_unknown():
    assert precision_recall([False], [False]) == (None, None)
    assert rate([]) is None
    assert percentile([], 0.5) is None
    assert mean_ndcg_at_k([], 10) is None


@given(ANSWERS)
def test_bins_hold_every_answer_once(answers):
    confidences, right = zip(*answers, strict=True)
    bins = reliability_bins(confidences, right)

    assert sum(b.count for b in bins) == len(answers)
    assert 0 <= expected_calibration_error(confidences, right) <= 1


def test_a_confidence_that_means_what_it_says_has_no_error():
    assert expected_calibration_error([0.75] * 4, [True, True, True, False]) == 0
    assert expected_calibration_error([1.0] * 4, [False] * 4) == 1
    # Two bins: |0.95 - 1| for three of the answers, |0.15 - 0| for one.
    error = expected_calibration_error([0.95, 0.95, 0.95, 0.15], [True, True, True, False])
    assert error == pytest.approx((3 * 0.05 + 1 * 0.15) / 4)
    assert expected_calibration_error([], []) is None


@given(ANSWERS)
def test_risk_and_coverage_end_at_everything_that_was_answered(answers):
    confidences, right = zip(*answers, strict=True)
    curve = risk_coverage(confidences, right, questions=2 * len(answers))

    assert curve[-1].coverage == 1 / 2
    assert curve[-1].risk == pytest.approx(1 - sum(right) / len(right))
    assert [o.coverage for o in curve] == sorted(o.coverage for o in curve)
    assert [o.threshold for o in curve] == sorted({*confidences}, reverse=True)
