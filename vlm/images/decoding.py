"""Bytes of a photo → upright RGB pixels, in this process.

The bytes come from strangers. Their type is sniffed, never believed from a name; size, pixels and
the memory that decoding takes are capped before anything is decoded; whatever is wrong with them is
an `ImageError`. Pillow's plugins are called by their classes, so neither its list of formats nor
its limits are touched. Knows no path, no store and no model. What a decoder may still do (hang,
crash) is the concern of `vlm.images.isolated`, which runs this module in a process of its own. Past
500 lines, as every step from bytes to pixels is guarded by the checks of the one before it.
"""

import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from PIL import Image

from knowledge.errors import (
    BrokenImageError,
    ImageError,
    ImageTooLargeError,
    UnsupportedImageError,
)
from knowledge.exif import Exif, read_exif
from knowledge.image_format import sniff_format

SUPPORTED = ("JPEG", "PNG", "WebP", "GIF", "TIFF", "BMP", "HEIC", "AVIF")
"""Names of the supported formats, for people to read."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → the transposition that turns the image upright."""

_PLUGINS = {
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),  # MPO too: its first picture is the photo
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "WEBP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "HEIF": ("pillow_heif", "HeifImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
}
"""Format → module and class that open it."""

_MOST_SCANS = 100
"""Most scans of a progressive JPEG; encoders write a dozen. The decoder visits every pixel for each
scan, and a scan takes few bytes: without a limit, 12 kB could occupy a core for half a minute."""
_START_OF_SCAN = b"\xff\xda"

_SEQUENTIAL = (b"\xc0", b"\xc1")
"""Markers of a frame that is not progressive."""
_TOLD_BEFORE = frozenset(bytes([code]) for code in (0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)))
"""Markers of what a camera writes before the first scan: tables, restarts, metadata, comments."""

_TILE_WIDTH, _TILE_LENGTH, _ROWS_PER_STRIP = 322, 323, 278
"""Tags of a TIFF."""

_BITS = 258
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_PLANAR, _APART = 284, 2

