"""Metadata in the files of photos, format by format, and damaged ones."""

import io
import struct
import zlib

import pytest
from photo_metadata_samples import (
    exif_of,
    iptc_bytes,
    jpeg_with,
    photoshop_block,
    xmp_packet,
)
from PIL import Image, PngImagePlugin
from PIL.ExifTags import Base

from knowledge.corpus.photo_metadata.embedded import read_embedded, read_xmp
from knowledge.corpus.photo_metadata.statements import Statement
from knowledge.errors import CorpusError

EXIF = exif_of({Base.ImageDescription: "From EXIF"})
XMP = xmp_packet("<photoshop:Credit>From XMP</photoshop:Credit>")
IPTC = iptc_bytes([(120, "From IPTC")])
BOMB = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>"""


@pytest.fixture
def read(tmp_path):
    def read(data):
        (tmp_path / "photo").write_bytes(data)
        found = read_embedded(tmp_path / "photo")
        return [statement for source in found.sources for statement in source], found.problems

    return read


def saved(format, **options):
    if format == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(buffer, format, **options)
    return buffer.getvalue()


def test_a_jpeg_with_everything(read):
    data = jpeg_with(exif=EXIF, iptc=IPTC, xmp=XMP, comment=b"From the comment")
    assert read(data) == (
        [
            Statement("credit", "From XMP"),
            Statement("caption", "From IPTC"),
            Statement("caption", "From EXIF"),
            Statement("comment", "From the comment"),
        ],
        [],
    )


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF", "HEIF"])
def test_exif_and_xmp(read, format):
    options = {"xmp": XMP}
    if format == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options = {"pnginfo": info}
    statements, problems = read(saved(format, exif=EXIF.tobytes(), **options))
    assert statements == [Statement("credit", "From XMP"), Statement("caption", "From EXIF")]
    assert problems == []


@pytest.mark.parametrize("tag", [33723, 34377])
def test_tiff(read, tag):
    tiff = {Base.ImageDescription: "From EXIF", 700: XMP}
    tiff[tag] = IPTC if tag == 33723 else photoshop_block(IPTC)
    statements, problems = read(saved("TIFF", tiffinfo=tiff))
    assert statements == [
        Statement("credit", "From XMP"),
        Statement("caption", "From IPTC"),
        Statement("caption", "From EXIF"),
    ]
    assert problems == []


def test_texts_of_png_that_stand_after_the_picture(read):
    """Nothing is decoded to find them: the picture's own bytes are rubbish here."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "Rain")
    info.add_text("Author", "José Álvarez")
    info.add_itxt("Description", "雨中的市场")
    info.add_text("Copyright", "© Town Archive", zip=True)
    info.add_text("Software", "Scanner 3")
    data = saved("PNG", pnginfo=info)
    start = data.index(b"IDAT") - 4
    end = start + 12 + struct.unpack(">I", data[start : start + 4])[0]
    rubbish = b"\0\0\0\4IDATabcd" + struct.pack(">I", zlib.crc32(b"IDATabcd"))
    iend = data.index(b"IEND") - 4
    texts = data[33:start]
    statements, problems = read(data[:33] + rubbish + texts + data[iend:])
    assert end <= iend
    assert set(statements) == {
        Statement("title", "Rain"),
        Statement("photographer", "José Álvarez"),
        Statement("caption", "雨中的市场"),
        Statement("rights", "© Town Archive"),
    }
    assert problems == []


def test_profiles_of_image_magick(read):
    info = PngImagePlugin.PngInfo()
    for kind, data in (("iptc", photoshop_block(IPTC)), ("exif", b"Exif\0\0" + EXIF.tobytes())):
        digits = data.hex()
        lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
        info.add_text(f"Raw profile type {kind}", f"\n{kind}\n{len(data):8}\n{lines}\n", zip=True)
    statements, _ = read(saved("PNG", pnginfo=info))
    assert statements == [Statement("caption", "From IPTC"), Statement("caption", "From EXIF")]


def test_a_bomb_in_xmp_is_refused_and_the_rest_is_read(read):
    statements, problems = read(jpeg_with(exif=EXIF, xmp=BOMB))
    assert statements == [Statement("caption", "From EXIF")]
    assert len(problems) == 1
    assert "refused" in problems[0]


def test_bombs_in_a_png(read):
    """A compressed text that becomes too long is not read, nor 64 million bytes of them."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", "x" * 30_000_000, zip=True)
    statements, problems = read(saved("PNG", pnginfo=info))
    assert statements == []
    assert len(problems) == 1
    assert "damaged" in problems[0]


def test_damage_anywhere_ends_in_no_error(read):
    whole = jpeg_with(exif=EXIF, iptc=IPTC, xmp=XMP)
    for data in (whole, saved("TIFF", tiffinfo={700: XMP}), saved("WEBP", xmp=XMP, exif=EXIF)):
        for at in range(4, min(len(data), 900), 23):
            read(data[:at])
            read(data[:at] + b"\xff\x00\xff" + data[at + 3 :])


def test_no_photo_is_no_problem(read):
    """Whoever decodes it says what is wrong."""
    assert read(b"") == ([], [])
    assert read(b"hello") == ([], [])
    assert read(b"\xff\xd8\xff\xe0") == ([], [])


def test_a_file_of_xmp():
    assert read_xmp(XMP) == [Statement("credit", "From XMP")]
    with pytest.raises(CorpusError, match="refused"):
        read_xmp(BOMB)
