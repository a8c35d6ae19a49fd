"""The measures, each a small function: retrieval, answers, time, and what a confidence is worth.

A measure over nothing is None, never 0 or 1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


def recall_at_k(ranks: Sequence[int | None], k: int) -> float | None:
    """Share of questions whose right subject is among the first `k`.

    Args:
        ranks: for each question the rank of the right subject, from 1, or None if not found.
        k: cut-off.

    >>> recall_at_k([1, 3, None, 2], 2) == 2 / 4
    True
    """
    return rate([rank is not None and rank <= k for rank in ranks])


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> float | None:
    """Mean of 1 / rank, 0 where the right subject was not found.

    Voorhees, "The TREC-8 question answering track report", 1999.

    >>> mean_reciprocal_rank([1, 2, None]) == (1 + 1 / 2 + 0) / 3
    True
    """
    if not ranks:
        return None
    return sum(1 / rank if rank else 0.0 for rank in ranks) / len(ranks)


def rate(flags: Sequence[bool]) -> float | None:
    """Share of true values.

    >>> rate([True, False, True, True]) == 3 / 4
    True
    """
    return sum(flags) / len(flags) if flags else None


def precision_recall(
    predicted: Sequence[bool], wanted: Sequence[bool]
) -> tuple[float | None, float | None]:
    """Of those predicted, the share that was wanted; of those wanted, the share predicted.

    >>> precision_recall([True, True, False], [True, False, False]) == (1 / 2, 1 / 1)
    True
    """
    pairs = list(zip(predicted, wanted, strict=True))
    precision = rate([w for p, w in pairs if p])
    recall = rate([p for p, w in pairs if w])
    return precision, recall


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of the values do not exceed (nearest rank).

    >>> percentile([30, 10, 20, 40], 0.5), percentile([30, 10, 20, 40], 0.95)
    (20, 40)
    """
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def mean_ndcg_at_k(ranks: Sequence[int | None], k: int) -> float | None:
    """Mean nDCG where each question has one right subject: 1 / log2(1 + rank) within `k`, else 0.

    The ideal ranking has it first, whose gain is 1, so nothing has to be divided. Järvelin and
    Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002.

    >>> mean_ndcg_at_k([1, 3, None], 10) == (1 + 1 / 2 + 0) / 3
    True
    """
    if not ranks:
        return None
    gains = (1 / math.log2(1 + rank) if rank and rank <= k else 0.0 for rank in ranks)
    return sum(gains) / len(ranks)


def truthfulness(right: Sequence[bool], abstained: Sequence[bool]) -> list[int]:
    """Each question's score: +1 for right, 0 for an abstention that should have been an answer,
    -1 for wrong. An abstention from the unanswerable is right.

    Yang et al., "CRAG: comprehensive RAG benchmark", 2024.

    >>> truthfulness([True, False, False], [False, True, False])
    [1, 0, -1]
    """
    return [1 if r else 0 if a else -1 for r, a in zip(right, abstained, strict=True)]


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
    """Answering only from `threshold` on: the share of questions answered, and the share of these
    answers that is wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool], *, questions: int
) -> list[Operating]:
    """Coverage and risk at every threshold, from the surest answers on.

    A threshold includes answers of equal confidence together. `questions`: how many there are,
    those without an answer included, which no threshold covers. El-Yaniv and Wiener, "On the
    foundations of noise-free selective classification", 2010.

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
