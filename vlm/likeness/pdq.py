"""PDQ: the perceptual hash of a picture, as Meta published it, in numpy.

Of the picture's luma, blurred and sampled at 64 × 64, the 16 × 16 lowest frequencies of a discrete
cosine transform (without the constant one) each give a bit: whether it is above their median. What
a copy changes (size, compression, colour, contrast) leaves most bits as they are.

https://github.com/facebook/ThreatExchange/blob/main/hashing/hashing.pdf
"""

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from vlm.images import shrink

Plane = npt.NDArray[np.float64]

_LARGEST = 256
"""Pixels of the longest side that is hashed. Without this limit the bits are those of the published
program; with it about one in 20 differs, and a hash takes a hundredth of the time."""

_SIDE, _FREQUENCIES = 64, 16
_PASSES = 2
"""Box filters, one after the other, along each side: together about a Gaussian."""

_LEAST_QUALITY = 20
"""From 0 to 100; below, so little is in the picture that its bits are chance (a blank page)."""


def picture_hash(picture: Image.Image) -> str:
    """A picture's PDQ hash as 64 hexadecimal digits; empty where there is too little to hash.

    Args:
        picture: RGB, upright.
    """
    samples = _samples(_small(picture))
    return "" if _quality(samples) < _LEAST_QUALITY else _hash(samples)


def view_hashes(picture: Image.Image) -> list[str]:
    """The hashes of a picture as it is, turned by 90, 180 and 270 degrees, and the same mirrored.

    Empty where there is too little to hash.
    """
    luma = _small(picture)
    if _quality(_samples(luma)) < _LEAST_QUALITY:
        return []
    # Each is sampled anew, as no sample lies in the middle of what it stands for.
    return [
        _hash(_samples(np.rot90(side, turn))) for side in (luma, luma[:, ::-1]) for turn in range(4)
    ]


def _small(picture: Image.Image) -> Plane:
    """Luma of a small copy of a picture, (height, width), 0 to 255."""
    return np.asarray(shrink(picture, _LARGEST).convert("L"), dtype=np.float64)


def _samples(luma: Plane) -> Plane:
    """Luma, blurred, at 64 × 64 places."""
    height, width = luma.shape
    samples: Plane = _sampling(height) @ luma @ _sampling(width).T
    return samples


@lru_cache(maxsize=32)
def _sampling(length: int) -> Plane:
    """What blurs and samples a column of so many values, (64, length)."""
    blur = np.eye(length)
    for _ in range(_PASSES):
        blur = _blurred(blur)
    rows: Plane = blur[((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(int)]
    return rows


def _blurred(columns: Plane) -> Plane:
    """Each column's running mean over a 128th of its length; shorter at both ends."""
    length = len(columns)
    window = -(-length // (2 * _SIDE))
    sums = np.vstack([np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0)])
    after = np.arange(length) + (window + 2) // 2
    first, last = (after - window).clip(0), after.clip(max=length)
    means: Plane = (sums[last] - sums[first]) / (last - first)[:, None]
    return means


def _quality(samples: Plane) -> int:
    """How much is in the picture: the sum of its steps between neighbours, 0 to 100."""
    steps = [np.trunc(np.abs(np.diff(samples, axis=axis)) * 100 / 255).sum() for axis in (0, 1)]
    return min(100, int(sum(steps) / 90))


@cache
def _cosines() -> Plane:
    """The lowest frequencies but the constant one, (16, 64)."""
    place = np.arange(_SIDE) + 0.5
    frequency = np.arange(1, _FREQUENCIES + 1)[:, None]
    cosines: Plane = np.sqrt(2 / _SIDE) * np.cos(np.pi / _SIDE * frequency * place)
    return cosines


def _hash(samples: Plane) -> str:
    spectrum = _cosines() @ samples @ _cosines().T
    # The lower median, as published: of 256 values the 128th.
    bits = (spectrum > np.sort(spectrum, axis=None)[spectrum.size // 2 - 1]).ravel()
    # The published digits begin with the last bit.
    return np.packbits(bits[::-1]).tobytes().hex()
