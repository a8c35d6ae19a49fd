"""What is written inside of a photo's file: EXIF, IPTC, XMP and the texts of PNG.

The file is opened in a process of its own: the libraries that look for metadata in WebP, HEIC and
AVIF are written in C. Only headers are read, and no picture is decoded.
"""

import os
import stat
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from PIL import Image

from knowledge.charset import decode_short
from knowledge.corpus.photo_metadata.iptc import iptc_statements
from knowledge.corpus.photo_metadata.statements import Property, Statement
from knowledge.corpus.photo_metadata.xmp import xmp_statements
from knowledge.errors import CorpusError
from knowledge.exif import Exif, exif_of
from knowledge.image_format import sniff_format
from knowledge.isolation import IsolationError, Workers

_SECONDS = 10.0
_MEMORY_BYTES = 768 * 2**20
_HEAD = 512

_PLUGINS = {
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "HEIF": ("pillow_heif", "HeifImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
}
"""Format → module and class that find its metadata without decoding the picture."""

_IPTC_OF_PHOTOSHOP, _IPTC_OF_TIFF, _PHOTOSHOP_OF_TIFF, _XMP_OF_TIFF = 0x0404, 33723, 34377, 700
_RESOURCE = b"8BIM\x04\x04"

_MOST_CHUNKS = 100_000
_PNG_SIGNATURE = 8
_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")
_PNG_TEXTS: dict[str, Property] = {
    "title": "title",
    "author": "photographer",
    "artist": "photographer",
    "description": "caption",
    "copyright": "rights",
    "creation time": "taken",
    "comment": "comment",
    "source": "source",
    "keywords": "keyword",
    "location": "place",
}
"""Keys that the PNG specification names, and a few that are usual."""


class Embedded(NamedTuple):
    """What a file says of its photo.

    Attributes:
        sources: the statements of XMP, IPTC and EXIF, the most trusted first.
        problems: what could not be read, and why.
    """

    sources: list[list[Statement]]
    problems: list[str]


def read_embedded(file: Path) -> Embedded:
    """The metadata inside of a photo.

    A photo that cannot be opened has none, and is no problem here: whoever decodes it finds out
    what is wrong with it.
    """
    try:
        result = _workers().run(
            f"{__name__}:_read", {"file": str(file.absolute())}, seconds=_SECONDS
        )
    except IsolationError as error:
        return Embedded([], [f"The photo's metadata cannot be read: {error.reason}; save it anew."])
    return Embedded(
        [[Statement(*parts) for parts in source] for source in result.values["sources"]],
        result.values["problems"],
    )


def read_xmp(data: bytes) -> list[Statement]:
    """The statements of an XMP file.

    Raises:
        CorpusError: it cannot be read, or is refused.
    """
    try:
        values = _workers().run(f"{__name__}:_read_xmp", {}, [data], seconds=_SECONDS).values
    except IsolationError as error:
        raise CorpusError(f"The XMP cannot be read: {error.reason}; save it anew.") from None
    return [Statement(*parts) for parts in values["statements"]]


@cache
def _workers() -> Workers:
    return Workers(
        1,
        memory_bytes=_MEMORY_BYTES,
        modules=(__name__, "PIL.JpegImagePlugin", "PIL.TiffImagePlugin", "defusedxml.ElementTree"),
    )


# What follows runs in a process of its own.


@dataclass(slots=True)
class _Parts:
    """Metadata as they lie in a file, not yet understood."""

    exif: Exif = field(default_factory=Exif)
    iptc: bytes = b""
    xmp: bytes = b""
    texts: list[Statement] = field(default_factory=list)


def _read(_: list[bytearray], *, file: str) -> tuple[dict[str, Any], list[bytes]]:
    problems: list[str] = []
    parts = _Parts()
    with _opened(file) as stream:
        kind = sniff_format(stream.read(_HEAD))
        stream.seek(0)
        try:
            parts = _parts_of(stream, kind)
        except MemoryError:
            raise
        except Exception as error:  # parsers raise nearly every type on damaged files
            # A file that ends too early is reported where its picture is decoded.
            cut = isinstance(error, struct.error | OSError | EOFError | SyntaxError)
            if kind in ("PNG", "WEBP") and not cut:
                why = error or type(error).__name__
                problems.append(f"The photo's metadata are damaged ({why}); save them anew.")
    xmp: list[Statement] = []
    try:
        xmp = xmp_statements(parts.xmp) if parts.xmp.strip(b"\0 \r\n\t") else []
    except CorpusError as error:
        problems.append(str(error))
    sources = [xmp, iptc_statements(parts.iptc), _exif_statements(parts.exif), parts.texts]
    return {"sources": sources, "problems": problems}, []


def _read_xmp(blobs: list[bytearray]) -> tuple[dict[str, Any], list[bytes]]:
    return {"statements": xmp_statements(bytes(blobs.pop()))}, []


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    """A regular file; a pipe put in its place would be waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(file, flags), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise CorpusError("The photo is not a regular file; remove it.")
        yield stream


def _parts_of(stream: IO[bytes], kind: str | None) -> _Parts:
    if kind == "PNG":
        return _png_parts(stream)
    if kind == "WEBP":
        return _webp_parts(stream)
    if kind not in _PLUGINS:
        return _Parts()
    module, name = _PLUGINS[kind]
    plugin = cast("Callable[[IO[bytes]], Any]", getattr(import_module(module), name))
    image = plugin(stream)
    info: Mapping[Any, Any] = image.info
    parts = _Parts(xmp=_bytes(info.get("xmp")))
    if kind == "TIFF":
        tags = image.tag_v2
        parts.xmp = parts.xmp or _bytes(tags.get(_XMP_OF_TIFF))
        parts.iptc = _raw(tags.get(_IPTC_OF_TIFF), tags.prefix) or _in_photoshop(
            _bytes(tags.get(_PHOTOSHOP_OF_TIFF))
        )
    elif isinstance(photoshop := info.get("photoshop"), Mapping):
        parts.iptc = _bytes(photoshop.get(_IPTC_OF_PHOTOSHOP))
    if comment := _bytes(info.get("comment")):
        parts.texts.append(Statement("comment", decode_short(comment)))
    parts.exif = exif_of(image.getexif())
    return parts


def _png_parts(stream: IO[bytes]) -> _Parts:
    """Pillow's reader of chunks, without the picture, which `Image.text` would decode first."""
    from PIL.PngImagePlugin import PngStream

    parts, exif = _Parts(), b""
    stream.seek(_PNG_SIGNATURE)
    png = PngStream(stream)
    for _ in range(_MOST_CHUNKS):
        kind, at, length = png.read()
        if kind in _CHUNKS:
            png.call(kind, at, length)
        if kind == b"IEND":
            break
        stream.seek(at + length + 4)
    exif = _bytes(png.im_info.get("exif"))
    for key, text in png.im_text.items():
        match str(key).casefold():
            case "xml:com.adobe.xmp":
                parts.xmp = str(text).encode("utf-8", "replace")
            case "raw profile type xmp":
                parts.xmp = parts.xmp or _profile(text)
            case "raw profile type exif" | "raw profile type app1":
                found = _profile(text)
                if found.startswith(b"http://ns.adobe.com/xap"):
                    parts.xmp = parts.xmp or found.partition(b"\0")[2]
                else:
                    exif = exif or found
            case "raw profile type iptc" | "raw profile type 8bim":
                found = _profile(text)
                parts.iptc = _in_photoshop(found) or found
            case name if name in _PNG_TEXTS:
                # A chunk without UTF-8 is Latin-1 by the letter of the standard alone.
                plain = str(text)
                if not hasattr(text, "lang") and not getattr(text, "tkey", None):
                    plain = _relabelled(plain)
                parts.texts.append(Statement(_PNG_TEXTS[name], plain))
    if exif:
        parts.exif = _exif(exif)
    return parts


def _webp_parts(stream: IO[bytes]) -> _Parts:
    """The chunks of RIFF; Pillow would first make room for the whole picture."""
    parts = _Parts()
    stream.seek(12)
    for _ in range(_MOST_CHUNKS):
        head = stream.read(8)
        if len(head) < 8:
            break
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"EXIF":
            parts.exif = _exif(stream.read(size))
        elif head[:4] == b"XMP ":
            parts.xmp = stream.read(size)
        else:
            stream.seek(size, os.SEEK_CUR)
        stream.seek(size & 1, os.SEEK_CUR)
    return parts


def _exif(data: bytes) -> Exif:
    tags = Image.Exif()
    try:
        tags.load(data)
    except MemoryError:
        raise
    except Exception:  # Pillow's parser raises many types on damaged EXIF
        return Exif()
    return exif_of(tags)


def _relabelled(text: str) -> str:
    try:
        return decode_short(text.encode("latin-1"))
    except UnicodeEncodeError:
        return text


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, bytes | bytearray) else b""


