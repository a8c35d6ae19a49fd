"""Change a photo as scans, weather, light, people and printers change what is photographed.

Training the starter uses it with random seeds. Needs Pillow and numpy only; knows no encoder and no
file. Old prints are scripts/old_photos.py.
"""

import numpy as np
from old_photos import KINDS, Random, as_photo, as_plane
from PIL import Image, ImageEnhance, ImageFilter

WORN = ("aged", "aged", "halftone", "grain", "grey", "sepia", "faded")


def changed(photo: Image.Image, other: Image.Image, random: Random) -> Image.Image:
    """A photo after some of what may happen to it; of the same size.

    Args:
        photo: RGB.
        other: any photo; a piece of it may stand in front.
    """
    size = photo.size
    for share, change in (
        (0.3, _leaning),
        (0.25, lambda photo, random: hidden(photo, other, random)),
        (0.45, _lit),
        (0.1, haze),
        (0.08, night),
        (0.15, _coarse),
    ):
        if random.random() < share:
            photo = change(photo, random)
    if random.random() < 0.4:
        photo = KINDS[str(random.choice(WORN))](photo, random)
    return photo if photo.size == size else photo.resize(size, Image.Resampling.BICUBIC)


def haze(photo: Image.Image, random: Random) -> Image.Image:
    """Mist that is denser towards the top, where things are far."""
    plane = as_plane(photo)
    down = np.linspace(1.0, 0.4, plane.shape[0], dtype=np.float32)[:, None, None]
    dense = np.float32(random.uniform(0.3, 0.7)) * down
    air = np.array([0.8, 0.83, 0.86], dtype=np.float32) * np.float32(random.uniform(0.85, 1.1))
    return as_photo(plane * (1 - dense) + air * dense)


def night(photo: Image.Image, random: Random) -> Image.Image:
    """Dark, blue in the shadows and yellow in the lights."""
    plane = as_plane(photo) ** np.float32(random.uniform(1.6, 2.6))
    light = plane.mean(axis=2, keepdims=True)
    shadow, lamp = np.array([0.75, 0.85, 1.2]), np.array([1.15, 1.0, 0.7])
    tint = (shadow + (lamp - shadow) * light).astype(np.float32)
    noise = random.standard_normal(plane.shape, dtype=np.float32) * np.float32(0.02)
    return as_photo(plane * np.float32(random.uniform(0.5, 0.9)) * tint + noise)


def hidden(photo: Image.Image, other: Image.Image, random: Random) -> Image.Image:
    """Pieces of another photo in front, as people, trees and cars stand: mostly below."""
    photo = photo.copy()
    width, height = photo.size
    for _ in range(int(random.integers(1, 4))):
        wide, high = (int(side * random.uniform(0.12, 0.4)) for side in photo.size)
        piece = other.resize((max(wide, other.width // 3), max(high, other.height // 3)))
        left, top = (int(random.integers(0, a - b + 1)) for a, b in
                     zip(piece.size, (wide, high), strict=True))  # fmt: skip
        piece = piece.crop((left, top, left + wide, top + high))
        at = (int(random.uniform(0, width - wide)), int(height - high * random.uniform(0.5, 1.6)))
        photo.paste(piece, at)
    return photo


def _leaning(photo: Image.Image, random: Random) -> Image.Image:
    """Seen a little from the side, and not quite level."""
    width, height = photo.size
    shift = random.uniform(0, 0.16, (4, 2)) * (width, height)
    left_up, left_down, right_down, right_up = shift
    quad = (
        left_up[0], left_up[1], left_down[0], height - left_down[1],
        width - right_down[0], height - right_down[1], width - right_up[0], right_up[1],
    )  # fmt: skip
    seen = photo.transform(photo.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    return seen.rotate(random.uniform(-8, 8), Image.Resampling.BICUBIC)


def _lit(photo: Image.Image, random: Random) -> Image.Image:
    """Brighter or darker, more or less contrast and colour, a warmer or colder white."""
    for way, most in ((ImageEnhance.Brightness, 0.4), (ImageEnhance.Contrast, 0.4),
                      (ImageEnhance.Color, 0.6)):  # fmt: skip
        photo = way(photo).enhance(1 + random.uniform(-most, most))
    return as_photo(as_plane(photo) * random.uniform(0.85, 1.15, 3).astype(np.float32))


def _coarse(photo: Image.Image, random: Random) -> Image.Image:
    """Of few pixels, or out of focus."""
    if random.random() < 0.5:
        return photo.filter(ImageFilter.GaussianBlur(random.uniform(0.8, 2.5)))
    width, height = (max(24, int(side * random.uniform(0.25, 0.6))) for side in photo.size)
    return photo.resize((width, height), Image.Resampling.BILINEAR)
