"""What a terminal would obey is shown and not obeyed, whoever wrote it."""

import io
import json
import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from api.plain_output import PlainLines, Terminal, escaped, json_line

HOSTILE = {
    "escape": ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
    "clear screen": ("\x1b[2J\x1b[H", r"\x1b[2J\x1b[H"),
    "title": ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
    "link": ("\x1b]8;;https://evil.example\x1b\\x", "\\x1b]8;;https://evil.example\\x1b\\x"),
    "c1": ("\x9b31m\x9d0;t\x9c", r"\x9b31m\x9d0;t\x9c"),
    "carriage return": ("true\rfalse", r"true\rfalse"),
    "backspace": ("no\x08\x08ok", r"no\x08\x08ok"),
    "override": ("gpj\u202eexe", r"gpj\u202eexe"),
    "isolate": ("a\u2066b\u2069", r"a\u2066b\u2069"),
    "zero width": ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
    "half a character": ("\udcff.jpg", r"\udcff.jpg"),
    "tags": ("a\U000e0041", r"a\ue0041"),
    "markup": ("[red]x[/red] [link=https://evil.example]y[/link] :smile:",) * 2,
}


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_obeyed_is_written_as_an_escape(text, shown):
    assert escaped(text, one_line=True) == shown


@pytest.mark.parametrize("text", [text for text, _ in HOSTILE.values()], ids=HOSTILE)
@pytest.mark.parametrize("form", ["text", "Text", "table"])
def test_a_terminal_shows_it_whatever_it_stands_in(text, form):
    table = Table(title=text)
    table.add_column(text)
    table.add_row(text)
    file = io.StringIO()
    Terminal(file=file, soft_wrap=True).print(
        {"text": text, "Text": Text(text), "table": table}[form]
    )

    assert not obeyed(file.getvalue())
    assert "evil" not in file.getvalue() or "link" in file.getvalue() or "]8;;" in file.getvalue()


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_at_all_is_obeyed(text):
    assert not obeyed(escaped(text))
    assert "\n" not in escaped(text, one_line=True)
    assert len(escaped(text, one_line=True).splitlines()) <= 1
    written = json.dumps({"a": text}, ensure_ascii=False)
    assert not obeyed(json_line(written))
    assert json.loads(json_line(written)) == {"a": text}


def test_ordinary_text_is_left_as_it_is():
    for text in ("Café “Zum Löwen”, 1889 – 济南站\n\tمسجد e\u0301 👩\u200d🚀", ""):
        assert escaped(text) == text


def test_what_a_command_logs_is_one_line():
    record = logging.LogRecord("x", logging.WARNING, "", 0, "read %s", ("a\n\x1b[2Jb",), None)
    assert PlainLines().format(record) == r"read a\n\x1b[2Jb"


def obeyed(text: str) -> list[str]:
    """Characters of the text that are not to be shown: controls, unseen marks, halves."""
    unseen = {"Cc", "Cs", "Zl", "Zp"}
    marks = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    return [
        each for each in text
        if each not in "\n\t" and (unicodedata.category(each) in unseen or each in marks)
    ]  # fmt: skip
