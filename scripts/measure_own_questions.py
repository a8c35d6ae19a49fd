"""Measure whether a confidence that an index's own questions move answers better than without them.

    python scripts/measure_own_questions.py @OUT/kinds.args --most 200 --made 30

Takes what scripts/calibrate.py takes. For each kind of material, weights and threshold come from
the other kinds, as there. Then the index's own questions (`search.own_questions`, at most `--own`
of each index) move the intercept: by so much as its own questions are answered worse or better than
that fit says, less what the same gives on the mean of the other kinds, since own questions are
harder than people's: half of them have no answer. Each row is another share of that shift; `bend`
lets the weights follow, too, held to the fit's by a ridge. The first row is the fit as it is.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from calibrate import Material, ask, option_parser, settings_of, table

from api.wiring.pipeline import build_pipeline
from search.confidence import Fits
from search.evaluation import (
    Figures,
    Fitting,
    Judged,
    Weighing,
    figures_of,
    fit_kinds,
    fit_logistic,
)
from search.own_questions import drafts_of

SHARES = (0.25, 0.5, 1.0)
RIDGES = (10.0, 30.0, 100.0)
_HELD = 0.2
"""What holds a shift to nothing: about as much as one question."""


def main() -> None:
    """Ask, fit, shift, print a table a way."""
    parser = option_parser(__doc__)
    parser.add_argument("--own", type=int, default=40, help="own questions of an index")
    options = parser.parse_args()
    judged: list[Judged] = []
    own: dict[str, list[Judged]] = {}
    for material in options.kind:
        judged += [each for each, _ in ask(material, options)]
        own.setdefault(material.kind, []).extend(own_questions(material, options))
    for way, figures in compare(judged, own).items():
        print(f"\n{way}:\n\n{table(figures)}", flush=True)


def own_questions(material: Material, options: argparse.Namespace) -> list[Judged]:
    """The drafts of an index's own questions: each with the answering lines there, and hidden."""
    pipeline = build_pipeline(settings_of(options, index=str(material.index)))
    pipeline.fits, pipeline.withholds = Fits(), False
    with pipeline.index:
        drafts = drafts_of(pipeline, options.own)
    print(f"{material.kind}: {len(drafts)} own questions of {material.index.name}", flush=True)
    return [
        Judged(material.kind, "testset", answerable, draft.right, draft.signals)
        for reply in drafts
        for draft, answerable in ((reply.there, True), (reply.hidden, False))
        if draft.signals
    ]


def compare(
    judged: Sequence[Judged], own: Mapping[str, Sequence[Judged]]
) -> dict[str, list[Figures]]:
    """Way → the figures of each kind, by a fit on the others that the kind's own questions move."""
    found: dict[str, list[Figures]] = {}
    for kind in dict.fromkeys(each.kind for each in judged):
        fit = fit_kinds([each for each in judged if each.kind != kind], Fitting())
        asked = [each for each in judged if each.kind == kind]
        shifts = {name: shift_of(drafts, fit) for name, drafts in own.items() if drafts}
        usual = float(np.mean([shift for name, shift in shifts.items() if name != kind]))
        ways = {"as it is": fit}
        for share in SHARES:
            by = share * (shifts[kind] - usual) if kind in shifts else 0.0
            ways[f"{share:g} of the shift"] = replace(fit, intercept=fit.intercept + by)
        for ridge in RIDGES:
            bent = bend(own[kind], fit, ridge, usual) if kind in shifts else fit
            ways[f"bent, ridge {ridge:g}"] = bent
        for way, weighing in ways.items():
            found.setdefault(way, []).append(figures_of(kind, asked, weighing))
    return found


def shift_of(drafts: Sequence[Judged], fit: Weighing) -> float:
    """What the intercept must be moved by for the drafts to be as often right as the fit says."""
    logits, right = fit.logits(drafts), np.array([float(each.right) for each in drafts])
    shift = 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(logits + shift)))
        shift += float(((right - p).sum() - _HELD * shift) / ((p * (1 - p)).sum() + _HELD))
    return shift


def bend(drafts: Sequence[Judged], fit: Weighing, ridge: float, usual: float) -> Weighing:
    """The fit with weights that follow the drafts, held to its own."""
    names = list(fit.weights)
    signals = np.array([[each.signals.get(name, 0.0) for name in names] for each in drafts])
    right = np.array([float(each.right) for each in drafts])
    intercept, weights = fit_logistic(
        signals, right, np.ones(len(right)), ridge=ridge,
        towards=(fit.intercept + usual, np.array([fit.weights[name] for name in names])),
    )  # fmt: skip
    moved = dict(zip(names, map(float, weights), strict=True))
    return replace(fit, intercept=intercept - usual, weights=moved)


if __name__ == "__main__":
    main()
