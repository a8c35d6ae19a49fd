"""Signals mean the same with every encoder: they follow cosines that are all moved alike."""

import math

import numpy as np
import pytest

from search.resemblance.nearness import (
    SIGNALS,
    SIGNS,
    Near,
    Scale,
    about_the_same,
    measure,
    photos_looked_at,
)

SCALE = Scale(foreign=0.4, spread=0.1)
NEAR = [
    Near("a1", "a", 0.8),
    Near("a2", "a", 0.6),
    Near("b1", "b", 0.5),
    Near("c1", "c", 0.3),
]
A1 = np.array([1.0, 0.0], dtype=np.float32)
VECTORS = {
    "a1": A1,
    "a2": np.array([0.6, 0.8], dtype=np.float32),
    "b1": np.array([0.5, math.sqrt(0.75)], dtype=np.float32),
    "c1": np.array([0.2, math.sqrt(0.96)], dtype=np.float32),
}


def test_signals_are_distances_above_strangers_in_spreads():
    signals = measure(NEAR, VECTORS, "a", SCALE)

    assert signals["closeness"] == pytest.approx((0.8 - 0.4) / 0.1)
    assert signals["margin"] == pytest.approx((0.8 - 0.5) / 0.1)
    assert signals["crowd_question"] == pytest.approx(((0.5 + 0.3 + 3 * 0.4) / 5 - 0.4) / 0.1)
    assert signals["crowd_photo"] == pytest.approx(((0.5 + 0.2 + 3 * 0.4) / 5 - 0.4) / 0.1)
    assert signals["share"] == 2 / 2
    assert signals["further"] == pytest.approx((0.7 - 0.8) / 0.1)
    assert signals["likeness"] == pytest.approx((0.6 - 0.4) / 0.1)
    assert (signals["single"], signals["photos"]) == (0.0, math.log(2))
    assert set(signals) == set(SIGNALS) >= set(SIGNS)


def test_another_encoder_s_cosines_give_the_same_signals():
    """Every cosine c becomes 1 - (1 - c) / 4: an encoder whose strangers are at 0.85."""

    def moved(cosine: float) -> float:
        return 1 - (1 - cosine) / 4

    near = [Near(each.photo_id, each.subject, moved(each.score)) for each in NEAR]
    # A constant dimension before the others moves the cosines of photos with each other alike.
    vectors = {
        name: np.concatenate([[math.sqrt(0.75)], vector / 2]).astype(np.float32)
        for name, vector in VECTORS.items()
    }
    scale = Scale(foreign=moved(0.4), spread=0.1 / 4)

    assert measure(near, vectors, "a", scale) == pytest.approx(
        measure(NEAR, VECTORS, "a", SCALE), abs=1e-4
    )


def test_a_subject_without_a_near_photo_is_a_stranger_and_one_photo_is_single():
    assert measure(NEAR, VECTORS, "z", SCALE)["closeness"] == -6.0
    alone = measure([Near("a1", "a", 0.9)], VECTORS, "a", SCALE)
    assert alone["margin"] == pytest.approx((0.9 - 0.4) / 0.1)
    assert (alone["single"], alone["share"], alone["crowd_photo"]) == (1.0, 0.0, 0.0)
    assert measure([], {}, "a", SCALE)["closeness"] == -6.0


def test_signals_are_bounded_whatever_the_cosines_and_vectors_that_are_gone():
    near = [Near("a1", "a", 1.0), Near("b1", "b", -1.0)]
    signals = measure(near, {}, "a", Scale(foreign=0.0, spread=1e-6))
    assert all(-6.0 <= value <= 10.0 for value in signals.values())


def test_the_vectors_that_are_needed_are_named_once():
    assert photos_looked_at(NEAR, ["a", "b"]) == ["a1", "a2", "b1", "c1"]
    many = [Near(f"b{i}", "b", 0.5) for i in range(100)]
    assert len(photos_looked_at(many, ["b"])) == 6
    assert len(photos_looked_at(many, ["a"])) == 16


def test_a_title_of_many_documents_is_no_name():
    titles = {f"c/{i}": "postcard" for i in range(9)}
    assert about_the_same("c/1", titles) == {"c/1"}
