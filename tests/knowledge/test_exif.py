"""EXIF: dates as far as they are known, texts in their character sets, scans, positions."""

import random

import pytest
from photo_metadata_samples import exif_of
from PIL import Image
from PIL.ExifTags import Base

from knowledge.exif import exif_of as read
from knowledge.exif import read_moment


@pytest.mark.parametrize(
    ("written", "offset", "moment"),
    [
        ("1931:05:12 00:00:00", "", "1931-05-12"),
        ("1931:05:12 10:11:12", "", "1931-05-12T10:11:12"),
        ("2019:05:04 10:11:12", "+02:00", "2019-05-04T10:11:12+02:00"),
        ("2019:05:04 10:11:12", "nonsense", "2019-05-04T10:11:12"),
        ("1931:05:00 00:00:00", "", "1931-05"),
        ("1931:00:00 00:00:00", "", "1931"),
        ("1931:  :     :  :  ", "", "1931"),
        ("1931:05:12", "", "1931-05-12"),
        ("1931-05-12T10:11", "", "1931-05-12T10:11:00"),
        ("1931", "", "1931"),
        ("1931:02:30 10:00:00", "", ""),
        ("1931:05:12 25:00:00", "", "1931-05-12"),
        ("1931:13:01 10:00:00", "", "1931"),
        ("0000:00:00 00:00:00", "", ""),
        ("    :  :     :  :  ", "", ""),
        ("1970:01:01 00:00:00", "", ""),
        ("1970:01:01 00:00:01", "", "1970-01-01T00:00:01"),
        ("\0\0\0", "", ""),
        ("", "", ""),
        ("yesterday", "", ""),
    ],
)
def test_moments(written, offset, moment):
    assert read_moment(written, offset) == moment


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman"])
def test_texts_in_their_character_sets(encoding):
    exif = exif_of({Base.ImageDescription: "Église à Besançon".encode(encoding)})
    assert read(exif).description == "Église à Besançon"


def test_chinese_in_gb_18030():
    assert read(exif_of({Base.Artist: "王少文".encode("gb18030")})).artists == ("王少文",)


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        (b"ASCII\0\0\0A rainy day\0\0", "A rainy day"),
        (b"UNICODE\0" + "Ein Regentag".encode("utf-16-le"), "Ein Regentag"),
        (b"UNICODE\0" + "Ein Regentag".encode("utf-16-be"), "Ein Regentag"),
        (b"UNICODE\0" + "雨天".encode("utf-16"), "雨天"),
        (b"\0\0\0\0\0\0\0\0A rainy day", "A rainy day"),
        (b"A rainy day, seen from the bridge", "A rainy day, seen from the bridge"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\xff\xfe", ""),
        (b"ASCII\0\0\0" + bytes(64), ""),
    ],
)
def test_comments_in_their_character_sets(comment, text):
    exif = exif_of({}, {Base.UserComment: comment})
    assert read(exif).comments == ((text,) if text else ())


def test_what_windows_writes():
    exif = exif_of(
        {
            Base.XPTitle: "Der Markt\0".encode("utf-16-le"),
            Base.XPAuthor: "Vogt;Brandt\0".encode("utf-16-le"),
            Base.XPKeywords: "Markt; Regen\0".encode("utf-16-le"),
        }
    )
    found = read(exif)
    assert found.titles == ("Der Markt",)
    assert found.artists == ("Vogt", "Brandt")
    assert found.keywords == ("Markt", "Regen")


def test_the_notices_of_photographer_and_editor():
    assert read(exif_of({Base.Copyright: "Vogt\0Archive"})).rights == "Vogt; Archive"


def test_a_scanner_takes_no_photo():
    """Its date is that of the scan; a date before it, typed in by hand, is the photo's."""
    details = {Base.DateTimeOriginal: "2009:03:04 10:11:12"}
    scan = read(exif_of({Base.Make: "EPSON", Base.Model: "Perfection V700"}, details))
    assert (scan.exposed, scan.digitised, scan.taken_at) == ("", "2009-03-04T10:11:12", None)
    assert scan.camera == ""
    by_source = read(exif_of({}, {**details, Base.FileSource: b"\x02"}))
    assert (by_source.exposed, by_source.taken_at) == ("", None)
    by_hand = read(
        exif_of(
            {Base.Software: "VueScan 9"},
            {
                Base.DateTimeOriginal: "1931:05:12 00:00:00",
                Base.DateTimeDigitized: "2009:03:04 10:11:12",
            },
        )
    )
    assert (by_hand.exposed, by_hand.digitised) == ("1931-05-12", "2009-03-04T10:11:12")


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("Apple", "iPhone 8", "Apple iPhone 8"),
        ("", "D70", "D70"),
    ],
)
def test_cameras(make, model, camera):
    assert read(exif_of({Base.Make: make, Base.Model: model})).camera == camera


def test_positions():
    position = ((33.0, 51.0, 24.0), "S", (151.0, 12.0, 54.0), "E")
    found = read(exif_of({}, position=position))
    assert found.latitude == pytest.approx(-(33 + 51 / 60 + 24 / 3600))
    assert found.longitude == pytest.approx(151 + 12 / 60 + 54 / 3600)
    nowhere = ((0.0, 0.0, 0.0), "N", (0.0, 0.0, 0.0), "E")
    assert read(exif_of({}, position=nowhere)).latitude is None


def test_damage_anywhere_ends_in_no_error():
    """Decoding reads EXIF too, and a photo must not be refused for its texts."""
    whole = exif_of(
        {
            Base.Orientation: 6,
            Base.ImageDescription: "The market hall",
            Base.Copyright: "Vogt\0Archive",
            Base.XPTitle: "Rain\0".encode("utf-16-le"),
            Base.Make: "NIKON",
        },
        {
            Base.DateTimeOriginal: "2019:05:04 10:11:12",
            Base.OffsetTimeOriginal: "+02:00",
            Base.UserComment: b"UNICODE\0" + "Rain".encode("utf-16-be"),
            Base.FileSource: b"\3",
        },
        position=((33.0, 51.0, 24.0), "S", (151.0, 12.0, 54.0), "E"),
    ).tobytes()
    chance = random.Random(1)
    parsed = 0
    for _ in range(3_000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        tags = Image.Exif()
        try:
            tags.load(bytes(data))
        except Exception:  # Pillow's own, which `read_exif` expects
            continue
        assert read(tags).orientation in range(1, 9)
        parsed += 1
    assert parsed > 1_000
