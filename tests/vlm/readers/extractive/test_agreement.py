"""Numbers, names and kinds of words that must agree."""

import time

import pytest

from knowledge.documents import Passage
from vlm.readers.base import Candidate
from vlm.readers.extractive.agreement import (
    agreement,
    codes_of,
    is_about_another,
    is_named,
    is_of_another_dimension,
    is_of_another_role,
    names_of,
    names_the_field,
)  # fmt: skip

TEXT = "Box 12 holds the letters of the Corn Exchange, 1,250 sheets, no. 0043."
BOX = Candidate(
    "archive/b12", "Box 12", ("十二号盒",), "en", (Passage("archive/b12", 0, TEXT, 0, len(TEXT)),)
)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [("What is in box 12?", 1.0), ("What is in box 7?", 0.0), ("What does it hold?", 1.0),
     ("Is 43 the number of 1250 sheets?", 1.0), ("What is in box 12 of HB-2207?", 0.5),
     ("12号盒里有什么？", 1.0), ("７号盒里有什么？", 0.0)],
)  # fmt: skip
def test_numbers_of_a_question_stand_in_the_document(question: str, numbers: float):
    assert agreement(question, BOX)["numbers"] == numbers


@pytest.mark.parametrize(
    ("question", "names"),
    [("Who built the Corn Exchange?", 1.0), ("Who built the Hippodrome?", 0.0),
     ("Who built the Corn Market?", 0.5), ("who built it?", 1.0), ("谁建了“Hippodrome”？", 0.0)],
)  # fmt: skip
def test_names_of_a_question_stand_in_the_document(question: str, names: float):
    assert agreement(question, BOX)["names"] == names


def test_a_candidate_is_named_by_a_whole_title_or_alias():
    assert is_named("What is in BOX 12?", BOX)
    assert is_named("十二号盒在哪里？", BOX)
    assert not is_named("What is in box 123?", BOX)


def test_a_question_about_another_thing():
    assert is_about_another("Does the Hippodrome still stand?", BOX)
    assert not is_about_another("Is this still there?", BOX)
    assert not is_about_another("Is Box 12 still there?", BOX)


TOWER_TEXT = "The tower by Kuro stood beside the Hotel Tisza in Weston."
TOWER = Candidate(
    "c/t", "Nakagin Tower", (), "en", (Passage("c/t", 0, TOWER_TEXT, 0, len(TOWER_TEXT)),)
)


@pytest.mark.parametrize(
    ("question", "another"),
    [("Does Kuro's tower still stand?", False), ("Is the tower in Weston still there?", False),
     ("Does Kuro's tower in Marlow still stand?", True), ("Does Hotel Tisza still stand?", True),
     ("Does the Tisza Tower still stand?", True), ("“Kuro”的楼还在吗？", False),
     ("“Marlow”的楼还在吗？", True)],
)  # fmt: skip
def test_names_that_are_in_the_text_only_say_little(question: str, another: bool):
    assert is_about_another(question, TOWER) == another


def test_a_name_is_written_otherwise_in_another_script():
    text = "永安门建于1420年，在北京城南。"
    gate = Candidate("c/g", "永安门", ("Yong'an Gate",), "zh", (Passage("c/g", 0, text, 0, 17),))
    assert agreement("Does the Yong'an Gate in Beijing stand?", gate)["names"] == 1.0
    assert agreement("Does the Corn Exchange in Beijing stand?", gate)["names"] == 0.0


def test_odd_questions():
    assert codes_of("") == set()
    assert names_of("?!") == set()
    assert codes_of("007 and 1.250 in the 1920s, HB 2207, 14C, 3rd") == {
        "7",
        "1250",
        "1920",
        "2207",
        "14c",
        "3",
    }


@pytest.mark.parametrize(
    ("question", "sentence", "words", "other"),
    [("How wide is the pier?", "The pier is 410 m long.", "410 m", True),
     ("How long is the pier?", "The pier is 410 m long.", "410 m", False),
     ("How long is it?", "It is 62 m high and 310 m long.", "62 m", True),
     ("How heavy is it?", "It weighs 214 kg.", "214 kg", False),
     ("How long is it?", "It weighs 214 kg.", "214 kg", True),
     ("它有多宽？", "桥长310米。", "310米", True),
     ("How wide is it?", "It measures 30 x 40 cm.", "30 x 40 cm", False)],
)  # fmt: skip
def test_a_length_is_no_width(question: str, sentence: str, words: str, other: bool):
    assert is_of_another_dimension(question, sentence, words) == other


@pytest.mark.parametrize(
    ("question", "line", "named"),
    [("What is the catalogue number?", "Cat no: 52.6", True), ("When was it?", "When: 1911", False),
     ("What is the box number?", "Box: 7", True), ("Which class is it?", "Cl.: 8F", True),
     ("Who took it?", "Photo: a.jpg", False)],
)  # fmt: skip
def test_a_question_names_a_field_by_its_label(question: str, line: str, named: bool):
    assert names_the_field(question, line) == named


@pytest.mark.parametrize(
    ("question", "numbers"),
    [("In which box is A. Doe's photograph of it?", 0.0), ("When did A. Doe take it?", 0.0),
     ("When did the Corn Exchange open?", 1.0), ("A. Doe是什么时候拍的？", 0.0)],
)  # fmt: skip
def test_who_did_it_stands_in_the_document(question: str, numbers: float):
    assert agreement(question, BOX)["numbers"] == numbers


@pytest.mark.parametrize(
    ("question", "line", "other"),
    [("Who built the hall?", "Photographer: A. Doe", True), ("Who took it?", "Taken by: A", False),
     ("Who took it?", "Creator: A. Doe", False), ("Who gave it?", "Collector: A. Doe", True),
     ("谁设计的？", "摄影者：张三", True), ("谁拍的？", "摄影者：张三", False),
     ("When was it built?", "Photographer: A. Doe", False)],
)  # fmt: skip
def test_who_took_it_is_not_who_built_it(question: str, line: str, other: bool):
    assert is_of_another_role(question, line) == other


def test_a_latin_name_is_called_in_a_chinese_question():
    assert is_named("Box 12还在吗？", BOX)


@pytest.mark.parametrize("text", ["a" * 40_000, "Ab" * 20_000, "a-" * 2_000, "1a" * 20_000])
def test_codes_of_long_words_are_found_in_bounded_time(text: str):
    began = time.process_time()
    codes_of(text)
    assert time.process_time() - began < 2
