"""The years a text states, in English and Chinese: where they stand, what they are, how sure.

Knows dates, eras, ranges, decades and centuries; not what happened in them. A decade or a century
is a `Period`, never a year. The words around a year are `knowledge.dates.prose`'s.
"""

import re
from dataclasses import dataclass
from typing import Literal

Role = Literal["at", "from", "to"]
"""`from` and `to` are the ends of a span (*between 1726 and 1743*, *from 1971*, *until 1952*)."""

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_ERA = r"(?:B\.?\s?C\.?(?:\s?E\.?)?|A\.?D\.?|C\.?E\.?)(?![A-Za-z])"
_DASH = r"[-\u2010-\u2015~\uff5e]"
_NOT_DIGIT_BEFORE = r"(?<![\d:/#№£$€¥])(?<!\d[.,])"
_NOT_DIGIT_AFTER = r"(?![\d:/%]|[.,]\d)"
_COUNTED = re.compile(
    r"\s*-?(?:years?|metres?|meters?|m|km|kilomet\w+|feet|foot|ft|miles?|tons?|tonnes?|kg|cm|mm|"
    r"people|"
    r"persons?|men|women|workers?|visitors?|seats?|soldiers?|troops|rooms?|steps?|dollars?|"
    r"pounds?|rupees?|square|cubic|hectares?|acres?|million|billion|thousand|hundred|inhabitants)\b"
)
_ENGLISH = re.compile(
    rf"(?P<ad>A\.?D\.?\s*)?{_NOT_DIGIT_BEFORE}(?<![A-Za-z-])(?P<first>\d{{1,4}})"
    rf"(?:\s?(?P<e1>{_ERA}))?"
    rf"(?:\s?{_DASH}\s?(?P<second>\d{{1,4}}))?{_NOT_DIGIT_AFTER}(?P<decade>['’]?s\b)?"
    rf"(?:\s?(?P<era>{_ERA}))?"
)
_ISO = re.compile(
    r"(?<![\d-])(?P<first>\d{4})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d-])"
    r"(?:T[\d:.]{2,15}(?:Z|[+-]\d\d:?\d\d)?)?"
)
_BEFORE = re.compile(
    rf"(?:\b(?:in|since|by|until|till|from|between|of|after|before|to|during|and|or|around|about|"
    rf"circa|c\.|ca\.|year|late|early|mid|spring|summer|autumn|fall|winter|the|an?|for|on|through|"
    rf"dated?|dates?|Day|Eve|Easter|Christmas|"
    rf"Jahre?|anno|brannte|sank|starb|schloss|öffnete|um|ab|seit|bis|vor|nach|gegen|"
    rf"etwa|avant|après|antes de|después de|"
    rf"vo[nm]|und|wurden?|war|waren|Januar|Februar|März|Mai|Juni|Juli|"
    rf"Oktober|Dezember|en|année|vers|entre|et|depuis|dès|janvier|février|mars|avril|juin|juillet|"
    rf"août|septembre|octobre|novembre|décembre|de|del|año|desde|hasta|hacia|y)|{MONTH}|{MONTH}\s\d{{1,2}},|\(|[,;/–—-])\s*$",
    re.IGNORECASE,
)
_APPROXIMATE = re.compile(
    r"(?:\b(?:about|around|circa|c\.|ca\.|roughly|perhaps|probably|early|late|mid|or so)"
    r"(?:\s(?:in|the year))?|[约近]|大约|前后|左右)\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:\b(?:from|since|between)\b(?:\s(?:about|around|late|early))?\s*|自|从)$", re.I
)
_TO = re.compile(
    r"(?:\b(?:until|till|to|through|by)\b(?:\s(?:about|late|early))?\s*|[至到])$", re.I
)
_ENGLISH_PERIOD = re.compile(
    rf"\b(?:(?:early|late|mid|middle|end|beginning|first half|second half|"
    rf"turn)[\s-](?:of\s)?)?(?:the\s)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    rf"tenth|"
    rf"eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|"
    rf"nineteenth|twentieth)(?:\s(?:and|or|to)\s\d{{1,2}}(?:st|nd|rd|th))?[\s-]centur(?:y|ies)"
    rf"(?:\s{_ERA})?|\b(?:(?:early|late|mid)[\s-])?\d{{3,4}}['’]?s\b",
    re.IGNORECASE,
)
_CHINESE_PERIOD = re.compile(
    r"(?:公元前?|"
    r"前)?[\d一二三四五六七八九十]{1,3}\s?世[纪紀](?:[\d一二三四五六七八九]0?十?年代)?(?:初|末|"
    r"中叶|中期|前期|后期|上半叶|下半叶)?"
    r"|\d{3,4}\s?年代(?:初|末|中期)?|[二三四五六七八九]十年代|[1-9]0年代"
)
_CHINESE = re.compile(
    rf"(?P<bc>公元前|西元前|前)?(?:公元|西元)?(?<!\d)(?<!\d[.,])(?P<first>\d{{1,4}}|"
    rf"[〇○零一二三四五六七八九]{{4}})"
    rf"(?:年?\s?(?:{_DASH}+|至|到)\s?(?P<second>\d{{3,4}}))?\s?年(?!代)"
)
_CHINESE_BARE = re.compile(
    rf"[(\uff08,\uff0c、]\s?(?P<first>\d{{4}})\s?{_DASH}+\s?(?P<second>\d{{4}})"
)
_DURATION_BEFORE = re.compile(r"(?:历时|长达|历经|用了|花了|距今|存在了|超过|近|已有|有|经过)约?$")
_DURATION_AFTER = re.compile(
    r"(?:的?历史|之久|以来的|的时间|多|后才|间断)|前(?!后)(?=的|,|，|就|曾)"
)
_CHINESE_DIGITS = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "○": "0",
}


