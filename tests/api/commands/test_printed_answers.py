"""What `snapcite ask` prints: the value, the sentence, the quotation and its language."""

import io
import json
import shlex
from dataclasses import replace

import pytest
from rich.console import Console

from api.commands.ask import print_answer, print_turned
from knowledge.documents import Document
from knowledge.picture_text import Box, LinePlace, PicturePlace
from search.answer import Answer, NearSubject, Source
from search.pipeline import Found
from search.turned import Turns

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


def test_a_refusal_lists_what_it_may_be_and_how_to_ask_again():
    near = NearSubject("c/a", "Old\x1b Hall", None, 0.74, "somewhat alike", "another_kind")
    answer = Answer(None, "Is it that?", reason="nothing_similar", candidates=(near,))
    assert printed(answer) == [
        "Is it that?",
        r"  • Old\x1b Hall  c/a  (somewhat alike, 0.74; another kind of thing)",
        """To ask again about one, add --filters '{"document_id": "c/a"}'""",
    ]
    for language in ("zh", "zh-Hant", "ZH"):
        assert "另一类事物" in printed(answer, language=language)[1]


@pytest.mark.parametrize("name", ["c/quaid's tomb", "c/$HOME `id` 塔", "c/" + 40 * "long "])
def test_what_asks_again_can_be_copied_into_a_shell(name):
    near = NearSubject(name, "Tomb", None, 0.74, "somewhat alike", "looks_like")
    answer = Answer(None, "Is it that?", reason="nothing_similar", candidates=(near,))
    *_, option, value = shlex.split(printed(answer)[-1])
    assert (option, json.loads(value)) == ("--filters", {"document_id": name})


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


def test_the_page_and_the_picture_are_printed_with_the_source():
    line = LinePlace(0, 23, Box(0.1, 0.2, 0.3, 0.05), 0.914)
    read = replace(source("en"), page=12, picture=PicturePlace("photo-1", 0, (line,)))
    lines = printed(Answer(HALL, "A. Example.", source=read))
    assert lines[-1].strip() == "— Guide, p. 12 (read from the picture, certainty 0.91)"
    lines = printed(Answer(HALL, "A. Example.", source=read), language="zh")
    assert lines[-1].strip() == "— Guide,第12页(从图片中读出,可信度0.91)（英文原文）"


def turned(degrees, *, language="en"):
    console = Console(file=io.StringIO(), width=100)
    print_turned(console, Found((), turns=Turns(degrees)), language=language)
    return console.file.getvalue()


def test_a_photo_that_lay_turned_has_a_line():
    assert turned((90,)) == "The photo did not lie upright: turned by 90° clockwise.\n"
    assert turned((270,), language="zh-Hant") == "照片没有摆正：已顺时针旋转270°。\n"
    assert turned((0, 180)) == "Photo 2 did not lie upright: turned by 180° clockwise.\n"
    assert turned((0,)) == turned(()) == ""
