"""What an index concludes from its own questions."""

from dataclasses import replace

import numpy as np
import pytest

from search.resemblance.asking import (
    Judged,
    Question,
    Reply,
    judged_by_others,
    own_weights,
    replies_to,
    scale_of,
)
from search.resemblance.nearness import SIGNALS, Near, Scale
from search.resemblance.resemblance import Prior, Weights, prior

SCALE = Scale(foreign=0.4, spread=0.1)
PRIOR = Prior(
    weights=Weights(intercept=-1.0, weights={"closeness": 0.5}),
    deviations=dict.fromkeys(SIGNALS, 1.0),
    threshold=0.3,
    view_share=0.5,
    data={},
    date="",
)


def question(subject: str, own: float, other: float, **more) -> Question:
    near = [Near(f"{subject}2", subject, own), Near("o1", "o", other)]
    return Question(subject, sorted(near, key=lambda each: -each.score), **more)


def test_hidden_is_all_but_the_subject_s_own():
    asked = question("a", 0.9, 0.5)
    assert [each.subject for each in asked.hidden()] == ["o"]


def test_each_photo_is_asked_known_and_hidden():
    replies = replies_to([question("a", 0.9, 0.5), question("b", 0.3, 0.5)], {}, SCALE, PRIOR)
    assert [(r.subject, r.known, r.right) for r in replies] == [
        ("a", True, True), ("a", False, False), ("b", True, False), ("b", False, False),
    ]  # fmt: skip
    alone = Question("a", [Near("o1", "o", 0.5)], alone=True)
    assert [r.known for r in replies_to([alone], {}, SCALE, PRIOR)] == [False]


def test_a_changed_view_is_put_as_far_as_a_second_photo_would_be():
    reply = replies_to([question("a", 0.8, 0.5, view=True)], {}, SCALE, PRIOR)[0]
    assert reply.signals["closeness"] == pytest.approx((0.4 + 0.5 * (0.8 - 0.4) - 0.4) / 0.1)
    assert reply.right
    lost = replies_to([question("a", 0.55, 0.5, view=True)], {}, SCALE, PRIOR)[0]
    assert not lost.right  # 0.4 + 0.5 * 0.15 is less than 0.5


def test_the_scale_is_the_strangers_median_and_a_few_subjects_spread_as_usual():
    asked = [question(f"s{i}", 0.9, 0.3 + 0.1 * (i % 3)) for i in range(300)]
    scale = scale_of(asked)
    assert scale is not None
    assert scale.foreign == pytest.approx(0.4)
    own, usual = 0.1, 0.12 * 0.6
    assert scale.spread == pytest.approx((300 * own + 15 * usual) / 315, rel=0.01)
    two = scale_of(asked[:2])
    assert two is not None
    assert two.spread == pytest.approx((2 * 0.034 + 15 * 0.12 * 0.65) / 17, rel=0.01)


def test_one_subject_has_no_scale_but_strangers_give_one():
    alone = [Question("a", [Near("a2", "a", 0.9)])]
    assert scale_of(alone) is None
    scale = scale_of(alone, [0.2, 0.3, 0.4])
    assert scale is not None
    assert scale.foreign == pytest.approx(0.3)


