"""Reads a date as people and institutions write it, in a field of a record: `read_date`.

The whole text has to be a date. It knows calendars, hedges, bounds, ranges and lists; which words
mean them is in `words` and, of Chinese and Japanese, in `han`. What it cannot read exactly it does
not read: two-digit years, impossible days.

Over 500 lines, since each step needs the others: the date inside of a hedge may be a range, whose
ends are hedged again.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from knowledge.dates import words as w
from knowledge.dates.dated import Dated, InvalidEdtfError, dated_from_edtf
from knowledge.dates.han import has_han, read_han
from knowledge.dates.spans import (
    Span,
    any_of,
    century_span,
    day_span,
    decade_span,
    joined,
    month_span,
    part_of,
    season_span,
    since,
    until,
    year_span,
    years_span,
)

_LONGEST = 120
"""Characters of a text that may be a date."""
_DEEPEST = 8
"""How many hedges, labels and brackets may stand around each other."""
_MOST_READINGS = 250
"""How many pieces of one text are tried; a real date takes under 60."""
_MOST_LISTED = 12
_MOST_WORDS = 8
"""Words of the span that *early*, *half of* and the like cut."""
_LAST_YEAR = 2199
"""A four-digit number above is no year: 9999 is what a database writes for *open*."""
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000
"""Days of a spreadsheet's calendar, 1927 to 2119."""
_FIRST_YEAR_TYPED, _LAST_YEAR_TYPED = 1000, 2100
"""Numbers that people type as years among such days."""


@dataclass(frozen=True, slots=True)
class DateColumn:
    """How a column writes what could be read in two ways.

    Attributes:
        day_first: whether 03/05/1912 is in May; None where the column does not show it, and both
            days are then read as the ends.
        year_month: whether 1905-10 is October; None where it may be 1905 to 1910 too, and the
            longer one is then read.
        serials: whether whole numbers of five digits are days of a spreadsheet's calendar.
        early_serials: whether smaller ones that are no years are such days too, before 1927.
    """

    day_first: bool | None = None
    year_month: bool | None = None
    serials: bool = False
    early_serials: bool = False


_ANY_COLUMN = DateColumn()
_SLASHED = re.compile(r"\s*(\d{1,2})([/-])(\d{1,2})\2(\d{4})\b")
_YEAR_MONTH = re.compile(r"\s*(\d{4})-(\d{2})\s*")
_SERIAL = re.compile(r"(\d{1,5})(?:\.\d+)?")


def column_of(values: Iterable[str]) -> DateColumn:
    """How a column of dates writes them, by the values that can be read in one way only.

    >>> column_of(["03/05/1912", "21/05/1912"]).day_first
    True
    >>> read_date("03/05/1912", column=column_of(["03/05/1912", "21/05/1912"])).edtf
    '1912-05-03'
    """
    day_first, month_first, months, ranges, serials = 0, 0, 0, 0, 0
    said, counted = 0, 0
    for value in values:
        said += bool(value.strip())
        if (slashed := _SLASHED.match(value)) is not None:
            day_first += int(slashed[1]) > 12 >= int(slashed[3])
            month_first += int(slashed[3]) > 12 >= int(slashed[1])
        elif (pair := _YEAR_MONTH.fullmatch(value)) is not None:
            second, tail = int(pair[2]), int(pair[1]) % 100
            months += 1 <= second <= min(tail, 12)
            ranges += second > max(tail, 12)
        elif _ISO_DAY.fullmatch(value.strip()) is not None:
            months += 1
        elif (serial := _SERIAL.fullmatch(value.strip())) is not None:
            day = int(serial[1])
            serials += _FIRST_SERIAL <= day <= _LAST_SERIAL
            counted += 0 < day < _FIRST_YEAR_TYPED or _LAST_YEAR_TYPED < day <= _LAST_SERIAL
    return DateColumn(
        day_first=None if bool(day_first) == bool(month_first) else bool(day_first),
        year_month=None if bool(months) == bool(ranges) else bool(months),
        serials=serials > 0,
        early_serials=counted > 1 and counted * 2 > said,
    )


def read_date(text: str, *, column: DateColumn = _ANY_COLUMN) -> Dated | None:
    """Read a date, or None where the text is not one as a whole.

    *n.d.* and its like are a date without bounds (`Dated.is_known` is False).

    Args:
        text: as it stands in a field or in a sentence.
        column: how the other values of its column are written, from `column_of`.

    >>> read_date("[ca. 1932]").edtf, read_date("before 1904").edtf, read_date("1890s").edtf
    ('1932~', '../1904', '189X')
    >>> read_date("Main Street") is None
    True
    """
    if len(text) > _LONGEST or not text.strip():
        return None
    return _read(text, column)


def day_of_serial(text: str, column: DateColumn) -> str | None:
    """The day, in ISO, that a number counts in a spreadsheet's calendar; None where it counts none.

    >>> day_of_serial("39887", DateColumn(serials=True)), day_of_serial("39887", DateColumn())
    ('2009-03-15', None)
    """
    serial = _SERIAL.fullmatch(text.strip())
    if serial is None:
        return None
    day = int(serial[1])
    is_late = column.serials and _FIRST_SERIAL <= day <= _LAST_SERIAL
    is_early = column.early_serials and (
        0 < day < _FIRST_YEAR_TYPED or _LAST_YEAR_TYPED < day < _FIRST_SERIAL
    )
    if not is_late and not is_early:
        return None
    return (date(1899, 12, 30) + timedelta(days=day)).isoformat()


