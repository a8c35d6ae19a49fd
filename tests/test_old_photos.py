"""Old prints made of today's photos: the same each time, and each kind with its own mark."""

import numpy as np
import pytest
from old_photos import KINDS, WORKING_SIDE, halftone, old_photo
from PIL import Image


@pytest.fixture(scope="module")
def photo():
    """Red left, blue right, brighter downwards: 960 × 640."""
    down = np.linspace(40, 215, 640)[:, None].repeat(960, axis=1)
    red = np.where(np.arange(960) < 480, down, 30)
    blue = np.where(np.arange(960) < 480, 30, down)
    return Image.fromarray(np.stack([red, down * 0.6, blue], axis=2).astype(np.uint8))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_print(photo, kind):
    one, same, other = (np.asarray(old_photo(photo, kind, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert one.shape != other.shape or (one != other).any()


@pytest.mark.parametrize("kind", ["grey", "sepia", "faded", "grain", "halftone"])
def test_only_scissors_change_the_frame(photo, kind):
    assert old_photo(photo, kind, 3).size == (WORKING_SIDE, round(WORKING_SIDE * 640 / 960))


def test_scissors_leave_a_part_of_the_frame(photo):
    for seed in range(20):
        width, height = old_photo(photo, "crop", seed).size
        assert 0.64 < width / 640 < 0.91
        assert 0.64 < height / 427 < 0.91


def test_grey_has_no_colour_and_sepia_one(photo):
    grey = np.asarray(old_photo(photo, "grey", 4)).astype(int)
    assert np.ptp(grey, axis=2).max() == 0
    sepia = np.asarray(old_photo(photo, "sepia", 4)).astype(int)
    assert (sepia[..., 0] >= sepia[..., 1]).all()
    assert (sepia[..., 1] >= sepia[..., 2]).all()


def test_fading_takes_contrast(photo):
    before = np.asarray(old_photo(photo, "crop", 5)).std()
    assert np.asarray(old_photo(photo, "faded", 5)).std() < 0.9 * before


def test_halftone_keeps_how_dark_a_place_is():
    """Dots on flat grey of 0.5: half of the paper is black, whatever the screen's pitch."""
    flat = Image.new("RGB", (400, 400), (128, 128, 128))
    for seed in range(5):
        dots = np.asarray(halftone(flat, np.random.default_rng(seed)))
        assert dots.mean() == pytest.approx(128, abs=3)
        assert dots.std() > 10


def test_a_photo_of_one_pixel_can_be_old():
    for kind in KINDS:
        assert old_photo(Image.new("RGB", (1, 1)), kind, 0).mode == "RGB"
