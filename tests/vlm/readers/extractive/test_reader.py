"""The extractive reader as a whole, with the bundled network, on small texts of many domains."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from knowledge.dates import find_years
from knowledge.documents import Passage
from vlm.readers.base import Candidate, Draft, Reader, Reading
from vlm.readers.extractive import ExtractiveReader

FERRY = (
    "The Mary Ellis was a paddle steamer built by Denholm & Sons of Port Glasgow in 1887. "
    "Her master was Captain Ruth Oduya. She carried mail to the islands for forty years. "
    "She was sold to breakers and scrapped in 1931."
)
FOXGLOVE = (
    "title: Foxglove\nbotanical_name: Digitalis purpurea\nheight: 1.2 m\ncollector: Ines Moreau\n"
    "collected: 1904-06-17\naccession_no: H 2291\nlocality: Fontainebleau\ndonor: n/a"
)
PLATE = (
    "题名：码头晨雾\n作者：周怀民\n拍摄时间：1936年\n底片号：L-0417\n尺寸：18×24厘米\n"
    "备注：右下角有水渍"
)
BRIDGE = (
    "image_title: Swing bridge from the east\nphotographer: Albert Toft\ndate: 1911\n"
    "demolished: no (still in use)\nbox: 12"
)
CLOSED = "The Weston Gazette was a newspaper. It was founded in 1820 and closed in 1956."


def candidate(text: str, title: str, language: str = "en", name: str = "x") -> Candidate:
    identity = f"c/{name}"
    passage = Passage(identity, 0, text, 0, len(text))
    return Candidate(identity, title, (), language, (passage,))


def ask(question: str, *candidates: Candidate, photo: bool = True) -> Draft:
    language = "zh" if any("\u4e00" <= each <= "\u9fff" for each in question) else "en"
    photos = (Image.new("RGB", (8, 8)),) if photo else ()
    return ExtractiveReader().read(Reading(question, language, photos, candidates))


ferry = candidate(FERRY, "Mary Ellis")
foxglove = candidate(FOXGLOVE, "Foxglove")
plate = candidate(PLATE, "码头晨雾", "zh")
bridge = candidate(BRIDGE, "Swing bridge from the east")
gazette = candidate(CLOSED, "Weston Gazette")


def test_it_is_a_reader():
    reader: Reader = ExtractiveReader()

    assert reader.name == "extractive"


@pytest.mark.parametrize(
    ("asked", "of", "value"),
    [
        ("Who built the ship?", ferry, "Denholm & Sons"),
        ("Who was her captain?", ferry, "Ruth Oduya"),
        ("谁建造了这艘船？", ferry, "Denholm & Sons"),
        ("Who collected this plant?", foxglove, "Ines Moreau"),
        ("Where was it found?", foxglove, "Fontainebleau"),
        ("What is the accession number?", foxglove, "H 2291"),
        ("这张照片是谁拍的？", plate, "周怀民"),
        ("底片号是多少？", plate, "L-0417"),
        ("Who took this photo?", bridge, "Albert Toft"),
        ("照片是谁拍的？", bridge, "Albert Toft"),
    ],
)
def test_the_value_is_in_the_sources_own_words(asked: str, of: Candidate, value: str):
    draft = ask(asked, of)

    assert value in (draft.value or "")
    assert draft.value in draft.quote
    assert draft.quote in of.passages[0].text
    assert draft.value in draft.text


def test_a_records_quotation_is_its_line():
    draft = ask("What is the accession number?", foxglove)

    assert (draft.value, draft.quote) == ("H 2291", "accession_no: H 2291")


@pytest.mark.parametrize(
    ("asked", "of", "year", "event"),
    [
        ("When was the ship built?", ferry, 1887, "built"),
        ("When was the ship scrapped?", ferry, 1931, "demolished"),
        ("这艘船是哪一年拆解的？", ferry, 1931, "demolished"),
        ("哪年拍的？", plate, 1936, "other"),
        ("When was the paper founded?", gazette, 1820, "built"),
        ("When did it close?", gazette, 1956, "other"),
    ],
)
def test_the_year_of_what_is_asked_for(asked: str, of: Candidate, year: int, event: str):
    draft = ask(asked, of)

    assert (draft.year, draft.year_event) == (year, event)
    assert draft.exists is None


@pytest.mark.parametrize(
    ("asked", "of", "exists"),
    [
        ("Is the ship still afloat?", ferry, False),
        ("这艘船还在吗？", ferry, False),
        ("Is the bridge still there?", bridge, True),
        ("Does the newspaper still exist?", gazette, False),
    ],
)
def test_whether_something_exists(asked: str, of: Candidate, exists: bool):
    draft = ask(asked, of)

    assert draft.exists is exists
    assert draft.value is None
    assert draft.quote in of.passages[0].text


def test_nobody_says_that_a_plant_stands():
    assert ask("Does this still stand?", foxglove).exists is None


@pytest.mark.parametrize(
    ("asked", "of"),
    [
        ("Who gave the plant to the museum?", foxglove),
        ("How heavy is the plant?", foxglove),
        ("How much did the ship cost?", ferry),
        ("这张照片是谁捐的？", plate),
        ("Which museum owns the bridge?", bridge),
    ],
)
def test_what_is_not_said_is_not_answered(asked: str, of: Candidate):
    draft = ask(asked, of)

    assert draft.passage_id is None or draft.confidence < 0.5


@pytest.mark.parametrize(
    ("asked", "of"),
    [
        ("Кто построил пароход?", ferry),
        ("この船を建造したのは誰ですか？", ferry),
        ("Who built it?", candidate("Пароход построен в 1887 году.", "Ferry", "ru")),
    ],
)
def test_a_language_that_was_not_measured_is_declined(asked: str, of: Candidate):
    draft = ask(asked, of)

    assert (draft.reason, draft.passage_id) == ("language_not_read", None)


def test_without_candidates_nothing_is_similar():
    draft = ExtractiveReader().read(Reading("Is it there?", "en", (), ()))

    assert (draft.reason, draft.passage_id) == ("nothing_similar", None)


def test_the_candidate_that_is_named_is_read():
    other = candidate("The Grand Hotel closed in 1956.", "Grand Hotel", name="y")

    draft = ask("When did the Weston Gazette close?", other, gazette, photo=False)

    assert draft.document_id == gazette.document_id


def test_a_photo_means_the_first_candidate():
    other = candidate("The Grand Hotel closed in 1990.", "Grand Hotel", name="y")

    assert ask("When did it close?", gazette, other).year == 1956


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_and_question(text: str, question: str):
    draft = ExtractiveReader().read(Reading(question, "en", (), (candidate(text, "X"),)))

    if draft.passage_id is None:
        assert draft.reason in ("not_in_evidence", "language_not_read")
    else:
        assert draft.quote in text
        assert draft.value is None or draft.value in draft.quote
        assert draft.year is None or draft.year in {y.value for y in find_years(draft.quote)}
        assert 0 <= draft.confidence <= 1
