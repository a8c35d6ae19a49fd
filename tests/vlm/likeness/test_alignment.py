"""Pictures laid on each other: copies are the same shot, other photos are not."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from picture_edits import EDITS, edited
from PIL import Image, ImageDraw

from vlm.likeness import Comparison, compare, edits_between, features_of, picture_hash, view_hashes

pytest.importorskip("cv2", reason="pictures are compared with `pip install '.[pictures]'`")

PHOTOS = Path(__file__).resolve().parents[3] / "data" / "landmarks"


@cache
def photo(name: str) -> Image.Image:
    return Image.open(PHOTOS / f"{name}.webp").convert("RGB")


def laid(first: Image.Image, second: Image.Image) -> Comparison | None:
    return compare(features_of(first), features_of(second))


def places(found: Comparison, *points: tuple[float, float]) -> list[tuple[float, float]]:
    ends = np.array([(x, y, 1.0) for x, y in points]) @ np.array(found.alignment.homography).T
    return [tuple(each) for each in (ends[:, :2] / ends[:, 2:]).tolist()]


@pytest.mark.parametrize("kind", EDITS)
def test_a_copy_is_the_same_shot(kind):
    original = photo("photos/taj_mahal")
    found = laid(edited(original, kind, "a copy"), original)
    assert found is not None
    assert found.is_same_shot
    assert found.alignment.matches >= 20


def test_the_alignment_says_where_a_cropped_and_mirrored_copy_lies():
    original = photo("photos/charminar")
    width, height = original.size
    box = (round(0.1 * width), round(0.2 * height), round(0.8 * width), round(0.9 * height))
    copy = original.crop(box).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    found = laid(copy, original)
    assert found is not None
    assert found.is_same_shot
    corners = places(found, (0, 0), (1, 0), (0, 1))
    for corner, wanted in zip(corners, ((0.8, 0.2), (0.1, 0.2), (0.8, 0.9)), strict=True):
        assert corner == pytest.approx(wanted, abs=0.01)
    for x, y, u, v in found.alignment.points:
        assert places(found, (x, y))[0] == pytest.approx((u, v), abs=0.02)
    assert found.alignment.overlap == pytest.approx((1.0, 0.7 * 0.7), abs=0.02)
    assert edits_between(found.alignment, copy, original) == (("cropped", "mirrored"), 0)


@pytest.mark.parametrize(("turned", "clockwise"), [(90, 270), (180, 180), (270, 90)])
def test_a_turned_grey_copy_is_said_to_be_both(turned, clockwise):
    original = photo("photos/taj_mahal")
    copy = original.rotate(turned, expand=True).convert("L").convert("RGB")  # to the left
    found = laid(copy, original)
    assert found is not None
    assert edits_between(found.alignment, copy, original) == (("turned", "grey"), clockwise)


@pytest.mark.parametrize("name", ["eiffel_tower", "taj_mahal", "statue_of_liberty"])
def test_another_photo_of_the_same_building_is_not_the_same_shot(name):
    found = laid(photo(f"queries/{name}"), photo(f"photos/{name}"))
    assert found is None or not found.is_same_shot


def test_photos_of_two_buildings_have_nothing_in_common():
    assert laid(photo("photos/taj_mahal"), photo("photos/eiffel_tower")) is None


def test_equal_windows_on_two_houses_are_no_common_place():
    def house(columns: int, rows: int, colour: str) -> Image.Image:
        picture = Image.new("RGB", (480, 360), colour)
        pen = ImageDraw.Draw(picture)
        for column in range(columns):
            for row in range(rows):
                x, y = 20 + column * 440 // columns, 20 + row * 320 // rows
                pen.rectangle((x, y, x + 24, y + 34), fill="black")
                pen.line((x + 12, y, x + 12, y + 34), fill="white")
                pen.line((x, y + 12, x + 24, y + 12), fill="white")
        return picture

    found = laid(house(9, 5, "tan"), house(7, 6, "grey"))
    assert found is None or not found.is_same_shot


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (400, 300)])
def test_a_picture_with_nothing_in_it_lies_on_nothing(size):
    plain = Image.new("RGB", size, "white")
    assert laid(plain, photo("photos/taj_mahal")) is None
    assert laid(photo("photos/taj_mahal"), plain) is None
    assert laid(plain, plain) is None


def test_a_tiny_turned_copy_is_found_by_its_hash():
    original = photo("photos/charminar")
    copy = original.resize((56, 42)).rotate(90, expand=True)
    near = [
        view
        for view, each in enumerate(view_hashes(copy))
        if (int(each, 16) ^ int(picture_hash(original), 16)).bit_count() <= 48
    ]
    assert near == [3]  # a quarter to the left thrice turns it back
    found = compare(features_of(copy), features_of(original), views=near)
    assert found is not None
    assert found.is_same_shot
    assert places(found, (0, 0), (1, 0)) == [
        pytest.approx((1, 0), abs=0.03),
        pytest.approx((1, 1), abs=0.03),
    ]
