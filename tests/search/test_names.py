"""The names that a question calls documents by, and those that it misspells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import TinyEncoder

from knowledge.documents import Document
from knowledge.index.index import Index
from search.names import Spelling, check_spelling, documents_named
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.base import Draft, Reading
from vlm.readers.extractive import ExtractiveReader


def subject(id: str, title: str, *aliases: str) -> Document:
    return Document("c", id, title, "", "en", aliases=aliases)


CASTLE = subject("castle", "Castle Clinton", "Castle Garden")
CATHEDRAL = subject("cathedral", "Dresden Frauenkirche", "圣母教堂")
DRESDEN = subject("dresden", "Dresden")
STATION = subject("station", "济南老火车站")


def test_title_and_alias_are_found_whatever_the_case_and_accents():
    assert documents_named("is CASTLE  garden still there?", [CASTLE, DRESDEN]) == ["c/castle"]
    chateau = subject("if", "Château d'If")
    assert documents_named("Does Chateau d'If still stand?", [chateau]) == ["c/if"]


def test_chinese_names_need_no_spaces():
    assert documents_named("请问济南老火车站现在还在吗?", [STATION, CASTLE]) == ["c/station"]
    assert documents_named("德累斯顿的圣母教堂还在吗?", [CATHEDRAL]) == ["c/cathedral"]


def test_latin_names_are_whole_words():
    assert documents_named("Is the Dresdener Hof still there?", [DRESDEN]) == []


def test_a_name_within_a_longer_name_is_no_mention():
    question = "When was the Dresden Frauenkirche rebuilt?"

    assert documents_named(question, [DRESDEN, CATHEDRAL]) == ["c/cathedral"]


def test_two_subjects_can_be_named():
    question = "Is Castle Clinton older than Dresden?"

    assert documents_named(question, [DRESDEN, CASTLE]) == ["c/castle", "c/dresden"]


def test_short_names_are_not_trusted():
    assert documents_named("Is it a big tower?", [subject("big", "Big"), subject("t", "塔")]) == []


TOWER = Document("c", "e", "Eiffel Tower", "", "en", aliases=("La dame de fer", "埃菲尔铁塔"))
COLOSSEUM = Document("c", "k", "Colosseum", "", "en", aliases=("Amphitheatrum Flavium",))
VICTORIA = Document("c", "v", "Victoria Memorial", "", "en")
MARTIN = Document("c", "m", "Martin Church", "", "en")
DOCUMENTS = (TOWER, COLOSSEUM, VICTORIA, MARTIN)


def suggested(question: str, *texts: str) -> str:
    """The question as it is suggested, or as it was written where nothing is."""
    spelling = check_spelling(question, DOCUMENTS, texts)
    return question if spelling is None else spelling.question


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
        ("Is the Marlin Church there?", "Is the Martin Church there?"),
        ("Eifefl Tower?", "Eifefl Tower?"),  # a first word is capitalised whatever it is
        ("is the eifefl tower there?", "is the eifefl tower there?"),
        ("埃菲尔铁塔还在吗?", "埃菲尔铁塔还在吗?"),
    ],
)
def test_a_name_one_letter_off_is_suggested_and_no_more(question: str, meant: str):
    assert suggested(question) == meant


@pytest.mark.parametrize(
    ("written", "spelt", "is_slip"),
    [
        ("Eifefl", "Eiffel", True),  # two letters swapped
        ("Coloseum", "Colosseum", True),  # one of a double left out
        ("Amphitheattrum", "Amphitheatrum", True),  # a letter doubled
        ("Marlin", "Martin", False),  # another letter: as likely another name
        ("Amphitheatrun", "Amphitheatrum", False),
    ],
)
def test_only_a_slip_of_the_hand_is_one(written: str, spelt: str, is_slip: bool):
    spelling = check_spelling(f"Is the {written} there?", DOCUMENTS, [])

    assert spelling is not None
    assert (spelling.words, spelling.is_slip) == (((written, spelt),), is_slip)


def test_what_a_passage_holds_is_not_misspelt():
    question = "When did Eifffel come?"

    assert suggested(question) == "When did Eiffel come?"
    assert suggested(question, "Mr Eifffel came in 1880.") == question


def test_between_two_names_there_is_no_choice():
    other = Document("c", "o", "Eiffal Hall", "", "en")

    assert check_spelling("Is Eiffol there?", [TOWER, other], []) is None


def test_a_document_is_called_as_the_question_spells_it():
    spelling = check_spelling("Is the Eifefl Tower there?", DOCUMENTS, [])

    assert isinstance(spelling, Spelling)
    assert spelling.names_of(TOWER) == ("Eifefl Tower",)
    assert spelling.names_of(COLOSSEUM) == ()


@given(st.lists(st.sampled_from(["Is", "the", "Eiffel", "Colosseum", "Memorial", "still", "?"])))
def test_known_words_are_left_as_they_are(words: list[str]):
    assert check_spelling(" ".join(words), DOCUMENTS, []) is None


def test_a_slip_is_answered_with_the_question_left_as_it_is_written(index: Index, encoder):
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    asked = pipeline.ask(Query("When was the Old Statoin demolished?"))
    plain = pipeline.ask(Query("When was the Old Station demolished?"))

    assert (asked.answer.year, asked.answer.source) == (1992, plain.answer.source)
    assert asked.answer.note == "Read as: When was the Old Station demolished?"
    assert asked.did_you_mean == "When was the Old Station demolished?"
    assert (plain.answer.note, plain.did_you_mean) == (None, None)


def test_another_name_is_not_answered_about_but_suggested(index: Index, encoder):
    question = "When was the Old Stadion demolished?"
    asked = Pipeline(index, encoder, ExtractiveReader()).ask(Query(question))

    assert asked.answer.abstained
    assert asked.did_you_mean == "When was the Old Station demolished?"


class Believer:
    """Answers about the first candidate whatever it is called, and keeps what it was asked."""

    name = "believer"

    def __init__(self) -> None:
        self.questions: list[str] = []

    def read(self, reading: Reading) -> Draft:
        self.questions.append(reading.question)
        passage = reading.candidates[0].passages[0]
        quote = passage.text[: passage.text.index(".") + 1]
        return Draft("So it is.", passage_id=passage.passage_id, quote=quote, confidence=0.9)


def test_an_answer_about_another_name_says_so(index: Index, encoder: TinyEncoder):
    reader = Believer()
    question = "Which railway company opened the Old Stadion?"
    answer = Pipeline(index, encoder, reader).ask(Query(question)).answer

    assert reader.questions == [question]
    assert answer.subject is not None
    assert answer.subject.title == "Old Station"
    assert answer.text == (
        "No document here is called “Stadion”; this one is called “Station”. The source says: "
        "“The Old Station was opened in 1912.”"
    )
