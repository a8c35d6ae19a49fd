"""What the starter's training sees, and what it does not; the training itself is too long here."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("timm", reason="the tower is timm's: pip install -e '.[starter]'")

from train_starter import SIDE, load_photos, pace, pair, training_files


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
    assert training_files(tmp_path, tmp_path / "landmarks") == [seen, *numbered[200:]]


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


def test_the_rate_rises_and_ends_at_nothing():
    rates = [pace(step, 900) for step in range(901)]
    assert rates[0] == pytest.approx(1 / 30)
    assert max(rates) == rates[29] > 0.99
    assert rates[900] == pytest.approx(0)
