"""Changes to photos: the same each time, of the same size, and each with its own mark."""

import numpy as np
import pytest
from changed_photos import changed, haze, hidden, night
from PIL import Image


@pytest.fixture(scope="module")
def photo():
    noise = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((256, 192), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def red():
    return Image.new("RGB", (90, 120), (255, 0, 0))


def array(image):
    return np.asarray(image).astype(float)


def test_the_same_seed_gives_the_same_photo_of_the_same_size(photo, red):
    seen = set()
    for seed in range(40):
        first, again = (changed(photo, red, np.random.default_rng(seed)) for _ in range(2))
        assert first.size == photo.size
        assert first.tobytes() == again.tobytes()
        seen.add(first.tobytes())
    assert len(seen) > 30


def test_something_stands_in_front_and_mostly_below(photo, red):
    for seed in range(10):
        shown = array(hidden(photo, red, np.random.default_rng(seed)))
        covered = (shown == (255, 0, 0)).all(axis=2)
        assert 0.01 < covered.mean() < 0.5
        assert covered[96:].sum() >= covered[:96].sum()
    assert not (array(photo) == (255, 0, 0)).all(axis=2).any()


def test_haze_takes_contrast_most_at_the_top(photo):
    before, after = array(photo), array(haze(photo, np.random.default_rng(1)))
    left = after.std(axis=(1, 2)) / before.std(axis=(1, 2))
    assert left[:48].mean() < left[-48:].mean() < 0.95


def test_night_is_darker(photo):
    for seed in range(5):
        assert array(night(photo, np.random.default_rng(seed))).mean() < 0.6 * array(photo).mean()


def test_a_tiny_photo_can_be_changed(red):
    for seed in range(60):
        tiny = Image.new("RGB", (16, 16), (9, 99, 199))
        assert changed(tiny, red, np.random.default_rng(seed)).size == (16, 16)
