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


def grainy(picture: Image.Image, grain: float) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, grain, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


def test_two_parts_of_which_none_holds_the_other_have_to_agree_more():
    """As a rule they are two photos from one spot; a part of a photo may be as worn as it is."""
    whole = photo("photos/taj_mahal")
    width, height = whole.size
    left = whole.crop((0, 0, 2 * width // 3, height))
    right = whole.crop((width // 3, 0, width, height))
    for grain, one_shot in ((0, True), (15, True), (30, False)):
        apart, within = laid(left, grainy(right, grain)), laid(grainy(left, grain), whole)
        assert apart is not None
        assert within is not None
        assert (apart.is_same_shot, within.is_same_shot) == (one_shot, True)
    turned = right.transform(
        right.size,
        Image.Transform.PERSPECTIVE,
        (0.95, 0, 0, 0, 0.95, 0, 2e-4, 0),
        Image.Resampling.BICUBIC,
    )
    apart = laid(left, turned)  # as from a camera that was turned between two photos
    assert apart is not None
    assert not apart.is_same_shot


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


def sheet(seed: int, *, kind: str) -> Image.Image:
    """A filled form, or an edition of a map: the template is the same for every seed."""
    template, own = np.random.default_rng(7), np.random.default_rng(seed)
    picture = Image.new("RGB", (620, 800), (250, 246, 236))
    pen = ImageDraw.Draw(picture)
    if kind == "form":
        for number, label in enumerate(("Name", "Born", "Trade", "Street", "Faith", "Date")):
            y = 90 + 95 * number
            pen.text((30, y), f"{label}:", fill=(20, 20, 20), font_size=26)
            pen.line((150, y + 34, 590, y + 34), fill=(60, 60, 60), width=2)
            steps = own.integers(-16, 17, 34)
            line = [(160 + 12 * step, y + 16 + int(off)) for step, off in enumerate(steps)]
            pen.line(line, fill=(20, 30, 110), width=3)
        pen.text((310, 24), "REGISTRATION OF RESIDENTS", fill=(0, 0, 0), font_size=32, anchor="ma")
    else:
        for _ in range(240):
            x, y = template.integers(0, (600, 780))
            pen.rectangle((x, y, x + 14, y + 10), fill=(60, 50, 50))
        for _ in range(70):
            x, y = own.integers((250, 300), (600, 780))
            pen.rectangle((x, y, x + 26, y + 16), fill=(60, 50, 50))
        for y in own.integers(0, 800, 3):
            pen.line((0, int(y), 620, int(800 - y)), fill=(20, 20, 20), width=5)
    grain = np.random.default_rng(seed + 99).normal(0, 4, (800, 620, 3))
    return Image.fromarray((np.asarray(picture) + grain).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("kind", ["form", "map"])
def test_sheets_of_one_template_are_not_the_same_shot_and_their_copies_are(kind):
    """Each of them has most places in common with the other, and the copies have all."""
    first, second = sheet(1, kind=kind), sheet(2, kind=kind)
    other = laid(first, second)
    assert other is None or not (other.is_same_shot or kind == "form")
    stamped = first.copy()
    pen = ImageDraw.Draw(stamped)
    pen.ellipse((220, 300, 400, 420), outline=(180, 20, 20), width=8)
    scan = first.convert("L").rotate(0.7, fillcolor=240).resize((560, 722)).convert("RGB")
    for copy in (stamped, scan, first.crop((60, 60, 560, 740))):
        found = laid(copy, first)
        assert found is not None
        assert found.is_same_shot
