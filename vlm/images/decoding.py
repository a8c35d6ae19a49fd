"""Bytes of a photo → upright RGB pixels. Index and query both use this module.

The bytes come from strangers. Their type is sniffed and never taken from a name; size and pixels
are limited before anything is decoded; any fault raises an `ImageError`. Pillow's plugins are
called by their classes, so Pillow's global list of formats and its limits stay unchanged.
Knows no path, no store and no model.
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
from PIL import Image

from knowledge.errors import BrokenImageError, ImageTooLargeError, UnsupportedImageError
from vlm.images.metadata import Exif, read_exif

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

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_BMP_HEADER_SIZES = {12, 40, 52, 56, 64, 108, 124}


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """Limits that are checked before decoding; the defaults accept a 50-megapixel photo."""

    max_bytes: int = 128 * 2**20
    max_pixels: int = 100_000_000


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


def decode_image(
    data: bytes, size: PhotoSize = DEFAULT_SIZE, *, limits: ImageLimits = DEFAULT_LIMITS
) -> DecodedImage:
    """Decode a photo of any supported format; of an animation, its first frame.

    Args:
        data: the whole file.
        size: how many pixels are wanted.
        limits: what is refused.

    Raises:
        UnsupportedImageError: not an image, or of a type that cannot be read.
        BrokenImageError: empty, truncated or damaged.
        ImageTooLargeError: more bytes or pixels than `limits` allow.
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
            return _decode(data, kind, wanted=size, max_pixels=limits.max_pixels)
    except (ImageTooLargeError, BrokenImageError):
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


def sniff_format(data: bytes) -> str | None:
    """Name of the format by the first bytes, as in `DecodedImage.format`; None if not supported."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    if data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return "BMP"
    if data[4:8] == b"ftyp":
        end = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[8:12]} | {data[i : i + 4] for i in range(16, end, 4)}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & (_HEIF_BRANDS | {b"mif1", b"msf1"}):
            return "HEIF"
    return None


def _decode(data: bytes, kind: str, *, wanted: PhotoSize, max_pixels: int) -> DecodedImage:
    image = _plugin(kind)(io.BytesIO(data))
    width, height = image.size
    if width * height > max_pixels:
        raise ImageTooLargeError(
            f"The photo has {width} × {height} pixels, more than the {max_pixels / 1e6:g} "
            "megapixels allowed; save it smaller."
        )
    if kind == "JPEG":
        # Within a scan 0x00 follows every 0xFF: this counts scans, or chance.
        if (scans := data.count(_START_OF_SCAN)) > _MOST_SCANS:
            raise BrokenImageError(
                f"The JPEG has {scans} scans, more than any camera or program writes; save it anew."
            )
        # Decodes at 1/2, 1/4 or 1/8 right away: several times faster.
        least = _fit(image.size, wanted.longest)
        if wanted.enough is not None and wanted.enough < min(least):
            least = (wanted.enough, wanted.enough)
        image.draft("RGB", least)
    try:
        image.load()
        # Read after loading: TIFF and HEIF decoders turn the image themselves and say so here.
        exif: Exif = read_exif(image)
        pixels = shrink(_to_rgb(image), wanted.longest)
        if (turn := _TURNS.get(exif.orientation)) is not None:
            pixels = pixels.transpose(turn)
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


def _plugin(kind: str) -> Callable[[io.BytesIO], Any]:
    """The class that opens `kind`; Pillow's own registry would also bring its global limits."""
    module, name = _PLUGINS[kind]
    return cast("Callable[[io.BytesIO], Any]", getattr(import_module(module), name))


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any mode → RGB; transparent pixels become white."""
    if image.mode.startswith("I") or image.mode == "F":
        return _grey_to_8bit(image).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(paper, rgba).convert("RGB")
    return image.convert("RGB")


def _grey_to_8bit(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits or of floats → 8 bits; Pillow's own conversion clips at 255."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)
    if image.mode.startswith("I;16"):
        full = 65535.0
    else:  # no mode says what white is: take the smallest usual range that holds the values
        peak = float(values.max())
        full = next((top for top in (1.0, 255.0, 65535.0) if peak <= top), peak)
        if image.mode == "I" and full == 1.0:
            full = 255.0
    return Image.fromarray((values.clip(0.0, full) * (255.0 / full) + 0.5).astype(np.uint8))


def _fit(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """`size` scaled down so that its longest side is at most `max_side`; no side becomes 0."""
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrink(image: Image.Image, max_side: int) -> Image.Image:
    """A copy whose longest side is at most `max_side` pixels; never larger than the image."""
    size = _fit(image.size, max_side)
    if size == image.size:
        return image.copy()
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)


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
