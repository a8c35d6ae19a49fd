"""The date that stands at a place of a running text, with the words that hedge or bound it.

`find_years` says where a year stands; here the words around it are taken in as long as the whole
reads as one date: *about 1932*, *before May 1904*, *between 1889 and 1891*.
"""

import re
from dataclasses import dataclass, replace

from knowledge.dates import words as w
from knowledge.dates.dated import Dated
from knowledge.dates.han import has_han
from knowledge.dates.reading import read_date
from knowledge.dates.years import find_periods, find_years

_MOST_BESIDE = 7
"""Words that are taken in on one side."""
_MOST_PIECES = 80
_MOST_DATES = 60
"""Dates that are read of one text; a sentence has one to four."""
_AROUND = 60
_HAN_AROUND = 12
_WORDS = frozenset(
    re.findall(
        r"[a-z]{2,}",
        " ".join(
            (w.ABOUT, w.ABOUT_AFTER, w.PERHAPS, w.PERHAPS_AFTER, w.BEFORE, w.BEFORE_AFTER, w.AFTER,
             w.AFTER_AFTER, w.EARLY, w.MID, w.LATE, w.FIRST, w.SECOND, w.THIRD, w.FOURTH, w.LAST,
             w.HALF, w.QUARTER, w.TERTIAL, w.CENTURY, w.TURN, " ".join(w.MONTHS), *w.SEASONS,
             *w.ORDINALS, "between zwischen entre tra fra and und et or oder to bis through until "
             "in on im am en the of de del du des der annees anni anos jahre jahren bc bce ad ce "
             "chr av st nd rd th year decade century centuries le la il el los les das die dem al")
        ),
    )
)  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[^\w\s]")
_HELD = frozenset("-–—/,.()[]?~'’")
_LEADING = re.compile(
    r"(?:(?:(?:in|on|im|am|en|the|los|las|les|le|il|el|du|de|der|den|dem|of)(?![a-z])|[于在])\s*)+",
    re.I,
)
_HAN_HEAD = re.compile(
    r"[大约莫概可能或许疑推测据说在早晚不于至从自介公元西前清明民国华上约約\d〇零一二三四五六七八九十年世纪紀月代末初\-—~至到]*$"
)
_HAN_TAIL = re.compile(
    r"^[年月日号代世纪紀初末中叶早晚前后期左右上下半之以来起至到〇零一二三四五六七八九十\d\-—~间間春夏秋冬季底?？)）（(]*"
)
_STRETCH = re.compile(
    r"^(?:since|from|until|till?|up to|seit|ab|bis|"
    r"depuis|jusqu|desde|hasta|dal|fino|"
    r"[自从至到])(?![a-z])|"
    r"(?:起|以来|至今|onwards?|on)$",
    re.I,
)
"""Begins or ends a stretch, whose end is as sure as any date; *by* and *after* only bound."""
_ERAS = re.compile(
    r"(?:光[绪緒]|宣[统統]|同治|咸[丰豐]|道光|嘉[庆慶]|乾隆|雍正|康熙|"
    r"[顺順]治|崇[祯禎]|[万萬][历曆]|嘉靖|永[乐樂]|洪武|"
    r"民[国國]|昭和|大正|明治)(?:[\d元一二三四五六七八九十廿卅]{1,4}年|年[间間])"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A date that stands in a text: `text[start:end]`."""

    start: int
    end: int
    dated: Dated


def date_at(text: str, start: int, end: int) -> Mention | None:
    """The widest date of a text that takes in `text[start:end]`; None where that is no date.

    >>> text = "It was pulled down before 1904 to widen the street."
    >>> date_at(text, 26, 30).dated.edtf
    '../1904'
    """
    for first, last in _pieces(text, start, end)[:_MOST_PIECES]:
        found = read_date(text[first:last])
        if found is None or not found.is_known or found.edtf.startswith("{"):
            continue
        if (found.before or found.after) and _STRETCH.search(text[first:last]):
            continue  # *a museum since 1950* became one in 1950
        first, last = _bare(text, first, last, start, found.edtf)
        return Mention(first, last, replace(found, words=text[first:last]))
    return None


def _bare(text: str, first: int, last: int, start: int, edtf: str) -> tuple[int, int]:
    """A date without the preposition before it and the marks behind it, where it stays the same."""
    lead = _LEADING.match(text, first, start)
    pieces = [(first, last)]
    if lead is not None and lead.end() <= start:
        pieces.insert(0, (lead.end(), last))
    pieces = [(a, b) for a, b in pieces for b in (a + len(text[a:b].rstrip(" ,.;)")), b)]
    for piece in pieces:
        found = read_date(text[slice(*piece)])
        balanced = text[slice(*piece)].count("(") == text[slice(*piece)].count(")")
        if found is not None and found.edtf == edtf and balanced:
            return piece
    return first, last


def find_dates(text: str) -> list[Mention]:
    """The dates of a text in their order: its years, decades, centuries and reigns, with what
    hedges and bounds them."""
    places = [(year.start, year.end) for year in find_years(text)]
    places += [(period.start, period.end) for period in find_periods(text)]
    places += [match.span() for match in _ERAS.finditer(text)]
    found: dict[int, Mention] = {}
    for start, end in sorted(places)[:_MOST_DATES]:
        if any(each.start <= start and end <= each.end for each in found.values()):
            continue
        mention = date_at(text, start, end)
        if mention is not None:
            found[mention.start] = mention
    return sorted(found.values(), key=lambda each: each.start)


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The pieces of a text around a place that may be one date, the widest first."""
    if has_han(text[max(0, start - 2) : end + 2]):
        head = _HAN_HEAD.search(text[max(0, start - _HAN_AROUND) : start])
        tail = _HAN_TAIL.match(text[end : end + _HAN_AROUND])
        before = len(head.group()) if head else 0
        after = len(tail.group()) if tail else 0
        starts = [start - left for left in range(before, -1, -1)]
        ends = [end + right for right in range(after, -1, -1)]
    else:
        starts = [start, *_beside(text, start, -1)][::-1]
        ends = [end, *_beside(text, end, 1)][::-1]
    pieces = [(first, last) for first in starts for last in ends]
    return sorted(pieces, key=lambda piece: piece[0] - piece[1])


def _beside(text: str, place: int, way: int) -> list[int]:
    """Where words end that may belong to a date, going on from a place."""
    near = text[max(0, place - _AROUND) : place] if way < 0 else text[place : place + _AROUND]
    offset = max(0, place - _AROUND) if way < 0 else place
    tokens = list(_TOKEN.finditer(near))
    if way < 0:
        tokens.reverse()
        if tokens and tokens[0].end() == len(near) and offset and near[:1].isalnum():
            tokens = tokens[:-1]
    places: list[int] = []
    for token in tokens[: 2 * _MOST_BESIDE]:
        word = token.group()
        plain = w.plain_words(word)
        known = word in _HELD or (word.isdigit() and len(word) <= 4) or plain in _WORDS
        if not known and not (len(plain) == 1 and plain in "cse"):
            break
        if way > 0 and word == "." and near[token.end() : token.end() + 1] in {" ", ""}:
            break
        places.append(offset + (token.start() if way < 0 else token.end()))
    return places