def _raw(value: object, prefix: bytes) -> bytes:
    """The bytes of a tag that Photoshop writes as numbers of four bytes."""
    if isinstance(value, tuple) and all(isinstance(n, int) for n in value):
        order = "<" if prefix == b"II" else ">"
        return struct.pack(f"{order}{len(value)}L", *(n & 0xFFFFFFFF for n in value))
    return _bytes(value)


def _in_photoshop(data: bytes) -> bytes:
    """The IPTC record among Photoshop's resources."""
    at = data.find(_RESOURCE)
    if at < 0:
        return b""
    at += len(_RESOURCE)
    name = data[at] if at < len(data) else 0
    at += name + 1 + (name + 1) % 2
    size = int.from_bytes(data[at : at + 4], "big")
    return data[at + 4 : at + 4 + size]


def _profile(text: object) -> bytes:
    """`\\nexif\\n      42\\n4578…` of ImageMagick → the bytes."""
    digits = "".join(str(text).split("\n")[3:])
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def _exif_statements(exif: Exif) -> list[Statement]:
    statements = [Statement("title", text) for text in exif.titles]
    statements.append(Statement("caption", exif.description))
    statements += [Statement("comment", text) for text in exif.comments]
    statements += [Statement("photographer", text) for text in exif.artists]
    statements += [Statement("keyword", text) for text in exif.keywords]
    statements += [
        Statement("exposed", exif.exposed),
        Statement("digitised", exif.digitised),
        Statement("rights", exif.rights),
        Statement("camera", exif.camera),
    ]
    if exif.latitude is not None:
        statements.append(Statement("position", f"{exif.latitude},{exif.longitude}"))
    return [statement for statement in statements if statement.value]
