"""Views of a photo that still show its subject: what an index asks itself with where a subject has
one photo only.

Each is one of the kinds in `_LOOKS` on a part of the photo, seen a little from the side. The same
photo and seed give the same views. Knows no encoder and no store.
"""

import hashlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Random = np.random.Generator
Plane = npt.NDArray[np.float32]
"""float32 (height, width, 3), 0 black to 1 white."""

_SIDE = 448
"""Pixels of the longest side that a view is made at, so that grain is as coarse on every photo."""


def changed_view(photo: Image.Image, name: str, number: int) -> Image.Image:
    """A strongly changed view of an RGB photo.

    Args:
        photo: upright.
        name: of the photo; with `number` it decides what is done.
        number: of the view, from 0.
    """
    seed = hashlib.sha256(f"{name} {number}".encode("utf-8", "surrogatepass")).digest()
    random = np.random.default_rng(list(seed[:16]))
    part = _part(_working(photo.convert("RGB")), random)
    look = _LOOKS[int(random.integers(len(_LOOKS)))]
    plane = look(np.asarray(part, dtype=np.float32) / np.float32(255), random)
    return Image.fromarray((plane.clip(0, 1) * 255 + 0.5).astype(np.uint8))


def _working(photo: Image.Image) -> Image.Image:
    scale = min(1.0, _SIDE / max(photo.size))
    size = (max(8, round(photo.width * scale)), max(8, round(photo.height * scale)))
    return photo.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _part(photo: Image.Image, random: Random) -> Image.Image:
    """40 to 80% of the photo's area, turned by up to 6 degrees and seen from another side."""
    width, height = photo.size
    area, shape = random.uniform(0.4, 0.8), np.exp(random.uniform(-0.25, 0.25))
    wide = min(width, width * np.sqrt(area * shape))
    high = min(height, height * np.sqrt(area / shape))
    left, top = random.uniform(0, width - wide), random.uniform(0, height - high)
    corners = np.array([[0, 0], [0, high], [wide, high], [wide, 0]], dtype=float)
    middle = np.array([wide / 2, high / 2])
    angle = np.radians(random.uniform(-6, 6))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = (corners - middle) @ turn.T + middle
    corners += random.uniform(-0.08, 0.08, (4, 2)) * (wide, high) + (left, top)
    corners = corners.clip((0, 0), (width - 1, height - 1))
    quad = tuple(float(each) for each in corners.ravel())
    size = (max(8, round(wide)), max(8, round(high)))
    return photo.transform(size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)


def _grey(plane: Plane, random: Random) -> Plane:
    """Black and white, from plates more sensitive to blue than to red; or brown."""
    red, blue = random.uniform(0.05, 0.3), random.uniform(0.15, 0.45)
    weights = np.array([red, 1 - red - blue, blue], dtype=np.float32)
    light = np.power(plane @ weights, np.float32(random.uniform(0.8, 1.25)))[..., None]
    if random.random() < 0.5:
        return np.repeat(light, 3, axis=2)
    dark, bright = np.array([0.15, 0.09, 0.04]), np.array([1.0, 0.92, 0.76])
    brown: Plane = (dark + light * (bright - dark)).astype(np.float32)
    return brown


def _print(plane: Plane, random: Random) -> Plane:
    """An old print: grey or brown, faded, soft, with coarse silver."""
    grey = Image.fromarray((_grey(plane, random).clip(0, 1) * 255).astype(np.uint8))
    soft = np.asarray(
        grey.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.5))), dtype=np.float32
    )
    strength = random.uniform(0.15, 0.5)
    faded = soft / 255 * (1 - strength) + np.array([0.86, 0.82, 0.72]) * strength
    spots = random.standard_normal(plane.shape[:2])[..., None] * random.uniform(0.03, 0.08)
    grained: Plane = (faded + spots).astype(np.float32)
    return grained


def _halftone(plane: Plane, random: Random) -> Plane:
    """Dots of a printing screen at 45 degrees."""
    grey = _grey(plane, random)
    down, across = np.arange(plane.shape[0])[:, None], np.arange(plane.shape[1])
    pitch = random.uniform(3.0, 5.0) * np.sqrt(2)
    screen = 0.5 + (
        np.cos(2 * np.pi * (down + across) / pitch) + np.cos(2 * np.pi * (down - across) / pitch)
    )[..., None] / 4  # fmt: skip
    dots: Plane = (1 / (1 + np.exp(-8 * (grey - screen)))).astype(np.float32)
    return dots


def _haze(plane: Plane, random: Random) -> Plane:
    """Thicker towards the top."""
    height = np.linspace(1, 0, plane.shape[0], dtype=np.float32)[:, None, None]
    strength = random.uniform(0.2, 0.45) + random.uniform(0, 0.3) * height
    light = np.array([0.85, 0.87, 0.9]) * random.uniform(0.85, 1.1)
    hazy: Plane = (plane * (1 - strength) + light * strength).astype(np.float32)
    return hazy


def _night(plane: Plane, random: Random) -> Plane:
    """Dark, bluish, with what is bright left over."""
    dark = np.power(plane, np.float32(random.uniform(1.6, 2.6))) * random.uniform(0.4, 0.7)
    blue: Plane = (dark * np.array([0.8, 0.9, 1.2])).astype(np.float32)
    return blue


def _light(plane: Plane, random: Random) -> Plane:
    """Another hour: warmer or colder, brighter or darker."""
    warm = random.uniform(-0.15, 0.15)
    tint = np.array([1 + warm, 1.0, 1 - warm]) * random.uniform(0.75, 1.25)
    lit: Plane = (np.power(plane, np.float32(random.uniform(0.8, 1.3))) * tint).astype(np.float32)
    return lit


_LOOKS: tuple[Callable[[Plane, Random], Plane], ...] = (
    _light, _light, _grey, _print, _halftone, _haze, _night,
)  # fmt: skip
