"""A confidence fitted on several kinds of material, and judged by leaving each kind out in turn.

A fit that is judged on the material it was fitted on looks better than it is on anybody else's.
Every kind counts the same, however many questions it has. Knows no index and no reader.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from search.confidence import CONTESTED, HEDGED, SIGNALS, SIGNS
from search.evaluation.intervals import Interval, bootstrap_mean
from search.evaluation.metrics import expected_calibration_error
from search.evaluation.testset import Origin
from search.fitting import Floats, fit_logistic, threshold_for

SET_ASIDE = ("photo", "words_without_photo", "across", "agreement", "year", "place")
"""Signals that a fit leaves out: each says something of the kinds it was fitted on, and less on a
kind that was left out. With them there were fewer answers for the same share of wrong ones."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question that was asked, reduced to what a fit needs.

    Attributes:
        kind: of the material.
        origin: the question's.
        answerable: whether the documents hold the answer.
        right: whether the answer that was drafted is right; nothing drafted for an unanswerable
            question is.
        signals: of the draft; empty where nothing was drafted, which no threshold can mend.
    """

    kind: str
    origin: Origin
    answerable: bool
    right: bool
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fitting:
    """How a fit is made.

    Attributes:
        ridge: how strongly the weights of standardised signals are held to 0. Strongly by default:
            what is weighed heavily for some kinds seldom holds for others.
        unknown_share: share that made questions have among those of a kind that has some.
        wrong_share: share of the answers given that may be wrong.
        set_aside: signals that are not weighed.
    """

    ridge: float = 30.0
    unknown_share: float = 0.05
    wrong_share: float = 0.15
    set_aside: tuple[str, ...] = SET_ASIDE


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights and a threshold.

    Attributes:
        intercept: of the logistic.
        weights: signal → weight.
        threshold: the lowest probability at which an answer is given.
    """

    intercept: float
    weights: Mapping[str, float]
    threshold: float = 0.0

    def logits(self, judged: Sequence[Judged]) -> Floats:
        """(n,) the logit of each draft's probability."""
        sums = [sum(w * j.signals.get(n, 0.0) for n, w in self.weights.items()) for j in judged]
        return self.intercept + np.array(sums, dtype=float)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a fit gives on the questions of a kind. Shares from 0 to 1, None over no question.

    Attributes:
        kind: of the material.
        questions: of its test sets; made questions are counted apart.
        given: answers given to them.
        wrong: share of the answers given that are wrong.
        wrong_interval: its bootstrap interval.
        calibration_error: of the answers given (ECE).
        false_abstentions: share of the answerable that got no answer.
        unanswerable_abstained: share of the unanswerable that got no answer.
        right: share of the answerable answered rightly.
        made_abstained: origin of made questions → share that got no answer.
    """

    kind: str
    questions: int
    given: int
    wrong: float | None
    wrong_interval: Interval | None
    calibration_error: float | None
    false_abstentions: float | None
    unanswerable_abstained: float | None
    right: float | None
    made_abstained: Mapping[str, float] = field(default_factory=dict)


def fit_kinds(judged: Sequence[Judged], fitting: Fitting) -> Weighing:
    """Weights and a threshold from all kinds, of which there must be at least two.

    The scale of the weights and the threshold come from drafts of kinds that were left out of the
    fit that weighs them: each kind is weighed by a fit on the others, and a logistic on these
    logits alone says how far such a fit is to be believed on new material.
    """
    drafted = [j for j in judged if j.signals]
    counts = kind_counts(judged, fitting.unknown_share)[[bool(j.signals) for j in judged]]
    right = np.array([float(j.right) for j in drafted])
    kinds = np.array([j.kind for j in drafted])
    unseen = np.zeros(len(drafted))
    for kind in dict.fromkeys(kinds):
        others = kinds != kind
        known = [j for j in drafted if j.kind != kind]
        fit = _fit(known, right[others], counts[others], fitting)
        unseen[~others] = fit.logits([j for j in drafted if j.kind == kind])
    offset, scale = fit_logistic(unseen[:, None], right, counts, ridge=1e-6, signs=[1])
    whole = _fit(drafted, right, counts, fitting)
    threshold = threshold_for(
        _probabilities(offset + scale[0] * unseen), right, counts, wrong_share=fitting.wrong_share
    )
    return Weighing(
        intercept=float(offset + scale[0] * whole.intercept),
        weights={name: float(scale[0] * weight) for name, weight in whole.weights.items()},
        threshold=threshold,
    )


def leave_each_out(judged: Sequence[Judged], fitting: Fitting) -> list[Figures]:
    """For each kind, what a fit on all the others gives on it."""
    figures = []
    for kind in dict.fromkeys(j.kind for j in judged):
        others = [j for j in judged if j.kind != kind]
        fit = fit_kinds(others, fitting)
        figures.append(figures_of(kind, [j for j in judged if j.kind == kind], fit))
    return figures


def figures_of(kind: str, judged: Sequence[Judged], fit: Weighing) -> Figures:
    """What a fit gives on these questions."""
    confidences = np.where([bool(j.signals) for j in judged],
                           _probabilities(fit.logits(judged)), 0.0)  # fmt: skip
    given = np.array([bool(j.signals) for j in judged]) & (confidences >= fit.threshold)
    right = np.array([j.right for j in judged])
    written = np.array([j.origin == "testset" for j in judged])
    answerable = np.array([j.answerable for j in judged])
    answered = written & given
    made = sorted({j.origin for j in judged} - {"testset"})
    of_origin = {o: np.array([j.origin == o for j in judged]) for o in made}
    return Figures(
        kind=kind,
        questions=int(written.sum()),
        given=int(answered.sum()),
        wrong=_share(~right[answered]),
        wrong_interval=bootstrap_mean(list(~right[answered])),
        calibration_error=expected_calibration_error(
            list(confidences[answered]), list(right[answered])
        ),
        false_abstentions=_share(~given[written & answerable]),
        unanswerable_abstained=_share(~given[written & ~answerable]),
        right=_share((given & right)[written & answerable]),
        made_abstained={o: float((~given[flags]).mean()) for o, flags in of_origin.items()},
    )


def kind_counts(judged: Sequence[Judged], unknown_share: float) -> Floats:
    """What each question counts: all of a kind as much as all of any other.

    Within a kind each question counts the same, but that its made ones together count
    `unknown_share` of it, each origin of them the same.
    """
    origins: dict[str, Counter[str]] = {}
    for j in judged:
        origins.setdefault(j.kind, Counter())[j.origin] += 1
    each = len(judged) / max(1, len(origins))
    counts = []
    for j in judged:
        of_kind = origins[j.kind]
        made = len(of_kind) - 1
        share = unknown_share / made if made and j.origin != "testset" else 1.0
        share = 1.0 - unknown_share if made and j.origin == "testset" else share
        counts.append(each * share / of_kind[j.origin])
    return np.array(counts)


def _fit(drafted: Sequence[Judged], right: Floats, counts: Floats, fitting: Fitting) -> Weighing:
    """A logistic over the signals that these drafts have, each standardised for the ridge."""
    left = {CONTESTED, HEDGED, *fitting.set_aside}  # both are factors
    seen = {name for j in drafted for name in j.signals}
    names = [name for name in (*SIGNALS, *sorted(seen - set(SIGNALS))) if name not in left]
    signals = np.array([[j.signals.get(name, 0.0) for name in names] for j in drafted])
    mean = np.average(signals, axis=0, weights=counts)
    spread = np.sqrt(np.average((signals - mean) ** 2, axis=0, weights=counts))
    spread = np.where(spread > 1e-6, spread, np.inf)  # a signal that never varies weighs nothing
    intercept, weights = fit_logistic(
        (signals - mean) / spread, right, counts, ridge=fitting.ridge,
        signs=[SIGNS.get(name, 0) for name in names],
    )  # fmt: skip
    return Weighing(
        intercept=float(intercept - (weights * mean / spread).sum()),
        weights=dict(zip(names, map(float, weights / spread), strict=True)),
    )


def _probabilities(logits: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))


def _share(flags: Floats) -> float | None:
    return float(flags.mean()) if len(flags) else None
