"""What questions ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm.readers.extractive.questions import parse_question


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("In which year was the bridge completed?", "year"),
        ("When did the hall burn down?", "year"),
        ("Tell me when the tower fell.", "year"),
        ("What happens at the gate when there is a festival?", "use"),
        ("In which century was it founded?", "period"),
        ("Which dynasty built it?", "period"),
        ("How tall is the dome?", "quantity"),
        ("How many seats does it have?", "quantity"),
        ("What was the cost of the roof?", "quantity"),
        ("Does the castle still stand?", "exists"),
        ("Is it gone, or can it be seen?", "exists"),
        ("What became of the old mill?", "exists"),
        ("What is the hall used for today?", "use"),
        ("What stands on the site?", "use"),
        ("Who designed the roof?", "who"),
        ("Which king ordered it?", "who"),
        ("Why is it called the Green House?", "fact"),
        ("这座桥是哪一年建成的?", "year"),
        ("老塔什么时候倒塌?", "year"),
        ("塔是哪个朝代修建的?", "period"),
        ("塔有多高?", "quantity"),
        ("一共有多少个房间?", "quantity"),
        ("车站还在吗?", "exists"),
        ("原址现在是什么?", "use"),
        ("教堂如今有什么用途?", "use"),
        ("是谁设计的?", "who"),
        ("为什么人们这样叫它?", "fact"),
    ],
)
def test_the_form_of_the_answer(question: str, wanted: str):
    assert parse_question(question).wanted == wanted


@pytest.mark.parametrize(
    ("question", "action", "phase"),
    [
        ("When was work on the tower started?", "build", "begin"),
        ("When was the tower finished?", "build", "finish"),
        ("When was the tower built?", "build", None),
        ("When did they start to pull the tower down?", "demolish", "begin"),
        ("When was the demolition finished?", "demolish", "finish"),
        ("When was the first stone laid?", "cornerstone", None),
        ("When did fire destroy it?", "burn", None),
        ("When did the station open?", "open", None),
        ("车站哪一年开工?", "build", "begin"),
        ("车站的拆除哪一年完成?", "demolish", "finish"),
        ("塔是哪一年奠基的?", "cornerstone", "begin"),
    ],
)
def test_the_event_and_its_phase(question: str, action: str, phase: str | None):
    asked = parse_question(question)

    assert action in asked.actions
    assert phase is None or asked.phase == phase


def test_only_the_last_sentence_asks():
    asked = parse_question("The hall behind this woman was built for a queen. When did she die?")

    assert asked.actions == frozenset()
    assert [word.stem for word in asked.sought if not word.is_scene] == ["die"]


@pytest.mark.parametrize(
    ("question", "stage"),
    [
        ("When was the older church on the site pulled down?", "earlier"),
        ("When was the present church built?", "present"),
        ("When was the church built?", "main"),
        ("When was the Old Library in New York opened?", "main"),
        ("现在的教堂是哪一年建的?", "present"),
        ("老塔是哪一年倒塌的?", "earlier"),
    ],
)
def test_which_building_of_the_site(question: str, stage: str):
    assert parse_question(question).stage == stage


def test_what_only_describes_the_picture_is_marked():
    asked = parse_question("Does the building behind the palms still stand?")

    assert {word.stem for word in asked.sought if word.is_scene} == {"palm"}


@given(st.text(max_size=300))
def test_any_text_is_a_question(text: str):
    asked = parse_question(text)

    assert asked.language in ("en", "zh")
    assert all(0 <= w.start < w.end <= len(text) for w in asked.sought)