@pytest.mark.parametrize("common", [0.5, 0.9, 0.98, 0.999])
def test_what_an_encoder_gives_all_photos_in_common_changes_nothing(common):
    rng = np.random.default_rng(4)
    centres = np.repeat(rng.normal(size=(25, 24)), 4, axis=0)
    vectors = centres + 0.8 * rng.normal(size=centres.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shared = np.full((len(vectors), 1), np.sqrt(common))
    plain = _probabilities(vectors)
    assert 0.1 < np.mean(plain > 0.5) < 0.9
    moved = np.hstack([vectors * np.sqrt(1 - common), shared])
    assert _probabilities(moved) == pytest.approx(plain, abs=0.01)


def _probabilities(vectors):
    """Of each photo known and hidden, by what the index measures of itself."""
    rows = vectors.astype(np.float32)
    cosines = rows @ rows.T
    asked = [
        Question(
            f"s{row // 4}",
            [Near(str(at), f"s{at // 4}", float(cosines[row, at]))
             for at in np.argsort(-cosines[row]) if at != row],
        )
        for row in range(len(rows))
    ]  # fmt: skip
    scale = scale_of(asked)
    assert scale is not None
    found = replies_to(asked, {str(at): row for at, row in enumerate(rows)}, scale, prior())
    weights = own_weights(found, prior())
    return np.array([weights.probability(reply.signals) for reply in found])


def replies(count: int, known_at: float, hidden_at: float) -> list[Reply]:
    made = []
    for i in range(count):
        for known, at in ((True, known_at), (False, hidden_at)):
            signals = dict.fromkeys(SIGNALS, 0.0) | {"closeness": at + (i % 5) / 10}
            made.append(Reply(f"s{i}", signals, known=known, right=known))
    return made


def test_weights_are_the_prior_s_without_replies_and_the_index_s_own_with_many():
    assert own_weights([], PRIOR) == PRIOR.weights
    assert own_weights([r for r in replies(9, 1, 0) if not r.known], PRIOR) == PRIOR.weights

    signals = dict.fromkeys(SIGNALS, 0.0) | {"closeness": 1.5}
    few = own_weights(replies(3, 2.0, 0.0), PRIOR).probability(signals)
    many = own_weights(replies(2000, 2.0, 0.0), PRIOR).probability(signals)
    by_prior = PRIOR.weights.probability(signals)
    assert abs(few - by_prior) < 0.1 < many - by_prior


def test_no_weight_of_closeness_is_negative_however_odd_the_replies():
    assert own_weights(replies(500, 0.0, 3.0), PRIOR).weights["closeness"] >= 0


def test_a_threshold_makes_both_shares_as_many_times_what_is_aimed_at():
    rng = np.random.default_rng(0)
    found, hidden = rng.normal(0.7, 0.1, 4000), rng.normal(0.5, 0.1, 4000)
    judged = Judged(found.clip(0, 1), hidden.clip(0, 1))
    threshold = judged.threshold(0.3)
    refused, matched = judged.false_refusals(threshold), judged.false_matches(threshold)
    assert refused is not None
    assert matched is not None
    assert refused / 0.08 == pytest.approx(matched / 0.15, rel=0.15)
    assert Judged(found[:5], hidden[:5]).threshold(0.3) == 0.3
    assert Judged(found[:5], hidden[:5]).false_refusals(0.5) is None


def test_a_threshold_is_raised_to_where_an_encoder_that_finds_others_first_is_right_by_half():
    rng = np.random.default_rng(1)
    hidden = rng.uniform(0.2, 0.6, 100)
    found, lost = np.array([0.4, 0.7, 0.8, 0.9]), np.array([*[0.5] * 30, 0.75, 0.85])
    judged = Judged(found, hidden, lost)
    assert judged.found_first == round(4 / 36, 4)
    assert judged.threshold(0.3) == 0.7  # where 3 are right and 2 wrong
    assert Judged(found[:1], hidden, lost).threshold(0.3) == 0.98  # nowhere
    # One that mostly finds the right one keeps its own, and so does one that few photos asked.
    assert Judged(np.tile(found, 10), hidden, lost).threshold(0.3) < 0.6
    assert Judged(found, hidden, lost[:5]).threshold(0.3) == 0.3


def test_shares_are_told_of_real_photos_judged_by_other_subjects():
    judged = judged_by_others(replies(50, 8.0, -6.0), PRIOR)
    assert (len(judged.found), len(judged.hidden)) == (50, 50)
    assert judged.found.min() > judged.hidden.max()
    views = [replace(each, view=True) for each in replies(50, 8.0, -6.0)]
    assert len(judged_by_others(views, PRIOR).found) == 0


def test_the_prior_that_comes_along_is_whole():
    made = prior()
    assert set(made.weights.weights) <= set(SIGNALS) == set(made.deviations)
    near = dict.fromkeys(SIGNALS, 0.0) | {"closeness": 6.0, "margin": 5.0, "single": 1.0}
    far = dict.fromkeys(SIGNALS, 0.0) | {"single": 1.0}
    assert made.weights.probability(near) > 0.9
    assert made.weights.probability(far) < made.threshold


def test_what_is_further_than_nearly_every_stranger_shows_nothing_however_empty_it_is_there():
    weights = Weights(intercept=0.0, weights={"crowd_question": -1.0})
    empty = {"closeness": -1.5, "crowd_question": -4.0}
    assert weights.probability(empty) == pytest.approx(1 / (1 + np.exp(-4.0)))
    further = {"closeness": -3.5, "crowd_question": -4.0}
    assert weights.probability(further) == pytest.approx(1 / (1 + np.exp(-4.0 + 3 * 2)))
