"""Files that mean harm: photos that were cut, flipped, spliced and blown up, made from a number.

The same number gives the same file. Knows no server. About one in six is a photo that can be read,
so that what is tested goes on answering between the attacks.
"""

import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import ExifTags, Image
from pillow_heif import register_heif_opener

LATITUDE = (41.0, 24.0, 12.2)
"""Degrees, minutes and seconds that photos carry as GPS: no answer may repeat them."""

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file. `kind`: what was done to it, for the report."""

    kind: str
    data: bytes


def hostile_file(number: int) -> Hostile:
    """The hostile file of that number."""
    rng = random.Random(number)
    # Bombs are made in little time and cost the server much: one in twenty.
    if rng.random() < 0.05:
        return rng.choice(_BOMBS)(rng)
    name, make = rng.choice(_WAYS)
    source = rng.choice(sorted(photos()))
    return Hostile(f"{source} {name}", make(rng, photos()[source]))


@cache
def photos() -> dict[str, bytes]:
    """A small photo in each format, with GPS where the format has room for it."""
    register_heif_opener()
    pixels = np.random.default_rng(7).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(pixels).resize((320, 240), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: LATITUDE, 3: "E", 4: (2.0, 10.0, 26.5)})
    turned = image.rotate(180)

    def saved(format: str, of: Image.Image = image, **options: object) -> bytes:
        buffer = io.BytesIO()
        of.save(buffer, format, **options)
        return buffer.getvalue()

    return {
        "JPEG": saved("JPEG", exif=exif),
        "JPEG progressive": saved("JPEG", progressive=True, exif=exif),
        "JPEG CMYK": saved("JPEG", image.convert("CMYK")),
        "PNG": saved("PNG", exif=exif),
        "PNG palette": saved("PNG", image.convert("P"), transparency=3),
        "PNG 16 bit": saved("PNG", image.convert("I;16")),
        "WebP": saved("WEBP", exif=exif),
        "WebP lossless": saved("WEBP", lossless=True),
        "WebP animated": saved("WEBP", save_all=True, append_images=[turned]),
        "HEIC": saved("HEIF", exif=exif),
        "GIF": saved("GIF", save_all=True, append_images=[turned]),
    }


def _untouched(rng: random.Random, data: bytes) -> bytes:  # noqa: ARG001 - one of the ways
    return data


def _flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _header_flipped(rng: random.Random, data: bytes) -> bytes:
    """Changed where formats keep sizes and offsets."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        changed[rng.randrange(4, min(len(changed), 400))] = rng.randrange(256)
    return bytes(changed)


def _extreme_numbers(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        order = rng.choice("<>")
        code, size = rng.choice((("H", 2), ("I", 4)))
        at = rng.randrange(4, min(len(changed), 600) - size)
        changed[at : at + size] = struct.pack(order + code, rng.choice(_EXTREMES) % 256**size)
    return bytes(changed)


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def _without_a_part(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 2000) :]


