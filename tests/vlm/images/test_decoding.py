"""Photos of every format and orientation, and every fault that a file can have."""

import contextlib
import io
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from knowledge.errors import (
    BrokenImageError,
    ImageError,
    ImageTooLargeError,
    UnsupportedImageError,
)
from vlm.images import ImageLimits, PhotoSize, decode_image, sniff_format, thumbnail

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 160, 0), (0, 0, 255), (255, 255, 255)


def corners(width=96, height=64):
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def save(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def save_heif(image, **options):
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, **options)
    return buffer.getvalue()


def near(pixel, colour, tolerance=40):
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=True))


def has_corners(image):
    width, height = image.size
    at = lambda x, y: image.getpixel((int(width * x), int(height * y)))  # noqa: E731
    return (
        near(at(0.2, 0.2), RED)
        and near(at(0.8, 0.2), GREEN)
        and near(at(0.2, 0.8), BLUE)
        and near(at(0.8, 0.8), WHITE)
    )


def one_of_each():
    image = corners()
    return {
        "JPEG": save(image, "JPEG", quality=95),
        "PNG": save(image, "PNG"),
        "WEBP": save(image, "WEBP", quality=95),
        "GIF": save(image, "GIF"),
        "TIFF": save(image, "TIFF"),
        "BMP": save(image, "BMP"),
        "AVIF": save(image, "AVIF", quality=95),
        "HEIF": save_heif(image, quality=95),
    }


FORMATS = one_of_each()


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_recognised_by_its_content_and_decoded(format):
    decoded = decode_image(FORMATS[format])
    assert decoded.format == format == sniff_format(FORMATS[format])
    assert (decoded.width, decoded.height) == decoded.pixels.size == (96, 64)
    assert decoded.pixels.mode == "RGB"
    assert decoded.pixels.info == {}
    assert has_corners(decoded.pixels)


def test_a_multi_picture_jpeg_shows_its_first_picture():
    data = save(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))])
    decoded = decode_image(data)
    assert decoded.format == "JPEG"
    assert has_corners(decoded.pixels)


# How a camera stores an upright scene for each orientation: the inverse of putting it upright.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_orientation_is_put_upright_once(format, orientation):
    turn = STORED[orientation]
    stored = corners() if turn is None else corners().transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if format == "HEIF":
        data = save_heif(stored, exif=exif.tobytes(), quality=95)
    elif format == "TIFF":
        data = save(stored, "TIFF", tiffinfo={ExifTags.Base.Orientation: orientation})
    else:
        data = save(stored, format, exif=exif)
    decoded = decode_image(data)
    assert decoded.pixels.size == (decoded.width, decoded.height) == (96, 64)
    assert has_corners(decoded.pixels)


def test_scaling_turns_and_original_size_go_together():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    stored = corners(1200, 800).transpose(STORED[6])  # 800 wide, 1200 high
    decoded = decode_image(save(stored, "JPEG", exif=exif), PhotoSize(300))
    assert (decoded.width, decoded.height) == (1200, 800)
    assert decoded.pixels.size == (300, 200)
    assert has_corners(decoded.pixels)


@pytest.mark.parametrize(
    ("size", "decoded"),
    [
        ((4000, 3000), (4000 // 8, 3000 // 8)),
        ((3840, 2160), (640, 360)),  # an eighth would leave 270: decoded to a quarter, then scaled
        ((640, 480), (640, 480)),
        ((480, 360), (480, 360)),
    ],
)
def test_a_jpeg_is_decoded_no_further_than_is_enough(size, decoded):
    data = save(Image.new("RGB", size, "teal"), "JPEG")
    assert decode_image(data, PhotoSize(640, enough=320)).pixels.size == decoded


def test_damaged_gps_leaves_the_orientation():
    exif = camera_exif((36.0, 40.0, 12.0), "N", (117.0, 0.0, 0.0), "E")
    exif[ExifTags.Base.Orientation] = 3
    data = exif.tobytes()
    stored = corners().transpose(STORED[3])
    decoded = decode_image(save(stored, "JPEG", exif=data[: len(data) - 30]))
    assert has_corners(decoded.pixels)


def test_nonsense_orientation_means_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 77
    assert has_corners(decode_image(save(corners(), "JPEG", exif=exif)).pixels)


def camera_exif(latitude, latitude_ref, longitude, longitude_ref):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SnapCite"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "1987:06:05 04:03:02"
    details[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude] = latitude
    gps[ExifTags.GPS.GPSLatitudeRef] = latitude_ref
    gps[ExifTags.GPS.GPSLongitude] = longitude
    gps[ExifTags.GPS.GPSLongitudeRef] = longitude_ref
    return exif


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "PNG"])
def test_when_and_where_it_was_taken(format):
    exif = camera_exif((36.0, 40.0, 12.0), "N", (117.0, 0.0, 0.0), "W")
    decoded = decode_image(save(corners(), format, exif=exif))
    assert decoded.taken_at == "1987-06-05T04:03:02+08:00"
    assert decoded.latitude == pytest.approx(36 + 40 / 60 + 12 / 3600)
    assert decoded.longitude == pytest.approx(-117.0)


