"""Photographs to measure on: those of data/landmarks, enlarged to a camera's size, with its noise.

Enlarged pictures alone would be smooth and decode too fast; noise brings a 12-megapixel JPEG to
the megabytes that phones write. Each is another crop, so none is a copy of another.
"""

from pathlib import Path

import numpy as np
from PIL import Image

SOURCES = Path("data/landmarks/photos")
_NOISE = 5.0  # standard deviation, of 255
_QUALITY = 92
_LEAST_CROP = 0.8


def make_photos(folder: Path, *, count: int, width: int) -> list[Path]:
    """`count` JPEGs of `width` × `width` · 3/4 pixels; those that are there already stay.

    Args:
        folder: where they are; made if it is not there.
        count: how many.
        width: in pixels; 4000 makes 12 megapixels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = sorted(path for path in SOURCES.rglob("*") if path.is_file())
    paths = [folder / f"photo-{number:04}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        if not path.exists():
            rng = np.random.default_rng(number)
            with Image.open(sources[number % len(sources)]) as source:
                photo = _taken_anew(source.convert("RGB"), (width, width * 3 // 4), rng)
            unfinished = path.with_suffix(".part")
            photo.save(unfinished, "JPEG", quality=_QUALITY)
            unfinished.rename(path)
    return paths


def _taken_anew(
    source: Image.Image, size: tuple[int, int], rng: np.random.Generator
) -> Image.Image:
    share = rng.uniform(_LEAST_CROP, 1.0)
    width, height = share * source.width, share * source.height
    left = rng.uniform(0, source.width - width)
    top = rng.uniform(0, source.height - height)
    box = (left, top, left + width, top + height)
    photo = source.resize(size, Image.Resampling.BICUBIC, box=box)
    noise = rng.standard_normal((size[1], size[0], 3), dtype=np.float32) * _NOISE
    return Image.fromarray((np.asarray(photo) + noise).clip(0, 255).astype(np.uint8))
