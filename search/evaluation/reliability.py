"""Whether a confidence means what it says: calibration error, and risk against coverage."""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence. `confidence` and `accuracy` are their means."""

    count: int
    confidence: float
    accuracy: float


def reliability_bins(
    confidences: Sequence[float], right: Sequence[bool], *, bins: int = BINS
) -> list[Bin]:
    """Answers in `bins` equal spans of confidence from 0 to 1; empty spans are left out.

    >>> reliability_bins([0.91, 0.99, 0.05], [True, False, False])[1]
    Bin(count=2, confidence=0.95, accuracy=0.5)
    """
    found = []
    for number in range(bins):
        members = [
            (c, r)
            for c, r in zip(confidences, right, strict=True)
            if min(bins - 1, int(c * bins)) == number
        ]
        if members:
            n = len(members)
            found.append(Bin(n, sum(c for c, _ in members) / n, sum(r for _, r in members) / n))
    return found


def expected_calibration_error(
    confidences: Sequence[float], right: Sequence[bool], *, bins: int = BINS
) -> float | None:
    """Mean distance of confidence from accuracy over the bins, weighted by their counts.

    Guo et al., "On calibration of modern neural networks", ICML 2017.

    >>> error = expected_calibration_error([0.9, 0.9], [True, False])
    >>> round(error, 12) == round(abs(0.9 - 1 / 2), 12)
    True
    """
    if not confidences:
        return None
    found = reliability_bins(confidences, right, bins=bins)
    return sum(b.count * abs(b.confidence - b.accuracy) for b in found) / len(confidences)


@dataclass(frozen=True, slots=True)
class Operating:
    """Answering only from `threshold` on: the share that is answered, and of that what is wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool], *, questions: int
) -> list[Operating]:
    """What every threshold would give, from the surest answers on.

    Answers of equal confidence stand or fall together. `questions`: all, also those without an
    answer, which no threshold covers. El-Yaniv and Wiener, "On the foundations of noise-free
    selective classification", 2010.

    >>> [(o.coverage, o.risk) for o in risk_coverage([0.9, 0.5], [True, False], questions=4)]
    [(0.25, 0.0), (0.5, 0.5)]
    """
    ordered = sorted(zip(confidences, right, strict=True), reverse=True)
    curve: list[Operating] = []
    wrong = 0
    for taken, (confidence, is_right) in enumerate(ordered, start=1):
        wrong += not is_right
        if taken == len(ordered) or ordered[taken][0] != confidence:
            curve.append(Operating(confidence, taken / questions, wrong / taken))
    return curve
