"""What the starter's training sees and is drawn to; the training itself is too long here."""

import math

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("timm", reason="the tower is timm's: pip install -e '.[starter]'")

import torch
from train_starter import (
    BATCH,
    SIDE,
    TEMPERATURE,
    batches,
    load_photos,
    neighbours,
    pace,
    pair,
    training_files,
)


def photo(path, size=(48, 32)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.linear_gradient("L").resize(size).convert("RGB").save(path)
    return path


def test_subjects_that_are_measured_and_captioned_photos_are_not_seen(tmp_path):
    photo(tmp_path / "landmarks/photos/charminar.webp")
    photo(tmp_path / "indian_monuments/photos/charminar/1.jpg")
    seen = photo(tmp_path / "indian_monuments/photos/khajuraho/1.jpg")
    photo(tmp_path / "indian_monuments/queries/khajuraho/2.jpg")
    numbered = [photo(tmp_path / f"flickr8k_1k/images/{n:03d}.jpg", (4, 4)) for n in range(202)]
    assert training_files(tmp_path, tmp_path / "landmarks") == [
        ("khajuraho", seen),
        ("200", numbered[200]),
        ("201", numbered[201]),
    ]


def test_a_photo_is_decoded_once(tmp_path):
    path = photo(tmp_path / "khajuraho/1.png", (900, 600))
    [first] = load_photos([path], tmp_path / "cache")
    path.unlink()
    path.touch()
    [again] = load_photos([path], tmp_path / "cache")
    assert first.size == again.size == (624, 416)  # 1.3 × 320 on the shortest side
    np.testing.assert_array_equal(np.asarray(first), np.asarray(again))


def test_both_pieces_show_the_same_place():
    """Wear changes light, not place: bright stays brighter than dark in every print."""
    ramp = Image.linear_gradient("L").resize((480, 360)).convert("RGB")
    for seed in range(20):
        clean, worn = pair(ramp, np.random.default_rng(seed))
        assert clean.shape == worn.shape == (SIDE, SIDE, 3)
        down = [side.astype(float).mean(axis=(1, 2)) for side in (clean, worn)]
        assert np.corrcoef(down)[0, 1] > 0.9


def test_a_look_is_drawn_to_the_other_photos_of_its_subject_and_not_to_itself():
    memory, subjects = torch.eye(4), torch.tensor([0, 0, 1, 2])
    near = neighbours(
        memory[[1]], torch.tensor([0]), subjects, memory
    )  # sits on its subject's other
    far = neighbours(memory[[0]], torch.tensor([0]), subjects, memory)  # sits on itself alone
    assert near.item() == pytest.approx(math.log(1 + 2 * math.exp(-1 / TEMPERATURE)), abs=1e-6)
    assert far.item() == pytest.approx(math.log(3), abs=1e-6)


def test_the_only_photo_of_a_subject_is_its_own_neighbour():
    memory, subjects = torch.eye(3), torch.arange(3)
    kept = neighbours(memory[[2]], torch.tensor([2]), subjects, memory)
    assert kept.item() == pytest.approx(math.log(1 + 2 * math.exp(-1 / TEMPERATURE)), abs=1e-6)


def test_batches_do_not_depend_on_where_an_earlier_run_stopped():
    photos = [Image.effect_noise((60 + n, 50), 80).convert("RGB") for n in range(BATCH)]
    whole = dict(batches(photos, 0, 3))
    for step, (rows, clean, worn) in batches(photos, 2, 3):
        for ours, theirs in zip((rows, clean, worn), whole[step], strict=True):
            assert torch.equal(ours, theirs)
    assert sorted(whole) == [0, 1, 2]


def test_the_rate_rises_and_ends_at_nothing():
    rates = [pace(step, 900) for step in range(901)]
    assert rates[0] == pytest.approx(1 / 30)
    assert max(rates) == rates[29] > 0.99
    assert rates[900] == pytest.approx(0)
