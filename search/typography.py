"""Typography folded away, with the way back: a model that copies a passage writes its own marks.

Models write ' for ’ and ", - for –, three dots for an ellipsis, half-width marks between Chinese
characters, and spaces where a text has none. Two texts that fold to the same say the same words;
letters, digits and their case are kept. Each folded character knows the span of the text that it
came from, so that what is found in the folded text is cited in the text's own characters. Knows no
quotation and no document.
"""

import re
import unicodedata
from collections.abc import Sequence

Spans = list[tuple[int, int]]
"""For each character of a folded text, the span of the text that it came from."""

_CLUSTER = re.compile(r".[\u0300-\u036f\u3099\u309a\u1160-\u11ff]*", re.DOTALL)

_INVISIBLE = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff")
"""Soft hyphens, spaces without width, marks of a script's direction. What turns the direction of
whole words round is not among them: it can make a text look like another."""

_QUOTES = "'\"`´‘’‚‛“”„‟‹›«»′″‵‶ʹʺʼˮ「」『』〝〞〟《》〈〉"
_HYPHENS = "-‐‑‒–—―−⸺⸻﹘﹣"
_SAME = {
    **dict.fromkeys(_QUOTES, "'"),
    **dict.fromkeys(_HYPHENS, "-"),
    **dict.fromkeys("。", "."),
    **dict.fromkeys("、", ","),
    **dict.fromkeys("·・•‧∙⋅", "·"),
    **dict.fromkeys("~〜∼", "~"),
    **dict.fromkeys("【〔〖", "["),
    **dict.fromkeys("】〕〗", "]"),
    "⋯": ".",
    "⁄": "/",
    "∕": "/",
}
"""A mark in NFKC → the one that stands for all of its kind."""

_ONE_OF_MANY = frozenset("'-.")
"""Marks of which several in a row count as one: --, ..., ''."""

_TIGHT = frozenset("'-,.;:!?()[]/~%")
"""Marks beside which spaces are a matter of house style: « a », a – b, 1889 :"""

_IN_NUMBERS = frozenset(".,:")
"""Marks that are part of a number between two digits: 3.5 is not 3. 5."""

_ACUTE = "\u0301"
"""What NFKC makes of ´, after a space."""

_UNSPACED = re.compile(r"[\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Chinese and Japanese characters, beside which spaces say nothing."""


def normalised(text: str) -> tuple[str, Spans]:
    """NFKC text with single spaces, and for each of its characters the span it came from.

    Normalised by runs of a base character with its combining marks, which NFKC never splits.
    """
    characters: list[str] = []
    spans: Spans = []
    for match in _CLUSTER.finditer(text):
        for character in unicodedata.normalize("NFKC", match.group()):
            if character.isspace():
                if characters and characters[-1] == " ":
                    spans[-1] = (spans[-1][0], match.end())
                    continue
                character = " "
            characters.append(character)
            spans.append(match.span())
    return "".join(characters), spans


def folded(text: str) -> tuple[str, Spans]:
    """The normalised text without what is typography alone, and where its characters came from.

    >>> folded("It’s “1905–10”…")[0] == folded("It's \\"1905-10\\" ...")[0]
    True
    >>> folded("1992年7月1日，拆除。")[0] == folded("1992 年 7 月 1 日, 拆除.")[0]
    True
    """
    characters: list[str] = []
    spans: Spans = []
    space: tuple[int, int] | None = None
    for character, (start, end) in zip(*normalised(text), strict=True):
        mark = _SAME.get(character, character)
        if character in _INVISIBLE:
            continue
        if mark == " ":
            space = (start, end)
            continue
        if mark == _ACUTE and space is not None:
            mark, space = "'", None
        last = characters[-1] if characters else ""
        if mark == last and mark in _ONE_OF_MANY:
            spans[-1] = (spans[-1][0], end)
        else:
            if space is not None and last and not _touches(characters[-2:], mark):
                characters.append(" ")
                spans.append(space)
            characters.append(mark)
            spans.append((start, end))
        space = None
    return "".join(characters), spans


def _touches(before: Sequence[str], after: str) -> bool:
    """Whether a space is typography alone after one or two characters and before another. Between
    two digits, letters or words it never is: 1 889 is not 1889."""
    last = before[-1]
    if last in _IN_NUMBERS and len(before) > 1 and before[0].isdigit() and after.isdigit():
        return False
    return (
        last in _TIGHT
        or after in _TIGHT
        or _UNSPACED.match(last) is not None
        or _UNSPACED.match(after) is not None
    )
