"""Lines found in a picture → lines in the order in which a person reads them.

Pieces of one line are joined, and columns are read one after the other. Knows no model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.language import is_han
from knowledge.picture_text import Box, TextLine

_ROW = 0.5
"""Share of the lower line's height that two pieces of a line overlap by, seen along the line."""
_WORD_GAP = 1.2
"""Heights of a line that lie at most between two pieces of it."""
_COLUMN_GAP = 0.8
"""Heights of a line that lie at least between two columns."""
_BLOCK_GAP = 1.0
"""Heights of a line that lie at least between two blocks."""
_LABEL = 16
"""Letters that labels have at most, on average."""
_LABELLED = 0.7
"""Share of the labels that have something beside them."""
_DEEPEST = 24
_DIGITS = 4
_SIMILAR = 0.6
"""Least share of the higher piece's height that the lower one of a line has."""


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of text that was found.

    Attributes:
        text: its words.
        corners: (4, 2), in shares of the picture's width and height.
        certainty: from 0 to 1, higher is surer.
        angle: degrees, clockwise, in which it runs in the picture.
    """

    text: str
    corners: npt.NDArray[np.float64]
    certainty: float
    angle: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """What was found, seen with the picture turned upright: left, top, right and bottom."""

    found: tuple[Found, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def in_reading_order(found: Sequence[Found], *, turn: float, aspect: float) -> list[TextLine]:
    """The lines of what was found, in reading order.

    Args:
        found: in any order.
        turn: degrees clockwise that turn most of it upright.
        aspect: the picture's width over its height.
    """
    pieces = [_turned(each, turn, aspect) for each in found]
    return [_line(piece) for piece in _ordered(_joined(pieces), depth=0)]


def _turned(found: Found, turn: float, aspect: float) -> _Piece:
    radians = math.radians(turn)
    points = found.corners * (aspect, 1.0)
    across = points[:, 0] * math.cos(radians) - points[:, 1] * math.sin(radians)
    down = points[:, 0] * math.sin(radians) + points[:, 1] * math.cos(radians)
    return _Piece(
        (found,), float(across.min()), float(down.min()), float(across.max()), float(down.max())
    )


def _joined(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Neighbouring pieces of one line as one."""
    lines: list[_Piece] = []
    for piece in sorted(pieces, key=lambda each: each.left):
        for i, line in enumerate(lines):
            if _continues(line, piece):
                lines[i] = _merged([line, piece])
                break
        else:
            lines.append(piece)
    return lines


def _continues(line: _Piece, piece: _Piece) -> bool:
    low, high = sorted((line.height, piece.height))
    gap = piece.left - line.right
    return (
        low >= _SIMILAR * high
        and _overlap(line, piece) >= _ROW * low
        and -_ROW * low <= gap <= _WORD_GAP * high
    )


def _ordered(pieces: Sequence[_Piece], *, depth: int) -> list[_Piece]:
    """Blocks from top to bottom and, within one, columns from left to right (an XY cut)."""
    if len(pieces) < 2 or depth > _DEEPEST:
        return _by_rows(pieces)
    height = float(np.median([piece.height for piece in pieces]))
    columns = _cut([(p.left, p.right) for p in pieces], _COLUMN_GAP * height)
    if len(columns) > 1 and all(len(column) > 1 for column in columns):
        left, *others = ([pieces[i] for i in column] for column in columns)
        if len(others) == 1 and _are_labels(left, others[0]):
            return [_merged(row) for row in _rows(pieces)]
        parts = columns
    else:
        parts = _cut([(p.top, p.bottom) for p in pieces], _BLOCK_GAP * height)
    if len(parts) == 1:
        return _by_rows(pieces)
    return [
        piece for part in parts for piece in _ordered([pieces[i] for i in part], depth=depth + 1)
    ]


def _cut(spans: Sequence[tuple[float, float]], gap: float) -> list[list[int]]:
    """Positions of the spans in groups that lie at least a gap apart."""
    groups: list[list[int]] = []
    end = -math.inf
    for i in sorted(range(len(spans)), key=lambda each: spans[each]):
        if spans[i][0] - end >= gap:
            groups.append([])
        groups[-1].append(i)
        end = max(end, spans[i][1])
    return groups


def _are_labels(left: Sequence[_Piece], right: Sequence[_Piece]) -> bool:
    """Whether the left one of two columns has labels of what stands in the right one, as on a
    catalogue's card, and is no column of prose."""
    letters = sum(_columns_of(found.text) for piece in left for found in piece.found)
    beside = sum(any(_overlap(one, other) > 0 for other in right) for one in left)
    return letters <= _LABEL * len(left) and beside >= _LABELLED * len(left)


def _columns_of(text: str) -> int:
    """How wide a text is set: a Chinese character is as wide as two letters."""
    return len(text) + sum(map(is_han, text))


def _overlap(one: _Piece, other: _Piece) -> float:
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def _merged(row: Sequence[_Piece]) -> _Piece:
    return _Piece(
        tuple(found for piece in row for found in piece.found),
        min(piece.left for piece in row),
        min(piece.top for piece in row),
        max(piece.right for piece in row),
        max(piece.bottom for piece in row),
    )


def _by_rows(pieces: Sequence[_Piece]) -> list[_Piece]:
    return [piece for row in _rows(pieces) for piece in row]


def _rows(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces that stand beside each other, from left to right; rows from top to bottom."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.top + each.bottom):
        middle = (piece.top + piece.bottom) / 2
        if rows and middle < rows[-1][0].bottom - (1 - _ROW) * rows[-1][0].height / 2:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _line(piece: _Piece) -> TextLine:
    text = ""
    for found in piece.found:
        is_han_on_both_sides = bool(text) and is_han(text[-1]) and is_han(found.text[0])
        text += found.text if not text or is_han_on_both_sides else f" {found.text}"
    corners = np.concatenate([found.corners for found in piece.found])
    left, top = (float(each) for each in corners.min(axis=0))
    right, bottom = (float(each) for each in corners.max(axis=0))
    left, top = round(left, _DIGITS), round(top, _DIGITS)
    box = Box(left, top, round(right - left, _DIGITS), round(bottom - top, _DIGITS))
    return TextLine(text, box, round(min(found.certainty for found in piece.found), _DIGITS))
