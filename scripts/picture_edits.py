"""What people do to a photo before they ask whether it is in the collection: twelve kinds of edits.

Every edit is drawn anew for each photo, from a seed that is its name. Knows no index.
"""

import hashlib
import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Random = np.random.Generator


def edited(photo: Image.Image, kind: str, name: str) -> Image.Image:
    """A photo after an edit of `EDITS`; `name` seeds what is drawn."""
    seed = hashlib.sha256(f"{kind} {name}".encode()).digest()
    return EDITS[kind](photo.convert("RGB"), np.random.default_rng(list(seed[:16])))


def _crop(photo: Image.Image, random: Random) -> Image.Image:
    """A part of 50 to 90% of the area."""
    share, shape = random.uniform(0.5, 0.9), np.exp(random.uniform(-0.2, 0.2))
    wide = min(1.0, float(np.sqrt(share * shape)))
    high = min(1.0, share / wide)
    left, top = random.uniform(0, 1 - wide), random.uniform(0, 1 - high)
    width, height = photo.size
    right, bottom = (left + wide) * width, (top + high) * height
    return photo.crop((round(left * width), round(top * height), round(right), round(bottom)))


def _quarter(photo: Image.Image, random: Random) -> Image.Image:
    return photo.rotate(int(random.choice([90, 180, 270])), expand=True)


def _tilt(photo: Image.Image, random: Random) -> Image.Image:
    angle = float(random.choice([-5, 5]))
    return photo.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def _jpeg(photo: Image.Image, _random: Random) -> Image.Image:
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=20)
    return Image.open(buffer).convert("RGB")


def _small(photo: Image.Image, _random: Random) -> Image.Image:
    size = (max(1, photo.width // 4), max(1, photo.height // 4))
    return photo.resize(size, Image.Resampling.LANCZOS)


def _scan(photo: Image.Image, random: Random) -> Image.Image:
    """Sepia, faded, grainy, with the print's white border and a little askew."""
    grey = np.asarray(ImageOps.grayscale(photo), dtype=np.float32) / 255
    grey = 0.15 + 0.72 * grey + random.normal(0, 0.05, grey.shape)
    tone = np.array([1.0, 0.91, 0.74], dtype=np.float32)
    sepia = Image.fromarray((255 * np.clip(grey[..., None] * tone, 0, 1)).astype(np.uint8))
    border = round(0.05 * max(photo.size))
    print_ = ImageOps.expand(sepia, border, (244, 238, 224))
    angle = random.uniform(-1.5, 1.5)
    return print_.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(60, 58, 55))


def _mounted(photo: Image.Image, random: Random) -> Image.Image:
    """On a page, with a caption below, photographed a little from the side."""
    width, height = photo.size
    page_w, page_h = round(width * random.uniform(1.35, 1.7)), round(height * 1.6)
    page = Image.new("RGB", (page_w, page_h), (233, 226, 210))
    left, top = (page_w - width) // 2, round((page_h - height) * 0.3)
    page.paste(photo, (left, top))
    pen = ImageDraw.Draw(page)
    for row in range(3):
        y = top + height + round(height * (0.06 + 0.05 * row))
        _words(pen, left, y, width * (0.9 - 0.2 * row), max(8, height // 40), random, (70, 60, 50))
    corners = np.array([[0, 0], [0, page_h], [page_w, page_h], [page_w, 0]], dtype=float)
    corners += random.uniform(-0.03, 0.03, (4, 2)) * (page_w, page_h)
    quad = tuple(float(each) for each in corners.ravel())
    size = (page_w, page_h)
    return page.transform(
        size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=(90, 70, 50)
    )


def _screenshot(photo: Image.Image, random: Random) -> Image.Image:
    """On a phone's screen: the photo between dark bars with signs and lines of text."""
    width = 720
    shown = photo.resize((width, round(photo.height * width / photo.width)))
    height = max(1400, shown.height + 400)
    screen = Image.new("RGB", (width, height), (18, 18, 20))
    top = (height - shown.height) // 2
    screen.paste(shown, (0, top))
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, width, 70), fill=(40, 40, 44))
    _words(pen, 24, 24, 300, 22, random, (230, 230, 230))
    for row in range(3):
        _words(pen, 24, height - 170 + 45 * row, width * 0.8, 22, random, (200, 200, 200))
    return screen


def _text(photo: Image.Image, random: Random) -> Image.Image:
    """A caption across the picture and a watermark in its middle."""
    out = photo.copy()
    pen = ImageDraw.Draw(out, "RGBA")
    width, height = out.size
    top = round(height * random.uniform(0.05, 0.8))
    pen.rectangle((0, top, width, top + height * 0.13), fill=(0, 0, 0, 150))
    _words(pen, width * 0.04, top + height * 0.03, width * 0.9, height * 0.07, random, "white")
    _words(
        pen, width * 0.25, height * 0.45, width * 0.5, height * 0.06, random, (255, 255, 255, 120)
    )
    return out


def _light(photo: Image.Image, random: Random) -> Image.Image:
    brightness = float(random.choice([random.uniform(0.5, 0.75), random.uniform(1.3, 1.6)]))
    contrast = float(random.choice([random.uniform(0.55, 0.8), random.uniform(1.25, 1.6)]))
    return ImageEnhance.Contrast(ImageEnhance.Brightness(photo).enhance(brightness)).enhance(
        contrast
    )


def _blur(photo: Image.Image, random: Random) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(max(photo.size) * random.uniform(0.002, 0.005)))


def _words(
    pen: ImageDraw.ImageDraw,
    x: float,
    y: float,
    wide: float,
    high: float,
    random: Random,
    colour: str | tuple[int, ...],
) -> None:
    """Something that looks like a line of words."""
    end = x + wide
    while x < end:
        word = min(end - x, high * random.uniform(0.5, 4))
        stroke = high * 0.3
        at = x
        while at < x + word:
            rise = high * random.uniform(0, 0.5)
            pen.rectangle((at, y + rise, at + stroke * 0.6, y + high), fill=colour)
            at += stroke
        x += word + high * 0.6


EDITS: dict[str, Callable[[Image.Image, Random], Image.Image]] = {
    "crop": _crop,
    "mirror": lambda photo, random: ImageOps.mirror(photo),
    "turn": _quarter,
    "tilt": _tilt,
    "grey": lambda photo, random: ImageOps.grayscale(photo).convert("RGB"),
    "jpeg": _jpeg,
    "small": _small,
    "scan": _scan,
    "mounted": _mounted,
    "screenshot": _screenshot,
    "text": _text,
    "light": _light,
    "blur": _blur,
}
"""Name → edit."""
