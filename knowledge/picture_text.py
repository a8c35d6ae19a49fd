"""Text that was read from a picture: its lines, where they stand in it, and how sure each is.

Plain values and how they are stored. What reads pictures is in `vlm.ocr`; how a document's text
takes their lines up is in `knowledge.corpus.text_of_photos`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in a picture as it is shown, in shares of its width and height.

    Attributes:
        x: of its left side, from the picture's left.
        y: of its top, from the picture's top.
        width: of the box, as a share of the picture's.
        height: of the box, as a share of the picture's.
    """

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line that was read from a picture. `certainty`: from 0 to 1, higher is surer."""

    text: str
    box: Box
    certainty: float


@dataclass(frozen=True, slots=True)
class PictureText:
    """All that was read from a picture.

    Attributes:
        reader: name of what read it (`TextReader.name`).
        turn: degrees, 0 to 359, by which the picture has to be turned clockwise for most of its
            lines to be upright.
        lines: in reading order; none where the picture holds no text.
    """

    reader: str
    turn: int = 0
    lines: tuple[TextLine, ...] = ()


@dataclass(frozen=True, slots=True)
class LinePlace:
    """Where a line of a document's text stands in a picture: `document.text[start:end]` is the
    line. `certainty`: from 0 to 1, higher is surer."""

    start: int
    end: int
    box: Box
    certainty: float


@dataclass(frozen=True, slots=True)
class PicturePlace:
    """Where in a picture a part of a document's text was read.

    Attributes:
        photo_id: of the picture.
        turn: as `PictureText.turn`.
        lines: the lines that the part has characters of, at least one.
    """

    photo_id: str
    turn: int
    lines: tuple[LinePlace, ...]

    @property
    def certainty(self) -> float:
        """The certainty of the least certain line."""
        return min(line.certainty for line in self.lines)

    def within(self, start: int, end: int) -> "PicturePlace | None":
        """The place of `document.text[start:end]`; None where none of it was read here."""
        lines = tuple(line for line in self.lines if line.start < end and start < line.end)
        return replace(self, lines=lines) if lines else None


def picture_text_payload(read: PictureText) -> dict[str, Any]:
    """What was read, as plain values; a line is a list, as there may be hundreds."""
    return {
        "reader": read.reader,
        "turn": read.turn,
        "lines": [[line.text, line.certainty, *_sides(line.box)] for line in read.lines],
    }


def picture_text_from_payload(payload: Mapping[str, Any]) -> PictureText:
    """The inverse of `picture_text_payload`."""
    return PictureText(
        reader=payload["reader"],
        turn=payload["turn"],
        lines=tuple(
            TextLine(text, Box(*sides), certainty) for text, certainty, *sides in payload["lines"]
        ),
    )


def picture_place_payload(place: PicturePlace) -> dict[str, Any]:
    """A place, as plain values; a line is a list, as `picture_text_payload` has them."""
    return {
        "photo_id": place.photo_id,
        "turn": place.turn,
        "lines": [
            [line.start, line.end, line.certainty, *_sides(line.box)] for line in place.lines
        ],
    }


def picture_place_from_payload(payload: Mapping[str, Any]) -> PicturePlace:
    """The inverse of `picture_place_payload`."""
    return PicturePlace(
        photo_id=payload["photo_id"],
        turn=payload["turn"],
        lines=tuple(
            LinePlace(start, end, Box(*sides), certainty)
            for start, end, certainty, *sides in payload["lines"]
        ),
    )


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height