def test_impossible_gps_is_ignored():
    exif = camera_exif((91.0, 0.0, 0.0), "N", (10.0, 0.0, 0.0), "E")
    decoded = decode_image(save(corners(), "JPEG", exif=exif))
    assert decoded.latitude is None
    assert decoded.longitude is None
    assert decoded.taken_at is not None


@pytest.mark.parametrize("value", ["0000:00:00 00:00:00", "yesterday", ""])
def test_dates_that_cannot_be_are_none(value):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = value
    assert decode_image(save(corners(), "JPEG", exif=exif)).taken_at is None


def test_transparent_becomes_white():
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    for format in ("PNG", "WEBP", "GIF", "AVIF"):
        pixel = decode_image(save(clear, format)).pixels.getpixel((4, 4))
        assert near(pixel, WHITE, 3), format
    half = Image.new("LA", (8, 8), (0, 128))
    assert near(decode_image(save(half, "PNG")).pixels.getpixel((4, 4)), (127, 127, 127), 2)


def test_palette_with_one_transparent_colour():
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 0, 0, 255])
    image.putpixel((0, 0), 0)
    pixels = decode_image(save(image, "PNG", transparency=0)).pixels
    assert pixels.getpixel((0, 0)) == WHITE
    assert pixels.getpixel((4, 4)) == BLUE


