"""Make a photo of today look like the scan of an old print.

Training the starter uses it with random seeds, measuring the starter uses `aged` with one fixed
seed for each photo. Needs Pillow and numpy only; knows no encoder and no file.

    grey      black and white, from plates more sensitive to blue than to red
    sepia     like grey, in brown
    faded     grey blacks and yellow whites, stronger towards one side
    grain     a soft lens and coarse silver
    crop      65 to 90% of each side, turned by up to 3 degrees: a print cut for an album
    halftone  dots of a printing screen at 45 degrees
    aged      all together: grey or sepia, cropped, faded, and grain or (one in three) halftone
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

WORKING_SIDE = 640
"""Pixels of the longest side, so that grain and dots are as coarse on every photo."""

Random = np.random.Generator
Plane = npt.NDArray[np.float32]
"""float32 (height, width) or (height, width, 3), 0 black to 1 white."""


def aged(photo: Image.Image, random: Random) -> Image.Image:
    """All that happens to an old photo, together."""
    tone = sepia if random.random() < 0.5 else grey
    texture = halftone if random.random() < 1 / 3 else grain
    return faded(texture(tone(crop(photo, random), random), random), random)


def grey(photo: Image.Image, random: Random) -> Image.Image:
    """Black and white."""
    return as_photo(np.repeat(_luminance(photo, random)[..., None], 3, axis=2))


def sepia(photo: Image.Image, random: Random) -> Image.Image:
    """From dark brown to cream."""
    light = _luminance(photo, random)[..., None]
    dark = np.array([0.16, 0.09, 0.04]) * random.uniform(0.3, 1.3)
    bright = np.array([1.0, random.uniform(0.88, 0.96), random.uniform(0.68, 0.85)])
    return as_photo(dark + light * (bright - dark))


def faded(photo: Image.Image, random: Random) -> Image.Image:
    """Less contrast, and still less towards one side."""
    plane = as_plane(photo)
    height, width = plane.shape[:2]
    angle = random.uniform(0, 2 * np.pi)
    down, across = np.linspace(-0.5, 0.5, height)[:, None], np.linspace(-0.5, 0.5, width)
    side = 0.5 + (down * np.sin(angle) + across * np.cos(angle)) / np.sqrt(2)
    strength = (random.uniform(0.2, 0.5) + random.uniform(0, 0.25) * side)[..., None]
    paper = np.array([0.86, 0.82, 0.72]) * random.uniform(0.8, 1.1)
    return as_photo(plane * (1 - strength) + paper * strength)


def grain(photo: Image.Image, random: Random) -> Image.Image:
    """Blur, then noise whose spots are one to two pixels wide."""
    soft = as_plane(photo.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.8))))
    spots = random.standard_normal(soft.shape[:2])
    wide = random.uniform(0.3, 0.9)
    noise = _blurred_noise(spots, wide) * random.uniform(0.03, 0.09)
    return as_photo(soft + noise[..., None])


def crop(photo: Image.Image, random: Random) -> Image.Image:
    """A part of the photo, not quite level."""
    turned = photo.rotate(random.uniform(-3, 3), Image.Resampling.BICUBIC)
    width, height = photo.size
    wide, high = width * random.uniform(0.65, 0.9), height * random.uniform(0.65, 0.9)
    left = width * 0.04 + random.uniform(0, 1) * (width * 0.92 - wide)
    top = height * 0.04 + random.uniform(0, 1) * (height * 0.92 - high)
    return turned.crop((int(left), int(top), int(left + wide), int(top + high)))


def halftone(photo: Image.Image, random: Random) -> Image.Image:
    """Dots whose size is how dark the photo is there, then seen through a soft lens."""
    plane = as_plane(_working(photo))
    pitch = random.uniform(3.5, 6.0)
    height, width = plane.shape[:2]
    down, across = np.arange(height)[:, None], np.arange(width)
    phase = random.uniform(0, 2 * np.pi, 2)
    one = np.cos(2 * np.pi * (down + across) / (pitch * np.sqrt(2)) + phase[0])
    other = np.cos(2 * np.pi * (down - across) / (pitch * np.sqrt(2)) + phase[1])
    screen = 0.5 + (one + other)[..., None] / 4
    dots = as_photo(1 / (1 + np.exp(-12 * (plane - screen))))
    return dots.filter(ImageFilter.GaussianBlur(random.uniform(0.6, 1.2)))


KINDS: dict[str, Callable[[Image.Image, Random], Image.Image]] = {
    "grey": grey,
    "sepia": sepia,
    "faded": faded,
    "grain": grain,
    "crop": crop,
    "halftone": halftone,
    "aged": aged,
}


def old_photo(photo: Image.Image, kind: str, seed: int) -> Image.Image:
    """An RGB photo as an old print; the same photo, kind and seed give the same print."""
    return KINDS[kind](_working(photo), np.random.default_rng(seed))


def _working(photo: Image.Image) -> Image.Image:
    scale = WORKING_SIDE / max(photo.size)
    if scale == 1:
        return photo
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    return photo.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _luminance(photo: Image.Image, random: Random) -> Plane:
    """Light as a plate sees it: red counts for little, blue for much, more or less so."""
    red = random.uniform(0.05, 0.3)
    blue = random.uniform(0.15, 0.45)
    weights = np.array([red, 1 - red - blue, blue], dtype=np.float32)
    bent: Plane = np.power(as_plane(photo) @ weights, np.float32(random.uniform(0.8, 1.25)))
    return bent


def as_plane(photo: Image.Image) -> Plane:
    """A photo's light: (height, width, 3)."""
    plane: Plane = np.asarray(photo.convert("RGB"), dtype=np.float32) / np.float32(255)
    return plane


def _blurred_noise(spots: npt.NDArray[np.float64], radius: float) -> Plane:
    """White noise blurred to spots, its standard deviation 1 again."""
    # Pillow blurs bytes only, so the spread goes into a byte and out again.
    image = Image.fromarray((spots * 32 + 128).clip(0, 255).astype(np.uint8))
    blurred: Plane = np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32)
    spots_again: Plane = (blurred - blurred.mean()) / np.float32(blurred.std())
    return spots_again


def as_photo(plane: npt.NDArray[np.floating]) -> Image.Image:
    """What `as_plane` undoes; light beyond black and white is cut off."""
    return Image.fromarray((plane.clip(0, 1) * 255 + 0.5).astype(np.uint8))
