"""Text → sentences, English and Chinese, by rules. No model, no dependency, no document.

A wrong rule misplaces a border between sentences; it never loses a character.
"""

import re

from knowledge.language import is_han

Span = tuple[int, int]
"""Start and end of a piece of text, as in a slice."""

_LINE = re.compile(r"\S(?:.*\S)?")
_END = re.compile(
    r"(?P<mark>[.!?…。！？；।॥؟۔]+)"
    r"[\"'”’»)\]）】」』》〉*]*"  # closing quotes and brackets
    r"(?:\[\d{1,3}\])*"  # footnote marks, as in Wikipedia
)
_WORD_BEFORE = re.compile(r"[\w.'&/-]{0,32}\Z")
_WORD_AFTER = re.compile(r"\s*[\"'“‘«(\[]*(\w*)(\.?)")
_DAY = re.compile(r"(?<!\d)\d{1,2}\Z")
_MONTH = re.compile(r"(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*$")
"""A German month; *3. Oktober* is a date."""
_REGNAL = re.compile(r"\b[^\W\d_a-z][^\W\d_]{2,} [IVX]\Z")
"""A name and one letter that may be its number: `Rajaraja I`, `George V`."""
_SECOND_WORD = re.compile(r"\s*[\"'“‘«(\[]*\w+,? [^\W\d_A-Z]")
_ROMAN = re.compile(r"[IVXLCDM]+")
_LABEL = re.compile(r"[^\s:：.][^:：.\n]{0,40}[:：]\s")
_LETTERS = re.compile(r"(?:[^\W\d_]{1,2}\.)*[^\W\d_]")
"""An initial, or letters with stops between them: `j`, `u.s`, `ph.d`."""
_LATIN_MARKS = frozenset(".!?…")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_ABBREVIATIONS = _words(
    """mr mrs ms messrs mme mlle dr prof st ste sts mt mts ft fr sr jr gen col lt maj capt cdr sgt
    rev hon gov sen rep pres bros co corp inc ltd dept univ assn ave blvd rd sq bldg vs cf approx
    ca incl excl tel"""
)
"""Words whose full stop ends no sentence, unless one plainly begins after it."""

_BEFORE_NUMBERS = _words(
    """no nos nr vol vols fig figs pp ch sec op ref est jan feb mar apr jun jul aug sep sept oct
    nov dec"""
)
"""Words whose full stop ends no sentence before a number; `No.` alone may be an answer."""

_STARTERS = _words(
    """the a an it its he she his her they their this that these those there here in on at by from
    after before when while since during until today now later then but and although however as
    for with to some many most all each both one two only we i you"""
)
"""Capitalised, such a word begins a sentence even after an abbreviation: `the U.S. It was …`"""


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences, in order, without the white space around them.

    A line end always ends a sentence; closing quotes and brackets stay with theirs.

    >>> text = "It is No. 5. 它在1992年拆除。“为什么？”"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['It is No. 5.', '它在1992年拆除。', '“为什么？”']
    """
    return [span for line in _LINE.finditer(text) for span in _split_line(text, *line.span())]


def _split_line(text: str, line_start: int, line_end: int) -> list[Span]:
    spans = []
    start = line_start
    for match in _END.finditer(text, line_start, line_end):
        if match.end() < line_end and _is_border(text, match, line_start, line_end):
            spans.append((start, match.end()))
            start = match.end()
            while text[start].isspace():  # a line ends with no white space, so this stops
                start += 1
    return [*spans, (start, line_end)]


def _is_border(text: str, match: re.Match[str], line_start: int, line_end: int) -> bool:
    """Whether a sentence ends with this mark, which is not the last thing in its line."""
    mark = match["mark"]
    if not _LATIN_MARKS.issuperset(mark):
        return True
    following = text[match.end()]
    if not following.isspace():
        # "3.5", "U.S.", "Yahoo!’s" go on; Chinese puts no space after a mark, whichever it uses.
        after_han = match.start() > line_start and is_han(text[match.start() - 1])
        return (mark != "." or after_han) and _opens_chinese(following)
    after = _WORD_AFTER.match(text, match.end(), line_end)
    word, stop = (after[1], after[2]) if after else ("", "")
    if word[:1].islower():
        return False
    if mark != ".":
        return True
    if _LABEL.match(text, line_start, match.start()):
        # A record's *Extent: xii, 207 p. illus. 25 cm*, *Datierung: 1. H. 20. Jh.*, *sec. XIX*.
        is_short = bool(stop) and len(word) <= 2
        if not word or not word[0].isalpha() or is_short or _ROMAN.fullmatch(word):
            return False
        if _DAY.search(text, max(line_start, match.start() - 4), match.start()):
            return False
    if _DAY.search(text, max(line_start, match.start() - 4), match.start()) and _MONTH.match(word):
        return False  # *am 3. Oktober 1868*
    digits = text[line_start : match.start()] if match.start() - line_start <= 8 else ""
    if digits.isdecimal():
        return False  # the number of a list's item
    if _REGNAL.search(text, max(line_start, match.start() - 32), match.start()):
        goes_on = _SECOND_WORD.match(text, match.end(), line_end)
        return goes_on is not None and not stop  # *Rajaraja I. Work began*, not *Leo I. Smith Jr*
    before = _WORD_BEFORE.search(text, max(line_start, match.start() - 32), match.start())
    return _full_stop_ends(before[0] if before else "", word, initial=bool(stop))


def _full_stop_ends(before: str, after: str, *, initial: bool) -> bool:
    """Whether the full stop between two words ends a sentence.

    `initial`: the word after it has a full stop too, as the second in `J. A. Smith`.
    """
    bare = re.split(r"[/&-]", before)[-1].strip("'").lower()
    if bare in _BEFORE_NUMBERS:
        return not after[:1].isdecimal()
    if bare in _ABBREVIATIONS or _LETTERS.fullmatch(bare):
        return after.lower() in _STARTERS and not (initial and len(after) == 1)
    return True


def _opens_chinese(character: str) -> bool:
    return is_han(character) or character in "“‘「『《（【"
