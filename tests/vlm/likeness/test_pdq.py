"""The perceptual hash, compared with the published steps written out one by one."""

import math

import numpy as np
import pytest
from PIL import Image, ImageOps
from support import scene

from knowledge.picture_hash import keys_of
from vlm.likeness import picture_hash, view_hashes
from vlm.likeness.pdq import _blurred, _hash, _samples, _small


def published_blur(row: list[float], window: int) -> list[float]:
    """`box1DFloat` of Meta's program: four phases over one row."""
    half = (window + 2) // 2
    out, total, count, left, right = [], 0.0, 0, 0, 0
    for _ in range(half - 1):
        total, count, right = total + row[right], count + 1, right + 1
    for _ in range(window - half + 1):
        total, count, right = total + row[right], count + 1, right + 1
        out.append(total / count)
    for _ in range(len(row) - window):
        total += row[right] - row[left]
        left, right = left + 1, right + 1
        out.append(total / count)
    for _ in range(half - 1):
        total, count, left = total - row[left], count - 1, left + 1
        out.append(total / count)
    return out


def published_hash(samples: np.ndarray) -> str:
    """DCT, median and bits as published: bit i * 16 + j, the last one written first."""
    values = {}
    for i in range(16):
        for j in range(16):
            down = [math.cos(math.pi / 128 * (i + 1) * (2 * k + 1)) for k in range(64)]
            across = [math.cos(math.pi / 128 * (j + 1) * (2 * k + 1)) for k in range(64)]
            values[i * 16 + j] = 2 / 64 * float(np.array(down) @ samples @ np.array(across))
    median = sorted(values.values())[127]
    number = sum(1 << bit for bit, value in values.items() if value > median)
    return f"{number:064x}"


@pytest.mark.parametrize("length", [64, 100, 127, 128, 129, 256])
def test_the_blur_is_the_published_one(length):
    row = np.random.default_rng(length).uniform(0, 255, length)
    window = (length + 127) // 128
    assert _blurred(row[:, None])[:, 0] == pytest.approx(published_blur(list(row), window))


def test_the_bits_are_the_published_ones():
    samples = _samples(_small(scene(3, size=(200, 150))))
    assert _hash(samples) == published_hash(samples)


def test_the_views_are_the_hashes_of_the_turned_and_mirrored_picture():
    picture = scene(5, size=(256, 192))
    views = view_hashes(picture)
    assert views[0] == picture_hash(picture)
    for mirrored in (False, True):
        for turn in range(4):
            other = ImageOps.mirror(picture) if mirrored else picture
            other = other.rotate(90 * turn, expand=True)
            assert views[4 * mirrored + turn] == picture_hash(other)


def test_a_plain_picture_has_no_hash():
    page = Image.new("RGB", (300, 200), "ivory")
    assert picture_hash(page) == ""
    assert view_hashes(page) == []


def test_near_hashes_share_a_key_and_far_ones_do_not():
    random = np.random.default_rng(1)
    value = int.from_bytes(random.bytes(32))
    keys = set(keys_of(f"{value:064x}"))
    shared = 0
    for _ in range(200):
        near = value
        for bit in random.choice(256, 12, replace=False):
            near ^= 1 << int(bit)
        shared += bool(keys & set(keys_of(f"{near:064x}")))
    assert shared >= 190
    others = (f"{int.from_bytes(random.bytes(32)):064x}" for _ in range(300))
    assert not any(keys & set(keys_of(other)) for other in others)
