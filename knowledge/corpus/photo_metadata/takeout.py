"""Google Takeout: the JSON that Google Photos writes beside each photo of an export.

The address in it opens for the photo's owner alone, so it is left out. Times are UTC: Google keeps
no time zone.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from knowledge.corpus.photo_metadata.statements import Statement

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TIME_S = 86_400
"""An export gives photos without a date about this moment after 1970 began."""
_MARKS = ("photoTakenTime", "geoData", "googlePhotosOrigin", "imageViews")


def takeout_statements(text: str) -> list[Statement] | None:
    """What the JSON of an export says of its photo; None if the text is something else."""
    if not any(f'"{mark}"' in text for mark in _MARKS):
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, Mapping) or not any(mark in values for mark in _MARKS):
        return None
    if not isinstance(values.get("photoTakenTime", {}), Mapping):
        return None
    # The title is always the file's name.
    statements = [Statement("caption", _text(values.get("description")))]
    people = values.get("people")
    for person in people if isinstance(people, list) else []:
        if isinstance(person, Mapping):
            statements.append(Statement("people", _text(person.get("name"))))
    statements.append(Statement("exposed", _moment(values.get("photoTakenTime"))))
    statements.append(
        Statement(
            "position", _position(values.get("geoData")) or _position(values.get("geoDataExif"))
        )
    )
    return [statement for statement in statements if statement.value]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> str:
    """ISO 8601 in UTC."""
    stamp = value.get("timestamp") if isinstance(value, Mapping) else None
    try:
        seconds = int(stamp) if isinstance(stamp, str | int) else 0
        if abs(seconds) < _NO_TIME_S:
            return ""
        return (_EPOCH + timedelta(seconds=seconds)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _position(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    latitude, longitude = value.get("latitude"), value.get("longitude")
    numbers = isinstance(latitude, int | float) and isinstance(longitude, int | float)
    if not numbers or not (latitude or longitude):
        return ""
    return f"{latitude},{longitude}"
