"""Hostile and very large photos: stopped in time, within the memory that was estimated."""

import io
import struct
import subprocess
import sys
import threading
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from knowledge.deadline import within
from knowledge.errors import BrokenImageError, DeadlineError, ImageError, ImageTooLargeError
from vlm.images import ImageLimits, PhotoSize, decode_image
from vlm.images.decoding import DEFAULT_LIMITS, decode_here

SMALL = PhotoSize(448)


def rle_bmp(width: int, height: int) -> bytes:
    """1 kB that says it is a very wide picture, of which it holds the beginning."""
    body = b"\xff\x00" * 300
    palette = b"\0\0\0\0" * 256
    offset = 14 + 40 + len(palette)
    return (
        struct.pack("<2sIHHI", b"BM", offset + len(body), 0, 0, offset)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(body), 0, 0, 256, 0)
        + palette
        + body
    )


def tiff(width: int, height: int, tile: int) -> bytes:
    """A picture of one tile that is far larger than the picture, deflated to nearly nothing."""
    squeeze = zlib.compressobj(9)
    rows = [squeeze.compress(bytes(tile * 64)) for _ in range(max(1, tile // 64))]
    data = b"".join(rows) + squeeze.flush()
    tags = [
        (256, 3, width), (257, 3, height), (258, 3, 8), (259, 3, 8), (262, 3, 1), (277, 3, 1),
        (322, 4, tile), (323, 4, tile), (324, 4, 8 + 2 + 12 * 10 + 4), (325, 4, len(data)),
    ]  # fmt: skip
    directory = struct.pack("<H", len(tags))
    for tag, kind, value in tags:
        directory += struct.pack("<HHII", tag, kind, 1, value)
    return struct.pack("<2sHI", b"II", 42, 8) + directory + struct.pack("<I", 0) + data


def encoded(image: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def test_what_takes_too_long_is_stopped():
    limits = ImageLimits(max_seconds=1.0)
    started = time.monotonic()

    with pytest.raises(ImageError):
        decode_image(rle_bmp(100_000_000, 1), SMALL, limits=limits)

    assert time.monotonic() - started < 4


def test_a_tile_counts_as_much_as_a_picture():
    with pytest.raises(ImageTooLargeError, match="tile has 24576 × 24576 pixels"):
        decode_image(tiff(16, 16, 24_576), SMALL)
    assert decode_image(tiff(16, 16, 256), SMALL).pixels.size == (16, 16)


def big(mode: str, side: int) -> Image.Image:
    """A gradient from the left to the right, in any mode."""
    row = np.linspace(0, 1, side, dtype=np.float32)
    if mode == "F":
        return Image.fromarray(np.broadcast_to(row, (side, side)).copy())
    if mode == "I;16":
        return Image.fromarray(
            np.broadcast_to((row * 65535).astype(np.uint16), (side, side)).copy()
        )
    grey = Image.fromarray(np.broadcast_to((row * 255).astype(np.uint8), (side, side)).copy())
    if mode in {"RGBA", "LA"}:
        image = grey.convert(mode)
        image.putalpha(255)
        return image
    return grey.convert(mode)


LARGE = [
    ("PNG", "RGBA", {"compress_level": 1}),
    ("PNG", "LA", {"compress_level": 1}),
    ("PNG", "I;16", {"compress_level": 1}),
    ("PNG", "P", {"compress_level": 1}),
    ("TIFF", "F", {"compression": "tiff_deflate"}),
    ("TIFF", "CMYK", {"compression": "tiff_deflate"}),
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("WEBP", "RGBA", {"method": 0, "quality": 20}),
    ("AVIF", "RGB", {"speed": 10, "quality": 30}),
    ("GIF", "P", {}),
    ("BMP", "RGB", {}),
]
PROGRAM = """
import sys
from vlm.images.decoding import NeedsMemoryError, PhotoSize, decode_here
import numpy, PIL.AvifImagePlugin, pillow_heif
data = open(sys.argv[1], "rb").read()
try:
    decode_here(data, PhotoSize(448), allowed=0)
except NeedsMemoryError as error:
    needed = error.needed
def peak_kb():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
open("/proc/self/clear_refs", "w").write("5")  # or the peak would be that of who started this
before = peak_kb()
pixels = decode_here(data, PhotoSize(448)).pixels
peak = peak_kb()
print(needed, (peak - before) * 1024, *pixels.getpixel((0, 0)), *pixels.getpixel((447, 447)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("format", "mode", "options"), LARGE, ids=lambda v: str(v))
def test_decoding_takes_no_more_memory_than_was_estimated(tmp_path, format, mode, options):
    side = 4000
    file = tmp_path / "large"
    file.write_bytes(encoded(big(mode, side), format, **options))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)], capture_output=True, text=True, check=True
    )

    needed, taken, *corners = map(int, done.stdout.split())
    assert taken <= needed + 24 * 2**20  # what is made of it beside: strips, the small picture
    assert needed <= DEFAULT_LIMITS.max_memory
    assert corners[0] <= 30  # the gradient is still there
    assert corners[3] >= 225


@pytest.mark.parametrize("mode", ["RGBA", "LA", "I;16", "F", "CMYK"])
def test_strips_give_what_the_whole_gives(monkeypatch, mode):
    rows, columns = np.mgrid[0:900, 0:700]
    noise = np.random.default_rng(0).uniform(0, 0.2, (900, 700))
    values = (0.4 * rows / 900 + 0.4 * columns / 700 + noise).astype(np.float32)
    if mode == "F":
        image = Image.fromarray(values)
    elif mode == "I;16":
        image = Image.fromarray((values * 65535).astype(np.uint16))
    else:
        image = Image.fromarray((values * 255).astype(np.uint8)).convert(mode)
        if mode in {"RGBA", "LA"}:
            image.putalpha(Image.fromarray((255 * columns / 700).astype(np.uint8)))
    data = encoded(image, "TIFF")
    whole = np.asarray(decode_here(data, PhotoSize(100)).pixels, dtype=int)

    monkeypatch.setattr("vlm.images.decoding._WHOLE_PIXELS", 10_000)
    monkeypatch.setattr("vlm.images.decoding._STRIP_PIXELS", 10_000)
    strips = np.asarray(decode_here(data, PhotoSize(100)).pixels, dtype=int)

    assert whole.shape == strips.shape
    assert np.abs(whole - strips).max() <= 4  # at the last row, where a factor does not divide
    assert np.abs(whole - strips).mean() <= 0.6


def test_more_memory_than_is_allowed_is_refused_by_its_numbers():
    data = encoded(Image.new("RGB", (4000, 4000)), "PNG")
    with pytest.raises(ImageTooLargeError, match=r"takes about 66 MB .* than the 10 MB allowed"):
        decode_image(data, SMALL, limits=ImageLimits(max_memory=10_000_000))


def test_large_photos_are_decoded_one_after_the_other_and_small_ones_beside():
    large = encoded(Image.new("RGB", (6000, 5000)), "PNG")
    small = encoded(Image.new("RGB", (60, 50), "red"), "PNG")
    results: list[tuple[int, int]] = []
    threads = [
        threading.Thread(
            target=lambda data=data: results.append(decode_image(data, SMALL).pixels.size)
        )
        for data in (large, large, small, large, small)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [(60, 50), (60, 50), (448, 373), (448, 373), (448, 373)]


def test_a_deadline_ends_the_wait():
    with within(0.5), pytest.raises((DeadlineError, ImageError)):
        decode_image(rle_bmp(100_000_000, 1), SMALL)


@pytest.mark.parametrize("format", ["AVIF", "HEIF", "WEBP", "JPEG", "PNG", "TIFF", "GIF", "BMP"])
def test_bytes_changed_at_random_are_read_or_refused(format):
    image = Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 80, 3), dtype=np.uint8))
    if format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    good = encoded(image, format)
    random = np.random.default_rng(2)
    for _ in range(30):
        data = bytearray(good)
        for at in random.integers(0, len(data), 6):
            data[at] = random.integers(0, 256)
        try:
            decoded = decode_image(bytes(data), SMALL, limits=ImageLimits(max_seconds=5))
        except ImageError:
            continue
        assert max(decoded.pixels.size) <= 448
    assert decode_image(good, SMALL).pixels.size == (80, 64)


def test_nothing_is_sent_that_is_too_long_anyway():
    with pytest.raises(ImageTooLargeError, match="more than the"):
        decode_image(b"\xff\xd8\xff" + bytes(2000), limits=ImageLimits(max_bytes=1000))
    with pytest.raises(BrokenImageError, match="0 bytes"):
        decode_image(b"")