@dataclass(frozen=True, slots=True)
class Year:
    """A year that stands in a text: `text[start:end]`, its era included.

    Attributes:
        value: the year; 515 BC is -515.
        role: a moment, or the beginning or end of a span.
        approximate: the text says *about* or the like.
    """

    start: int
    end: int
    value: int
    role: Role = "at"
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """A decade or a century that stands in a text: `text[start:end]`."""

    start: int
    end: int


def find_periods(text: str) -> list[Period]:
    """Decades and centuries, in order (`the 13th century`, `1990s`, `20世纪90年代`)."""
    matches = (*_ENGLISH_PERIOD.finditer(text), *_CHINESE_PERIOD.finditer(text))
    return sorted((Period(*match.span()) for match in matches), key=lambda period: period.start)


def find_years(text: str) -> list[Year]:
    """Every year that `text` states, in order; not counts, ages, addresses or decades."""
    if not any(character.isdigit() for character in text) and "年" not in text:
        return []
    periods = find_periods(text)
    found: dict[int, Year] = {}
    for match in _CHINESE.finditer(text):
        for year in _chinese(match, text):
            found[year.start] = year
    for match in _CHINESE_BARE.finditer(text):
        found[match.start("first")] = _span_end(match, "first", "from")
        found[match.start("second")] = _span_end(match, "second", "to")
    taken = {place for year in found.values() for place in range(year.start, year.end)}
    for match in _ISO.finditer(text):
        found[match.start()] = _iso_year(match, text)
        taken.update(range(*match.span()))
    for match in _ENGLISH.finditer(text):
        if not taken.isdisjoint(range(*match.span())):
            continue
        for year in _english(match, text):
            found[year.start] = year
    within = {place for period in periods for place in range(period.start, period.end)}
    years = [year for _, year in sorted(found.items()) if year.start not in within]
    return _with_joined_spans(years, text)


def _span_end(match: re.Match[str], group: str, role: Role) -> Year:
    return Year(match.start(group), match.end(group), int(match[group]), role)


def _iso_year(match: re.Match[str], text: str) -> Year:
    """The year of a whole day; that of `1966-11` alone may be the beginning of a span."""
    before, _ = _around(match, text)
    role: Role = "from" if _FROM.search(before) else "to" if _TO.search(before) else "at"
    approximate = bool(_APPROXIMATE.search(before))
    return Year(match.start(), match.end("first"), int(match["first"]), role, approximate)