@lru_cache(maxsize=4096)
def _read(text: str, column: DateColumn) -> Dated | None:
    words = text.strip()
    plain = w.plain_words(words)
    if w.UNDATED.fullmatch(plain) or w.NOTHING.fullmatch(plain):
        return Dated(None, None, words, "XXXX")
    if (day := day_of_serial(plain, column)) is not None:
        counted_day = day_span(*map(int, day.split("-")))
        return None if counted_day is None else counted_day.dated(words)
    edtf = words[:-1] if words.endswith("].") else words
    if _IS_EDTF.fullmatch(edtf):
        try:
            return replace(dated_from_edtf(edtf), words=words)
        except InvalidEdtfError:
            pass  # `[..1904?]` and other brackets may be a cataloguer's
    if has_han(plain):
        span = read_han(plain)
    else:
        span = _Reader(column).read(w.YEAR_AFTER.sub("", w.with_roman(plain)))
    return None if span is None else span.dated(words)


_IS_EDTF = re.compile(
    r"-?\d{4}[~%?](?:/(?:-?\d{4}(?:-\d\d){0,2}[~%?]?|\.\.))?|(?:\.\.|-?\d{4}(?:-\d\d){0,2}[~%?]?)?/"
    r"(?:\.\.|-?\d{4}(?:-\d\d){0,2}[~%?]?)|-?\d{4}-\d\d(?:-\d\d)?[~%?]|-\d{4}(?:-\d\d){0,2}|"
    r"[\[{][-\d.,XT\s]*(?:\.\.|,)[-\d.,XT\s]*[\]}]|-?[\dX]{1,3}[\dX]*X[~%?]?(?:-[\dX]{2}){0,2}|"
    r"\d{4}-XX|\d{4}-\d\d-XX|\d{4}/|Y-?\d{5,9}|[?~%]\d{4}(?:-[?~%]?\d\d){1,2}"
)
"""Dates with the marks of EDTF that nobody uses otherwise."""
_ISO_DAY = re.compile(
    r"(\d{4})[-/.:](\d{1,2})[-/.:](\d{1,2})(?:[t ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"\s*(?:[ap]m)?\s*(?:z|[+-]\d{2}:?\d{2}|utc|gmt)?)?",
    re.IGNORECASE,
)
_NUMERIC_DAY = re.compile(
    r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4})(?:[t ,]+\d{1,2}[:.]\d{2}.{0,12})?"
)
_COMPACT_DAY = re.compile(r"(1[0-9]|20)(\d\d)(\d\d)(\d\d)")
_TIME = re.compile(
    r",?\s+(?:at\s+)?\d{1,2}(?::\d{2}){1,2}\s*(?:[ap]\.?m\.?|uhr|h)?$|,?\s+\d{1,2}\s?(?:uhr|h)$|"
    r",?\s+\d{1,2}\s?[ap]\.?m\.?$"
)
_ERA_AFTER = re.compile(
    r"\s*(?:(?P<bc>b\.?\s?c\.?(?:\s?e\.?)?|v\.?\s?chr\.?|v\.?\s?u\.?\s?z\.?|av\.?\s?j\.?-?\s?c\.?|"
    r"avant j\.?-?\s?c\.?|av\.?\s?n\.?\s?e\.?|a\.\s?c\.?|ac|a\.\s?de\s?c\.?|antes de cristo)|"
    r"a\.?\s?d\.?|c\.?\s?e\.?|n\.?\s?chr\.?|n\.?\s?u\.?\s?z\.?|apr?\.?\s?j\.?-?\s?c\.?|d\.\s?c\.?|"
    r"d\.\s?de\s?c\.?|despues de cristo)$"
)
_AD_BEFORE = re.compile(r"(?:a\.?d\.?|anno domini)\s*(?=\d)")
_OPEN_DIGITS = re.compile(
    r"(?:(?P<decade>\d{3})(?:[-_ux*]|\?(?=\??$))|(?P<century>\d{2})(?:--|__|uu|xx|\*\*|-\?|"
    r"\?\?)|(?P<short>\d{3})\?)"
    r"(?P<guess>\s?\(?\?\)?)?"
)
_YEAR = re.compile(r"\d{3,4}")
_DECADE = re.compile(
    r"(?:(?P<year>\d{3}0)'?\s?(?:s|er)(?:[\s-]*jahren?)?|(?:(?:decade|decada|decennie|decennio)"
    r"(?:\s(?:of|de|des|del|degli))?(?:\s(?:the|los|les|anni|annees))?|annees|anni|anos|"
    r"lustres)\s(?P<named>\d{3}0)s?|"
    r"'?(?P<two>[2-9]0)'?(?:s|er)(?:[\s-]*jahren?)?|(?:(?:decada|decennie)(?:\s(?:de|des|"
    r"del))?(?:\slos|\sles)?|annees|anni|anos)"
    r"\s'?(?P<short>[2-9]0)s?|(?:(?:annees|anni|anos)\s)?(?P<word>[a-z-]+?)(?:\sjahren?)?)"
)
_CENTURY = re.compile(
    rf"(?:{w.CENTURY_BEFORE}\s*(?P<rb>[ivx]+|\d{{1,2}})|(?P<n>\d{{1,2}})\s?(?:st|nd|rd|th|\.|e|"
    rf"eme|er|o|°)?[\s-]*{w.CENTURY}|"
    rf"(?P<r>[ivx]+)\s?(?:e|eme|o|°|th)?[\s-]*{w.CENTURY}|"
    rf"(?P<o>[a-z]+(?:[\s-]first)?)(?:[\s-]+{w.CENTURY})?)"
)
_CENTURY_PAIR = re.compile(
    rf"(?P<a>\d{{1,2}}|[ivx]+)\s?(?:st|nd|rd|th|\.|e|eme|o)?\s?(?:/|-|to|or|und|et|y|e|and|bis|"
    rf"oder|ou|o)\s?"
    rf"(?P<b>\d{{1,2}}|[ivx]+)\s?(?:st|nd|rd|th|\.|e|eme|o)?[\s-]*(?P<c>{w.CENTURY})"
)
_ROMAN_YEAR = re.compile(r"m{1,2}(?:cm|cd|d?c{0,4})(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})")
_ROMAN_MONTHS = {
    name: number
    for number, name in enumerate(
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), start=1
    )
}
_SEASONS = "|".join(w.SEASONS)
_SEASON = re.compile(
    rf"(?:(?:early|mid|late|fruher|spater|anfang|ende|debut|fin)[\s-])?(?P<name>{_SEASONS})"
    r"(?:[\s,]+(?:of|des|de|del|dell'|d'|der jahre|"
    r"l'annee))?[\s,]*(?P<year>\d{4})(?:\s?[/-]\s?(?P<next>\d{2,4}))?"
    rf"|(?P<y2>\d{{4}})[\s,]+(?P<n2>{_SEASONS})"
)
_HALF = re.compile(
    rf"(?:(?P<first>{w.FIRST})|(?P<second>{w.SECOND})|(?P<third>{w.THIRD})|"
    rf"(?P<fourth>{w.FOURTH})|(?P<last>{w.LAST}))"
    rf"[\s-]*(?:(?P<half>{w.HALF})|(?P<quarter>{w.QUARTER})|(?P<tertial>{w.TERTIAL})|"
    rf"(?P<decade>decade|jahrzehnt|decennie|decennio|decada)){w.OF}\s*"
)
_NUMBERED = ("first", "second", "third", "fourth")
_Q = re.compile(r"(?:q(?P<n>[1-4])\s?(?P<y>\d{4})|(?P<y2>\d{4})[\s-]?q(?P<n2>[1-4]))")
_BEFORE_PART = re.compile(r"[\s,;([]+")
_PARTS = tuple(
    (re.compile(pattern + r"\s*"), number)
    for number, pattern in ((1, w.EARLY), (2, w.MID), (3, w.LATE))
)
_TURN = re.compile(
    r"(?:turn of the (?P<n>\w+(?:-first)?)[\s-]century|(?P<bare>turn of the century|"
    r"jahrhundertwende|um die jahrhundertwende|"
    r"tournant du siecle|fin de siecle|fin-de-siecle|fine secolo)|"
    r"jahrhundertwende\s?(?P<x>\d{2})\./(?P<y>\d{2})\.(?:\s?jh\.?|\s?jahrhundert)?|"
    r"tournant du (?P<fr>[ivx]+)e siecle|turn of the \w+[/-](?P<z>\d{2})th century)"
)
_BETWEEN = re.compile(
    r"(?:(?:some ?time )?between|btw\.?|betw\.?|bet\.?|zwischen|zw\.|entre|tra|fra|"
    r"miedzy|pomiedzy|mezi|между|tussen|mellan)(?: the| il| el|"
    r" les| le| dem)? (?P<a>.+?) (?:and|&|und|et|y|ed?|i|a|и|en|och|to|-)"
    r"(?: the| il| el| les| le| dem)? (?P<b>.+)|(?:between|entre|"
    r"zwischen) (?P<c>\S+?)\s?[-/]\s?(?P<d>\S+)"
)
_FROM_TO = re.compile(
    r"(?:from|od|с|от|van|fran|von|vom|de|du|d'|dal|dall'|da|desde(?: el)?|del|depuis)"
    r" (?P<a>.+?) (?:to|until|"
    r"till|through|thru|up to|do|до|по|tot|bis|bis zum|a|au|jusqu'a|jusqu'en|al|fino al|hasta|"
    r"hasta el) (?P<b>.+)"
)
_AFTER_BEFORE = re.compile(
    rf"(?P<a>{w.AFTER}\s*.+?),?(?: and| but| und| aber| et| mais| y| pero| e|"
    rf" ma)?\s+(?P<b>{w.BEFORE}\s*\S.*)"
)
_BEFORE_AFTER = re.compile(
    rf"(?P<b>{w.BEFORE}\s*.+?),? (?:and|but|und|aber|et|mais|y|pero|e|ma)\s+(?P<a>{w.AFTER}\s*\S.*)"
)
_TO = re.compile(
    r"\s*(?:--+|[\s-](?:to|until|till|through|thru|bis|a|au|al|hasta|jusqu'en|jusqu'a|fino al|"
    r"and|und|et)[\s-]|"
    r"-|\s?/\s?|\.\.+)\s*"
)
_OR = re.compile(r"\s*(?:,\s*)?(?:\bor\b|\boder\b|\bou\b|\bo\b|\bodd\.)\s*")
_LISTED = re.compile(
    r"\s*(?:[,;|&+]|\band\b|\bund\b|\bet\b|\by\b|\be\b)(?:\s*(?:and|und|et|y|e)\b)?\s*"
)
_GROUPED = re.compile(r"\[(.+)\]|\((.+)\)|<(.+)>|\"(.+)\"|'(.+)'|\{(.+)\}")
_ONE_BRACKET = re.compile(r"[\[(]([^\])]*)$|^([^\[(]*)[\])]")
_UNDATED_TAIL = re.compile(rf"(?:[,;]\s*|\s+)(?:(?:and|und|et)\s+)?{w.UNDATED.pattern}$")
_UNDATED_HEAD = re.compile(rf"^{w.UNDATED.pattern}(?![a-z])[\s,;:-]*(?=[\[(\w])")
_BULK = re.compile(
    r"[,;]?\s*[\[(]?\s*(?:bulk|predominantly|mostly|mainly|chiefly|primarily|vorwiegend|"
    r"surtout)\b.*$"
)
_TOKENS = re.compile(r"[^\W\d_]+|\d+")


