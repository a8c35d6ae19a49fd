"""The interval that the readers of dates build: two ends in EDTF, and the days that they mean.

Knows how intervals are cut, joined, opened and marked; no words of any language.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.dates.dated import Dated, Day, days_in

_MARKS = {(False, False): "", (True, False): "~", (False, True): "?", (True, True): "%"}
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11)}
_WINTER = 24
_SEASON = re.compile(r"^-?\d{4}-(?:2[1-9]|[34]\d)$")


@dataclass(frozen=True, slots=True)
class End:
    """One end of an interval: its EDTF, and how sure it is."""

    edtf: str
    about: bool = False
    perhaps: bool = False

    def __str__(self) -> str:
        return self.edtf + _MARKS[self.about, self.perhaps]


@dataclass(frozen=True, slots=True)
class Span:
    """A date while it is read.

    Attributes:
        low: its first day; None where it is open.
        high: its last day, or None.
        first: EDTF of its beginning, or of the whole where there is no `last`.
        last: EDTF of its end.
        members: EDTF of a set's members (`[…]` one of them, `{…}` all of them), else empty.
        brackets: of the set.
    """

    low: Day | None
    high: Day | None
    first: End
    last: End | None = None
    members: tuple[str, ...] = ()
    brackets: str = "[]"

    @property
    def edtf(self) -> str:
        """It in EDTF."""
        if self.members:
            marked = [member + str(replace(self.first, edtf="")) for member in self.members]
            return self.brackets[0] + ",".join(marked) + self.brackets[1]
        return str(self.first) if self.last is None else f"{self.first}/{self.last}"

    @property
    def is_year(self) -> bool:
        """Whether it is one year, neither more nor less."""
        return self.low is not None and self == year_span(self.low.year)

    def marked(self, *, about: bool = False, perhaps: bool = False) -> "Span":
        """The same, less sure. EDTF marks no season, so its months are marked."""

        def mark(end: End) -> End:
            if end.edtf == "..":
                return end
            return End(end.edtf, end.about or about, end.perhaps or perhaps)

        span = self
        if _SEASON.search(self.first.edtf) and self.low is not None and self.high is not None:
            span = replace(
                self, first=_plain(self.first, self.low), last=_plain(self.first, self.high)
            )
        last = None if span.last is None else mark(span.last)
        return replace(span, first=mark(span.first), last=last)

    def dated(self, words: str) -> Dated:
        """It as the noun."""
        ends = [end for end in (self.first, self.last) if end is not None]
        about, perhaps = any(e.about for e in ends), any(e.perhaps for e in ends)
        return Dated(self.low, self.high, words, self.edtf, about=about, perhaps=perhaps)


def edtf_year(year: int) -> str:
    """A year as EDTF; 0 is 1 BC.

    >>> edtf_year(480), edtf_year(-514)
    ('0480', '-0514')
    """
    return f"{year:04d}" if year >= 0 else f"-{-year:04d}"


def year_span(year: int) -> Span:
    """A whole year; 0 is 1 BC."""
    return Span(Day(year, 1, 1), Day(year, 12, 31), End(edtf_year(year)))


def years_span(first: int, last: int) -> Span:
    """From a year to a year."""
    if first == last:
        return year_span(first)
    return Span(Day(first, 1, 1), Day(last, 12, 31), End(edtf_year(first)), End(edtf_year(last)))


def month_span(year: int, month: int) -> Span | None:
    """A month, or None for a number that is none."""
    if not 1 <= month <= 12:
        return None
    low, high = Day(year, month, 1), Day(year, month, days_in(year, month))
    return Span(low, high, End(f"{edtf_year(year)}-{month:02d}"))


def day_span(year: int, month: int, day: int) -> Span | None:
    """A day, or None where the calendar has no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= days_in(year, month):
        return None
    at = Day(year, month, day)
    return Span(at, at, End(f"{edtf_year(year)}-{month:02d}-{day:02d}"))


def season_span(year: int, season: int) -> Span:
    """A season by its EDTF number (21 spring … 24 winter, which ends in the next year)."""
    edtf = End(f"{edtf_year(year)}-{season}")
    if season == _WINTER:
        return Span(Day(year, 12, 1), Day(year + 1, 2, days_in(year + 1, 2)), edtf)
    first, last = _SEASONS[season]
    return Span(Day(year, first, 1), Day(year, last, days_in(year, last)), edtf)


def months_span(year: int, first: int, last: int) -> Span:
    """From a month to a month of one year."""
    name = edtf_year(year)
    return Span(
        Day(year, first, 1),
        Day(year, last, days_in(year, last)),
        End(f"{name}-{first:02d}"),
        End(f"{name}-{last:02d}"),
    )


