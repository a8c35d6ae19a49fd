"""Recall counted on vectors made up so that the answer is known."""

import numpy as np
import pytest

pytest.importorskip("timm", reason="the tower is timm's: pip install -e '.[starter]'")

from measure_places import recall_at_one_and_five, shown

ROWS = np.array([0, 3, 6, 7])
"""Three subjects: of three, three and one photo."""


def test_photos_that_lie_with_their_subject_are_found_and_the_only_photo_is_not_asked_about():
    vectors = np.repeat(np.eye(4, dtype=np.float32)[:3], np.diff(ROWS), axis=0)
    beside = np.eye(4, dtype=np.float32)[3:]
    at_1, at_5 = recall_at_one_and_five(ROWS, vectors, vectors[:, None], beside, 1)
    assert at_1 == pytest.approx([1, 1, 0])
    assert at_5 == pytest.approx([1, 1, 0])


def test_a_lookalike_beside_them_comes_first():
    vectors = np.repeat(np.eye(4, dtype=np.float32)[:3], np.diff(ROWS), axis=0)
    asked = vectors + np.eye(4, dtype=np.float32)[3] * 2
    beside = np.eye(4, dtype=np.float32)[3:]
    at_1, at_5 = recall_at_one_and_five(ROWS, vectors, asked[:, None], beside, 1)
    assert at_1 == pytest.approx([0, 0, 0])
    assert at_5 == pytest.approx([1, 1, 0])


def test_the_best_view_counts():
    vectors = np.repeat(np.eye(4, dtype=np.float32)[:3], np.diff(ROWS), axis=0)
    wrong = np.roll(vectors, 1, axis=1)
    beside = np.full((1, 4), 0.1, dtype=np.float32)
    views = np.stack([0.5 * wrong, vectors], axis=1)
    at_1, _ = recall_at_one_and_five(ROWS, vectors, views, beside, 1)
    assert at_1 == pytest.approx([1, 1, 0])


def test_the_interval_lies_around_the_mean():
    text = shown(np.array([0.0, 1.0] * 50), np.random.default_rng(0))
    mean, low, high = (float(part.strip("[],")) for part in text.split())
    assert low < mean < high
    assert mean == 0.5
    assert high - low == pytest.approx(0.2, abs=0.03)
