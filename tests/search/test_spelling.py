"""Misspelt names, and words that only look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document
from knowledge.index.index import Index
from search.pipeline import Pipeline
from search.query import Query
from search.spelling import distance, respelt
from vlm.readers.extractive import ExtractiveReader

TOWER = Document("c", "e", "Eiffel Tower", "", "en", aliases=("La dame de fer", "埃菲尔铁塔"))
COLOSSEUM = Document("c", "k", "Colosseum", "", "en", aliases=("Amphitheatrum Flavium",))
VICTORIA = Document("c", "v", "Victoria Memorial", "", "en")
DOCUMENTS = (TOWER, COLOSSEUM, VICTORIA)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("When was the Eifefl Tower built?", "When was the Eiffel Tower built?"),  # swapped
        ("When was the Eifel Tower built?", "When was the Eifel Tower built?"),  # too short a word
        ("When was the Eiffell Tower built?", "When was the Eiffell Tower built?"),  # it goes on
        ("Is the Colloseum there?", "Is the Colloseum there?"),  # two slips
        ("Is the Coloseum there?", "Is the Colosseum there?"),
        ("Is the Amphitheattrum Flavium there?", "Is the Amphitheatrum Flavium there?"),
        ("Is the Colossus of Rhodes there?", "Is the Colossus of Rhodes there?"),
        ("Is the Victorian hall there?", "Is the Victorian hall there?"),
        ("Eifefl Tower?", "Eifefl Tower?"),  # a first word is capitalised whatever it is
        ("is the eifefl tower there?", "is the eifefl tower there?"),
        ("埃菲尔铁塔还在吗?", "埃菲尔铁塔还在吗?"),
    ],
)
def test_one_slip_is_put_right_and_no_more(question: str, meant: str):
    assert respelt(question, DOCUMENTS, []) == meant


def test_what_a_passage_holds_is_not_misspelt():
    question = "When did Eifffel come?"

    assert respelt(question, DOCUMENTS, []) == "When did Eiffel come?"
    assert respelt(question, DOCUMENTS, ["Mr Eifffel came in 1880."]) == question


def test_between_two_names_there_is_no_choice():
    other = Document("c", "o", "Eiffal Hall", "", "en")

    assert respelt("Is Eiffol there?", [TOWER, other], []) == "Is Eiffol there?"


@given(st.text(alphabet="abcdefg", max_size=8), st.text(alphabet="abcdefg", max_size=8))
def test_distance_is_a_distance(first: str, second: str):
    assert distance(first, second) == distance(second, first)
    assert (distance(first, second) == 0) == (first == second)
    assert abs(len(first) - len(second)) <= distance(first, second) <= max(len(first), len(second))


@given(st.lists(st.sampled_from(["Is", "the", "Eiffel", "Colosseum", "Memorial", "still", "?"])))
def test_known_words_are_left_as_they_are(words: list[str]):
    question = " ".join(words)

    assert respelt(question, DOCUMENTS, []) == question


def test_a_pipeline_answers_a_misspelt_question_and_says_how_it_read_it(index: Index, encoder):
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    answer = pipeline.ask(Query("When was the Old Staition demolished?")).answer
    plain = pipeline.ask(Query("When was the Old Station demolished?")).answer

    assert (answer.year, answer.source) == (1992, plain.source)
    assert answer.note == "Read as: When was the Old Station demolished?"
    assert plain.note is None
