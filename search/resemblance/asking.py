"""Questions that an index asks itself with its own photos, each known and each with its own hidden.

A photo that an index holds is asked with once as it is, all photos of its subject but itself there
to be found, and once with its whole subject hidden: what is found then is a lookalike. Both are
reduced to the signals of the subject that came first. Knows no store and no encoder.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from search.fitting import fit_logistic
from search.resemblance.nearness import SIGNALS, SIGNS, Near, Scale, measure
from search.resemblance.resemblance import (
    USUAL_SPREAD,
    Prior,
    Weights,
)
from vlm.encoders import Embeddings

Floats = npt.NDArray[np.float64]

_SUBJECTS_FOR_SPREAD = 15
"""The spread of an index is believed by half from so many subjects on."""

_LEAST_ROOM = 1e-4
"""Between the usual cosine of strangers and 1. Some encoders give all photos much in common, and
tell them apart by the rest; of less than this, cosines of single precision say nothing."""

_LEAST_SPREAD = 0.01
"""As a share of that room."""

_RIDGE = 30.0
"""How strongly an index's own fit is held to the prior: two hundred of its photos change it well,
twenty a little (docs/decisions.md says what was tried)."""

FALSE_REFUSALS, FALSE_MATCHES = 0.08, 0.15
"""Shares of known photos refused and of strangers matched that are aimed at. Their ratio is all
that a threshold is made of: where an encoder tells subjects badly apart, both are missed alike."""

_FOLDS = 5

_NEVER = 0.98
"""The highest threshold, which next to no photo reaches."""

_FEWEST = 10
"""A share of fewer photos is not told."""

_FEW, _HELD_TO_USUAL = 20, 50
"""From so many photos on the threshold is an index's own, by half from so many on."""

DEPTH = 50
"""Photos that are looked at around one asked about, as the search does."""


