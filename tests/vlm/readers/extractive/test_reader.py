"""The extractive reader as a whole, on small documents."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from knowledge.dates import find_years
from knowledge.documents import Passage
from vlm.readers.base import Candidate, Draft, Reader, Reading
from vlm.readers.extractive import ExtractiveReader

STATION = (
    "Weston Station was the main railway station of Weston. Building work began in 1908, and the "
    "station was completed in 1912. The architect was Anna Berg. It had 14 platforms. A fire "
    "destroyed the roof in 1950.\n\n"
    "It was demolished in 1992. The station no longer exists. The site is now a public park."
)
CHURCH = (
    "St Olaf's is a church in Weston. An older church of wood stood here before. It burnt down in "
    "1210. The present church was begun in 1211 and was consecrated in 1260.\n\n"
    "The church still stands. It is used for services and concerts."
)
PAGODA = (
    "青云塔位于江城东门外。塔于1412年开始修建,1428年完工,设计者是李明远。塔高78米。"
    "1856年,塔被焚毁。\n\n青云塔今天已不存在,没有重建。原址现在是学校。"
)


def candidate(
    text: str, *, title: str, aliases: tuple[str, ...] = (), language: str = "en"
) -> Candidate:
    identity = f"c/{title}"
    return Candidate(
        identity, title, aliases, language, (Passage(identity, 0, text, 0, len(text)),)
    )


STATION_CANDIDATE = candidate(STATION, title="Weston Station", aliases=("韦斯顿车站",))
CHURCH_CANDIDATE = candidate(CHURCH, title="St Olaf's", aliases=("圣奥拉夫教堂",))
PAGODA_CANDIDATE = candidate(PAGODA, title="青云塔", aliases=("Qingyun Pagoda",), language="zh")


def ask(question: str, *candidates: Candidate, photo: bool = True, language: str = "en") -> Draft:
    if any("\u4e00" <= character <= "\u9fff" for character in question):
        language = "zh"
    photos = (Image.new("RGB", (8, 8)),) if photo else ()
    return ExtractiveReader().read(Reading(question, language, photos, candidates))


def test_it_is_a_reader():
    reader: Reader = ExtractiveReader()

    assert reader.name == "extractive"


@pytest.mark.parametrize(
    ("question", "year", "event"),
    [
        ("In which year was this station completed?", 1912, "built"),
        ("When did work on this station begin?", 1908, "built"),
        ("When was this station demolished?", 1992, "demolished"),
        ("When did fire destroy the roof?", 1950, "demolished"),
        ("这座车站是哪一年建成的?", 1912, "built"),
        ("车站哪一年被拆除?", 1992, "demolished"),
    ],
)
def test_the_year_of_the_event_asked_for(question: str, year: int, event: str):
    draft = ask(question, STATION_CANDIDATE)

    assert (draft.year, draft.year_event, draft.exists) == (year, event, False)
    assert str(year) in (draft.quote or "")


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("When was the older church on this site burnt?", 1210),
        ("When was the present church begun?", 1211),
        ("When was this church consecrated?", 1260),
    ],
)
def test_two_buildings_of_one_site_are_distinguished(question: str, year: int):
    assert ask(question, CHURCH_CANDIDATE).year == year


def test_a_building_that_is_gone_does_not_exist_since_its_end():
    draft = ask("Does this station still stand?", STATION_CANDIDATE)

    assert (draft.exists, draft.year) == (False, 1992)
    assert draft.quote == "It was demolished in 1992."
    assert draft.text == "Weston Station no longer stands; it ceased to exist in 1992."


def test_a_building_that_stands_has_no_year():
    draft = ask("这座教堂现在还在吗?", CHURCH_CANDIDATE)

    assert (draft.exists, draft.year) == (True, None)
    assert draft.quote == "The church still stands."
    assert draft.text == "圣奥拉夫教堂今天仍然存在。"


def test_when_something_that_stands_was_demolished():
    draft = ask("In which year was this church demolished?", CHURCH_CANDIDATE)

    assert (draft.exists, draft.year, draft.quote) == (True, None, "The church still stands.")


@pytest.mark.parametrize(
    ("question", "candidate", "quote", "use"),
    [
        (
            "What is this church used for today?",
            CHURCH_CANDIDATE,
            "It is used for services and concerts.",
            "It is used for services and concerts",
        ),
        (
            "What stands on the site of Weston Station now?",
            STATION_CANDIDATE,
            "The site is now a public park.",
            "The site is now a public park",
        ),
        ("青云塔的原址现在是什么?", PAGODA_CANDIDATE, "原址现在是学校。", "原址现在是学校"),
    ],
)
def test_current_use(question: str, candidate: Candidate, quote: str, use: str):
    draft = ask(question, candidate)

    assert (draft.quote, draft.current_use) == (quote, use)


@pytest.mark.parametrize(
    ("question", "candidate", "quote"),
    [
        ("Who was the architect?", STATION_CANDIDATE, "The architect was Anna Berg."),
        ("How many platforms did it have?", STATION_CANDIDATE, "It had 14 platforms."),
        ("这座车站有多少个站台?", STATION_CANDIDATE, "It had 14 platforms."),
        ("How high was this pagoda?", PAGODA_CANDIDATE, "塔高78米。"),
        ("这座塔有多高?", PAGODA_CANDIDATE, "塔高78米。"),
    ],
)  # fmt: skip
def test_single_facts_in_and_across_languages(question: str, candidate: Candidate, quote: str):
    draft = ask(question, candidate)

    assert draft.quote == quote
    assert draft.year is None
    assert quote in draft.text


def test_an_english_question_on_a_chinese_text():
    draft = ask("When was the Qingyun Pagoda finished?", PAGODA_CANDIDATE, photo=False)

    assert (draft.year, draft.exists) == (1428, False)
    assert draft.text == "Qingyun Pagoda was completed in 1428."


def test_the_answer_states_the_event_of_the_evidence_not_of_the_question():
    hall = candidate("Green Hall is a hall. It was opened in 1931.", title="Green Hall")
    draft = ask("When was this hall built?", hall)

    assert draft.year == 1931
    assert draft.text == "Green Hall was opened in 1931."


@pytest.mark.parametrize(
    "question",
    [
        "How much did this station cost?",
        "How many workers built this station?",
        "How tall is the clock tower?",
        "What was the name of the first passenger?",
        "这座车站花了多少钱?",
        "每天有多少旅客?",
    ],
)
def test_what_the_evidence_does_not_say_is_not_answered(question: str):
    draft = ask(question, STATION_CANDIDATE)

    assert (draft.passage_id, draft.reason) == (None, "not_in_evidence")
    assert (draft.exists, draft.year, draft.quote) == (None, None, None)
    assert draft.document_id == "c/Weston Station"


@pytest.mark.parametrize(
    "question",
    ["When was the Hippodrome of Easton demolished?", "阿房宫是哪一年被烧毁的?"],
)
def test_a_question_that_names_a_stranger_is_not_answered(question: str):
    assert ask(question, STATION_CANDIDATE, PAGODA_CANDIDATE, photo=False).passage_id is None


def test_a_candidate_named_in_the_question_comes_before_the_likeliest():
    draft = ask("When was Weston Station demolished?", CHURCH_CANDIDATE, STATION_CANDIDATE)

    assert (draft.document_id, draft.year) == ("c/Weston Station", 1992)


def test_a_better_sentence_of_another_subject_does_not_count():
    draft = ask("When was this building demolished?", CHURCH_CANDIDATE, STATION_CANDIDATE)

    assert draft.document_id == "c/St Olaf's"


def test_without_candidates_there_is_nothing_similar():
    draft = ask("When was it built?")

    assert (draft.reason, draft.document_id) == ("nothing_similar", None)


def test_a_plan_does_not_count_as_an_event():
    tower = candidate(
        "Green Tower is a tower. It was to be demolished in 1909. The tower still stands.",
        title="Green Tower",
    )
    draft = ask("When was this tower demolished?", tower)

    assert (draft.exists, draft.year) == (True, None)


def test_a_century_is_quoted_and_gives_no_year():
    wall = candidate("Green Wall is a wall. It was built in the 12th century.", title="Green Wall")
    draft = ask("In which year was this wall built?", wall)

    assert (draft.year, draft.quote) == (None, "It was built in the 12th century.")


def test_a_span_of_centuries_gives_no_year():
    caves = candidate(
        "Green Caves are caves. They were made between 600 and 1000 CE.", title="Green Caves"
    )

    assert ask("When were these caves made?", caves).year is None
    assert ask("When were these caves begun?", caves).year == 600


def test_what_was_never_finished_is_said_so():
    baths = candidate("Green Baths are baths. They were never completed.", title="Green Baths")
    draft = ask("When were these baths completed?", baths)

    assert (draft.year, draft.quote) == (None, "They were never completed.")


def test_plainer_words_give_more_confidence():
    plain = candidate("Green Hall is a hall. It was built in 1900.", title="Green Hall")
    opened = candidate("Green Hall is a hall. It was opened in 1900.", title="Green Hall")
    rivals = candidate(
        "Green Hall is a hall. It was built in 1900. It was rebuilt in 1950.", title="Green Hall"
    )
    question = "When was this hall built?"

    assert ask(question, plain).confidence > ask(question, opened).confidence
    assert ask(question, plain).confidence > ask(question, rivals).confidence


_SENTENCES = st.sampled_from(
    ["It was built in 1900.", "A fire in 1920 destroyed it.", "它建于1412年。", "1856年,塔被焚毁。",
     "The tower was not demolished.", "It stands.", "Who knows?", "It cost 1,200 pounds (1899)."]
)  # fmt: skip
_QUESTIONS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["When was it built?", "Does it stand?", "What is it used for?", "塔还在吗?",
         "塔哪一年建成?", "Who built it?", "How high is it?", "In which century?"]
    ),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(_QUESTIONS, st.lists(st.one_of(_SENTENCES, st.text(max_size=60)), max_size=6), st.booleans())
def test_whatever_comes_out_stands_in_the_passage(question: str, parts: list[str], photo: bool):
    text = " ".join(parts)
    passage = Passage("c/Tower", 0, text, 0, len(text))
    draft = ask(question, Candidate("c/Tower", "Tower", (), "en", (passage,)), photo=photo)

    assert 0.0 <= draft.confidence <= 1.0
    assert draft.text
    if draft.passage_id is None:
        assert draft.reason == "not_in_evidence"
        return
    assert draft.quote is not None
    assert draft.quote in text
    if draft.year is not None:
        assert draft.year in {year.value for year in find_years(draft.quote)}
