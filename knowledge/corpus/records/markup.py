"""Text without markup, its paragraphs kept. Knows HTML's elements; reads no file."""

import html
import re

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,15})(?:[\s/][^<>]{0,4000})?>")
_BLOCKS = frozenset(
    "p div br li ul ol dl dt dd tr table h1 h2 h3 h4 h5 h6 section article blockquote pre hr".split()
)
_INLINE = frozenset(
    "a b i u s em strong span sup sub small big font img td th tbody thead cite q abbr code mark "
    "del ins tt strike center figure figcaption title emph lb".split()
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SPACES = re.compile(r"[^\S\n]+")
_BLOCK_ENDS = re.compile(r"[^\S\v]*\v[\s\v]*")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def plain(text: str) -> str:
    """`text` without HTML: blocks become lines, entities characters, white space single spaces.

    A `<` that opens no element of HTML stays. Line ends inside a paragraph are those of the file's
    width, so they become spaces; blank lines stay.

    >>> plain("<p>Built in&nbsp;1889.</p><p>Gone <b>now</b>.</p>")
    'Built in 1889.\\nGone now.'
    >>> plain("a < b &amp; c <unknown>")
    'a < b & c <unknown>'
    """
    if "<" in text and _TAG.search(text):
        text = _BLOCK_ENDS.sub("\n", _TAG.sub(_as_space, _without_comments(one_line(text))))
    else:
        text = "\n\n".join(map(one_line, _BLANK_LINES.split(text)))
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()


def one_line(text: str) -> str:
    """`text` with every run of white space a single space."""
    return " ".join(text.split())


def _without_comments(text: str) -> str:
    before, *commented = text.split("<!--")
    return before + "".join(part.partition("-->")[2] for part in commented)


def _as_space(found: re.Match[str]) -> str:
    name = found[1].lower()
    if name in _BLOCKS:
        return "\v"
    if name in ("td", "th"):
        return " "
    return "" if name in _INLINE else found[0]
