"""When, where and which way up a photo was taken, read from its EXIF; knows no pixels.

Cameras, editors and damaged files write anything here, so a value that makes no sense becomes None.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

_OFFSET = re.compile(r"[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Exif:
    """What SnapCite keeps of a photo's EXIF.

    Attributes:
        orientation: 1 to 8 as EXIF numbers them; 1 is upright.
        taken_at: ISO 8601, with the offset from UTC if the camera wrote one.
        latitude: degrees north, -90 to 90; None together with `longitude`.
        longitude: degrees east, -180 to 180.
    """

    orientation: int = 1
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None


def read_exif(image: Image.Image) -> Exif:
    """Read the EXIF of an opened image; unreadable EXIF gives the defaults."""
    try:
        tags = image.getexif()
    except Exception:  # Pillow's parser raises many types on damaged EXIF
        return Exif()
    details, gps = _directory(tags, ExifTags.IFD.Exif), _directory(tags, ExifTags.IFD.GPSInfo)
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef))
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        latitude = longitude = None
    orientation = tags.get(ExifTags.Base.Orientation, 1)
    return Exif(
        orientation=orientation if orientation in range(1, 9) else 1,
        # DateTime is ignored: programs that edit or scan a photo set it to the current date.
        taken_at=_iso_time(
            details.get(ExifTags.Base.DateTimeOriginal),
            details.get(ExifTags.Base.OffsetTimeOriginal),
        ),
        latitude=latitude,
        longitude=longitude,
    )


def _directory(tags: Image.Exif, which: ExifTags.IFD) -> dict[int, Any]:
    """A part of the EXIF; empty if damaged, so that the photo can still be turned upright."""
    try:
        return tags.get_ifd(which)
    except Exception:
        return {}


def _iso_time(value: object, offset: object) -> str | None:
    """`2019:05:04 10:11:12`, `+02:00` → `2019-05-04T10:11:12+02:00`."""
    if not isinstance(value, str):
        return None
    try:
        taken = datetime.strptime(value.strip("\0 "), "%Y:%m:%d %H:%M:%S")
        zone = offset.strip("\0 ") if isinstance(offset, str) else ""
        text = taken.isoformat() + (zone if _OFFSET.fullmatch(zone) else "")
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None


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
