"""Whether the documents know the thing that a question names."""

from pathlib import Path

import pytest

from knowledge.documents import Document
from search.named_things import things_named, unknown_thing

PAIRS = Path(__file__).resolve().parents[2] / "data" / "question_names"
HOTEL = Document("c", "r", "Rathbone Hotel", "Opened by Ada Rathbone in Weston.", "en")


@pytest.mark.parametrize("name", ["development", "held_back"])
def test_a_name_that_is_in_no_document_is_unknown(name):
    unknown: dict[str, list[bool]] = {"+": [], "-": []}
    text = (PAIRS / f"{name}.txt").read_text(encoding="utf-8")
    for block in text.removeprefix("# ").split("\n# "):
        head, *questions = block.strip().splitlines()
        language, title, body, *aliases = head.split(" | ")
        document = Document("c", "x", title, body, language, aliases=tuple(aliases))
        for line in questions:
            unknown[line[0]].append(unknown_thing(line[2:], [(document, ())]) is not None)
    assert sum(unknown["+"]) == 0
    assert sum(unknown["-"]) / len(unknown["-"]) >= 0.6


@pytest.mark.parametrize(
    "question",
    [
        "Is the Rathbone Hotel still there?",
        "Is the Rathbon Hotel still there?",
        "Is the Grand Hotel still there?",
        "Is the hotel in Weston still there?",
        "Is this the Selkirk Hotel?",
        "Did Selkirk build it?",
        "Did Napoleon sleep in the Rathbone?",
        "Is it still there?",
        "",
    ],
)
def test_what_may_be_known_is_not_called_unknown(question):
    assert unknown_thing(question, [(HOTEL, ())]) is None


def test_a_document_without_a_name_in_the_question_s_script_may_be_meant():
    chinese = Document("c", "h", "拉思伯恩酒店", "拉思伯恩酒店于1888年开业。", "zh")
    assert unknown_thing("Is the Selkirk Hotel still there?", [(chinese, ())]) is None
    assert unknown_thing("塞尔柯克酒店还在吗?", [(HOTEL, ())]) is None
    assert unknown_thing("塞尔柯克酒店还在吗?", [(chinese, ())]) is not None


def test_one_document_that_knows_the_name_is_enough():
    other = Document("c", "s", "Sea front", "It ran from the pier to the Selkirk.", "en")
    asked = "Is the Selkirk Hotel still there?"
    assert unknown_thing(asked, [(HOTEL, ()), (other, ())]) is None
    assert unknown_thing(asked, [(HOTEL, ("Selkirk Hotel",))]) is None
    assert unknown_thing(asked, [(HOTEL, ())]).name == "Selkirk Hotel"


def test_hostile_questions_take_no_time():
    for asked in ("Is the " + "Aa " * 20_000, "A's " * 20_000, "的" * 50_000, "St. " * 20_000):
        assert len(things_named(asked)) <= 200


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("小雁塔还在吗?", ("小雁",)),
        ("请问旧的大明寺还在吗?", ("大明",)),
        ("老新桥还在吗?", None),
        ("大石桥还在吗?", None),
        ("老城门还在吗?", None),
        ("小塔还在吗?", None),
    ],
)
def test_a_short_chinese_name_may_begin_with_a_common_word(question, words):
    assert [thing.words for thing in things_named(question)] == ([words] if words else [])


def test_a_namesake_of_another_size_is_unknown():
    pagoda = Document("c", "p", "大雁塔", "大雁塔是西安的一座佛塔。", "zh")
    assert unknown_thing("小雁塔还在吗?", [(pagoda, ())]) is not None
    assert unknown_thing("大雁塔还在吗?", [(pagoda, ())]) is None
