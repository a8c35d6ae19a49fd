"""What strangers wrote, made fit for a terminal and for a line of a log.

File names, titles, texts and questions can hold characters that a terminal obeys instead of showing
them: escape sequences, carriage returns, marks that turn the direction of what follows. Each is
written as its escape (`\\x1b`, `\\u202e`), so that a person sees that it is there. Everything that
the command line prints goes through `Terminal` or `json_line`, every log line through `escaped`
or `json_line`.
"""

import logging
import re
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from knowledge.credentials import without_credentials

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, C1 among them
    "\u00ad\u061c\u180e\u200b\u2028\u2029"  # unseen, or a line's end
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # direction, and more that is unseen
    "\ud800-\udfff"  # halves of a character: bytes of a file name that are not UTF-8
    "\U000e0000-\U000e0fff]"  # tags, letters that nobody sees
)
_OBEYED_ON_A_LINE = re.compile(rf"{_OBEYED.pattern}|[\t\n]")


def escaped(text: str, *, one_line: bool = False) -> str:
    r"""The text with what a terminal would obey written as escapes.

    Args:
        text: any text, also one with lone surrogates.
        one_line: write line breaks and tabs as escapes too.

    >>> escaped("\x1b[31mred\u202e"), escaped("a\nb", one_line=True)
    ('\\x1b[31mred\\u202e', 'a\\nb')
    """
    return (_OBEYED_ON_A_LINE if one_line else _OBEYED).sub(_escape, text)


def json_line(text: str) -> str:
    """JSON with what a terminal would obey, or take for a line's end, as JSON's own escapes."""
    return _OBEYED.sub(lambda match: _json_escape(match.group()), text)


class Terminal(Console):
    """A console that shows what it is given and obeys none of it: no control character, no markup
    (`[red]`), no emoji code."""

    def __init__(self, *, file: TextIO | None = None, soft_wrap: bool = False) -> None:
        """`file`: where to print; stdout if None. `soft_wrap`: leave wrapping to the terminal."""
        super().__init__(file=file, soft_wrap=soft_wrap, markup=False, emoji=False, highlight=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments of something to print; `rich` makes its own control segments only itself."""
        for segment in super().render(renderable, options):
            if segment.control or not _OBEYED.search(segment.text):
                yield segment
            else:
                yield Segment(escaped(segment.text), segment.style)


class PlainLines(logging.Formatter):
    """Formats what a command logs beside its output: each message is one line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The message on one line."""
        return escaped(without_credentials(super().formatMessage(record)), one_line=True)

    def format(self, record: logging.LogRecord) -> str:
        """The message, then the traceback if it has one."""
        return escaped(without_credentials(super().format(record)))


_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
