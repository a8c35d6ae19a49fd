import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation.reliability import (
    expected_calibration_error,
    reliability_bins,
    risk_coverage,
)

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50)


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
