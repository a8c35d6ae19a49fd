"""Photos of the tiny Qwen3-VL's world: a coloured shape somewhere on a light, noisy ground."""

import random

from PIL import Image, ImageDraw, ImageFilter

Look = tuple[str, str]
"""A colour and a shape."""

SIDE = 64
"""Pixels of a photo's side."""

COLOURS = {
    "red": (208, 32, 38),
    "orange": (240, 130, 20),
    "yellow": (238, 212, 30),
    "green": (34, 150, 58),
    "teal": (20, 170, 180),
    "blue": (36, 74, 200),
    "purple": (134, 44, 160),
    "black": (24, 24, 26),
}
SHAPES = ("circle", "square", "triangle", "cross", "ring", "diamond")
LOOKS: tuple[Look, ...] = tuple((colour, shape) for colour in COLOURS for shape in SHAPES)


def draw(look: Look, rng: random.Random, *, side: int = SIDE) -> Image.Image:
    """A photo of a look, `side` pixels square."""
    scale = side / SIDE
    ground = tuple(rng.randrange(190, 245) for _ in range(3))
    image = Image.new("RGB", (side, side), ground)
    noise = Image.frombytes("L", (side, side), rng.randbytes(side * side)).convert("RGB")
    image = Image.blend(image, noise, 0.08)
    pen = ImageDraw.Draw(image)
    colour = tuple(min(255, max(0, c + rng.randrange(-12, 13))) for c in COLOURS[look[0]])
    size = rng.uniform(30, 46) * scale
    margin = 4 * scale
    left, top = (rng.uniform(margin, side - size - margin) for _ in range(2))
    right, bottom = left + size, top + size
    middle, centre = left + size / 2, top + size / 2
    box = (left, top, right, bottom)
    match look[1]:
        case "circle":
            pen.ellipse(box, fill=colour)
        case "square":
            pen.rectangle(box, fill=colour)
        case "triangle":
            pen.polygon([(middle, top), (left, bottom), (right, bottom)], fill=colour)
        case "ring":
            pen.ellipse(box, outline=colour, width=max(1, round(size * 0.2)))
        case "diamond":
            pen.polygon([(middle, top), (right, centre), (middle, bottom), (left, centre)], colour)
        case _:
            arm = size * 0.15
            pen.rectangle((left, centre - arm, right, centre + arm), fill=colour)
            pen.rectangle((middle - arm, top, middle + arm, bottom), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(0.6 * scale))