def _alone(pattern: str) -> re.Pattern[str]:
    """A word at the beginning: what follows is not the rest of a longer word."""
    return re.compile(rf"(?:{pattern})(?:(?![^\W\d_])|(?<=pre-)|(?<=post-))\s*[:,]?\s*")


_PERHAPS_HEAD, _ABOUT_HEAD = _alone(w.PERHAPS), _alone(w.ABOUT)
_BEFORE_HEAD, _AFTER_HEAD = _alone(w.BEFORE), _alone(w.AFTER)
_PERHAPS_TAIL = re.compile(rf"\s*,?\s*(?:{w.PERHAPS_AFTER})$")
_ABOUT_TAIL = re.compile(rf"(?:[\s,]+|(?<=[\d\])]))(?:{w.ABOUT_AFTER})$")
_BEFORE_TAIL = re.compile(rf"(?:[\s,]+)(?:{w.BEFORE_AFTER})$")
_AFTER_TAIL = re.compile(rf"(?:[\s,]*)(?:{w.AFTER_AFTER})$")
_ONE_YEAR = re.compile(r"\d{4}\.?")


class _Reader:
    """Reads plain words; holds how their column is written, and what was read already."""

    def __init__(self, column: DateColumn) -> None:
        self.column = column
        self._known: dict[str, Span | None] = {}

    def read(self, text: str, depth: int = 0) -> Span | None:
        """The date that a plain text is: taken apart from the outside in."""
        text = text.strip(" ,;:")
        if text in self._known:
            return self._known[text]
        too_much = depth > _DEEPEST or len(self._known) > _MOST_READINGS
        if not text or too_much or not any(map(str.isalnum, text)):
            return None
        self._known[text] = None  # what leads back to itself is no date
        self._known[text] = found = self._taken_apart(text, depth)
        return found

    def _taken_apart(self, text: str, depth: int) -> Span | None:
        simple = self._atom(text)
        if simple is None and text.endswith(".") and not text.endswith(".."):
            simple = self._atom(text[:-1])
        if simple is not None:
            return simple
        steps: tuple[Callable[[str, int], Span | None], ...] = (
            self._corrected, self._undated_beside, self._grouped, self._hedged_tail,
            self._between, self._hedged_head, self._bounded, self._list, self._range,
            self._labelled,
        )  # fmt: skip
        for step in steps:
            found = step(text, depth + 1)
            if found is not None:
                return found
        return None

    def _corrected(self, text: str, depth: int) -> Span | None:
        match = w.CORRECTED.match(text)
        if match is not None:
            return self.read(match["true"].rstrip("])"), depth)
        later = w.PRINTED_LATER.search(text)
        if later is not None and later.start() > 0:
            return self.read(text[: later.start()], depth)
        return None

    def _grouped(self, text: str, depth: int) -> Span | None:
        match = _GROUPED.fullmatch(text)
        if match is not None:
            inside = next(filter(None, match.groups()), "")
            if not _crosses(inside):
                return self.read(inside, depth)
        if text.count("[") != text.count("]") or text.count("(") != text.count(")"):
            return self.read(re.sub(r"[\[\]()]", "", text), depth)
        inner = re.fullmatch(
            r"(?P<out>[^\[\]()]*)[\[(](?P<in>[^\[\]()]+)[\])](?P<tail>\s*\??)", text
        )
        if inner is not None and not re.search(r"\d", inner["in"]) and "?" not in inner["in"]:
            return None
        if inner is not None:  # `19[32]`, `[19]32`, `1932 [May]`
            return self.read(inner["out"] + inner["in"] + inner["tail"], depth)
        if re.search(r"[\[\]]", text) and not re.search(r"\[\?\]", text):
            return self.read(re.sub(r"[\[\]]", "", text), depth)
        return None

    def _undated_beside(self, text: str, depth: int) -> Span | None:
        for rest in (
            _UNDATED_HEAD.sub("", text, count=1),
            _UNDATED_TAIL.sub("", text, count=1),
            _BULK.sub("", text),
        ):
            if rest and rest != text and (found := self.read(rest, depth)) is not None:
                return found
        return None

    def _hedged_tail(self, text: str, depth: int) -> Span | None:
        match = _PERHAPS_TAIL.search(text)
        if match is not None and match.start() > 0:
            is_apart = match.group() != "?"
            inside = text[: match.start()]
            if re.fullmatch(r"c\d{4}", inside):
                return year_span(int(inside[1:])).marked(about=True, perhaps=True)
            if is_apart or not _TO.search(inside):
                found = self.read(inside, depth)
                return None if found is None else found.marked(perhaps=True)
        match = _ABOUT_TAIL.search(text)
        if match is not None and match.start() > 0:
            found = self.read(text[: match.start()], depth)
            return None if found is None else found.marked(about=True)
        return None

    def _hedged_head(self, text: str, depth: int) -> Span | None:
        for pattern, about in ((_PERHAPS_HEAD, False), (_ABOUT_HEAD, True)):
            match = pattern.match(text)
            if match is None or match.end() == len(text):
                continue
            rest = text[match.end() :]
            if about and text[0] == "c" and text[1:2].isdigit() and _ONE_YEAR.fullmatch(rest):
                return self.read(rest, depth)  # `c1932` is a copyright
            if about and re.fullmatch(r"(?:um die\s*)?jahrhundertwende", text):
                continue
            found = self._pair(rest) if about else None
            found = found or self.read(rest, depth)
            if found is not None:
                return found.marked(about=about, perhaps=not about)
        return None

    def _pair(self, text: str) -> Span | None:
        """`1905-10` after *circa* is never a month."""
        match = re.fullmatch(r"(\d{3,4})\s?[-/]\s?(\d{1,2})", text)
        return None if match is None else _short_range(match[1], match[2])

    def _bounded(self, text: str, depth: int) -> Span | None:
        for pattern in (_AFTER_BEFORE, _BEFORE_AFTER):
            match = pattern.fullmatch(text)
            if match is not None:
                first, last = self.read(match["a"], depth), self.read(match["b"], depth)
                if first is not None and last is not None and last.low is None:
                    return joined(first, last)
        for head, tail, bound in (
            (_BEFORE_HEAD, _BEFORE_TAIL, until),
            (_AFTER_HEAD, _AFTER_TAIL, since),
        ):
            match = head.match(text)
            if match is not None and match.end() < len(text):
                found = self.read(text[match.end() :], depth)
                if found is not None:
                    return bound(found)
            match = tail.search(text)
            if match is not None and match.start() > 0:
                found = self.read(text[: match.start()], depth)
                if found is not None and found.high is not None and found.low is not None:
                    return bound(found)
        return None

    def _between(self, text: str, depth: int) -> Span | None:
        for pattern in (_BETWEEN, _FROM_TO):
            match = pattern.fullmatch(text)
            if match is not None:
                ends = [part for part in match.groups() if part]
                found = self._joined(ends[0], ends[1], depth)
                if found is not None:
                    return found
        return None

    def _range(self, text: str, depth: int) -> Span | None:
        for match in _splits(_TO, text):
            left, right = text[: match.start()], text[match.end() :]
            if match.group().strip() in {"and", "und", "et"} and not _CENTURY_WORD.search(right):
                continue
            found = self._joined(left, right, depth)
            if found is not None:
                return found
        return None

    def _joined(self, left: str, right: str, depth: int) -> Span | None:
        """From `left` to `right`, of which the one may lack what the other says for both."""
        short = re.fullmatch(r"(?P<y>\d{3,4})(?P<q>\??)\s*-?\s*", left.strip("[]() "))
        tail = re.fullmatch(r"(?P<y>\d{1,2})(?P<q>\s?\(?\??\)?)", right.strip("[] "))
        if short and tail:
            found = _short_range(short["y"], tail["y"])
            if found is not None and "?" in tail["q"] + short["q"]:
                return found.marked(perhaps=True)
            return found
        right = _with_century(left, right)
        last = self.read(right, depth)
        for completed in self._completed(left, right, last):
            first = self.read(completed, depth)
            if first is None:
                continue
            end = last or self.read(_year_of(completed) + right, depth) if last is None else last
            if end is None:
                continue
            found = joined(first, end)
            if found is not None:
                return found
        return self._joined_parts(left, right)

    def _completed(self, left: str, right: str, last: Span | None) -> Iterator[str]:
        """What the left side may be, with the words that stand once for both sides."""
        era = _ERA_AFTER.search(right)
        if era is not None and not _ERA_AFTER.search(left):
            if last is None or era["bc"] is None:
                yield left + right[era.start() :]
            else:
                number = re.search(r"\d+", left)
                second = re.search(r"\d+", right)
                is_century = _CENTURY_WORD.search(right) is not None
                if number and second and (is_century or int(number[0]) >= int(second[0])):
                    yield left + right[era.start() :]
        century = _CENTURY_WORD.search(right)
        if century is not None and not _CENTURY_WORD.search(left):
            yield f"{left} {century.group()}{right[era.start() :] if era else ''}"
        decade = re.search(r"\d0'?s$|\d0er(?:\sjahre)?$", right)
        if decade is not None and re.fullmatch(r"(?:\w+[\s-])?\d{3}0", left):
            yield left + "s"
        yield left
        if not re.search(r"\d", left) and (number := re.search(r"\S*\d.*$", right)):
            yield f"{left} {number.group()}"  # early to mid 1930s

    def _joined_parts(self, left: str, right: str) -> Span | None:
        first, last = _parts(left), _parts(right)
        if first is None or last is None:
            return None
        year = last.get("year", first.get("year"))
        if year is None:
            return None
        if "day" in first and "day" not in last and "month" in last:
            return None
        month = last.get("month", first.get("month"))
        begin = _from_parts(
            {"year": year}
            | ({"month": month} if month and ("day" in first or "month" in first) else {})
            | first
        )
        end = _from_parts({"year": year} | ({"month": month} if month else {}) | last)
        if begin is None or end is None:
            return None
        found = joined(begin, end)
        if found is None and "year" not in first and begin.low is not None:  # Dec.-Jan. 1911
            earlier = _from_parts(
                {**({"month": month} if month else {}), **first, "year": year - 1}
            )
            return None if earlier is None else joined(earlier, end)
        return found

    def _list(self, text: str, depth: int) -> Span | None:
        for pattern, all_of in ((_OR, False), (_LISTED, True)):
            parts = [part for part in pattern.split(text) if part.strip(" .")]
            if not 2 <= len(parts) <= _MOST_LISTED:
                continue
            spans = self._members(parts, depth)
            if spans is not None:
                return any_of(spans, all_of=all_of)
        return None

    def _members(self, parts: list[str], depth: int) -> list[Span] | None:
        """The dates of a list; *20 and 21 May 1910* says its month once."""
        whole, spans = (_parts(parts[0]) or {}) | (_parts(parts[-1]) or {}), list[Span]()
        for part in (parts[0], *(_with_century(parts[0], other) for other in parts[1:])):
            found = None if re.fullmatch(r"\d{1,2}", part.strip()) else self.read(part, depth)
            if found is None and spans and spans[0].low and re.fullmatch(r"\d{2}", part):
                found = year_span(spans[0].low.year // 100 * 100 + int(part))
                if not spans[0].is_year:
                    found = None
            if found is None and (some := _parts(part)) is not None:
                found = _from_parts({k: v for k, v in whole.items() if k != "day"} | some)
            if found is None and (century := _CENTURY_WORD.search(parts[-1])):
                found = self.read(f"{part} {century.group()}", depth)
            if found is None:
                return None
            spans.append(found)
        return spans

    def _labelled(self, text: str, depth: int) -> Span | None:
        match = w.LABELS.match(text)
        if match is None or match.end() >= len(text):
            return None
        return self.read(text[match.end() :], depth)

    def _atom(self, text: str) -> Span | None:
        """A date without hedges: a day, month, season, year, decade, century or period."""
        for read in (
            self._numeric, _calendar, _open_digits, _season, _decade, _century, _turn, _named,
            _roman_year, self._part, self._part_after,
        ):  # fmt: skip
            found = read(text)
            if found is not None:
                return found
        era = _ERA_AFTER.search(text)
        if era is not None and era.start() > 0:
            return _of_era(text[: era.start()].strip(), bc=era["bc"] is not None)
        if (match := _AD_BEFORE.match(text)) is not None:
            return _of_era(text[match.end() :], bc=False)
        return None

    def _numeric(self, text: str) -> Span | None:
        text = _TIME.sub("", text)
        if (match := _ISO_DAY.fullmatch(text)) is not None:
            year, month, day = (int(match[number]) for number in (1, 2, 3))
            if month == day == 0:
                return _year(year)
            if day == 0:
                return month_span(year, month)
            return day_span(year, month, day) if year <= _LAST_YEAR else None
        if (match := _NUMERIC_DAY.fullmatch(text)) is not None:
            return self._day_and_month(int(match[1]), int(match[3]), int(match[4]), match[2])
        if (match := _COMPACT_DAY.fullmatch(text)) is not None:
            return day_span(int(match[1] + match[2]), int(match[3]), int(match[4]))
        if _YEAR.fullmatch(text):
            return _year(int(text))
        if (match := re.fullmatch(r"(\d{1,2})[/.](\d{4})", text)) is not None:
            return month_span(int(match[2]), int(match[1]))
        if (match := re.fullmatch(r"(\d{4})([-/.])(\d{2})", text)) is not None:
            return self._year_and_two(match[1], match[3], match[2])
        if (match := re.fullmatch(r"(\d{4})\s?/\s?(\d)", text)) is not None:
            return _short_range(match[1], match[2])
        return None

    def _day_and_month(self, first: int, second: int, year: int, mark: str) -> Span | None:
        if year > _LAST_YEAR:
            return None
        day_first, month_first = day_span(year, second, first), day_span(year, first, second)
        if mark == "." or month_first is None or first == second:
            return day_first
        if day_first is None:
            return month_first
        if self.column.day_first is not None:
            return day_first if self.column.day_first else month_first
        ordered = sorted((day_first, month_first), key=lambda span: span.first.edtf)
        return any_of(ordered, all_of=False)

    def _year_and_two(self, year: str, two: str, mark: str) -> Span | None:
        """`1905-10`: a month, or ten years' end."""
        month = month_span(int(year), int(two))
        years = _short_range(year, two) if int(two) > int(year) % 100 else None
        if mark == "." or (self.column.year_month and month is not None):
            return month
        if mark == "/" and years is not None:
            return years
        if self.column.year_month is False and years is not None:
            return years
        return years or month

    def _part(self, text: str) -> Span | None:
        """*Early*, *mid*, *late*, halves and quarters of something."""
        if (match := _Q.fullmatch(text)) is not None:
            return part_of(
                year_span(int(match["y"] or match["y2"])), int(match["n"] or match["n2"]), 4
            )
        if (match := _HALF.match(text)) is not None:
            whole = self._whole(text[match.end() :])
            parts = 2 if match["half"] else 4 if match["quarter"] else 3 if match["tertial"] else 10
            number = parts if match["last"] else next(
                number for number, key in enumerate(_NUMBERED, start=1) if match[key]
            )  # fmt: skip
            return None if whole is None else part_of(whole, number, parts)
        for pattern, number in _PARTS:
            match = pattern.match(text)
            if match is not None and match.end() < len(text):
                whole = self._whole(text[match.end() :])
                if whole is not None:
                    return part_of(whole, number, 3)
        return None

    def _whole(self, text: str) -> Span | None:
        """What a part is of: a date or another part (*early in the second half of*)."""
        if text.count(" ") > _MOST_WORDS:
            return None
        return self._atom(text)

    def _part_after(self, text: str) -> Span | None:
        """*Sec. XIX (fine)*, *19. Jh., 2. Hälfte*: the part stands behind."""
        if text.count(" ") > _MOST_WORDS:
            return None
        for match in _BEFORE_PART.finditer(text):
            tail = text[match.end() :].rstrip(")] ")
            is_part = _HALF.fullmatch(tail) or any(each.fullmatch(tail) for each, _ in _PARTS)
            if is_part and match.start() > 0:
                return self._part(f"{tail} {text[: match.start()].strip()}")
        return None


_CENTURY_WORD = re.compile(rf"(?<![a-z]){w.CENTURY}(?![a-z])(?=\s*(?:$|b|v|a|\?|\(|\]))")


def _with_century(first: str, other: str) -> str:
    """The second of two dates with what only the first says: *siglos XVIII y XIX*, *1920s-30s*."""
    word = re.match(rf"{w.CENTURY_BEFORE}(?=\s?[ivx\d])", first)
    if word and re.fullmatch(r"\s*(?:[ivx]+|\d{1,2})\s*", other):
        return f"{word.group()} {other.strip()}"
    decade = re.search(r"(\d\d)\d0'?(?:s|er)", first)
    if decade and re.match(r"\s*'?[1-9]0'?(?:s|er)", other):
        return decade[1] + other.lstrip(" '")
    return other


def _crosses(inside: str) -> bool:
    """Whether a bracket closes before it opens: `1932] [1933`."""
    depth = 0
    for character in inside:
        depth += (character in "[(") - (character in "])")
        if depth < 0:
            return True
    return False


def _splits(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Where a text may be cut in two, the most telling marks first."""
    found = [
        match for match in pattern.finditer(text) if match.start() > 0 and match.end() < len(text)
    ]
    return iter(sorted(found, key=lambda match: -len(match.group()))[:6])


def _year_of(text: str) -> str:
    match = re.match(r"\d{4}\s", text)
    return match.group() if match else ""


def _year(number: int) -> Span | None:
    return year_span(number) if 100 <= number <= _LAST_YEAR else None


def _short_range(first: str, last: str) -> Span | None:
    """`1905-10` is 1905 to 1910; backwards it is none."""
    end = int(first[: len(first) - len(last)] + last)
    begin = int(first)
    if begin > _LAST_YEAR or end <= begin:
        return None
    return years_span(begin, end)


def _parts(text: str) -> dict[str, int] | None:
    """Day, month and year by their look, in any order; None where something else stands there."""
    text = w.WEEKDAYS.sub("", text.strip())
    text = re.sub(r"(?<=\d)(?:(?:st|nd|rd|th|er|re|ero|a|o)\b\.?|°)", " ", text)
    text = re.sub(r"\b(?:of|de|del|the|den|di|le|el|il|d'|dem|day)\b", " ", text)
    if re.sub(r"[\w\s.,/'-]", "", text):
        return None
    found: dict[str, int] = {}
    tokens = _TOKENS.findall(text)
    if not 1 <= len(tokens) <= 3:
        return None
    for token in tokens:
        kind, value = _part_of_date(token)
        if kind is None or kind in found:
            return None
        found[kind] = value
    return found


def _part_of_date(token: str) -> tuple[str | None, int]:
    if token in w.MONTHS:
        return "month", w.MONTHS[token]
    if token in _ROMAN_MONTHS:
        return "month", _ROMAN_MONTHS[token]
    if token.isdigit() and len(token) in {3, 4} and 100 <= int(token) <= _LAST_YEAR:
        return "year", int(token)
    if token.isdigit() and len(token) <= 2 and 1 <= int(token) <= 31:
        return "day", int(token)
    return None, 0


def _from_parts(parts: dict[str, int]) -> Span | None:
    match parts:
        case {"year": year, "month": month, "day": day}:
            return day_span(year, month, day)
        case {"day": _}:
            return None
        case {"year": year, "month": month}:
            return month_span(year, month)
        case {"year": year}:
            return _year(year)
    return None


def _calendar(text: str) -> Span | None:
    parts = _parts(_TIME.sub("", text))
    if parts is None or "month" not in parts or "year" not in parts:
        return None
    if len(parts) == 2 and re.search(r"(?<![a-z])[ivx]+(?![a-z])", text):
        return None  # `V 1910` may be a volume
    return _from_parts(parts)


def _open_digits(text: str) -> Span | None:
    match = _OPEN_DIGITS.fullmatch(text)
    if match is None:
        return None
    decade = match["decade"] or match["short"]
    span = decade_span(int(decade) * 10) if decade else century_span(int(match["century"]) + 1)
    if span.low is None or not 100 <= span.low.year <= _LAST_YEAR:
        return None
    guess = match["guess"] is not None or (decade is None and match.group().endswith("-?"))
    return span.marked(perhaps=guess)


def _season(text: str) -> Span | None:
    match = _SEASON.fullmatch(text)
    if match is None:
        return None
    name, year = match["name"] or match["n2"], match["year"] or match["y2"]
    if match["next"] is not None and w.SEASONS[name] != 24:
        return None
    return season_span(int(year), w.SEASONS[name])


def _decade(text: str) -> Span | None:
    if (match := w.DECADE_OF.fullmatch(text)) is not None:
        return _decade_of(match)
    match = _DECADE.fullmatch(text)
    if match is None:
        return None
    if match["year"] or match["named"]:
        year = int(match["year"] or match["named"])
        if year > _LAST_YEAR:
            return None
        is_century = year % 100 == 0 and match["year"]
        return century_span(year // 100 + 1) if is_century else decade_span(year)
    short = match["two"] or match["short"]
    if short is None and match["word"] not in w.DECADES:
        return None
    # Which century is meant is not said; the twentieth is a guess.
    return decade_span(1900 + (int(short) if short else w.DECADES[match["word"]])).marked(
        perhaps=True
    )


def _decade_of(match: re.Match[str]) -> Span | None:
    """*Lata 30. XX w.*: a decade with its century, or a guess at it."""
    if match["year"]:
        year = int(match["year"])
        return decade_span(year) if year <= _LAST_YEAR and not match["century"] else None
    decade, century = int(match["before"] or match["after"]), match["century"]
    if century is None:
        return decade_span(1900 + decade).marked(perhaps=True)
    number = int(century) if century.isdigit() else _roman(century)
    return decade_span((number - 1) * 100 + decade) if 1 <= number <= 21 else None


def _century(text: str) -> Span | None:
    pair = _CENTURY_PAIR.fullmatch(text)
    if pair is not None:
        first, last = _century(f"{pair['a']}. jh."), _century(f"{pair['b']}. jh.")
        if first is None or last is None:
            first, last = _century(f"{pair['a']}e siecle"), _century(f"{pair['b']}e siecle")
        return None if first is None or last is None else joined(first, last)
    match = _CENTURY.fullmatch(text)
    if match is None:
        return None
    word = match["o"]
    if word is not None:
        number = w.ORDINALS.get(word.replace("  ", " "))
        if number is None or (word == text and word not in w.SHORT_CENTURIES):
            return None
    else:
        digits = match["rb"] or match["n"] or match["r"]
        number = int(digits) if digits.isdigit() else _roman(digits)
    return century_span(number) if number is not None and 1 <= number <= 21 else None


_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def _roman(text: str) -> int:
    values = [_ROMAN[character] for character in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def _roman_year(text: str) -> Span | None:
    bare = re.sub(r"[\s.]", "", text)
    if len(bare) < 4 or not _ROMAN_YEAR.fullmatch(bare):
        return None
    year = _roman(bare)
    return year_span(year) if 1400 <= year <= _LAST_YEAR else None


def _turn(text: str) -> Span | None:
    match = _TURN.fullmatch(text)
    if match is None:
        return None
    if match["bare"]:
        return year_span(1900).marked(about=True)
    if match["n"]:
        digits = re.match(r"\d+", match["n"])
        number = int(digits[0]) if digits else w.ORDINALS.get(match["n"])
    elif match["fr"]:
        number = _roman(match["fr"])
    else:
        number = int(match["y"] or match["z"])
    return None if not number else year_span((number - 1) * 100).marked(about=True)


def _named(text: str) -> Span | None:
    bare = re.sub(rf"{w.PERIOD}$", "", text)
    name = re.sub(r"\s(?:dynasty|period|era)$", "", bare)
    if name not in w.PERIODS or (name in w.NEEDS_PERIOD and bare == text):
        return None
    return years_span(*w.PERIODS[name])


def _of_era(text: str, *, bc: bool) -> Span | None:
    """A year, a century or a decade of an era that is said."""
    if re.fullmatch(r"\d{1,6}", text) and int(text) > 0:
        year = int(text)
        if not bc:
            return year_span(year) if year <= _LAST_YEAR else None
        return year_span(1 - year) if year <= 9999 else None
    if (match := re.fullmatch(r"(\d{1,3}0)s", text)) is not None and bc:
        year = int(match[1])
        return years_span(1 - (year + 9), 1 - year)
    for pattern, number in _PARTS:
        match = pattern.match(text)
        if match is not None and match.end() < len(text):
            whole = _of_era(text[match.end() :].strip(), bc=bc)
            return None if whole is None else part_of(whole, number, 3)
    if (match := _HALF.match(text)) is not None and match["half"]:
        whole = _of_era(text[match.end() :].strip(), bc=bc)
        return None if whole is None else part_of(whole, 1 if match["first"] else 2, 2)
    century = _century(text)
    if century is None or century.low is None or not bc:
        return century
    return century_span(century.low.year // 100 + 1, bc=True)
