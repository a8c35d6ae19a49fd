"""Lines that were wrapped, put together again. Knows no file.

A line end in a `Document`'s text ends a sentence, so those that only a page's width made must go.
"""

import re
from itertools import pairwise

from knowledge.text import is_han

_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_ITEM = re.compile(r"(?:[-*•‣·–]|\(?\d{1,3}[.)、]|[A-Za-z][.)])\s")
_ENDS = re.compile(r"[.!?…。！？；:：][\"'”’»)\]）】」』》]*$")
_HARD_WRAPPED = range(60, 121)
_PAGE_SLACK = 0.8
_NARROWEST_COLUMN = 24


def gap(before: str, after: str) -> str:
    """What goes between two lines that are put together: a space, unless both are Chinese."""
    return "" if before and after and _is_wide(before[-1]) and _is_wide(after[0]) else " "


def _is_wide(character: str) -> bool:
    """Whether a character is Chinese or its punctuation."""
    return (
        is_han(character) or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff65"
    )


def unwrap(text: str) -> str:
    """Plain text without the line ends of a typewriter: those a paragraph is hard-wrapped with.

    A paragraph is, where no line of it could have taken the next line's first word. Lists, verses
    and addresses stay as they are.
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

    Type is set in proportional letters, so "full" is told by most of the page's lines.
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
    """Whether the first word of the next line would not have gone into this one."""
    word = following.split(maxsplit=1)[0] if following else ""
    if line and word and _is_wide(word[0]):
        word = word[0]  # Chinese is wrapped between any two characters
    return _width(line) + 1 + _width(word) > width


def _width(line: str) -> int:
    """Columns a line takes: two for a Chinese character."""
    return len(line) + sum(map(_is_wide, line))
