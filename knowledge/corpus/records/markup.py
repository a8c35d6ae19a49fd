"""Text out of XML and JSON: no markup, no line ends but those between paragraphs."""

import re

from knowledge.corpus.values import plain_text

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def plain(text: str) -> str:
    """`text` without HTML, its paragraphs kept; other line ends are those of the file's width.

    >>> plain("Built\\n   in 1889.\\n\\nGone <b>now</b>.")
    'Built in 1889.\\n\\nGone now.'
    """
    return plain_text("\n\n".join(map(one_line, _BLANK_LINES.split(text))))


def one_line(text: str) -> str:
    """`text` with every run of white space a single space."""
    return " ".join(text.split())
