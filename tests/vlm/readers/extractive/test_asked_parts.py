"""Questions about a part of a subject, a neighbour, or another thing that its text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Passage
from vlm.readers.base import Candidate, Draft, Reading
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.extractive.asked_subject import asked_thing
from vlm.readers.extractive.parsed_text import text_of
from vlm.readers.extractive.questions import parse_question

STATION = (
    "Weston Station was a railway station in Weston. Its main hall was opened in 1912. "
    "The clock tower beside it was finished in 1915. The station was demolished in 1978. "
    "Only the clock tower survives. The station no longer exists. "
    "The Harbour Column on its site was inaugurated in 1984. "
    "It was the largest station until Northam Terminal passed it in 1930."
)
CHURCH = (
    "圣约翰教堂是一座教堂,1602年奠基,1640年建成。1835年,一场大火烧毁了教堂。"
    "教堂今天已不存在,也没有重建。北侧的钟楼仍然矗立。现在它是旅游景点。"
)


def candidate(title: str, text: str, *aliases: str, language: str = "en") -> Candidate:
    passage = Passage(f"c/{title}", 0, text, 0, len(text))
    return Candidate(f"c/{title}", title, aliases, language, (passage,))


STATION_CANDIDATE = candidate("Weston Station", STATION, "Weston Terminal")
CHURCH_CANDIDATE = candidate("圣约翰教堂", CHURCH, language="zh")


def ask(question: str, *candidates: Candidate) -> Draft:
    return ExtractiveReader().read(Reading(question, "", (), candidates or (STATION_CANDIDATE,)))


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("Does the clock tower of Weston Station still stand?", "clock tower"),
        ("Does the station of Weston Terminal still stand?", None),
        ("Does Weston Station still stand?", None),
        ("When was Weston Station opened?", None),
        ("When was the Harbour Column inaugurated?", "Harbour Column"),
        ("When did Northam Terminal open?", "Northam Terminal"),
        ("When was Miller's house built?", None),
        ("Is the demolition of Weston Station remembered?", None),
    ],
)
def test_what_a_question_is_about(question: str, thing: str | None):
    found = asked_thing(parse_question(question), text_of(STATION_CANDIDATE))

    assert (found.name if found else None) == thing


def test_the_part_is_judged_and_not_the_whole():
    tower = ask("Does the clock tower of Weston Station still stand?")
    station = ask("Does Weston Station still stand?")

    assert tower.exists is True
    assert tower.quote == "Only the clock tower survives."
    assert station.exists is False


def test_a_part_that_the_text_does_not_mention_is_declined():
    assert ask("Does the garden of Weston Station still exist?").passage_id is None


def test_another_thing_that_the_text_dates_is_answered_as_itself():
    draft = ask("When was the Harbour Column inaugurated?")

    assert draft.year == 1984
    assert draft.text == "Harbour Column was inaugurated in 1984."
    assert draft.exists is None


@pytest.mark.parametrize(
    "question",
    [
        "When was Northam Terminal opened?",  # named, and not dated
        "When was the Kaaba built?",  # not named at all
        "Is Hagia Sophia still standing?",
        "Who designed Northam Terminal?",
    ],
)
def test_a_stranger_is_declined_though_a_year_stands_beside_it(question: str):
    assert ask(question).passage_id is None


def test_the_candidate_that_names_the_thing_is_read():
    other = candidate("Blue Hall", "Blue Hall is a hall. It was opened in 1901.")

    assert ask("When was the Harbour Column inaugurated?", other, STATION_CANDIDATE).year == 1984


@pytest.mark.parametrize(
    ("question", "exists"),
    [
        ("圣约翰教堂还在吗?", False),
        ("圣约翰教堂的钟楼还在吗?", True),
    ],
)
def test_in_chinese(question: str, exists: bool):
    assert ask(question, CHURCH_CANDIDATE).exists is exists


def test_an_alias_of_a_part_is_judged_by_the_sentences_that_use_it():
    text = "圣约翰教堂在1835年烧毁,已不存在。残存的正面称为大牌坊。现在它是旅游景点。"
    draft = ask("大牌坊现在还在吗?", candidate("圣约翰教堂", text, "大牌坊", language="zh"))

    assert draft.exists is True


@given(st.text(max_size=80), st.text(max_size=30))
def test_any_question_on_any_title_asks_about_a_named_thing_or_none(question: str, title: str):
    text = text_of(candidate(title, "It was built in 1900. 它建于1900年。"))
    found = asked_thing(parse_question(question), text)

    assert found is None or found.name
