"""Photos gathered from clones: which are kept, and under which name."""

import io
import re
import subprocess

import numpy as np
import pytest
from PIL import Image
from place_photos import LEAST_SIDE, SHORT_SIDE, gather, is_graphic

PATTERN = re.compile(r"data/([^/]+)/[^/]+")


def picture(seed, size=(400, 300), kind="JPEG"):
    coarse = np.random.default_rng(seed).integers(0, 200, (6, 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(out, kind)
    return out.getvalue()


@pytest.fixture
def clone(tmp_path):
    """A repository with one file of every kind that is to be kept or left."""
    white = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(white, "PNG")
    again = picture(1, size=(390, 292))  # the same picture at another size
    files = {
        "data/Stone Henge/a.jpg": picture(1),
        "data/Stone Henge/same bytes.jpg": picture(1),
        "data/Stone Henge/b.jpeg": again,
        "data/Stone Henge/c.png": picture(2, kind="PNG"),
        "data/pyramids_of_giza/d.jpg": picture(3, size=(3000, 2000)),
        "data/taj mahal/e.jpg": picture(4),
        "data/Stone Henge/logo.png": white.getvalue(),
        "data/Stone Henge/small.jpg": picture(5, size=(LEAST_SIDE - 1, 200)),
        "data/Stone Henge/broken.jpg": b"\xff\xd8\xff no photo",
        "data/Stone Henge/notes.txt": b"notes",
        "elsewhere/f.jpg": picture(6),
    }
    for name, content in files.items():
        path = tmp_path / "clone" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    by = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*by, "commit", "-qm", "photos"]):
        subprocess.run(["git", *command], cwd=tmp_path / "clone", check=True)
    return tmp_path / "clone"


def test_photos_are_kept_small_and_under_one_name(clone, tmp_path):
    counts = gather(clone, PATTERN, tmp_path / "out")
    kept = sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").glob("*/*"))
    assert [path.parts[0] for path in kept] == ["giza", "stone_henge", "stone_henge"]
    assert counts == {
        "kept": 3,
        "asked about": 1,
        "copies": 1,
        "copies and graphics": 2,
        "unreadable or tiny": 2,
    }
    with Image.open(tmp_path / "out" / kept[0]) as giza:
        assert min(giza.size) == SHORT_SIDE


def test_a_bare_clone_is_read_as_well(clone, tmp_path):
    subprocess.run(["git", "clone", "-q", "--bare", clone, tmp_path / "bare"], check=True)
    gather(tmp_path / "bare", PATTERN, tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*/*.jpg"))) == 3


def test_a_graphic_is_mostly_white():
    sheet = Image.new("RGB", (100, 100), "white")
    assert is_graphic(sheet)
    sheet.paste(Image.new("RGB", (100, 80), (90, 120, 60)))
    assert not is_graphic(sheet)