def _repeated_part(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    part = data[start : start + rng.randint(1, 300)]
    return data[:start] + part * rng.randint(2, 500) + data[start:]


def _spliced(rng: random.Random, data: bytes) -> bytes:
    """The beginning of one format, the rest of another."""
    other = rng.choice(sorted(photos().values()))
    at = rng.choice((4, 12, 32, 100, len(data) // 2))
    return data[:at] + other[rng.choice((0, at)) :]


def _polyglot(rng: random.Random, data: bytes) -> bytes:
    """A photo that is something else as well."""
    other = rng.choice(
        (
            b"<html><script>alert(1)</script>",
            b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:9/"/></svg>',
            b"PK\x03\x04" + bytes(60),
            b"%PDF-1.7\n1 0 obj<</OpenAction 2 0 R>>",
            b"#!/bin/sh\nexit 1\n",
            b"\x7fELF" + bytes(60),
            b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n",
            b"id=mpeg\nhttp://127.0.0.1:9/a.png\n",
        )
    )
    return rng.choice((data + other, other + data, other, data[:20] + other + data[20:]))


def _noise(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.choice((0, 4, 12))] + rng.randbytes(rng.choice((0, 1, 100, 100_000)))


_WAYS: tuple[tuple[str, Callable[[random.Random, bytes], bytes]], ...] = (
    ("untouched", _untouched),
    ("flipped", _flipped),
    ("header flipped", _header_flipped),
    ("extreme numbers", _extreme_numbers),
    ("cut", _cut),
    ("without a part", _without_a_part),
    ("repeated part", _repeated_part),
    ("spliced", _spliced),
    ("polyglot", _polyglot),
    ("noise", _noise),
)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *chunks: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + b"".join(chunks) + _chunk(b"IEND", b"")


@cache
def _zeros(megabytes: int) -> bytes:
    """So many megabytes, deflated into a thousandth."""
    return zlib.compress(bytes(megabytes * 2**20), 9)


def _huge_png(rng: random.Random) -> Hostile:
    """A size of up to 2³¹ in each direction, and next to no pixels."""
    side = rng.choice((60_000, 2**20, 2**31 - 1))
    return Hostile("PNG of a huge size", _png(side, side, _chunk(b"IDAT", _zeros(1))))


def _deep_png(rng: random.Random) -> Hostile:
    """Much larger inside than its size says, or just within what is allowed."""
    width, height = rng.choice(((8, 8), (6_000, 3_000)))
    return Hostile("PNG, deep zlib", _png(width, height, _chunk(b"IDAT", _zeros(60))))


def _text_png(rng: random.Random) -> Hostile:
    kind, keyword = rng.choice(
        ((b"zTXt", b"a\0\0"), (b"iCCP", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0"))
    )
    bomb = _chunk(kind, keyword + _zeros(60))
    pixels = _chunk(b"IDAT", zlib.compress(bytes(25 * 8)))
    return Hostile("PNG, deep text", _png(8, 8, *[bomb] * rng.choice((1, 40)), pixels))


def _huge_jpeg(rng: random.Random) -> Hostile:
    data = photos()["JPEG"]
    at = data.index(b"\xff\xc0") + 5
    side = rng.choice((9_000, 20_000, 65_500))
    return Hostile(
        "JPEG of a huge size", data[:at] + struct.pack(">HH", side, side) + data[at + 4 :]
    )


def _many_scans(rng: random.Random) -> Hostile:
    data = photos()["JPEG progressive"]
    at, scan = data.index(b"\xff\xc2") + 5, data[data.rindex(b"\xff\xda") : -2]
    side = rng.choice((240, 4_000))
    grown = data[:at] + struct.pack(">HH", side, side) + data[at + 4 : -2]
    return Hostile("JPEG of many scans", grown + scan * rng.choice((50, 2_000)) + b"\xff\xd9")


def _many_segments(rng: random.Random) -> Hostile:
    data, marker = photos()["JPEG"], rng.choice((0xE1, 0xE2, 0xFE, 0xDB, 0xC4, 0xED))
    segment = struct.pack(">BBH", 0xFF, marker, 2 + 40) + rng.randbytes(40)
    return Hostile("JPEG of many segments", data[:2] + segment * 20_000 + data[2:])


def _huge_gif(rng: random.Random) -> Hostile:
    data = photos()["GIF"]
    size = struct.pack("<HH", rng.choice((5_000, 65_535)), rng.choice((5_000, 65_535)))
    return Hostile("GIF of a huge size", data[:6] + size + data[10:])


def _many_frames(rng: random.Random) -> Hostile:
    data = photos()["GIF"]
    start = 13 + 3 * 2 ** ((data[10] & 7) + 1)  # behind the header and the palette
    return Hostile(
        "GIF of many frames", data[:start] + data[start:-1] * rng.choice((20, 200)) + b";"
    )


def _huge_webp(rng: random.Random) -> Hostile:
    data = bytearray(photos()["WebP animated"])
    at = data.index(b"VP8X") + 12
    data[at : at + 6] = rng.choice((b"\xff\xff\xff", b"\xff\x3f\x00")) * 2
    return Hostile("WebP of a huge size", bytes(data))


def _huge_heic(rng: random.Random) -> Hostile:
    data = bytearray(photos()["HEIC"])
    at = data.index(b"ispe") + 8
    side = rng.choice((8_000, 60_000, 2**31 - 1))
    data[at : at + 8] = struct.pack(">II", side, side)
    return Hostile("HEIC of a huge size", bytes(data))


def _boxes_in_boxes(rng: random.Random) -> Hostile:
    data, inner = photos()["HEIC"], b""
    for _ in range(rng.choice((50, 5_000))):
        inner = struct.pack(">I", len(inner) + 8) + rng.choice((b"meta", b"iprp", b"dinf")) + inner
    size = int.from_bytes(data[:4], "big")
    return Hostile("HEIC, boxes in boxes", data[:size] + inner + data[size:])


_BOMBS: tuple[Callable[[random.Random], Hostile], ...] = (
    _huge_png, _deep_png, _text_png, _huge_jpeg, _many_scans, _many_segments,
    _huge_gif, _many_frames, _huge_webp, _huge_heic, _boxes_in_boxes,
)  # fmt: skip
