"""Pieces of text in a picture, in the order in which a person reads them."""

import math

import numpy as np
import pytest

from vlm.ocr.order import Found, in_reading_order


def found(text: str, left: float, top: float, width: float, height: float = 0.02, *, angle=0):
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    return Found(text, np.array(corners), 0.9, angle)


def texts(pieces, *, turn: int = 0, aspect: float = 1.0) -> list[str]:
    return [line.text for line in in_reading_order(pieces, turn=turn, aspect=aspect)]


LEFT = [
    "Early on Monday the old bridge",
    "was taken down by forty men,",
    "and many people came to see",
]
RIGHT = [
    "The new bridge is to be of stone",
    "and will cost nine thousand",
    "pounds, says the engineer of it",
]
COLUMNS = [found("A Title", 0.3, 0.05, 0.4, 0.05)] + [
    found(text, left, 0.2 + 0.03 * i, 0.3 + 0.005 * i)
    for left, column in ((0.1, LEFT), (0.55, RIGHT))
    for i, text in enumerate(column)
]
READ = ["A Title", *LEFT, *RIGHT]


def test_columns_are_read_one_after_the_other():
    assert texts(COLUMNS) == READ
    assert texts(COLUMNS[::-1]) == READ
    assert texts(COLUMNS[::2] + COLUMNS[1::2]) == READ


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_picture_is_read_as_an_upright_one(turn):
    """Turned clockwise by `turn`, the picture is upright; so it lies turned the other way."""
    radians = math.radians(-turn)
    spin = np.array(
        [[math.cos(radians), math.sin(radians)], [-math.sin(radians), math.cos(radians)]]
    )
    lying = [
        Found(each.text, (each.corners - 0.5) @ spin + 0.5, each.certainty, -turn % 360)
        for each in COLUMNS
    ]
    assert texts(lying, turn=turn) == READ


def test_pieces_of_a_line_are_joined():
    line = [found("EXCHANGE", 0.32, 0.101, 0.2), found("CORN", 0.2, 0.1, 0.1)]
    assert texts(line) == ["CORN EXCHANGE"]
    (joined,) = in_reading_order(line, turn=0, aspect=1.0)
    assert (joined.box.x, joined.box.y) == (0.2, 0.1)
    assert joined.box.width == pytest.approx(0.52 - 0.2)
    assert joined.box.height == pytest.approx(0.121 - 0.1)


def test_chinese_pieces_are_joined_without_a_space():
    assert texts([found("永安", 0.2, 0.1, 0.1), found("桥", 0.31, 0.1, 0.05)]) == ["永安桥"]


def test_the_joined_line_is_as_sure_as_its_least_sure_piece():
    pieces = [
        Found("CORN", found("", 0.2, 0.1, 0.1).corners, 0.81, 0),
        Found("EXCHANGE", found("", 0.31, 0.1, 0.2).corners, 0.99, 0),
    ]
    assert [line.certainty for line in in_reading_order(pieces, turn=0, aspect=1.0)] == [0.81]


def test_what_lies_far_apart_is_not_joined():
    assert texts([found("No. 7", 0.1, 0.1, 0.1), found("1911", 0.7, 0.1, 0.1)]) == ["No. 7", "1911"]


def test_nothing_is_nothing():
    assert texts([]) == []


def test_a_label_is_read_with_what_stands_beside_it():
    """A typed card: labels on the left, values on the right, one of them on two lines."""
    rows = [("Neg. No.", "B-1187/4"), ("Subject", "Mill bridge from the east"), ("", "bank"),
            ("Date", "c. 1905-10"), ("Photographer", "J. R. Hollis")]  # fmt: skip
    card = []
    for i, (label, value) in enumerate(rows):
        if label:
            card.append(found(label, 0.1, 0.1 + 0.04 * i, 0.012 * len(label)))
        card.append(found(value, 0.4, 0.1 + 0.04 * i, 0.012 * len(value)))
    assert texts(card) == [f"{label} {value}".strip() for label, value in rows]
