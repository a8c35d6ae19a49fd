"""A small reader of text in pictures, and pictures that it can read: a coloured cell is a byte."""

from collections.abc import Sequence

from PIL import Image

from knowledge.picture_text import Box, PictureText, TextLine

_CELL = 8
_BEGIN, _END = (255, 0, 0), (0, 255, 0)


def lettered(
    lines: Sequence[str], *, certainty: float = 0.9, on: Image.Image | None = None
) -> Image.Image:
    """A picture with a row of cells for each line, from the top; on a copy of `on`, if given."""
    coded = [line.encode() for line in lines]
    width = _CELL * (3 + max(map(len, coded), default=0))
    picture = on.copy() if on else Image.new("RGB", (width, _CELL * max(8, len(lines))), "white")
    for row, code in enumerate(coded):
        colours = [_BEGIN, (0, 0, round(100 * certainty)), *((byte,) * 3 for byte in code), _END]
        assert _CELL * len(colours) <= picture.width
        for column, colour in enumerate(colours):
            left, top = _CELL * column, _CELL * row
            picture.paste(colour, (left, top, left + _CELL, top + _CELL))
    return picture


class CellReader:
    """Reads what `lettered` wrote. `read_count`: pictures that it was given."""

    photo_side = 4_096

    def __init__(self, name: str = "cells 1") -> None:
        self.name = name
        self.read_count = 0

    def read(
        self, picture: Image.Image, *, most_lines: int = 600, quickly: bool = False
    ) -> PictureText:
        self.read_count += 1
        lines = []
        for top in range(0, picture.height - _CELL + 1, _CELL):
            middle = top + _CELL // 2
            colours = [
                picture.getpixel((x, middle)) for x in range(_CELL // 2, picture.width, _CELL)
            ]
            if colours[0] != _BEGIN or _END not in colours:
                continue
            cells = colours[: colours.index(_END)]
            box = Box(0.0, top / picture.height, _CELL * (len(cells) + 1) / picture.width,
                      _CELL / picture.height)  # fmt: skip
            text = bytes(colour[0] for colour in cells[2:]).decode()
            lines.append(TextLine(text, box, cells[1][2] / 100))
        return PictureText(self.name, 0, tuple(lines[:most_lines]))
