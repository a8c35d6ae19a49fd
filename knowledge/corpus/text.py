"""Strings out of files: cleaned text, readable names, values as words, wrapped lines joined.

All text of a `Document` goes through `clean` once. So later rooms meet no stray control characters,
no lone surrogates and one kind of line end. A line end in a document's text ends a sentence, so the
line ends that only a page's width made are removed here too. Knows no file and no corpus.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from knowledge.identifiers import MAX_CORPUS_CHARS, SURROGATE, UNWANTED, is_web_address, visible
from knowledge.language import is_han

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NOT_IN_NAMES = re.compile(r"[^\w.\-]+")
_ENDS_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]）】」』》]*$")
_MAX_DEPTH = 12
_CAMERA = re.compile(
    r"(?:IMG|DSC[FN]?|DSC|PICT?|P|PXL|MVI|SAM|DJI|GOPR|HPIM|WP|scan|image|photo|foto|bild|unnamed)"
    r"[\W_]*(?:\d[\d\W_]*(?:MP|WA\d+|HDR|NIGHT)?)?[\W_]*",
    re.IGNORECASE,
)
"""Names that cameras, scanners and telephones give."""

_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_ITEM = re.compile(r"(?:[-*•‣·–]|\(?\d{1,3}[.)、]|[A-Za-z][.)])\s")
_ENDS = re.compile(r"[.!?…。！？；:：][\"'”’»)\]）】」』》]*$")
_HARD_WRAPPED = range(60, 121)
_PAGE_SLACK = 0.8
_NARROWEST_COLUMN = 24


def clean(text: str) -> str:
    """`text` with line feeds for every line end, without control characters and marks of direction,
    stripped.

    >>> clean("\\ufeffOne\\r\\ntwo\\0 ")
    'One\\ntwo'
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    return SURROGATE.sub("\ufffd", text).strip()


def one_line(text: str) -> str:
    """`text`, cleaned, every run of white space a single space."""
    return " ".join(clean(text).split())


def humanise(stem: str) -> str:
    """A title out of a file's name.

    >>> humanise("eiffel_tower-02"), humanise("2020-05-01 Mont-Saint-Michel")
    ('Eiffel tower 02', '2020-05-01 Mont-Saint-Michel')
    """
    words = one_line(stem.replace("_", " "))
    if " " not in stem:  # then hyphens stand for spaces, except in dates
        words = re.sub(r"(?<!\d)-|-(?!\d)", " ", words)
    words = " ".join(words.split()) or clean(stem)
    return words[:1].upper() + words[1:]


def title_of_file(path: str) -> str:
    """A title out of a photo's file name; "" where the name is a number, as cameras give them.

    >>> title_of_file("photos/corn_exchange-1961.jpg"), title_of_file("DSC_0412.JPG")
    ('Corn exchange 1961', '')
    """
    stem = PurePosixPath(path).stem
    return humanise(stem) if names_something(stem) else ""


def names_something(stem: str) -> bool:
    """Whether a file's name is words: not a number, nor what a camera gives."""
    return not _CAMERA.fullmatch(stem) and sum(map(str.isalpha, stem)) > len(stem) / 2


def slug(name: str) -> str:
    """A corpus name out of a folder's or file's name: letters, digits, `.`, `-` and `_`.

    >>> slug("My photos/2020"), slug("老照片 (1)")
    ('My_photos_2020', '老照片_1')
    """
    kept = _NOT_IN_NAMES.sub("_", visible(name))
    return kept.strip("._")[:MAX_CORPUS_CHARS] or "corpus"


def same_id(id_: str, other: str) -> str:
    """What to say of something whose id is already that of `other`, which may look the same."""
    return (
        f"Its id {id_!r} is already that of {other!r}; change one of them. Ids that differ only in "
        "how accents are encoded, or in characters that cannot be seen, are one id."
    )


def fact_line(label: str, value: str) -> str:
    """A labelled value as a sentence of its own.

    >>> fact_line("year_built", "1889"), fact_line("建成年份", "1889")
    ('Year built: 1889.', '建成年份：1889。')
    """
    label, chinese = _beginning(label)
    if not (_ENDS_SENTENCE.search(value) or is_web_address(value)):
        value += "。" if chinese else "."
    return f"{label}{'：' if chinese else ': '}{value}"


