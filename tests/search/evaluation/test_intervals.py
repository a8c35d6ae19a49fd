import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation.intervals import bootstrap_mean, mcnemar, paired_difference

VALUES = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=60)


@given(VALUES)
def test_an_interval_holds_its_mean_and_is_the_same_every_time(values):
    low, high = bootstrap_mean(values)

    assert low <= sum(values) / len(values) + 1e-12
    assert high >= sum(values) / len(values) - 1e-12
    assert bootstrap_mean(values) == (low, high)


def test_an_interval_agrees_with_resampling_one_by_one():
    flags = np.array([1.0] * 70 + [0.0] * 30)
    rng = np.random.default_rng(1)
    means = rng.choice(flags, size=(10_000, len(flags))).mean(axis=1)
    expected = np.quantile(means, [0.025, 0.975])

    assert bootstrap_mean(flags.tolist()) == pytest.approx(tuple(expected), abs=0.011)


def test_more_questions_give_a_narrower_interval():
    few, many = bootstrap_mean([1, 0] * 10), bootstrap_mean([1, 0] * 1000)

    assert many[1] - many[0] < (few[1] - few[0]) / 5


def test_nothing_has_no_interval():
    assert bootstrap_mean([]) is None
    assert paired_difference([], []) is None


def test_a_paired_difference_is_that_of_the_means():
    difference, (low, high) = paired_difference([1, 1, 1, 0], [1, 0, 0, 0])

    assert difference == 3 / 4 - 1 / 4
    assert low <= difference <= high


def test_mcnemar_is_a_coin_that_is_tossed_where_the_two_differ():
    first = [True] * 8 + [False] + [True] * 50
    second = [False] * 8 + [True] + [True] * 50

    assert mcnemar(first, second) == pytest.approx(2 * (1 + 9) / 2**9)
    assert mcnemar(second, first) == mcnemar(first, second)
    assert mcnemar([True, False], [True, False]) == 1.0
