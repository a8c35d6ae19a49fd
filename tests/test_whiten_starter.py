"""How directions of look are weighed, on looks made up so that the answer is known."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("timm", reason="the tower is timm's: pip install -e '.[starter]'")

import torch
from PIL import Image
from train_places import Seen
from whiten_starter import (
    ALONE,
    MOST,
    fit_basis,
    looked_at,
    scatter,
    views,
    with_monuments,
    within_subjects,
)

LENGTH = 300
VIEWS = 3


def looks_of(subjects, random):
    """Subjects differ along the first 10 directions; prints of one photo along the 11th."""
    subject = np.zeros((subjects.max() + 1, LENGTH))
    subject[:, :10] = random.standard_normal((len(subject), 10))
    whole = subject[subjects] + 0.01 * random.standard_normal((len(subjects), LENGTH))
    seen = np.repeat(whole[:, None], VIEWS, axis=1)
    seen[:, 2, 10] += 3 * random.standard_normal(len(subjects))
    return seen / np.linalg.norm(seen, axis=2, keepdims=True)


def test_what_a_print_changes_counts_for_little():
    subjects = np.arange(900) % 300
    looks = looks_of(subjects, np.random.default_rng(0))
    mean, basis = fit_basis(looks, subjects, 100)
    lengths = np.linalg.norm(basis, axis=1)  # of each direction, once seen through the basis
    assert basis.dtype == np.float32
    assert basis.shape == (LENGTH, 100)
    np.testing.assert_allclose(mean, looks[:, 0].mean(axis=0), atol=1e-7)
    assert lengths[:10].min() > 3 * lengths[10]


def test_spread_within_subjects_leaves_out_those_with_one_photo():
    looks = np.array([[0.0, 1.0], [2.0, 1.0], [9.0, 9.0]])
    np.testing.assert_allclose(within_subjects(looks, np.array([0, 0, 1])), [[1, 0], [0, 0]])


def test_a_subject_of_many_photos_counts_as_much_as_one_of_two():
    few, many = np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([[5.0, 0.0], [5.0, 4.0]] * 50)
    spread = within_subjects(np.concatenate([few, many]), np.repeat([0, 1], [2, 100]))
    np.testing.assert_allclose(spread, [[0.5, 0], [0, 2]])


def test_of_every_subject_some_photos_are_looked_at():
    subjects = torch.cat([torch.zeros(MOST + 9), torch.ones(4), torch.arange(2, ALONE + 30)]).long()
    rows = looked_at(Seen([Path(str(n)) for n in range(len(subjects))], subjects))
    counts = np.bincount(subjects[rows])
    assert rows == sorted(set(rows))
    assert (counts[0], counts[1], counts[2:].sum()) == (MOST, 4, ALONE)


def test_monuments_join_with_numbers_of_their_own():
    places = Seen([Path("a"), Path("b")], torch.tensor([0, 1]))
    first = [("x", Path("x1")), ("x", Path("x2")), ("alone", Path("y"))]
    both = with_monuments(places, first)
    assert [path.name for path in both.files] == ["a", "b", "x1", "x2"]
    assert both.subjects.tolist() == [0, 1, 2, 2]


def test_scatter_is_the_mean_outer_product():
    np.testing.assert_allclose(scatter(np.array([[1.0, 2.0], [3.0, 0.0]])), [[5, 1], [1, 2]])


def test_views_are_the_same_at_every_run():
    photo = Image.linear_gradient("L").resize((96, 80)).convert("RGB")
    first, again = ([view.tobytes() for view in views(photo, 3)] for _ in range(2))
    assert first == again
    assert len(set(first)) == VIEWS


def test_the_classifier_is_moved_back_to_what_it_said():
    from meaning_starter import moved

    random = torch.Generator().manual_seed(0)
    weight, before = torch.randn(5, 8, generator=random), torch.rand(400, 8, generator=random)
    after = before @ (torch.eye(8) + 0.2 * torch.randn(8, 8, generator=random))
    off = ((after @ weight.T) - (before @ weight.T)).abs().mean()
    left = ((after @ moved(weight, before, after).T) - (before @ weight.T)).abs().mean()
    assert left < 0.1 * off