def decade_span(year: int) -> Span:
    """The ten years from `year` on, which ends in 0."""
    return Span(Day(year, 1, 1), Day(year + 9, 12, 31), End(f"{year // 10:03d}X"))


def century_span(number: int, *, bc: bool = False) -> Span:
    """A century by its number: the 19th is 1800 to 1899, the 5th BC is 500 to 401 BC."""
    if bc:
        low, high = -(number * 100 - 1), -(number - 1) * 100
        return Span(Day(low, 1, 1), Day(high, 12, 31), End(f"-{number - 1:02d}XX"))
    low = (number - 1) * 100
    return Span(Day(low, 1, 1), Day(low + 99, 12, 31), End(f"{number - 1:02d}XX"))


def part_of(span: Span, number: int, parts: int) -> Span | None:
    """One of `parts` equal parts of a span of years, of a year or of a month; counted from 1.

    *Early*, *mid* and *late* are thirds: of a century 00–33, 34–66, 67–99.
    """
    if span.low is None or span.high is None or not 1 <= number <= parts:
        return None
    (year, month, _), last = span.low, span.high
    if (year, month) == last[:2]:
        days = last.day
        low, high = _cut(days, number, parts)
        if parts == 3:
            low, high = (1, 11, 21)[number - 1], (10, 20, days)[number - 1]
        first, end = day_span(year, month, low), day_span(year, month, high)
        return None if first is None or end is None else joined(first, end)
    if year == last.year:
        low, high = _cut(12, number, parts)
        return months_span(year, low, high)
    low, high = _cut(last.year - year + 1, number, parts)
    whole = years_span(year + low - 1, year + high - 1)
    return whole.marked(about=span.first.about, perhaps=span.first.perhaps)


def _cut(length: int, number: int, parts: int) -> tuple[int, int]:
    """First and last, counted from 1, of one of the equal parts of a length.

    >>> _cut(100, 1, 3), _cut(100, 3, 3), _cut(10, 2, 3)
    ((1, 34), (68, 100), (5, 7))
    """
    return -(-length * (number - 1) // parts) + 1, -(-length * number // parts)


def joined(first: Span, last: Span) -> Span | None:
    """From the beginning of one to the end of the other; None where that is backwards."""
    if first.low is not None and last.high is not None and last.high < first.low:
        return None
    if first.low is not None and last.low is not None and last.low < first.low:
        return None
    return Span(first.low, last.high, _beginning(first), _ending(last))


def _beginning(span: Span) -> End:
    """The end of an interval that begins as a span does. In an interval EDTF has neither seasons
    nor, in all readers, digits that are left open."""
    if span.low is None:
        return End("..")
    return _plain(span.first, span.low) if not span.members else _plain(span.first, span.low, "")


def _ending(span: Span) -> End:
    if span.high is None:
        return End("..")
    end = span.last or span.first
    return _plain(end, span.high) if not span.members else _plain(end, span.high, "")


def _plain(end: End, at: Day, edtf: str | None = None) -> End:
    written = end.edtf if edtf is None else edtf
    year = edtf_year(at.year)
    if "X" in written or not written:
        return replace(end, edtf=year)
    if _SEASON.search(written):
        return replace(end, edtf=f"{year}-{at.month:02d}")
    return end


def until(span: Span) -> Span:
    """No later than the end of a span. *Before 1904* is read so too, since people who write it
    seldom exclude the year itself."""
    return Span(None, span.high, End(".."), _ending(span))


def since(span: Span) -> Span:
    """No earlier than the beginning of a span."""
    return Span(span.low, None, _beginning(span), End(".."))


def any_of(spans: Sequence[Span], *, all_of: bool) -> Span | None:
    """One of several dates, or all of them."""
    lows = [span.low for span in spans if span.low is not None]
    highs = [span.high for span in spans if span.high is not None]
    if len(lows) < len(spans) or len(highs) < len(spans):
        return None
    low, high = min(lows), max(highs)
    first, last = spans[lows.index(low)], spans[highs.index(high)]
    about = any(span.first.about for span in spans)
    perhaps = any(span.first.perhaps for span in spans)
    is_plain = all("X" not in s.edtf and "[" not in s.edtf and "{" not in s.edtf for s in spans)
    if not is_plain or (not all_of and any(span.last for span in spans)):
        whole = Span(low, high, _beginning(first), _ending(last))
        return whole.marked(about=about, perhaps=perhaps)
    members = [s.first.edtf if s.last is None else f"{s.first.edtf}..{s.last.edtf}" for s in spans]
    mark = End("", about, perhaps)
    return Span(low, high, mark, members=tuple(members), brackets="{}" if all_of else "[]")
