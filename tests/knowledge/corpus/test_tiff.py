"""Pages of TIFFs, classic and big, and each of them as a TIFF of its own."""

import io
import struct
import time
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from knowledge.corpus.files import read_files
from knowledge.corpus.photos import find_photos, read_photo
from knowledge.corpus.scan import scan
from knowledge.corpus.tiff import extract_page, read_pages
from knowledge.documents import Photo, Problem
from knowledge.errors import CorpusError, NotFoundError
from vlm.images import decode_image

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]


def pages(mode="RGB", size=(40, 30)):
    return [Image.new("RGB", size, colour).convert(mode) for colour in COLOURS]


def saved(images, **options):
    buffer = io.BytesIO()
    images[0].save(buffer, "TIFF", save_all=True, append_images=images[1:], **options)
    return buffer.getvalue()


KINDS = [
    ("RGB", {}),
    ("RGB", {"compression": "tiff_lzw"}),
    ("RGB", {"compression": "tiff_adobe_deflate"}),
    ("RGB", {"compression": "jpeg", "quality": 95}),
    ("RGB", {"compression": "packbits"}),
    ("RGB", {"big_tiff": True}),
    ("CMYK", {}),
    ("P", {}),
    ("1", {"compression": "group4"}),
    ("RGB", {"compression": "tiff_lzw", "strip_size": 500}),
]


@pytest.mark.parametrize(("mode", "options"), KINDS)
def test_each_page_is_a_tiff_of_its_own(mode, options):
    data = saved(pages(mode), **options)

    assert len(read_pages(io.BytesIO(data)).offsets) == 3
    for number, original in enumerate(pages(mode), start=1):
        page = extract_page(io.BytesIO(data), number, most=10**6)
        assert len(page) < len(data)
        assert len(read_pages(io.BytesIO(page)).offsets) == 1
        shown, expected = np.asarray(decode_image(page).pixels), np.asarray(original.convert("RGB"))
        assert np.abs(shown.astype(int) - expected).max() <= 4


def test_a_page_that_is_not_there():
    data = saved(pages())
    with pytest.raises(NotFoundError, match="has 3"):
        extract_page(io.BytesIO(data), 4, most=10**6)
    with pytest.raises(CorpusError, match="too large"):
        extract_page(io.BytesIO(data), 1, most=100)


def test_smaller_copies_thumbnails_and_masks_are_no_pages():
    large = Image.new("RGB", (1200, 800))

    def marked(image, kind):
        image.encoderinfo = {"tiffinfo": TiffImagePlugin.ImageFileDirectory_v2()}
        image.encoderinfo["tiffinfo"][254] = kind
        return image

    assert len(read_pages(io.BytesIO(saved([large, Image.new("RGB", (120, 80))]))).offsets) == 1
    smaller = [large.resize((600, 400)), large.resize((300, 200))]
    assert len(read_pages(io.BytesIO(saved([large, *smaller]))).offsets) == 1
    two = saved([large, marked(Image.new("RGB", (900, 700)), 1)])
    assert len(read_pages(io.BytesIO(two)).offsets) == 1
    assert len(read_pages(io.BytesIO(saved([large, Image.new("RGB", (900, 700))]))).offsets) == 2


def test_pages_become_photos_of_one_document(tmp_path):
    (tmp_path / "album.tif").write_bytes(saved(pages()))
    (tmp_path / "album.txt").write_text("Three leaves of an album.")
    (tmp_path / "single.tif").write_bytes(saved(pages()[:1]))
    found = list(read_files(tmp_path, scan(tmp_path), corpus="c", language=None))

    assert not [item for item in found if isinstance(item, Problem)]
    album, single = found
    assert [photo.path for photo in album.photos] == [f"album.tif#page={n}" for n in (1, 2, 3)]
    assert len({photo.sha256 for photo in album.photos}) == 3
    assert [photo.path for photo in single.photos] == ["single.tif"]
    second = decode_image(read_photo(tmp_path, "album.tif#page=2")).pixels
    assert second.getpixel((5, 5)) == COLOURS[1]


def test_damaged_chains_end_and_are_named(tmp_path):
    data = bytearray(saved(pages()))
    first, second, _ = read_pages(io.BytesIO(data)).offsets
    count = struct.unpack_from("<H", data, second)[0]
    for after, words in ((first, "lead back"), (len(data) + 500, "damaged")):
        struct.pack_into("<I", data, second + 2 + 12 * count, after)
        (tmp_path / "a.tif").write_bytes(data)
        found = list(find_photos(tmp_path, "a.tif"))

        assert [item.path for item in found if isinstance(item, Photo)] == [
            "a.tif#page=1",
            "a.tif#page=2",
        ]
        assert words in found[-1]


@pytest.mark.parametrize("big", [False, True])
def test_hostile_directories_end_soon(big):
    """Thousands of directories, each with as many entries as there may be, all one and the same."""
    entries = 4_000
    start, order = (b"II+\0" + struct.pack("<HH", 8, 0), "<Q") if big else (b"II*\0", "<I")
    head = start + struct.pack(order, 16)
    head += b"\0" * (16 - len(head))
    size, counted = (20, "<Q") if big else (12, "<H")
    one = struct.pack("<HHQQ" if big else "<HHII", 256, 4, 7_000_000, 16)
    block = struct.pack(counted, entries) + one.ljust(size, b"\0") * entries
    data = head + block + struct.pack(order, 0)
    started = time.process_time()
    with pytest.raises(CorpusError):
        read_pages(io.BytesIO(data))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_truncated_tiff_raises_nothing_else(cut):
    data = saved(pages())
    try:
        found = read_pages(io.BytesIO(data[: len(data) * cut // 60]))
    except CorpusError:
        return
    for number in range(1, len(found.offsets) + 1):
        with suppress(CorpusError):
            extract_page(io.BytesIO(data[: len(data) * cut // 60]), number, most=10**6)