@lru_cache(maxsize=1024)
def _beginning(label: str) -> tuple[str, bool]:
    """A label as a line begins with it, and whether it is Chinese."""
    label = one_line(label.replace("_", " "))
    return label[:1].upper() + label[1:], bool(label) and is_han(label[-1])


def as_text(value: object, *, depth: int = 0) -> str:
    """A value of a table, of JSON or of YAML in words, on one line unless it is a string.

    None, not-a-number, empty containers and bytes are "".

    >>> as_text(1889.0), as_text(True), as_text(["a", None, "b"]), as_text({"by": "Eiffel"})
    ('1889', 'yes', 'a, b', 'by Eiffel')
    """
    match value:
        case None | bytes() | bytearray() | memoryview():
            return ""
        case str():
            return clean(value)
        case bool():
            return "yes" if value else "no"
        case float():
            if math.isnan(value):
                return ""
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            at_midnight = value.time() == time() and value.tzinfo is None
            return value.date().isoformat() if at_midnight else value.isoformat()
        case Mapping():
            pairs = _texts(value, depth)
            return ", ".join(f"{one_line(str(key))} {text}" for key, text in pairs)
        case list() | tuple() | set():
            return ", ".join(text for _, text in _texts(dict(enumerate(value)), depth))
        case _:
            return clean(str(value))


def _texts(values: Mapping[Any, object], depth: int) -> list[tuple[Any, str]]:
    if depth >= _MAX_DEPTH:
        return []
    texts = ((key, one_line(as_text(value, depth=depth + 1))) for key, value in values.items())
    return [(key, text) for key, text in texts if text]


def gap(before: str, after: str) -> str:
    """The text to put between two lines that are joined: a space, unless both are Chinese."""
    return "" if before and after and _is_wide(before[-1]) and _is_wide(after[0]) else " "


def _is_wide(character: str) -> bool:
    """Whether a character is a Chinese ideograph or Chinese punctuation."""
    return (
        is_han(character) or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff65"
    )


def unwrap(text: str) -> str:
    """Plain text with the lines of hard-wrapped paragraphs joined.

    A paragraph is hard-wrapped if none of its lines had room for the next line's first word.
    Lists, verses and addresses stay as they are.
    """
    lines = text.split("\n")
    width = max(map(_width, lines))
    if width not in _HARD_WRAPPED:
        return text
    return "\n\n".join(_unwrap_paragraph(part, width) for part in _BLANK_LINES.split(text))


def _unwrap_paragraph(paragraph: str, width: int) -> str:
    lines = [line.strip() for line in paragraph.split("\n")]
    pairs = list(pairwise(lines))
    if not all(_is_full(a, b, width) and not _ITEM.match(b) for a, b in pairs):
        return paragraph
    joined = lines[0]
    for line in lines[1:]:
        joined += gap(joined, line) + line
    return joined


def reflow_page(text: str) -> str:
    """A page's lines as paragraphs: a full line runs on, a short one ends its paragraph.

    Letters have different widths in print, so the long lines of the page say how long "full" is.
    """
    lines = [stripped for line in text.split("\n") if (stripped := line.strip())]
    if not lines:
        return ""
    widths = sorted(map(_width, lines))
    width = widths[len(widths) * 9 // 10] * _PAGE_SLACK
    paragraphs = [lines[0]]
    for before, line in pairwise(lines):
        runs_on = line[0].islower() and not _ENDS.search(before)
        full = width >= _NARROWEST_COLUMN and _is_full(before, line, width)
        if (runs_on or full) and not _ITEM.match(line):
            paragraphs[-1] += gap(before, line) + line
        else:
            paragraphs.append(line)
    return "\n".join(paragraphs)


def _is_full(line: str, following: str, width: float) -> bool:
    """Whether this line had no room for the first word of the next one."""
    word = following.split(maxsplit=1)[0] if following else ""
    if line and word and _is_wide(word[0]):
        word = word[0]  # Chinese is wrapped between any two characters
    return _width(line) + 1 + _width(word) > width


def _width(line: str) -> int:
    """Columns a line takes: two for a Chinese character."""
    return len(line) + sum(map(_is_wide, line))