def _chinese(match: re.Match[str], text: str) -> list[Year]:
    digits = "".join(_CHINESE_DIGITS.get(character, character) for character in match["first"])
    has_era = match["bc"] or match.group().startswith(("公元", "西元"))
    before, after = _around(match, text)
    if len(digits) < 3 and not has_era:
        return []
    if _DURATION_BEFORE.search(before) or _DURATION_AFTER.match(after):
        return []
    sign = -1 if match["bc"] else 1
    first = sign * int(digits)
    approximate = bool(_APPROXIMATE.search(before)) or after.startswith(("前后", "左右", "前后"))
    if match["second"]:
        second = sign * int(match["second"])
        return [
            Year(match.start(), match.end("first"), first, "from", approximate),
            Year(match.start("second"), match.end(), second, "to", approximate),
        ]
    role: Role = "at"
    if _FROM.search(before) or after.startswith("起"):
        role = "from"
    elif _TO.search(before) or after.startswith(("止", "为止")):
        role = "to"
    return [Year(match.start(), match.end(), first, role, approximate)]


def _english(match: re.Match[str], text: str) -> list[Year]:
    before, after = _around(match, text)
    era = match["era"] or match["e1"] or match["ad"]
    digits = match["first"]
    if match["decade"] or _COUNTED.match(after):
        return []
    if not era and (len(digits) < 3 or not _reads_as_year(match, before, after)):
        return []
    sign = -1 if era and era.upper().startswith("B") else 1
    approximate = bool(_APPROXIMATE.search(before))
    first = sign * int(digits)
    if match["second"]:
        short = match["second"]
        tail = digits[: len(digits) - len(short)] if sign > 0 and len(short) < len(digits) else ""
        second = sign * int(tail + short)
        return [
            Year(match.start(), match.end("first"), first, "from", approximate),
            Year(match.start("second"), match.end(), second, "to", approximate),
        ]
    role: Role = "from" if _FROM.search(before) else "to" if _TO.search(before) else "at"
    return [Year(match.start(), match.end(), first, role, approximate)]


def _around(match: re.Match[str], text: str) -> tuple[str, str]:
    """The words just before and just after, all that the patterns above look at."""
    return text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 40]


def _reads_as_year(match: re.Match[str], before: str, after: str) -> bool:
    """Whether a bare number stands where a date stands, not a count or a house number."""
    value = int(match["first"])
    if len(match["first"]) == 3:
        introduced = re.search(
            r"\b(?:in|since|by|until|from|between|year|about|around|of)\s+$", before
        )
        return bool(
            introduced
            and re.match(
                r"\s*(?:$|[.,;:)\-–]|(?:and|to|by|with|when|under|but|for|it|the|at|on|as|after|"
                r"before|while|he|she|they|his|their|in|its|was|were)\b)",
                after,
            )
        )
    if not 1000 <= value <= 2100:
        return False
    if re.search(r"\bat\s+$", before) and re.match(r"\s+[A-Z]", after):
        return False
    plural = re.match(r"\s+(?:[a-z]+\s)?([a-z]{3,}s)\b", after)
    if plural and re.search(r"\b(?:the|of|about|around|and|to|or)\s+$", before, re.IGNORECASE):
        return bool(re.search(r"\b(?:year|since|until|from|between)\b[^.,;]*$", before)) or (
            plural[1] in {"was", "is", "has", "this", "its", "his", "as", "ss"}
        )
    if _BEFORE.search(before) or not before.strip():
        return True
    return bool(re.match(r"\s*(?:$|[.,;:)\]。，；、)])", after))


def _with_joined_spans(years: list[Year], text: str) -> list[Year]:
    """Give *between 1726 and 1743* and *1631年至1648年* their `from` and `to`."""
    joined = list(years)
    for index in range(len(joined) - 1):
        first, second = joined[index], joined[index + 1]
        between = text[first.end : second.start]
        spans = re.fullmatch(
            rf"\s*(?:to|until|till|through|and(?: about)?|{_DASH}|至|到|—+|和|与)\s*(?:{MONTH}\s)?",
            between,
        )
        month = re.fullmatch(rf"\s*(?:to|and)\s*(?:\d{{1,2}}\s)?{MONTH}\s*", between)
        if not spans and not month:
            continue
        joined[index] = Year(
            first.start, first.end, _same_era(first, second), "from", first.approximate
        )
        joined[index + 1] = Year(second.start, second.end, second.value, "to", second.approximate)
    return joined


def _same_era(first: Year, second: Year) -> int:
    """*Between 447 and 432 BC*: the era stands once and holds for both."""
    return -first.value if second.value < 0 < first.value else first.value
