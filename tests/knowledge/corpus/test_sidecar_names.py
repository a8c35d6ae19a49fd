"""Which photo a file beside it is about."""

from pathlib import PurePosixPath

import pytest

from knowledge.corpus.sidecar_names import match_names, may_be_about

LONG = "a_very_long_name_that_an_export_cuts_after_46_char.jpg"


def match(notes, files):
    stems = {file: str(PurePosixPath(file).with_suffix("")) for file in files}
    return match_names(notes, files, stem_of=stems)


@pytest.mark.parametrize(
    ("note", "photo"),
    [
        ("a.txt", "a.jpg"),
        ("a.xmp", "a.jpg"),
        ("a.jpg.xmp", "a.jpg"),
        ("a.XMP", "a.JPG"),
        ("A.xmp", "a.jpg"),
        ("IMG_1.jpg.xmp", "IMG_1.JPG"),
        ("cafe\u0301.xmp", "caf\u00e9.jpg"),
        ("a.jpg.json", "a.jpg"),
        ("a.jpg.JSON", "a.jpg"),
        ("x/a.jpg.supplemental-metadata.json", "x/a.jpg"),
        ("a.jpg.supplemental-met.json", "a.jpg"),
        ("a.jpg.s.json", "a.jpg"),
        ("a.jpg..json", "a.jpg"),
        ("a.jpg(1).json", "a(1).jpg"),
        ("a.jpg.supplemental-metadata(1).json", "a(1).jpg"),
        ("a.jpg.suppl(12).json", "a(12).jpg"),
        ("a(1).jpg.json", "a(1).jpg"),
        ("a(1).json", "a(1).jpg"),
        ("a.jpg.metadata.json", "a.jpg"),
        (f"{LONG[:46]}.json", LONG),
        (f"{LONG[:46]}(2).json", LONG.replace(".jpg", "(2).jpg")),
    ],
)
def test_is_about(note, photo):
    assert match([note], [photo]) == {photo: [note]}
    assert may_be_about(PurePosixPath(note).name, PurePosixPath(photo).name)


@pytest.mark.parametrize(
    ("note", "photos"),
    [
        ("metadata.json", ["a.jpg"]),
        ("a.jpg(1).json", ["a.jpg"]),
        ("a.jpg.json", ["a(1).jpg"]),
        ("y/a.jpg.json", ["x/a.jpg"]),
        ("b.xmp", ["a.jpg"]),
        ("a_01.jpg.xmp", ["a.jpg"]),
        ("ab.json", ["abc.jpg"]),
        (f"{LONG[:46]}.json", [LONG, LONG.replace("char", "chap") + ".jpg", LONG + ".jpg"]),
    ],
)
def test_is_about_nothing(note, photos):
    assert match([note], photos) == {}


def test_numbers_tell_photos_apart():
    notes = ["a.jpg.json", "a.jpg(1).json", "a.jpg(2).json"]
    photos = ["a.jpg", "a(1).jpg", "a(2).jpg"]
    assert match(notes, photos) == {
        photo: [note] for photo, note in zip(photos, notes, strict=True)
    }


def test_one_note_can_be_about_two_photos():
    assert match(["a.xmp"], ["a.jpg", "a.tif"]) == {"a.jpg": ["a.xmp"], "a.tif": ["a.xmp"]}


def test_the_exact_name_goes_before_one_in_other_letters():
    assert match(["a.xmp"], ["a.jpg", "A.jpg"]) == {"a.jpg": ["a.xmp"]}


@pytest.mark.parametrize("edited", ["a-edited.jpg", "a-bearbeitet.jpg", "a-modifié.jpg"])
def test_an_edited_copy_has_the_json_of_its_original(edited):
    notes = ["a.jpg.json", "a.txt"]
    assert match(notes, ["a.jpg", edited]) == {"a.jpg": notes, edited: ["a.jpg.json"]}
    assert may_be_about("a.jpg.json", edited)
