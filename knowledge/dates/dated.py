"""The noun `Dated`: a date as an interval, with its EDTF string and how sure it is.

EDTF is read by the library `edtf`; how people write dates is `knowledge.dates.reading`'s matter.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple


class InvalidEdtfError(ValueError):
    """A text is not EDTF, or not a date that has bounds."""


class Day(NamedTuple):
    """A day of the proleptic Gregorian calendar. Year 0 is 1 BC, year -1 is 2 BC, as in EDTF."""

    year: int
    month: int
    day: int

    @property
    def number(self) -> int:
        """The day as one number that sorts, for filters: `19100520`; of a year BC a negative one.

        >>> Day(1910, 5, 20).number, Day(-514, 12, 31).number < Day(-513, 1, 1).number
        (19100520, True)
        """
        return self.year * 10_000 + self.month * 100 + self.day


def days_in(year: int, month: int) -> int:
    """How many days a month has, of any year."""
    return monthrange(2000 + year % 400, month)[1]


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as an interval.

    Attributes:
        earliest: the first day that it may be; None where it is open or not known.
        latest: the last day that it may be, or None.
        words: the words that it was read from.
        edtf: it in the Extended Date/Time Format, level 0 to 2: `1932~`, `../1904`, `189X`.
        about: the words say *about*; the true date may lie somewhat outside of the interval.
        perhaps: the words say that it is a guess.
    """

    earliest: Day | None
    latest: Day | None
    words: str
    edtf: str
    about: bool = False
    perhaps: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it has a bound; *n.d.* has none."""
        return self.earliest is not None or self.latest is not None

    @property
    def before(self) -> bool:
        """Whether it only says *no later than*."""
        return self.earliest is None and self.latest is not None

    @property
    def after(self) -> bool:
        """Whether it only says *no earlier than*."""
        return self.latest is None and self.earliest is not None

    @property
    def year(self) -> int | None:
        """The year, where the date is in one year for certain; 515 BC is -515, as in `Year.value`.

        A bound, a decade and a span have none, and neither has what is only about or a guess.
        """
        first, last = self.earliest, self.latest
        if first is None or last is None or first.year != last.year or self.about or self.perhaps:
            return None
        return first.year if first.year > 0 else first.year - 1

    def holds(self, other: "Dated") -> bool:
        """Whether another interval lies within this one; both have two bounds."""
        bounds = (self.earliest, other.earliest, other.latest, self.latest)
        days = [day for day in bounds if day is not None]
        return len(days) == len(bounds) and days == sorted(days)

    def overlaps(self, other: "Dated") -> bool:
        """Whether the two intervals have a day in common; a date without bounds overlaps none."""
        if not (self.is_known and other.is_known):
            return False
        return _starts_by(self.earliest, other.latest) and _starts_by(other.earliest, self.latest)


def _starts_by(first: Day | None, last: Day | None) -> bool:
    return first is None or last is None or first <= last


_EDTF = re.compile(r"[-\dXxuTYSZ:+~?%./,{}\[\]\s]{1,120}")
_BIG = re.compile(r"\d{10}")


@lru_cache(maxsize=4096)
def dated_from_edtf(text: str) -> Dated:
    """A date that is written as EDTF.

    Args:
        text: EDTF of level 0, 1 or 2, without exponents.

    Raises:
        InvalidEdtfError: it is not.
    """
    wanted = text.strip()
    if not _EDTF.fullmatch(wanted) or _BIG.search(wanted):
        raise InvalidEdtfError(f"{text[:60]!r} is not a date in EDTF, such as 1900/1914 or 189X.")
    wanted = re.sub(r"(?<=\d)[xu]+", lambda match: "X" * len(match[0]), wanted)
    try:
        low, high = _plain_bounds(wanted) or _bounds(wanted)
    except ValueError as error:
        message = f"{text[:60]!r} is not a date in EDTF, such as 1900/1914 or 189X."
        raise InvalidEdtfError(message) from error
    if wanted.startswith("XXXX"):
        low = high = None
    low, high = _season(wanted, low, high)
    if low is not None and high is not None and high < low:
        raise InvalidEdtfError(f"{text[:60]!r} ends before it begins.")
    return Dated(
        low,
        high,
        text,
        re.sub(r",\s+", ",", wanted),
        about="~" in wanted or "%" in wanted,
        perhaps="?" in wanted or "%" in wanted,
    )


_PLAIN = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?[~?%]?")


def _plain_bounds(text: str) -> tuple[Day | None, Day | None] | None:
    """The bounds of a year, a month, a day or a span of two such; None of all else.

    Nearly all dates are that, and the library takes milliseconds for each.
    """
    first, slash, last = text.partition("/")
    ends = [_PLAIN.fullmatch(end) for end in ((first, last) if slash else (first,))]
    days: list[Day] = []
    for end in ends:
        if end is None:
            return None
        year, month, day = int(end[1]), int(end[2] or 0), int(end[3] or 0)
        if day > days_in(year, month or 12):
            return None
        days.append(Day(year, month or 1, day or 1))
        days.append(Day(year, month or 12, day or days_in(year, month or 12)))
    return days[0], days[-1]


def _bounds(text: str) -> tuple[Day | None, Day | None]:
    """The bounds of any date in EDTF.

    Raises:
        ValueError: it is not one.
    """
    from edtf import EDTFParseException, parse_edtf

    try:
        parsed = parse_edtf(_opened(text))
        return _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (EDTFParseException, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(str(error)) from error


def _opened(text: str) -> str:
    """`/1904` and `1904/` with the open end spelt out; the library guesses ten years for it."""
    return f"..{text}" if text.startswith("/") else f"{text}.." if text.endswith("/") else text


_WINTER = re.compile(r"(-?\d{4})-24[~?%]?$")


def _day(found: Any) -> Day | None:  # noqa: ANN401 - a struct_time or an infinity
    if isinstance(found, float):
        return None
    day = Day(*found[:3])
    if not 1 <= day.month <= 12 or not 1 <= day.day <= days_in(day.year, day.month):
        raise ValueError(f"There is no day {day}")
    return day


def _season(text: str, low: Day | None, high: Day | None) -> tuple[Day | None, Day | None]:
    """A winter lasts into the next year; the library ends it with December."""
    match = _WINTER.search(text)
    if match is None:
        return low, high
    year = int(match[1]) + 1
    return low, Day(year, 2, days_in(year, 2))
