"""Which candidate a question means."""

import pytest

from knowledge.documents import Passage
from vlm.readers.extractive.asked_subject import in_order, is_about, name_span, naming
from vlm.readers.extractive.parsed_text import SubjectText, parse_text
from vlm.readers.extractive.questions import parse_question


def candidate(title: str, *aliases: str, text: str = "", language: str = "en") -> SubjectText:
    text = text or f"{title} is a hall."
    return SubjectText(
        f"c/{title}", title, aliases, language, (Passage(f"c/{title}", 0, text, 0, len(text)),)
    )


def first(question: str, *candidates: SubjectText, with_photo: bool = False) -> str:
    return in_order(parse_question(question), candidates, with_photo=with_photo)[0].title


def about(question: str, subject: SubjectText, *, with_photo: bool = False) -> bool:
    return is_about(parse_question(question), parse_text(subject), with_photo=with_photo)


@pytest.mark.parametrize(
    ("question", "called"),
    [
        ("When did the Green Hall open?", "Green Hall"),
        ("When did Green Hall’s roof fall?", "Green Hall"),
        ("绿厅哪一年开放?", "绿厅"),
        ("When did the Greenhall open?", None),
        ("What is this green hall?", None),
    ],
)
def test_a_whole_name_is_found_where_it_stands(question: str, called: str | None):
    span = name_span(question, candidate("Green Hall, Weston", "绿厅"))

    assert (question[slice(*span)] if span else None) == called


def test_a_common_noun_is_hardly_a_name():
    assert naming("Is the gate open?", candidate("Dianmen", "Gate")) < 1.0


def test_a_named_candidate_comes_first_and_the_longer_name_wins():
    hall, hotel = candidate("Green Hall"), candidate("Green Hall Hotel")
    other = candidate("Blue Tower")

    assert first("When did Green Hall open?", other, hall) == "Green Hall"
    assert first("When did Green Hall Hotel open?", hall, hotel) == "Green Hall Hotel"
    assert first("When did Green Hall open?", hall, hotel) == "Green Hall"


def test_without_a_name_the_order_stays():
    assert first("When did it open?", candidate("A Hall"), candidate("B Hall")) == "A Hall"


def test_part_of_a_name_counts_only_without_a_photo():
    crystal, other = candidate("Crystal Palace"), candidate("Blue Tower")

    assert first("When did the Crystal hall open?", other, crystal) == "Crystal Palace"
    assert first("When did the Crystal hall open?", other, crystal, with_photo=True) == "Blue Tower"


def test_a_description_has_to_be_held_by_the_text():
    subject = candidate("Green Hall", text="Green Hall is a hall of glass in Weston by Anna Berg.")

    assert about("When did Anna Berg's glass hall in Weston open?", subject)
    assert not about("When did Carl Stone's brick hall in Easton open?", subject)


def test_a_photo_shows_what_is_meant_unless_a_stranger_is_named():
    subject = candidate("Green Hall")

    assert about("When was this tower built?", subject, with_photo=True)
    assert not about("When was Easton Tower built?", subject, with_photo=True)


def test_an_unknown_chinese_name_is_a_stranger():
    subject = candidate("青云门", text="青云门是江城的城门。", language="zh")

    assert about("青云门哪一年建成?", subject)
    assert not about("江城的崇文门哪一年建成?", subject)
