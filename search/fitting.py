"""Fitting a confidence: logistic regression by Newton's method, and the threshold for a given cost.

Arrays: `signals` (n, m) float64, `right` (n,) of 0 and 1, `counts` (n,) what each row counts.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS = 100
_ENOUGH = 1e-9


def fit_logistic(
    signals: Floats,
    right: Floats,
    counts: Floats,
    *,
    ridge: float = 1.0,
    signs: Sequence[int] | None = None,
    towards: tuple[float, Floats] | None = None,
) -> tuple[float, Floats]:
    """Weights that make the observed answers likeliest: (intercept, weights (m,)).

    Newton's method (iteratively reweighted least squares) on the log-likelihood less
    ridge / 2 · |weights|²; the ridge leaves the intercept alone. It keeps weights finite where a
    signal separates right from wrong.

    Args:
        signals: what is weighed.
        right: 1 for a right answer, 0 for a wrong one.
        counts: what each row counts.
        ridge: how strongly weights are held to 0.
        signs: of each weight, +1 or -1 where it may have only that sign, 0 where it may have any.
            The weight that breaks its sign most is set to 0 and the others are fitted again, until
            all keep to theirs.
        towards: an intercept and weights (m,) that the ridge holds to, in place of 0. It then holds
            the intercept too, so that few observations change little.

    >>> flags = np.array([1.0, 0.0, 0.0, 0.0])
    >>> intercept, _ = fit_logistic(np.zeros((4, 1)), flags, np.ones(4))
    >>> bool(abs(intercept - np.log((1 / 4) / (3 / 4))) < 1e-6)
    True
    """
    used = np.arange(signals.shape[1])
    known = (0.0, np.zeros(signals.shape[1])) if towards is None else towards
    held = 1e-9 if towards is None else ridge  # so that it can be solved where all rows are right
    while True:
        ridges = np.array([held] + [ridge] * len(used))
        start = np.concatenate([[known[0]], known[1][used]])
        intercept, weights = _newton(signals[:, used], right, counts, ridges, start)
        broken = -weights * np.array(signs or [0] * signals.shape[1], dtype=float)[used]
        if not len(used) or broken.max() <= 0:
            break
        used = np.delete(used, broken.argmax())
    kept = np.zeros(signals.shape[1])
    kept[used] = weights
    return intercept, kept


def _newton(
    signals: Floats, right: Floats, counts: Floats, ridges: Floats, start: Floats
) -> tuple[float, Floats]:
    """`ridges` (m + 1,) hold the intercept and the weights to those of `start` (m + 1,)."""
    design = np.column_stack([np.ones(len(right)), signals])
    penalty = np.diag(ridges)
    weights = start.copy()
    for _ in range(_STEPS):
        p = _sigmoid(design @ weights)
        gradient = design.T @ (counts * (right - p)) - penalty @ (weights - start)
        curvature = (design * (counts * p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        weights = weights + np.clip(step, -5.0, 5.0)
        if np.abs(step).max() < _ENOUGH:
            break
    return float(weights[0]), weights[1:]


def threshold_for(
    probabilities: Floats, right: Floats, counts: Floats, *, wrong_share: float
) -> float:
    """The lowest threshold from which on at most `wrong_share` of the answers given are wrong.

    Lower thresholds answer more; 1 where even the surest answers are wrong too often.

    >>> p, right = np.array([0.9, 0.8, 0.3, 0.2]), np.array([1.0, 1.0, 0.0, 1.0])
    >>> threshold_for(p, right, np.ones(4), wrong_share=0.1)
    0.8
    >>> threshold_for(p, right, np.ones(4), wrong_share=0.25)
    0.2
    """
    order = np.argsort(-probabilities, kind="stable")
    p, wrong = probabilities[order], ((1 - right) * counts)[order].cumsum()
    share = wrong / counts[order].cumsum()
    last = np.append(p[1:] != p[:-1], True)  # answers of equal confidence stand or fall together
    allowed = p[last & (share <= wrong_share)]
    return float(allowed.min()) if len(allowed) else 1.0


def _sigmoid(z: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0)))
