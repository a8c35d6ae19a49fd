"""What a photo's EXIF says: which way up it is, what it shows, when and where and by whom taken.

Cameras, scanners, editors and damaged files write anything here, so a value that makes no sense is
left out. Knows no pixels and no file: `PIL.Image.Exif` has parsed the bytes.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PIL import ExifTags, Image

from knowledge.charset import decode_short

_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_MOMENT = re.compile(
    r"(?P<year>\d{4})(?:[:/.-](?P<month>[\d ]{2})(?:[:/.-](?P<day>[\d ]{2})"
    r"(?:[ T](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d*)?)?)?)?"
)
_UNSET_CLOCKS = frozenset({"1970-01-01", "1980-01-01"})
"""What a clock says at midnight that nobody has set."""
_SCANNERS = re.compile(
    r"scan|perfection|coolscan|\bls-\d|flextight|imacon|opticfilm|plustek|microtek|umax|silverfast|"
    r"noritsu|frontier|\bsp-\d{3,4}|expression \d+xl|\bgt-\d{4}|bookeye|zeutschel|cruse",
    re.IGNORECASE,
)
_FILM_SCANNER, _PRINT_SCANNER = 1, 2
"""Values of `FileSource`."""
_MOST_CHARS = 1_000_000
"""Of a text; microscopes and satellites write longer ones, for their programs."""
_COMMENT_PREFIX = 8
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Exif:
    """What SnapCite keeps of a photo's EXIF; texts that are not there are empty.

    Attributes:
        orientation: 1 to 8 as EXIF numbers them; 1 is upright.
        taken_at: ISO 8601, with the offset from UTC if the camera wrote one; None of a scan.
        latitude: degrees north, -90 to 90; None together with `longitude`.
        longitude: degrees east, -180 to 180.
        exposed: as `read_moment` writes it, when the shutter opened; empty for a scan.
        digitised: likewise, when the picture became a file.
        titles: of the document or the picture.
        description: what it shows, as the maker of the file says.
        comments: what a person or a program added.
        artists: who made it.
        rights: the notice of copyright.
        keywords: one by one.
        camera: make and model; of a scan "", as no camera made the picture.
        software: what wrote the file.
    """

    orientation: int = 1
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    exposed: str = ""
    digitised: str = ""
    titles: tuple[str, ...] = ()
    description: str = ""
    comments: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()
    rights: str = ""
    keywords: tuple[str, ...] = ()
    camera: str = ""
    software: str = ""


def read_exif(image: Image.Image) -> Exif:
    """Read the EXIF of an opened image; unreadable EXIF gives the defaults."""
    try:
        tags = image.getexif()
    except Exception:  # Pillow's parser raises many types on damaged EXIF
        return Exif()
    return exif_of(tags)


def exif_of(tags: Image.Exif) -> Exif:
    """What EXIF says that was parsed already."""
    details, gps = _directory(tags, ExifTags.IFD.Exif), _directory(tags, ExifTags.IFD.GPSInfo)
    orientation = _value(tags, ExifTags.Base.Orientation)
    make, model = (_text(_value(tags, tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
    software = _text(_value(tags, ExifTags.Base.Software))
    original = details.get(ExifTags.Base.DateTimeOriginal)
    # DateTime is ignored: programs that edit or scan a photo set it to the current date.
    offset = _text(details.get(ExifTags.Base.OffsetTimeOriginal))
    exposed = read_moment(_text(original), offset)
    digitised = read_moment(
        _text(details.get(ExifTags.Base.DateTimeDigitized)),
        _text(details.get(ExifTags.Base.OffsetTimeDigitized)),
    )
    scanned = _is_scan(details, f"{make} {model} {software}")
    if scanned and exposed[:10] in ("", digitised[:10] or exposed[:10]):
        exposed, digitised, original = "", digitised or exposed, None
    latitude, longitude = _position(gps)
    return Exif(
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
        taken_at=_iso_time(original, offset),
        latitude=latitude,
        longitude=longitude,
        exposed=exposed,
        digitised=digitised,
        titles=_texts(
            _utf16(_value(tags, ExifTags.Base.XPTitle)),
            _text(_value(tags, ExifTags.Base.DocumentName)),
        ),
        description=_text(_value(tags, ExifTags.Base.ImageDescription)),
        comments=_texts(
            _comment(details.get(ExifTags.Base.UserComment), tags.endian),
            _utf16(_value(tags, ExifTags.Base.XPComment)),
            _utf16(_value(tags, ExifTags.Base.XPSubject)),
        ),
        artists=_texts(
            *_text(_value(tags, ExifTags.Base.Artist)).split(";"),
            *_utf16(_value(tags, ExifTags.Base.XPAuthor)).split(";"),
        ),
        rights=_copyright(_value(tags, ExifTags.Base.Copyright)),
        keywords=_texts(*_utf16(_value(tags, ExifTags.Base.XPKeywords)).split(";")),
        camera="" if scanned else _camera(make, model),
        software=software,
    )


def read_moment(text: str, offset: str = "") -> str:
    """A date as EXIF and IPTC write it, in ISO 8601 as far as it is known; "" where nothing is.

    >>> read_moment("1931:05:12 00:00:00"), read_moment("1931:00:00 00:00:00")
    ('1931-05-12', '1931')
    >>> read_moment("2019:05:04 10:11:12", "+02:00"), read_moment("0000:00:00 00:00:00")
    ('2019-05-04T10:11:12+02:00', '')
    """
    found = _MOMENT.match(text.strip("\0 "))
    if found is None or not int(found["year"]):
        return ""
    year = found["year"]
    month, on = (int((found[part] or "").replace(" ", "0") or 0) for part in ("month", "day"))
    if not 1 <= month <= 12:
        return year
    if not on:
        return f"{year}-{month:02}"
    day = f"{year}-{month:02}-{on:02}"
    try:
        date.fromisoformat(day)
    except ValueError:
        return ""
    clock = f"{found['hour']}:{found['minute']}:{found['second'] or '00'}" if found["hour"] else ""
    if clock in ("", "00:00:00"):  # a date alone, as EXIF has no other way to write it
        return "" if clock and day in _UNSET_CLOCKS else day
    zone = offset.strip("\0 ")
    try:
        moment = f"{day}T{clock}{zone if _OFFSET.fullmatch(zone) else ''}"
        datetime.fromisoformat(moment)
    except ValueError:
        return day
    return moment


def _is_scan(details: Mapping[int, Any], makers: str) -> bool:
    """Whether a scanner made the file, so that its date is that of the scan."""
    source = details.get(ExifTags.Base.FileSource)
    if isinstance(source, bytes):
        source = source[0] if source else None
    return source in (_FILM_SCANNER, _PRINT_SCANNER) or _SCANNERS.search(makers) is not None


def _directory(tags: Image.Exif, which: ExifTags.IFD) -> dict[int, Any]:
    """A part of the EXIF; empty if damaged, so that the photo can still be turned upright."""
    try:
        return tags.get_ifd(which)
    except Exception:
        return {}


def _value(tags: Image.Exif, tag: int) -> object:
    """A value, which Pillow decodes when it is asked for; None if that fails."""
    try:
        return tags.get(tag)
    except Exception:
        return None


def _texts(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, texts))))


def _text(value: object) -> str:
    """A text that Pillow decoded as Latin-1, decoded as what it is; numbers are ""."""
    if isinstance(value, tuple) and value:
        value = value[0]
    if isinstance(value, str):
        value = value[:_MOST_CHARS]
        try:
            value = value.encode("latin-1")
        except UnicodeEncodeError:
            return str(value).strip("\0 ")
    return decode_short(value.rstrip(b"\0 ")).strip("\0 ") if isinstance(value, bytes) else ""


def _copyright(value: object) -> str:
    """The photographer's notice and the editor's, which a zero byte separates."""
    return "; ".join(_texts(*_text(value).split("\0")))


def _utf16(value: object) -> str:
    """What Windows writes into `XPTitle` and the like."""
    if isinstance(value, tuple) and all(isinstance(n, int) and 0 <= n < 256 for n in value):
        value = bytes(value)
    if not isinstance(value, bytes):
        return ""
    text = value[: 2 * _MOST_CHARS].decode("utf-16-le", errors="replace")
    return text.split("\0")[0].strip()


def _comment(value: object, endian: str | None) -> str:
    """`UserComment`: eight bytes that name a character set, and a text."""
    if not isinstance(value, bytes):
        return _text(value)
    name, text = value[:_COMMENT_PREFIX], value[_COMMENT_PREFIX:_MOST_CHARS]
    if name.startswith(b"UNICODE"):
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return text.decode("utf-16", errors="replace").strip("\0 ")
        # Not all programs keep to the byte order of the EXIF: letters of most scripts tell.
        low, high = text[::2].count(0), text[1::2].count(0)
        little = endian == "<" if low == high else high > low
        decoded = text.decode("utf-16-le" if little else "utf-16-be", errors="replace")
        return decoded.strip("\0 ")
    if name.startswith(b"JIS"):
        return text.decode("iso2022_jp", errors="replace").strip("\0 ")
    # Without the name that should be there, it may be a text, or what a camera keeps for itself.
    plain = text if name.startswith(b"ASCII") or not name.strip(b"\0 ") else value
    return "" if _CONTROLS.search(plain.rstrip(b"\0")) else _text(plain)


def _camera(make: str, model: str) -> str:
    """`NIKON CORPORATION`, `NIKON D70` → `NIKON D70`."""
    first = make.split()[0] if make else ""
    named = bool(first) and model.casefold().startswith(first.casefold())
    return model if named else f"{make} {model}".strip()


def _iso_time(value: object, offset: str) -> str | None:
    """`2019:05:04 10:11:12`, `+02:00` → `2019-05-04T10:11:12+02:00`."""
    if not isinstance(value, str):
        return None
    try:
        taken = datetime.strptime(value.strip("\0 "), "%Y:%m:%d %H:%M:%S")
        text = taken.isoformat() + (offset if _OFFSET.fullmatch(offset) else "")
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _position(gps: Mapping[int, Any]) -> tuple[float | None, float | None]:
    """Latitude and longitude; of no use alone, beyond the poles, or where a receiver had none."""
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef))
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return (None, None) if latitude == longitude == 0 else (latitude, longitude)


def _degrees(parts: object, reference: object) -> float | None:
    """(degrees, minutes, seconds), `S` → negative decimal degrees."""
    if not isinstance(parts, Sequence) or isinstance(parts, str | bytes) or len(parts) != 3:
        return None
    if not isinstance(reference, str):
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ArithmeticError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):  # Pillow reads x/0 as nan
        return None
    return round(-value if reference.strip("\0 ").upper() in {"S", "W"} else value, 7)
