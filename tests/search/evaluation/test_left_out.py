"""Each kind of material is left out of the fit that it is judged by, and all count the same."""

from dataclasses import replace

import numpy as np
import pytest

from search.confidence import SIGNALS
from search.evaluation.left_out import (
    Fitting,
    Judged,
    Weighing,
    figures_of,
    fit_kinds,
    kind_counts,
    leave_each_out,
)

FITTING = Fitting(ridge=1.0, unknown_share=0.05, wrong_share=0.1, set_aside=("words",))


def drafts(kind: str, count: int, seed: int, *, shift: float = 0.0) -> list[Judged]:
    """Drafts whose signal `reader` says how likely each is right, the same for every kind."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        signal = rng.random()
        right = bool(rng.random() < 1 / (1 + np.exp(-(8 * signal - 4 + shift))))
        made.append(Judged(kind, "testset", True, right, {"reader": signal, "first": 1.0}))
    return made


THREE = [*drafts("a", 400, 1), *drafts("b", 40, 2), *drafts("c", 200, 3)]


def test_each_kind_counts_the_same_and_made_questions_their_share():
    written = [Judged("a", "testset", True, True, {})] * 3
    strangers = [Judged("b", "testset", True, True, {})] * 2
    strangers += [Judged("b", "foreign", False, True, {})] * 4
    counts = kind_counts([*written, *strangers], unknown_share=0.2)

    each = 9 / 2
    assert counts[:3] == pytest.approx([each / 3] * 3)
    assert counts[3:5] == pytest.approx([each * 0.8 / 2] * 2)
    assert counts[5:] == pytest.approx([each * 0.2 / 4] * 4)


def test_the_fit_finds_how_likely_answers_are_and_keeps_to_its_cost():
    fit = fit_kinds(THREE, FITTING)
    seen = figures_of("a", [j for j in THREE if j.kind == "a"], fit)

    assert fit.weights["reader"] == pytest.approx(8, rel=0.4)
    assert fit.weights["first"] == 0.0  # it never varies, so it says nothing
    assert seen.wrong is not None
    assert seen.wrong < 0.17
    assert seen.calibration_error is not None
    assert seen.calibration_error < 0.1


def test_what_a_kind_is_judged_by_does_not_depend_on_its_own_labels():
    turned = [replace(j, right=not j.right) if j.kind == "b" else j for j in THREE]
    before, after = (
        next(f for f in leave_each_out(judged, FITTING) if f.kind == "b")
        for judged in (THREE, turned)
    )

    assert before.given == after.given > 0
    assert before.wrong == pytest.approx(1 - (after.wrong or 0))


def test_a_signal_that_speaks_for_answers_is_never_weighed_against_them():
    turned = [replace(j, right=not j.right) for j in THREE]
    assert fit_kinds(turned, FITTING).weights["reader"] == 0.0


def test_what_is_set_aside_and_what_nobody_may_weigh_have_no_weight():
    told = [
        replace(j, signals={**j.signals, "words": float(j.right), "contested": float(j.right)})
        for j in THREE
    ]
    assert fit_kinds(told, FITTING) == fit_kinds(THREE, FITTING)
    weighed = fit_kinds(told, replace(FITTING, set_aside=()))
    assert weighed.weights["words"] > 0
    assert set(weighed.weights) == {*SIGNALS}


def test_questions_without_a_draft_are_abstentions_whatever_the_threshold():
    fit = Weighing(intercept=0.0, weights={"reader": 4.0}, threshold=0.9)
    judged = [
        Judged("a", "testset", True, True, {"reader": 1.0}),  # 0.98
        Judged("a", "testset", True, False, {"reader": 0.75}),  # 0.95
        Judged("a", "testset", True, True, {"reader": 0.25}),  # 0.73
        Judged("a", "testset", True, False, {}),
        Judged("a", "testset", False, True, {}),
        Judged("a", "testset", False, False, {"reader": 1.0}),
        Judged("a", "foreign", False, True, {}),
        Judged("a", "foreign", False, False, {"reader": 1.0}),
    ]
    figures = figures_of("a", judged, fit)

    assert (figures.questions, figures.given) == (6, 3)
    assert figures.wrong == pytest.approx(2 / 3)
    assert figures.false_abstentions == pytest.approx(2 / 4)
    assert figures.unanswerable_abstained == pytest.approx(1 / 2)
    assert figures.right == pytest.approx(1 / 4)
    assert figures.made_abstained == {"foreign": 1 / 2}


def test_figures_over_nothing_are_none():
    fit = Weighing(intercept=-30.0, weights={}, threshold=0.5)
    figures = figures_of("a", [Judged("a", "testset", True, True, {"reader": 1.0})], fit)

    assert (figures.given, figures.wrong, figures.calibration_error) == (0, None, None)
    assert figures.unanswerable_abstained is None
