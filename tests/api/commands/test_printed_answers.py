"""What `snapcite ask` prints: the value, the sentence, the quotation and its language."""

import io

import pytest
from rich.console import Console

from api.commands.ask import print_answer
from knowledge.documents import Document
from search.answer import Answer, Source

HALL = Document("c", "a", "Old Hall", "", "en")


def printed(answer: Answer, *, language: str = "en") -> list[str]:
    console = Console(file=io.StringIO(), width=100)
    print_answer(console, answer, language=language)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def source(language: str) -> Source:
    return Source("c/a", "Old Hall", "Guide", None, "Designed by A. Example.", 0, 23, language)


def test_the_value_stands_between_title_and_sentence():
    answer = Answer(HALL, "It was designed by A. Example.", value="A. Example", source=source("en"))
    assert printed(answer)[:3] == ["Old Hall", "A. Example", "It was designed by A. Example."]


@pytest.mark.parametrize(
    ("value", "year", "lines"),
    [
        ("1931", 1931, ["Old Hall", "Built in 1931."]),
        ("515 BC", -515, ["Old Hall", "Built in 1931."]),
        ("1931年", 1931, ["Old Hall", "Built in 1931."]),
        ("31 May 1931", 1931, ["Old Hall", "31 May 1931", "Built in 1931."]),
        ("Built in 1931.", None, ["Old Hall", "Built in 1931."]),
        ("a\x1b[31m\nb", None, ["Old Hall", r"a\x1b[31m\nb", "Built in 1931."]),
    ],
)
def test_nothing_is_printed_twice_or_obeyed(value, year, lines):
    answer = Answer(HALL, "Built in 1931.", value=value, year=year, source=source("en"))
    assert printed(answer)[: len(lines)] == lines
    assert printed(answer)[len(lines)].startswith(("year:", "confidence:"))


@pytest.mark.parametrize(
    ("quoted", "answered", "end"),
    [
        ("en", "en", "— Guide"),
        ("zh-Hans", "zh", "— Guide"),
        ("en", "zh", "— Guide（英文原文）"),
        ("zh", "en", "— Guide (in Chinese)"),
        ("de", "de", "— Guide"),
        ("de", "en", "— Guide (in German)"),
        ("cy", "en", "— Guide (in cy)"),
    ],
)
def test_a_quotation_in_another_language_is_marked(quoted, answered, end):
    answer = Answer(HALL, "A. Example.", source=source(quoted))
    assert printed(answer, language=answered)[-1].strip() == end
