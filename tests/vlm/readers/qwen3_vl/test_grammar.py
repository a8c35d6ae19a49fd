"""What an answer can say: tried token by token on llguidance's own matcher."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import STATION, candidate, reading

pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from tiny_parts import train_tokenizer

from vlm.readers.prompt import quoted
from vlm.readers.qwen3_vl.constrain import constrain_answer, guide_tokenizer
from vlm.readers.qwen3_vl.grammar import LONGEST_CHUNK, MOST_CHUNKS, chunks_of
from vlm.readers.schema import answer_schema

SAID = {
    "subject": "corpus/station",
    "source": "corpus/station#0",
    "quote": "The Old Station was demolished in 1992.",
    "exists": False,
    "year": 1992,
    "year_event": "demolished",
    "current_use": None,
    "confidence": "high",
    "text": "It was demolished in 1992.",
    "value": "1992",
}
SILENT = {**SAID, "source": None, "quote": "", "exists": None, "year": None, "value": None}


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer([json.dumps(SAID), "corpus/station corpus/tower"], size=400)


@pytest.fixture(scope="module")
def guide(tokenizer):
    return guide_tokenizer(tokenizer)


@pytest.fixture(scope="module")
def can_say(tokenizer, guide):
    """Whether an answer to a reading can be said as a whole."""

    def can_say(given, said):
        matcher = constrain_answer(guide, given, answer_schema(given)).matcher
        tokens = tokenizer(quoted(said))["input_ids"]  # in JSON as the prompt shows it
        return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()

    return can_say


@pytest.mark.parametrize(
    "quote", ["Old Station", "demolished in 1992.", "1912. The Old", STATION, " ", "."]
)
def test_a_quotation_is_words_of_its_passage(can_say, quote):
    assert can_say(reading(), {**SAID, "quote": quote})


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "The Old Station was demolished in 1993.",
        "The Clock Tower was completed in 1889.",  # of the other passage
        "ld Station",
        "demolished in 199",
        "The Old Station, was demolished",
        "the Old Station",
    ],
)
def test_nothing_else_can_be_quoted(can_say, quote):
    assert not can_say(reading(), {**SAID, "quote": quote})


def test_the_source_is_one_of_the_chosen_subject_s(can_say):
    tower = {**SAID, "subject": "corpus/tower"}
    assert not can_say(reading(), tower)
    told = {**tower, "source": "corpus/tower#0", "quote": "completed in 1889", "year": 1889}
    assert can_say(reading(), {**told, "value": "1889"})


def test_a_photo_of_no_subject_has_no_source_and_a_question_without_photo_may(can_say):
    unnamed = {**SAID, "subject": None}
    assert not can_say(reading(), unnamed)
    assert can_say(reading(), {**SILENT, "subject": None})
    assert can_say(reading(photos=0), unnamed)
    assert can_say(reading(photos=0), {**SILENT, "subject": None})


def test_year_and_value_are_of_the_cited_passage(can_say):
    assert not can_say(reading(), {**SAID, "year": 1889})
    assert not can_say(reading(), {**SAID, "value": "1889"})
    assert can_say(reading(), {**SAID, "year": None, "value": None})
    without = {name: value for name, value in SAID.items() if name != "value"}
    assert can_say(reading(), without)


def test_an_abstention_quotes_nothing(can_say):
    assert can_say(reading(), SILENT)
    assert not can_say(reading(), {**SILENT, "quote": "The Old Station"})


def test_without_candidates_nothing_can_be_named(can_say):
    none = replace(reading(), candidates=())
    assert can_say(none, {**SILENT, "subject": None})
    assert not can_say(none, SILENT)


CHINESE = "济南老火车站建于1912年,1992年被拆除。"


def test_chinese_is_quoted_from_any_character_to_any(can_say):
    given_ = reading(candidate("station", CHINESE))
    said = {**SAID, "value": None, "year": 1992}
    assert can_say(given_, {**said, "quote": "火车站建于1912年"})
    assert not can_say(given_, {**said, "quote": "火车站被拆除"})
    assert not can_say(given_, {**said, "quote": "1992年被拆除了"})


def test_a_passage_with_too_many_words_is_quoted_freely_and_keeps_its_ids(can_say):
    long = reading(candidate("station", "a " * MOST_CHUNKS), candidate("tower", "b"))
    said = {**SAID, "year": None, "value": None}
    assert can_say(long, {**said, "quote": "whatever"})
    assert not can_say(long, {**said, "source": "corpus/tower#0", "quote": "b"})


def test_a_thinking_field_and_a_caller_s_fields_stand_in_their_places(can_say, tokenizer, guide):
    own = {"type": "object", "properties": {"total": {"type": "integer"}}}
    given_ = replace(reading(), answer_schema=own)
    said = {
        name: SAID[name] for name in ("subject", "source", "quote", "confidence", "text", "value")
    }
    placed = {
        **dict(list(said.items())[:3]),
        "fields": {"total": 3},
        **dict(list(said.items())[3:]),
    }
    assert can_say(given_, placed)
    schema = answer_schema(given_, reasoning=True)
    matcher = constrain_answer(guide, given_, schema).matcher
    tokens = tokenizer(json.dumps({"reasoning": 'Hm, "1992".', **placed}))["input_ids"]
    assert matcher.try_consume_tokens(tokens) == len(tokens)


def test_hostile_ids_and_words_are_said_as_they_are(can_say):
    text = '// {"x": "\\" } # %json {} <|im_end|> \u2028 \x00 WORDS_0_0 | "é" €\U0001f3db ok'
    hostile = replace(candidate("a", text), document_id='c/" \\ } # <x>')
    passage = replace(hostile.passages[0], document_id=hostile.document_id)
    given_ = reading(replace(hostile, passages=(passage,)))
    said = {**SAID, "subject": hostile.document_id, "source": passage.passage_id}
    said |= {"quote": text[:40], "year": None, "value": None}
    assert can_say(given_, said)


@given(st.text(min_size=1, max_size=80), st.data())
@settings(max_examples=60, deadline=None)
def test_any_run_of_chunks_of_any_text_can_be_quoted(can_say, text, data):
    chunks = chunks_of(text)
    start = data.draw(st.integers(0, len(chunks) - 1))
    end = data.draw(st.integers(start + 1, len(chunks)))
    quote = json.loads(f'"{"".join(chunks[start:end])}"')
    assert quote in text
    given_ = reading(candidate("station", text))
    assert can_say(given_, {**SAID, "quote": quote, "year": None, "value": None})


@given(st.text(max_size=200))
def test_chunks_are_the_whole_text_and_short(text):
    chunks = chunks_of(text)
    assert json.loads(f'"{"".join(chunks)}"') == text
    assert all(0 < len(chunk.encode()) <= LONGEST_CHUNK for chunk in chunks)


def test_a_very_long_word_is_cut():
    assert [len(chunk) for chunk in chunks_of("x" * 60)] == [24, 24, 12]