def test_grey_black_and_white_and_cmyk():
    assert (
        decode_image(save(Image.new("L", (8, 8), 90), "PNG")).pixels.getpixel((1, 1)) == (90,) * 3
    )
    assert decode_image(save(Image.new("1", (8, 8), 1), "PNG")).pixels.getpixel((1, 1)) == WHITE
    cyan = decode_image(save(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG", quality=95)).pixels
    assert near(cyan.getpixel((1, 1)), (0, 255, 255), 10)


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(format):
    values = np.array([[0, 257 * 100, 65535]], dtype=np.uint16)
    pixels = decode_image(save(Image.fromarray(values), format)).pixels
    assert [pixels.getpixel((x, 0)) for x in range(3)] == [(0,) * 3, (100,) * 3, (255,) * 3]


def test_floats_and_wide_integers():
    values = np.array([[0.0, 0.5, 1.0]], dtype=np.float32)
    pixels = decode_image(save(Image.fromarray(values), "TIFF")).pixels
    assert [pixels.getpixel((x, 0))[0] for x in range(3)] == [0, 128, 255]
    broken = np.array([[np.nan, np.inf, 1.0]], dtype=np.float32)
    assert decode_image(save(Image.fromarray(broken), "TIFF")).pixels.size == (3, 1)
    wide = np.array([[0, 1000, 2000]], dtype=np.int32)
    pixels = decode_image(save(Image.fromarray(wide), "TIFF")).pixels
    assert pixels.getpixel((2, 0))[0] == 255


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_animations_show_their_first_frame(format):
    data = save(corners(), format, save_all=True, append_images=[Image.new("RGB", (96, 64))])
    assert has_corners(decode_image(data).pixels)


def test_a_50_megapixel_photo_is_decoded_small():
    data = save(corners(8660, 5774), "JPEG")
    decoded = decode_image(data)
    assert (decoded.width, decoded.height) == (8660, 5774)
    assert decoded.width * decoded.height > 50_000_000
    assert decoded.pixels.size == (1024, round(1024 * 5774 / 8660))
    assert has_corners(decoded.pixels)


def test_extreme_shapes_keep_one_pixel():
    assert decode_image(save(Image.new("RGB", (1, 5000)), "PNG")).pixels.size == (1, 1024)
    assert decode_image(save(Image.new("RGB", (1, 1)), "PNG")).pixels.size == (1, 1)


def test_the_name_says_jpg_and_the_content_is_heic(tmp_path):
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(FORMATS["HEIF"])
    assert decode_image(path.read_bytes()).format == "HEIF"


def test_no_bytes():
    with pytest.raises(BrokenImageError, match="empty"):
        decode_image(b"")


@pytest.mark.parametrize(
    "data",
    [b"Dear photo,\nI am a letter.\n", b"BM is not always a bitmap", b"\x00" * 64, b"%PDF-1.7"],
)
def test_bytes_that_are_not_a_photo_are_refused(data):
    with pytest.raises(UnsupportedImageError, match="JPEG, PNG, WebP"):
        decode_image(data)


def test_text_is_named_as_text():
    with pytest.raises(UnsupportedImageError, match="it is text"):
        decode_image("照片在哪里？".encode())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_truncated_files(format, kept):
    noise = np.random.default_rng(7).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    data = save_heif(image) if format == "HEIF" else save(image, format)
    with pytest.raises(BrokenImageError, match="truncated or damaged"):
        decode_image(data[: int(len(data) * kept)])


def bomb(width, height):
    """A PNG of a few bytes that claims an enormous size."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_001, 20_000, 65_535])
def test_decompression_bombs_are_refused_by_their_header(side):
    with pytest.raises(ImageTooLargeError, match="megapixels"):
        decode_image(bomb(side, side))


def test_the_caps_are_the_callers():
    data = FORMATS["PNG"]
    assert decode_image(data, limits=ImageLimits(max_bytes=len(data), max_pixels=96 * 64))
    with pytest.raises(ImageTooLargeError, match="MB"):
        decode_image(data, limits=ImageLimits(max_bytes=len(data) - 1))
    with pytest.raises(ImageTooLargeError, match="96 × 64"):
        decode_image(data, limits=ImageLimits(max_pixels=96 * 64 - 1))


def bad_exif_jpeg():
    """A JPEG whose EXIF claims more bytes than it has, which makes Pillow warn."""
    exif = camera_exif((36.0, 40.0, 12.0), "N", (117.0, 0.0, 0.0), "E").tobytes()
    return save(corners(), "JPEG", exif=exif[: len(exif) - 30])


def test_no_warning_escapes_and_no_filter_stays():
    before = list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inside = list(warnings.filters)
        assert has_corners(decode_image(bad_exif_jpeg()).pixels)
        decode_image(save(corners(9600, 9600), "PNG"))  # where Pillow's own limit warns
        assert warnings.filters == inside
    assert caught == []
    assert warnings.filters == before


def test_pillow_itself_would_warn_on_these():
    with pytest.warns(UserWarning, match=r"."):
        Image.open(io.BytesIO(bad_exif_jpeg())).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    with pytest.warns(Image.DecompressionBombWarning):
        Image.open(io.BytesIO(bomb(9600, 9600)))


def test_many_threads_see_the_same():
    results, data = [], FORMATS["JPEG"]
    before = list(warnings.filters)

    def work():
        for _ in range(20):
            results.append(decode_image(data).pixels.tobytes())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 80
    assert len(set(results)) == 1
    assert warnings.filters == before


def test_thumbnails_are_small_and_bare():
    exif = camera_exif((36.0, 40.0, 12.0), "N", (117.0, 0.0, 0.0), "E")
    source = Image.open(io.BytesIO(save(corners(960, 640), "JPEG", exif=exif)))
    small = Image.open(io.BytesIO(thumbnail(source, 240)))
    assert small.format == "WEBP"
    assert small.size == (240, 160)
    assert not small.getexif()
    assert has_corners(small)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xd8\xff")
@example(b"II*\0\xff\xff\xff\xff")
@example(b"\0\0\0\x18ftypheic")
def test_random_bytes_are_an_image_or_an_image_error(data):
    with pytest.raises(ImageError):
        decode_image(data)


@settings(max_examples=200, deadline=None)
@given(
    format=st.sampled_from(sorted(FORMATS)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=4),
    kept=st.floats(0.2, 1.0),
)
def test_mutated_photos_are_an_image_or_an_image_error(format, edits, kept):
    data = bytearray(FORMATS[format])
    for place, patch in edits:
        at = int(place * len(data))
        data[at : at + len(patch)] = patch
    with contextlib.suppress(ImageError):
        decoded = decode_image(bytes(data[: int(len(data) * kept)]))
        assert decoded.pixels.mode == "RGB"
        assert 1 <= max(decoded.pixels.size) <= 1024


@pytest.mark.parametrize(("scans", "fits"), [(50, True), (200, False)])
def test_a_jpeg_of_endless_scans_is_refused(scans, fits):
    buffer = io.BytesIO()
    Image.new("L", (64, 64), 100).save(buffer, "JPEG", progressive=True)
    start, scan = buffer.getvalue()[:-2], buffer.getvalue()[:-2]
    scan = scan[scan.rindex(b"\xff\xda") :]
    data = start + scan * scans + b"\xff\xd9"

    if fits:
        assert decode_image(data).pixels.size == (64, 64)
    else:
        with pytest.raises(BrokenImageError, match="scans"):
            decode_image(data)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_of_one_scan_takes_no_second(mode):
    buffer = io.BytesIO()
    Image.new(mode, (64, 64), "red").save(buffer, "JPEG", exif=b"Exif\0\0 \xff\xda \xff\xd8")
    whole = buffer.getvalue()
    scan = whole[whole.rindex(b"\xff\xda") : -2]

    assert decode_image(whole).pixels.size == (64, 64)
    with pytest.raises(BrokenImageError):
        decode_image(whole[:-2] + scan * 200 + b"\xff\xd9")


def tiff_by_hand(data, bits, *, colours=1, photometric=1, order="<", planar=1, compression=1):
    """A TIFF of 64 × 48 pixels with a tag for each thing that programs write differently."""
    tags = [
        (256, 4, [64]), (257, 4, [48]), (258, 3, [bits] * colours), (259, 3, [compression]),
        (262, 3, [photometric]), (273, 4, [8]), (277, 3, [colours]), (278, 4, [48]),
        (279, 4, [len(data)]), (284, 3, [planar]),
    ]  # fmt: skip
    start = 8 + len(data)
    listed, values = struct.pack(f"{order}H", len(tags)), b""
    for tag, kind, numbers in tags:
        packed = struct.pack(f"{order}{len(numbers)}{'H' if kind == 3 else 'I'}", *numbers)
        if len(packed) > 4:
            place = start + 2 + 12 * len(tags) + 4 + len(values)
            values, packed = values + packed, struct.pack(f"{order}I", place)
        listed += struct.pack(f"{order}HHI", tag, kind, len(numbers)) + packed.ljust(4, b"\0")
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(f"{order}I", start) + data + listed + bytes(4) + values


RAMP = np.arange(64 * 48) * 4096 // (64 * 48)
"""What a scanner of 12 bits writes."""


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (RAMP.astype("<u2").tobytes(), {}),
        (RAMP.astype(">u2").tobytes(), {"order": ">"}),
        ((RAMP + 30_000).astype("<u2").tobytes(), {}),
        ((RAMP // 16).astype("<u2").tobytes(), {}),
        (np.stack([RAMP] * 3, -1).astype("<u2").tobytes(), {"colours": 3, "photometric": 2}),
    ],
)
def test_a_deep_picture_that_uses_part_of_its_range_is_shown_by_it(data, options):
    pixels = np.asarray(decode_image(tiff_by_hand(data, 16, **options)).pixels)[..., 0]

    assert pixels[0, 0] <= 2
    assert pixels[-1, -1] >= 253
    assert abs(float(pixels.mean()) - 127.5) < 2


def test_a_deep_picture_that_uses_its_range_keeps_it():
    ramp = np.linspace(10_000, 60_000, 64 * 48).astype("<u2")
    pixels = np.asarray(decode_image(tiff_by_hand(ramp.tobytes(), 16)).pixels)[..., 0]

    assert abs(int(pixels[0, 0]) - round(10_000 / 257)) <= 1
    assert abs(int(pixels[-1, -1]) - round(60_000 / 257)) <= 1


def test_a_deep_negative_is_turned():
    data = RAMP.astype("<u2").tobytes()
    pixels = np.asarray(decode_image(tiff_by_hand(data, 16, photometric=0)).pixels)[..., 0]

    assert pixels[0, 0] >= 253
    assert pixels[-1, -1] <= 2


@pytest.mark.parametrize(
    ("data", "bits", "options", "words"),
    [
        (
            bytes(64 * 48 * 3),
            8,
            {"colours": 3, "photometric": 2, "compression": 34712},
            "JPEG 2000",
        ),
        (bytes(64 * 48 * 3), 8, {"compression": 50_999}, "number 50999"),
        (bytes(64 * 48 * 8), 64, {}, "kind of pixels"),
        (bytes(64 * 48 * 6), 16, {"colours": 3, "photometric": 2, "planar": 2}, "stored apart"),
    ],
)
def test_a_tiff_of_a_kind_that_is_not_read_is_not_called_damaged(data, bits, options, words):
    with pytest.raises(UnsupportedImageError, match=words):
        decode_image(tiff_by_hand(data, bits, **options))