@dataclass(frozen=True, slots=True)
class Question:
    """A photo that an index asks itself with.

    Attributes:
        subject: what it shows.
        near: the photos nearest to it, itself left out, closest first.
        alone: whether no other photo of its subject is there.
        view: whether it is a changed view of a photo that is there.
    """

    subject: str
    near: Sequence[Near]
    alone: bool = False
    view: bool = False

    def hidden(self) -> Sequence[Near]:
        """The same with the subject's own photos hidden."""
        return [each for each in self.near if each.subject != self.subject][:DEPTH]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came first to a question. `known`: whether its own subject was there to be found;
    `view`: whether a changed view was asked with."""

    subject: str
    signals: Mapping[str, float]
    known: bool
    right: bool
    view: bool = False


def scale_of(questions: Sequence[Question], strangers: Sequence[float] = ()) -> Scale | None:
    """The scale of an index; None where it holds one subject and no strangers were asked.

    Args:
        questions: of its own photos, changed views left out.
        strangers: best cosine of photos that are known to show nothing indexed.
    """
    closest = [
        (question.subject, hidden[0].score)
        for question in questions
        if (hidden := question.hidden())
    ]
    cosines = np.array([score for _, score in closest] + list(strangers))
    if not len(cosines):
        return None
    foreign = float(np.clip(np.median(cosines), -0.99, 1 - _LEAST_ROOM))
    subjects = len({subject for subject, _ in closest}) + len(strangers)
    low, high = np.quantile(cosines, (0.16, 0.84))
    own, usual = (high - low) / 2, USUAL_SPREAD * (1.0 - foreign)
    held = _SUBJECTS_FOR_SPREAD
    spread = (subjects * own + held * usual) / (subjects + held)
    # Rounded, so that it is the same when a store has kept it.
    least = _LEAST_SPREAD * (1.0 - foreign)
    return Scale(foreign=round(foreign, 9), spread=round(float(max(spread, least)), 9))


def replies_to(
    questions: Sequence[Question], vectors: Mapping[str, Embeddings], scale: Scale, prior: Prior
) -> list[Reply]:
    """What an index answers to its own questions, known ones first asked as they are."""
    replies = []
    for question in questions:
        near = question.near
        if question.view:
            near = _as_second_photo(question, scale, prior)
        if not question.alone and near:
            replies.append(_reply(question, near[:DEPTH], vectors, scale, known=True))
        hidden = question.hidden()
        if hidden:
            replies.append(_reply(question, hidden, vectors, scale, known=False))
    return replies


def _as_second_photo(question: Question, scale: Scale, prior: Prior) -> list[Near]:
    """A changed view lies nearer to its photo than a second photo of the subject would: its own
    photos are put as far as such photos were, elsewhere."""
    moved = [
        replace(each, score=scale.foreign + prior.view_share * (each.score - scale.foreign))
        if each.subject == question.subject and each.score > scale.foreign
        else each
        for each in question.near
    ]
    return sorted(moved, key=lambda each: -each.score)


def _reply(
    question: Question,
    near: Sequence[Near],
    vectors: Mapping[str, Embeddings],
    scale: Scale,
    *,
    known: bool,
) -> Reply:
    first = near[0].subject
    return Reply(
        question.subject,
        measure(near, vectors, first, scale),
        known=known,
        right=known and first == question.subject,
        view=question.view,
    )


def own_weights(replies: Sequence[Reply], prior: Prior) -> Weights:
    """Weights from an index's own replies, held to the prior.

    Known and hidden questions count the same, however many there are of each.
    """
    if not any(reply.known for reply in replies) or all(reply.known for reply in replies):
        return prior.weights
    names = list(SIGNALS)
    deviations = np.array([prior.deviations[name] for name in names])
    signals = np.array([[reply.signals[name] for name in names] for reply in replies]) / deviations
    right = np.array([float(reply.right) for reply in replies])
    intercept, weights = fit_logistic(
        signals,
        right,
        _counts(replies),
        ridge=_RIDGE,
        signs=[SIGNS.get(name, 0) for name in names],
        towards=(
            prior.weights.intercept,
            np.array([prior.weights.weights.get(name, 0.0) for name in names]) * deviations,
        ),
    )
    return Weights(
        intercept=round(intercept, 5),
        weights={n: round(float(w), 5) for n, w in zip(names, weights / deviations, strict=True)},
    )


def _counts(replies: Sequence[Reply]) -> Floats:
    known = np.array([reply.known for reply in replies])
    each = min(known.sum(), (~known).sum())
    counts: Floats = np.where(known, each / known.sum(), each / (~known).sum())
    return counts


@dataclass(frozen=True, slots=True)
class Judged:
    """What an index's own replies say of its weights, each judged by weights made without it.

    Attributes:
        found: probability of each known photo whose subject came first; changed views left out.
        hidden: of each with its subject hidden, that it shows what came first.
        lost: of each known photo, that it shows the other subject that came first.
    """

    found: Floats
    hidden: Floats
    lost: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def found_first(self) -> float | None:
        """Share of the known photos whose subject came first; None for fewer than ten."""
        return _share(np.repeat([True, False], [len(self.found), len(self.lost)]))

    def false_refusals(self, threshold: float) -> float | None:
        """Share of `found` below a threshold; None for fewer than ten."""
        return _share(self.found < threshold)

    def false_matches(self, threshold: float) -> float | None:
        """Share of `hidden` not below a threshold; None for fewer than ten."""
        return _share(self.hidden >= threshold)

    def threshold(self, usual: float) -> float:
        """The threshold that `balanced` gives, held to the `usual` one where few were judged, and
        raised where an encoder finds other subjects first: what is above it is right by half."""
        return self._mostly_right(self._balanced(usual))

    def _mostly_right(self, least: float) -> float:
        if self.found_first is None:
            return least
        for tried in (least, *np.sort(self.found[self.found > least])):
            right = np.count_nonzero(self.found >= tried)
            if right and right >= np.count_nonzero(self.lost >= tried):
                return float(tried)
        return max(least, _NEVER)

    def _balanced(self, usual: float) -> float:
        count = min(len(self.found), len(self.hidden))
        if count < _FEW:
            return usual
        best = min(_NEVER, max(0.02, balanced(self.found, self.hidden)))
        trust = count / (count + _HELD_TO_USUAL)
        return _sigmoid(trust * _logit(best) + (1 - trust) * _logit(usual))


def balanced(
    found: Floats,
    hidden: Floats,
    *,
    refusals: float = FALSE_REFUSALS,
    matches: float = FALSE_MATCHES,
) -> float:
    """The threshold at which both shares are as many times what is aimed at.

    Args:
        found: probabilities of known photos whose subject came first.
        hidden: of photos of strangers.
        refusals: share of `found` below the threshold that is aimed at.
        matches: share of `hidden` not below it.
    """
    tried = np.unique(np.concatenate([found, hidden]))
    refused = np.searchsorted(np.sort(found), tried) / len(found)
    matched = 1 - np.searchsorted(np.sort(hidden), tried) / len(hidden)
    worse = np.maximum(refused / refusals, matched / matches)
    return float(tried[worse.argmin()])


def judged_by_others(replies: Sequence[Reply], prior: Prior) -> Judged:
    """Each fifth of the subjects judged by weights from the other four."""
    subjects = sorted({reply.subject for reply in replies})
    fold = {subject: number % _FOLDS for number, subject in enumerate(subjects)}
    found: list[float] = []
    hidden: list[float] = []
    lost: list[float] = []
    for number in range(_FOLDS):
        weights = own_weights([r for r in replies if fold[r.subject] != number], prior)
        for reply in replies:
            if fold[reply.subject] != number or reply.view:
                continue
            told = found if reply.right else lost if reply.known else hidden
            told.append(weights.probability(reply.signals))
    return Judged(np.array(found), np.array(hidden), np.array(lost))


def _share(flags: npt.NDArray[np.bool_]) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) >= _FEWEST else None


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))
