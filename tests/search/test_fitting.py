import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fitting import fit_logistic, threshold_for


def test_a_fit_finds_the_weights_that_made_the_data():
    rng = np.random.default_rng(0)
    signals = rng.normal(size=(20_000, 2))
    p = 1 / (1 + np.exp(-(0.5 + signals @ np.array([2.0, -1.0]))))
    right = (rng.random(len(p)) < p).astype(float)

    intercept, weights = fit_logistic(signals, right, np.ones(len(right)), ridge=0.1)

    assert intercept == pytest.approx(0.5, abs=0.1)
    assert weights == pytest.approx([2.0, -1.0], abs=0.1)


def test_counting_twice_is_the_same_as_standing_there_twice():
    signals, right = np.array([[0.0], [1.0], [1.0]]), np.array([0.0, 1.0, 0.0])
    doubled = fit_logistic(signals[[0, 1, 1, 2]], right[[0, 1, 1, 2]], np.ones(4))
    counted = fit_logistic(signals, right, np.array([1.0, 2.0, 1.0]))

    assert counted[0] == pytest.approx(doubled[0])
    assert counted[1] == pytest.approx(doubled[1])


def test_a_signal_that_separates_does_not_run_away():
    _, weights = fit_logistic(np.array([[0.0], [1.0]]), np.array([0.0, 1.0]), np.ones(2), ridge=0.1)
    assert 0 < weights[0] < 20


def test_a_weight_of_the_wrong_sign_is_left_out_and_the_others_are_fitted_without_it():
    rng = np.random.default_rng(1)
    signals = rng.normal(size=(2_000, 2))
    p = 1 / (1 + np.exp(-(signals @ np.array([2.0, -1.0]))))
    right = (rng.random(len(p)) < p).astype(float)
    counts = np.ones(len(right))

    _, weights = fit_logistic(signals, right, counts, signs=[1, 1])
    _, alone = fit_logistic(signals[:, :1], right, counts)

    assert weights[1] == 0
    assert weights[0] == pytest.approx(alone[0])
    assert fit_logistic(signals, right, counts, signs=[1, -1])[1] == pytest.approx(
        fit_logistic(signals, right, counts)[1]
    )


def test_all_right_is_a_fit_too():
    intercept, weights = fit_logistic(np.zeros((3, 1)), np.ones(3), np.ones(3))
    assert intercept > 3
    assert np.isfinite(weights).all()


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40), st.floats(0, 0.5)
)
def test_from_the_threshold_on_no_more_is_wrong_than_allowed(answers, allowed):
    p = np.array([confidence for confidence, _ in answers])
    right = np.array([float(is_right) for _, is_right in answers])
    threshold = threshold_for(p, right, np.ones(len(p)), wrong_share=allowed)

    given_ = right[p >= threshold]
    # At 1 nothing may be sure enough; then what is answered is at most the surest of all.
    assert threshold == 1.0 or (1 - given_).mean() <= allowed + 1e-12


def test_where_the_surest_is_wrong_nothing_is_answered():
    assert threshold_for(np.array([0.9]), np.zeros(1), np.ones(1), wrong_share=0.05) == 1.0
