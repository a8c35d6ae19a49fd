"""Questions that were once answered wrongly, each on a small document."""

import pytest

from knowledge.corpus.markdown import to_prose
from knowledge.documents import Passage
from vlm.readers.base import Candidate, Draft, Reading
from vlm.readers.extractive import ExtractiveReader

PAVILION = (
    "望江楼是江城的一座楼阁。它始建于唐代。1222年,楼被火烧毁。此后七百年没有望江楼。\n\n"
    "1997年12月,重建工程动工。2002年9月,新楼建成并对游客开放。因此现在的望江楼是重建的。"
)
HALL = (
    "Weston Hall was a concert hall. It was designed by Anna Berg and opened in 1890. "
    "A portrait known as the Blue Lady was stolen from it in 1911. "
    "A bomb killed 14 people in 1945.\n\n"
    "The hall was demolished in 1960. It no longer exists. "
    "The Star Arena, opened in 1968, and two office blocks occupy the site. "
    "Trains still use the tunnel underneath, which is now the present Weston station."
)
TABLE = """# Old Bridge

The Old Bridge is a bridge in Weston.

| Year | Event |
| --- | --- |
| 1897 | Construction began |
| 1903 | Opened to traffic |
| 1941 | Destroyed by a flood |

| Event | Date |
| --- | --- |
| Foundation stone laid | May 1896 |
"""


def ask(question: str, title: str, text: str, language: str = "en") -> Draft:
    passage = Passage("c/x", 0, text, 0, len(text))
    return ExtractiveReader().read(
        Reading(question, language, (), (Candidate("c/x", title, (), language, (passage,)),))
    )


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("望江楼是哪一年重建的?", 2002),
        ("望江楼的重建工程哪一年完工?", 2002),
        ("新的望江楼是哪一年建成的?", 2002),
        ("望江楼的重建工程哪一年开工?", 1997),
        ("望江楼哪一年开始重建?", 1997),
        ("望江楼是什么时候烧毁的?", 1222),
    ],
)
def test_a_rebuilding_is_dated_by_its_end_unless_its_beginning_is_asked_for(
    question: str, year: int
):
    assert ask(question, "望江楼", PAVILION, "zh").year == year


def test_what_replaced_it_is_what_stands_on_the_site():
    draft = ask("What replaced Weston Hall?", "Weston Hall", HALL)

    assert draft.quote is not None
    assert draft.quote.startswith("The Star Arena")


@pytest.mark.parametrize(
    "question",
    [
        "Who painted the Blue Lady?",  # the sentence names nobody but her
        "How many people worked in Weston Hall?",  # fourteen were killed, none is said to work
        "Who first swam in Weston Hall?",
    ],
)
def test_a_sentence_that_only_shares_words_does_not_answer(question: str):
    assert ask(question, "Weston Hall", HALL).passage_id is None


def test_who_is_answered_by_a_name_that_the_question_does_not_hold():
    assert "Anna Berg" in (ask("Who designed Weston Hall?", "Weston Hall", HALL).quote or "")


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("When did construction of the Old Bridge begin?", 1897),
        ("When was the Old Bridge opened?", 1903),
        ("When was the Old Bridge destroyed?", 1941),
        ("When was its foundation stone laid?", 1896),
    ],
)
def test_the_rows_of_a_table_are_read_as_sentences(question: str, year: int):
    text = to_prose(TABLE).text
    draft = ask(question, "Old Bridge", text)

    assert draft.year == year
    assert draft.quote is not None
    assert "\n" not in draft.quote  # one row, no more
    assert draft.quote in text
