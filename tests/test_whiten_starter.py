"""How directions of look are weighed, on looks made up so that the answer is known."""

import numpy as np
import pytest

pytest.importorskip("timm", reason="the tower is timm's: pip install -e '.[starter]'")

from PIL import Image
from whiten_starter import PRINTS, fit_basis, scatter, views, within_subjects

LENGTH = 700


def looks_of(subjects, random):
    """Subjects differ along the first 10 directions; prints of one photo along the 11th."""
    subject = np.zeros((subjects.max() + 1, LENGTH))
    subject[:, :10] = random.standard_normal((len(subject), 10))
    whole = subject[subjects] + 0.01 * random.standard_normal((len(subjects), LENGTH))
    seen = np.repeat(whole[:, None], 2 + PRINTS, axis=1)
    seen[:, 2:, 10] += 3 * random.standard_normal((len(subjects), PRINTS))
    return seen / np.linalg.norm(seen, axis=2, keepdims=True)


def test_what_a_print_changes_counts_for_little():
    subjects = np.arange(900) % 300
    basis = fit_basis(looks_of(subjects, np.random.default_rng(0)), subjects)
    lengths = np.linalg.norm(basis, axis=1)  # of each direction, once seen through the basis
    assert basis.dtype == np.float32
    assert lengths[:10].min() > 3 * lengths[10]


def test_spread_within_subjects_leaves_out_those_with_one_photo():
    looks = np.array([[0.0, 1.0], [2.0, 1.0], [9.0, 9.0]])
    np.testing.assert_allclose(within_subjects(looks, np.array([0, 0, 1])), [[1, 0], [0, 0]])


def test_scatter_is_the_mean_outer_product():
    np.testing.assert_allclose(scatter(np.array([[1.0, 2.0], [3.0, 0.0]])), [[5, 1], [1, 2]])


def test_views_are_the_same_at_every_run():
    photo = Image.linear_gradient("L").resize((96, 80)).convert("RGB")
    first, again = ([view.tobytes() for view in views(photo, 3)] for _ in range(2))
    assert first == again
    assert len(set(first)) == 2 + PRINTS