_COMPRESSIONS = {
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34712: "JPEG 2000",
    34676: "SGI LogLuv",
    34677: "SGI LogLuv",
    34887: "LERC",
    34892: "lossy JPEG of raw files",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
"""Value of a TIFF's tag 259 → its name, of those that Pillow does not know."""

_HALF = 127
"""Values of 8 bits up to here use less than half of the range."""

_TAIL_PERCENT = 0.1
_SAMPLED_PIXELS = 1_000_000
"""Pixels that tell which values a picture uses."""

_BESIDE = {"WEBP": 12, "HEIF": 5, "AVIF": 6, "GIF": 5}
"""Bytes a pixel that a format's decoder keeps beside the picture itself."""

_WHOLE_PIXELS = 2_000_000
"""A picture of more is turned into RGB strip by strip."""

_STRIP_PIXELS = 400_000
"""About as many a strip: of each, several copies are made."""

_PLAIN_PIXELS = 32_000_000
"""A picture that needs no conversion is scaled whole up to here."""

_REDUCING_GAP, _STRIP_GAP = 3.0, 1.5
"""How many times larger than wanted a picture is left by whole factors: whole, and in strips."""


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What is refused before decoding; the defaults let a 50-megapixel photo through.

    Attributes:
        max_bytes: of the file.
        max_pixels: of the picture, and of any tile of it.
        max_seconds: that decoding may take.
        max_memory: bytes that decoding may take beside the file.
    """

    max_bytes: int = 128 * 2**20
    max_pixels: int = 100_000_000
    max_seconds: float = 20.0
    max_memory: int = 440 * 2**20


DEFAULT_LIMITS = ImageLimits()


@dataclass(frozen=True, slots=True)
class PhotoSize:
    """How many pixels a photo should have after decoding.

    Attributes:
        longest: most pixels of its longest side; a larger photo is scaled down.
        enough: least pixels of its shortest side. A JPEG's decoder scales by 1/2, 1/4 and 1/8 at no
            cost and may scale down to this, even below `longest`: with 640 and 320, a photo of
            4000 × 3000 becomes 500 × 375, in two thirds of the time that 640 × 480 takes. None:
            the longest side keeps `longest` pixels.
    """

    longest: int = 1024
    enough: int | None = None

    @classmethod
    def for_square(cls, side: int) -> "PhotoSize":
        """The size for a tower that sees a square of `side` pixels.

        A JPEG's decoder scales as far down as it can at no cost; the tower resizes the rest. Only a
        photo that is much too large is scaled before that.
        """
        return cls(3 * side, enough=side)

    def larger(self, factor: float) -> "PhotoSize":
        """The size times `factor`, for a photo of which only a part is used."""
        enough = None if self.enough is None else round(self.enough * factor)
        return PhotoSize(round(self.longest * factor), enough)


DEFAULT_SIZE = PhotoSize()


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A decoded photo.

    Attributes:
        pixels: RGB, upright, without metadata, scaled to the size asked for.
        width: in pixels, of the original when upright.
        height: in pixels, of the original when upright.
        format: what the bytes are: `JPEG`, `PNG`, `WEBP`, `GIF`, `TIFF`, `BMP`, `HEIF`, `AVIF`.
        taken_at: ISO 8601, from EXIF.
        latitude: degrees north, from EXIF.
        longitude: degrees east, from EXIF.
    """

    pixels: Image.Image
    width: int
    height: int
    format: str
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a photo, in shares of its width and height from the top left corner."""

    left: float
    top: float
    width: float
    height: float

    def crop(self, image: Image.Image) -> Image.Image:
        """The region of an upright image."""
        across, down = image.size
        return image.crop(
            (
                round(self.left * across),
                round(self.top * down),
                round((self.left + self.width) * across),
                round((self.top + self.height) * down),
            )
        )


class NeedsMemoryError(Exception):
    """Decoding would take more memory than was allowed this time.

    Attributes:
        needed: bytes that it is estimated to take.
    """

    def __init__(self, needed: int) -> None:
        super().__init__(f"decoding takes about {needed / 1e6:.0f} MB")
        self.needed = needed


def decode_here(
    data: bytes,
    size: PhotoSize = DEFAULT_SIZE,
    *,
    region: Region | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed: int | None = None,
) -> DecodedImage:
    """Decode a photo of any supported format; of an animation, its first frame.

    Args:
        data: the whole file.
        size: how many pixels are wanted, of the whole photo.
        region: what to cut out of the upright photo; None for all of it.
        limits: what to refuse; `max_seconds` is not held here.
        allowed: bytes that decoding may take; None for as many as `limits` say.

    Raises:
        UnsupportedImageError: not an image, or of a type that cannot be read.
        BrokenImageError: empty, truncated or damaged.
        ImageTooLargeError: more bytes, pixels or memory than `limits` allow.
        NeedsMemoryError: it takes more than `allowed`, though not more than `limits` say.
    """
    if not data:
        raise BrokenImageError("The photo is empty (0 bytes); upload or copy it again.")
    if len(data) > limits.max_bytes:
        raise ImageTooLargeError(
            f"The photo has {len(data) / 1e6:.1f} MB, more than the {limits.max_bytes / 1e6:.1f} MB"
            " allowed; save it smaller."
        )
    kind = sniff_format(data)
    if kind is None:
        what = "text" if _is_text(data[:512]) else "of an unknown type"
        raise UnsupportedImageError(
            f"The file is not a photo that can be read: it is {what}. "
            f"Supported are {', '.join(SUPPORTED)}."
        )
    try:
        with _quiet_pillow():
            return _decode(data, kind, size, region, limits=limits, allowed=allowed)
    except (ImageError, NeedsMemoryError):
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise ImageTooLargeError(
            f"The {kind} photo needs more memory than there is; save it with fewer pixels."
        ) from error
    except Exception as error:  # decoders raise nearly every type on damaged files
        raise BrokenImageError(
            f"The {kind} photo is truncated or damaged ({error or type(error).__name__}); "
            "copy it again from its source."
        ) from error


def thumbnail(image: Image.Image, max_side: int) -> bytes:
    """A small WebP of an image, without any metadata; `max_side` in pixels."""
    small = shrink(image.convert("RGB"), max_side)
    small.info = {}
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=80, method=4)
    return buffer.getvalue()


def _decode(
    data: bytes,
    kind: str,
    wanted: PhotoSize,
    region: Region | None,
    *,
    limits: ImageLimits,
    allowed: int | None,
) -> DecodedImage:
    image = _opened(data, kind)
    width, height = image.size
    _check_pixels("photo", width, height, limits.max_pixels)
    tile = _tile(image)
    _check_pixels("photo's tile", *tile, limits.max_pixels)
    if kind == "JPEG":
        if not _has_one_scan(data) and (scans := data.count(_START_OF_SCAN)) > _MOST_SCANS:
            raise BrokenImageError(
                f"The JPEG has {scans} scans, more than any camera or program writes; save it anew."
            )
        # Decodes at 1/2, 1/4 or 1/8 right away: several times faster.
        least = _fit(image.size, wanted.longest)
        if wanted.enough is not None and wanted.enough < min(least):
            least = (wanted.enough, wanted.enough)
        image.draft("RGB", least)
    needed = _memory_needed(image, kind, width * height, tile[0] * tile[1])
    across, down = _fit(image.size, wanted.longest)
    needed += 8 * across * down  # what is wanted of it, and once more turned upright
    if needed > limits.max_memory:
        raise ImageTooLargeError(
            f"The {kind} photo of {width} × {height} pixels takes about {needed / 1e6:,.0f} MB to "
            f"decode, more than the {limits.max_memory / 1e6:,.0f} MB allowed; save it smaller."
        )
    if allowed is not None and needed > allowed:
        raise NeedsMemoryError(needed)
    try:
        is_deep = _is_deep(image)
        image.load()
        # Read after loading: TIFF and HEIF decoders turn the image themselves and say so here.
        exif: Exif = read_exif(image)
        pixels = _small_rgb(image, wanted.longest, is_deep=is_deep)
        if (turn := _TURNS.get(exif.orientation)) is not None:
            pixels = pixels.transpose(turn)
        if region is not None:
            pixels = region.crop(pixels)
    finally:
        image.close()
    if exif.orientation >= 5:
        width, height = height, width
    pixels.info = {}
    return DecodedImage(
        pixels=pixels,
        width=width,
        height=height,
        format=kind,
        taken_at=exif.taken_at,
        latitude=exif.latitude,
        longitude=exif.longitude,
    )


def _has_one_scan(data: bytes) -> bool:
    """Whether a JPEG's first scan has all colours and is not progressive, as nearly all have.

    The decoder refuses a second scan after such a one, so that none need be counted: that takes a
    tenth of the time of decoding a large photo. What is not plainly so is counted. Within a scan
    0x00 follows every 0xFF, so that counting finds scans, or those of a preview, or chance.
    """
    at, colours = 2, 0
    while data[at : at + 1] == b"\xff" and (marker := data[at + 1 : at + 2]):
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == b"\xda":
            return colours > 0 and data[at + 4 : at + 5] == bytes([colours])
        if marker in _SEQUENTIAL and not colours:
            (colours,) = data[at + 9 : at + 10] or b"\0"
        elif marker not in _TOLD_BEFORE or length < 2:
            return False
        at += 2 + length
    return False


def _opened(data: bytes, kind: str) -> Any:  # noqa: ANN401 - a class of one of Pillow's plugins
    """The picture, not decoded yet.

    Raises:
        UnsupportedImageError: it is a TIFF of a kind that Pillow does not read.
    """
    try:
        image = _plugin(kind)(io.BytesIO(data))
    except SyntaxError as error:
        cause = error.__cause__
        unknown = cause.args[0] if isinstance(cause, KeyError) and cause.args else None
        if kind == "TIFF" and isinstance(unknown, int):
            name = _COMPRESSIONS.get(unknown, f"number {unknown}")
            raise _unsupported_tiff(f"its compression ({name})") from error
        if kind == "TIFF" and (unknown is not None or "pixel mode" in str(error)):
            what = "its kind of pixels (such as floats of 64 bits, or more than four colours)"
            raise _unsupported_tiff(what) from error
        raise
    tags = getattr(image, "tag_v2", {})
    if tags.get(_PLANAR) == _APART and 16 in tags.get(_BITS, ()):  # Pillow reads noise
        raise _unsupported_tiff("its kind of pixels (16 bits, each colour stored apart)")
    return image


def _unsupported_tiff(what: str) -> UnsupportedImageError:
    return UnsupportedImageError(
        f"The TIFF cannot be read, as {what} is not supported; save it with 8 or 16 bits a colour, "
        "uncompressed or with LZW."
    )


def _check_pixels(what: str, width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise ImageTooLargeError(
            f"The {what} has {width} × {height} pixels, more than the {max_pixels / 1e6:g} "
            "megapixels allowed; save it smaller."
        )


def _tile(image: Image.Image) -> tuple[int, int]:
    """Width and height of a TIFF's tiles or strips, each of which is decoded whole; else (0, 0)."""
    tags = getattr(image, "tag_v2", {})
    width, height = tags.get(_TILE_WIDTH), tags.get(_TILE_LENGTH)
    if isinstance(width, int) and isinstance(height, int):
        return width, height
    rows = tags.get(_ROWS_PER_STRIP, image.height if tags else 0)
    return image.width, min(rows, image.height) if isinstance(rows, int) else image.height


def _memory_needed(image: Image.Image, kind: str, pixels: int, tile_pixels: int) -> int:
    """Bytes that decoding takes at most; `tests/vlm/images` measure it format by format."""
    across, down = image.size  # of a JPEG: as it is scaled while it is decoded
    stored = _stored_bytes(image.mode)
    decoded = across * down * stored
    if kind == "JPEG":  # a progressive one keeps two bytes a coefficient of the whole picture
        return decoded + (6 * pixels if image.info.get("progressive") else 0)
    if kind == "TIFF":
        return decoded + tile_pixels * max(stored, 4)
    return decoded + _BESIDE.get(kind, 0) * pixels


def _stored_bytes(mode: str) -> int:
    """Bytes that Pillow keeps of each pixel of a mode."""
    if mode in {"1", "L", "P"}:
        return 1
    return 2 if mode.startswith("I;16") else 4


def _plugin(kind: str) -> Callable[[io.BytesIO], Any]:
    """The class that opens `kind`; Pillow's own registry would also bring its global limits."""
    module, name = _PLUGINS[kind]
    return cast("Callable[[io.BytesIO], Any]", getattr(import_module(module), name))


@dataclass(frozen=True, slots=True)
class _Tones:
    """Which values are black and white.

    Attributes:
        black: value of a grey picture that is shown as black.
        white: value that is shown as white; below `black` if the file is a negative.
        scale: of a colour picture, what its values of 8 bits are multiplied by.
    """

    black: float = 0.0
    white: float = 255.0
    scale: float = 1.0


def _small_rgb(image: Image.Image, max_side: int, *, is_deep: bool) -> Image.Image:
    """RGB whose longest side is at most `max_side`; a large picture is never copied whole."""
    tones = _tones_of(image, is_deep=is_deep)
    if image.width * image.height <= _WHOLE_PIXELS:
        return shrink(_to_rgb(image, tones), max_side)
    is_plain = image.mode in {"RGB", "L"} and not image.has_transparency_data
    if is_plain and image.width * image.height <= _PLAIN_PIXELS and tones.scale == 1.0:
        return shrink(image, max_side).convert("RGB")
    factor = max(1, int(max(image.size) / max_side / _STRIP_GAP))
    across, down = (-(-side // factor) for side in image.size)
    small = Image.new("RGB", (across, down))
    rows = max(1, _STRIP_PIXELS // image.width // factor) * factor
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        small.paste(_to_rgb(strip, tones).reduce(factor), (0, top // factor))
    return shrink(small, max_side)


def _is_deep(image: Image.Image) -> bool:
    """Whether a picture, not loaded yet, has 16 bits a colour, of which Pillow keeps eight."""
    return image.mode in {"RGB", "CMYK"} and any(
        "16" in str(part) for tile in getattr(image, "tile", ()) for part in _parts(tile[3])
    )


def _parts(arguments: object) -> tuple[object, ...]:
    """What a decoder is told; the first is how the file's pixels are laid out."""
    return arguments[:1] if isinstance(arguments, tuple) else (arguments,)


def _tones_of(image: Image.Image, *, is_deep: bool) -> _Tones:
    """What is black and white in a picture whose values have more than 8 bits.

    Scanners and cameras of 10, 12 or 14 bits store their values in 16, of which they use a
    sixteenth: such a picture would be black. So one that uses less than half of its range is shown
    by the range that it uses, apart from a thousandth of the pixels at each end.
    """
    if is_deep:
        brightest = max(high for _, high in _bands(image))
        return _Tones(scale=255 / brightest) if 0 < brightest <= _HALF else _Tones()
    if not (image.mode.startswith("I") or image.mode == "F"):
        return _Tones()
    low, high, peak = _range_of(image)
    full = 65535.0
    if not image.mode.startswith(
        "I;16"
    ):  # no mode says what white is: take the smallest usual range that holds the values
        full = float(next((top for top in (1, 255, 65535) if peak <= top), peak))
        full = 255.0 if image.mode == "I" and full == 1.0 else full
    black, white = (0.0, full) if low >= 0 and high - low >= full / 2 else (low, high)
    if white <= black:
        black, white = 0.0, max(full, 1.0)
    if getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        black, white = white, black
    return _Tones(black, white)


def _bands(image: Image.Image) -> list[tuple[int, int]]:
    return cast("list[tuple[int, int]]", list(image.getextrema()))


def _range_of(image: Image.Image) -> tuple[float, float, float]:
    """The values that all but a thousandth of the pixels are above, and below, and the largest."""
    rows = max(1, _STRIP_PIXELS // image.width)
    step = max(1, image.width * image.height // _SAMPLED_PIXELS)
    sampled: list[npt.NDArray[np.float32]] = []
    peak = 0.0
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        values = _finite(strip).ravel()
        peak = max(peak, float(values.max()))
        sampled.append(values[::step].copy())  # a view would keep the whole strip
    low, high = np.percentile(np.concatenate(sampled), (_TAIL_PERCENT, 100 - _TAIL_PERCENT))
    return float(low), float(high), peak


def _finite(image: Image.Image) -> "npt.NDArray[np.float32]":
    return np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)


def _to_rgb(image: Image.Image, tones: _Tones) -> Image.Image:
    """Any mode → RGB, with what is transparent laid on white; `tones` as of `_tones_of`."""
    if image.mode.startswith("I") or image.mode == "F":
        shares = (_finite(image) - tones.black) / (tones.white - tones.black)
        values = shares.clip(0.0, 1.0) * 255.0 + 0.5
        return Image.fromarray(values.astype(np.uint8)).convert("RGB")
    if tones.scale != 1.0:
        image = image.point(lambda value: value * tones.scale)
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(paper, rgba).convert("RGB")
    return image.convert("RGB")


def _fit(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """`size` scaled down so that its longest side is at most `max_side`; no side becomes 0."""
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrink(image: Image.Image, max_side: int) -> Image.Image:
    """A copy whose longest side is at most `max_side` pixels; never larger than the image."""
    size = _fit(image.size, max_side)
    if size == image.size:
        return image.copy()
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=_REDUCING_GAP)


def _is_text(start: bytes) -> bool:
    return b"\0" not in start and not start.startswith(b"\xff\xd8")


_quiet_lock = threading.Lock()
_quiet_depth = 0


@contextmanager
def _quiet_pillow() -> Iterator[None]:
    """Suppress Pillow's warnings about odd files, which are either read or refused here.

    `warnings.catch_warnings` replaces the whole list of filters and is not thread-safe. This adds
    one filter while at least one photo is being decoded, and then removes only that filter.
    """
    global _quiet_depth
    with _quiet_lock:
        _quiet_depth += 1
        if _quiet_depth == 1:
            warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_depth -= 1
            if _quiet_depth == 0:
                _drop_filter()


def _drop_filter() -> None:
    filters = cast("list[tuple[Any, ...]]", warnings.filters)
    for item in [f for f in filters if f[0] == "ignore" and _pattern(f[3]) == r"PIL\."]:
        filters.remove(item)


def _pattern(module: object) -> object:
    return getattr(module, "pattern", module)
