"""IPTC-IIM: the captions and credits that picture agencies write into photos since 1991.

Pillow's `getiptcinfo` gives nothing of a record that is damaged somewhere or is not in a JPEG or
TIFF; here whatever stands before the damage is read.
"""

from collections.abc import Iterator

from knowledge.charset import decode_short
from knowledge.corpus.photo_metadata.statements import Property, Statement, place_statements
from knowledge.exif import read_moment

_MARKER = 0x1C
_HEADER = 5
_EXTENDED = 0x8000
_MOST_SETS = 5_000
"""Data sets; a caption with a thousand keywords has fewer."""

_CHARSET = (1, 90)
_UTF8, _LATIN_1 = b"\x1b%G", b"\x1b.A"
_ESCAPES = {
    _UTF8: "utf-8",
    b"\x1b%/G": "utf-8",
    b"\x1b%/H": "utf-8",
    b"\x1b%/I": "utf-8",
    _LATIN_1: "latin-1",
    b"\x1b-A": "latin-1",
}

_RECORD = 2
_PROPERTIES: dict[int, Property] = {
    5: "title",
    25: "keyword",
    40: "instructions",
    80: "photographer",
    85: "photographer_role",
    103: "reference",
    105: "headline",
    110: "credit",
    115: "source",
    116: "rights",
    120: "caption",
    122: "caption_writer",
}
_DATE, _TIME, _DIGITISED = 55, 60, 62
_CITY, _SUBLOCATION, _PROVINCE, _COUNTRY = 90, 92, 95, 101


def iptc_statements(data: bytes) -> list[Statement]:
    """The statements of an IPTC-IIM record, in the order in which they are written."""
    sets = list(_data_sets(data))
    named = next((value for key, value in sets if key == _CHARSET), b"")
    texts = [
        (key[1], text)
        for key, value in sets
        if key[0] == _RECORD and (text := _decode(value, _ESCAPES.get(named, "")))
    ]
    statements = [
        Statement(_PROPERTIES[number], text) for number, text in texts if number in _PROPERTIES
    ]
    first: dict[int, str] = {}
    for number, text in texts:
        first.setdefault(number, text)
    if taken := read_moment(_as_exif(first.get(_DATE, ""), first.get(_TIME, ""))):
        statements.append(Statement("taken", taken))
    if digitised := read_moment(_as_exif(first.get(_DIGITISED, ""), "")):
        statements.append(Statement("digitised", digitised))
    return statements + place_statements(
        *(first.get(number, "") for number in (_SUBLOCATION, _CITY, _PROVINCE, _COUNTRY))
    )


def _data_sets(data: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Record and data set number, and the value; ends where the data are damaged."""
    at = 0
    for _ in range(_MOST_SETS):
        if at + _HEADER > len(data) or data[at] != _MARKER:
            return
        key, size = (data[at + 1], data[at + 2]), int.from_bytes(data[at + 3 : at + 5], "big")
        at += _HEADER
        if size & _EXTENDED:
            digits = size & ~_EXTENDED
            if digits > 4:
                return
            size, at = int.from_bytes(data[at : at + digits], "big"), at + digits
        yield key, data[at : at + size]
        at += size


def _decode(value: bytes, encoding: str) -> str:
    value = value.rstrip(b"\0 ")
    try:
        return value.decode(encoding) if encoding else decode_short(value)
    except UnicodeDecodeError:  # the record says UTF-8 and is not, or is cut through a character
        return decode_short(value)


def _as_exif(day: str, time: str) -> str:
    """`19310512`, `101112+0200` → `1931:05:12 10:11:12`; a time of midnight says nothing."""
    day = day.replace("-", "").replace(":", "")[:8]
    clock = time.replace(":", "")[:6]
    if len(day) == 4:
        return day
    written = f"{day[:4]}:{day[4:6]}:{day[6:8]}"
    if len(clock) == 6 and clock.isdigit() and len(day) == 8:
        written += f" {clock[:2]}:{clock[2:4]}:{clock[4:]}"
    return written
