"""How sure a measured figure is, and whether two systems differ: bootstrap and McNemar's test.

Deterministic: the seed is fixed, so a second run prints the same interval.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

LEVEL = 0.95
RESAMPLES = 10_000
SEED = 20_240_501

Interval = tuple[float, float]
"""Lower and upper end."""


def bootstrap_mean(values: Sequence[float]) -> Interval | None:
    """Percentile bootstrap interval of a mean; a rate is the mean of flags. None for no values.

    A resample of n values with replacement is a draw of how often each distinct value occurs, which
    is multinomial; so 10,000 resamples of flags cost 10,000 pairs of numbers. Efron, "Bootstrap
    methods: another look at the jackknife", 1979.

    >>> bootstrap_mean([1, 1, 1])
    (1.0, 1.0)
    """
    if not values:
        return None
    counted = sorted(Counter(map(float, values)).items())
    distinct = np.array([value for value, _ in counted])
    shares = np.array([count for _, count in counted]) / len(values)
    rng = np.random.default_rng(SEED)
    means = rng.multinomial(len(values), shares, size=RESAMPLES) @ distinct / len(values)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def paired_difference(
    first: Sequence[float], second: Sequence[float]
) -> tuple[float, Interval] | None:
    """Mean of `first` less mean of `second` over the same questions, with its interval.

    >>> paired_difference([1, 1], [0, 0])
    (1.0, (1.0, 1.0))
    """
    differences = [a - b for a, b in zip(first, second, strict=True)]
    interval = bootstrap_mean(differences)
    if interval is None:
        return None
    return sum(differences) / len(differences), interval


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Two-sided exact p-value that two systems are right equally often, over the same questions.

    Only questions on which the two differ count; if the systems were equal, each of these would
    fall to either side like a coin. McNemar, "Note on the sampling error of the difference between
    correlated proportions", 1947 (the exact, binomial form).

    >>> mcnemar([True] * 5, [False] * 5) == 2 * (1 / 2) ** 5
    True
    >>> mcnemar([True, False], [False, True])
    1.0
    """
    pairs = list(zip(first, second, strict=True))
    only_first = sum(a and not b for a, b in pairs)
    only_second = sum(b and not a for a, b in pairs)
    n = only_first + only_second
    tail = sum(math.comb(n, i) for i in range(min(only_first, only_second) + 1))
    return float(min(1.0, 2 * tail / 2**n))
