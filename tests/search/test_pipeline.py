from dataclasses import replace

import pytest
from support import TinyEncoder, photo

from knowledge.errors import QueryError
from knowledge.index.index import Index
from knowledge.stages import collected
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.base import Draft, Reading


class ScriptedReader:
    """Drafts what a test says, from the reading it is given."""

    name = "scripted"

    def __init__(self, script) -> None:
        self._script = script
        self.readings: list[Reading] = []

    def read(self, reading: Reading) -> Draft:
        self.readings.append(reading)
        return self._script(reading)


def quote_first(reading: Reading) -> Draft:
    """A true draft: the first sentence of the first passage."""
    first = reading.candidates[0]
    passage = first.passages[0]
    return Draft(
        text="So it is written.",
        document_id=first.document_id,
        passage_id=passage.passage_id,
        quote=passage.text[: passage.text.index(".") + 1],
        confidence=0.8,
    )


def saying(quote: str, *, exists: bool):
    """A script that quotes these words wherever they stand, and claims existence beside them."""

    def script(reading: Reading) -> Draft:
        passage = next(p for c in reading.candidates for p in c.passages if quote in p.text)
        return Draft("So it is.", passage.document_id, exists=exists, passage_id=passage.passage_id,
                     quote=quote, confidence=0.8)  # fmt: skip

    return script


def pipeline(index: Index, encoder: TinyEncoder, script=quote_first) -> Pipeline:
    return Pipeline(index, encoder, ScriptedReader(script))


STATION_PHOTO = photo(1, size=(64, 48))
FOREIGN_PHOTO = photo(99, size=(64, 48))


def test_a_photo_finds_its_subject(index, encoder):
    found = pipeline(index, encoder).search(Query(photos=(STATION_PHOTO,)))

    best = found.subjects[0]
    assert best.document.id == "old_station"
    assert best.scores["image"] > 0.95
    assert best.photo is not None


def test_a_question_alone_finds_its_subject(index, encoder):
    found = pipeline(index, encoder).search(Query("When was the clock tower completed?"))

    best = found.subjects[0]
    assert best.document.id == "clock_tower"
    assert best.is_named
    assert best.photo is None
    assert {"bm25", "question_text", "rrf"} <= set(best.scores)


def test_a_chinese_question_finds_a_chinese_document(index, encoder):
    found = pipeline(index, encoder).search(Query("永安门是哪一年拆除的?"))

    assert found.subjects[0].document.id == "yongan_gate"


def test_a_chinese_question_finds_an_english_document_by_its_alias(index, encoder):
    found = pipeline(index, encoder).search(Query("老车站还在吗?"))

    assert found.subjects[0].document.id == "old_station"


def test_a_language_the_encoder_does_not_know_is_not_embedded(index, encoder):
    before = encoder.texts_encoded
    pipeline(index, encoder).search(Query("永安门是哪一年拆除的?"))

    assert encoder.texts_encoded == before


def test_the_photo_outweighs_what_the_question_says_of_others(index, encoder):
    query = Query("Which railway company built the station?", (photo(2, size=(64, 48)),))

    assert pipeline(index, encoder).search(query).subjects[0].document.id == "clock_tower"


def test_a_named_subject_outweighs_the_photo(index, encoder):
    query = Query("Is the Old Station still there?", (photo(2, size=(64, 48)),))

    assert pipeline(index, encoder).search(query).subjects[0].document.id == "old_station"


def test_evidence_is_grouped_by_subject_and_names_its_scores(index, encoder):
    query = Query("When was it demolished?", (STATION_PHOTO,))
    evidence = pipeline(index, encoder).search(query).evidence

    assert evidence[0].kind == "photo"
    assert [item.rank for item in evidence] == sorted(item.rank for item in evidence)
    first = [item for item in evidence if item.rank == 1]
    assert {item.document.id for item in first} == {"old_station"}
    assert all("rrf" in item.scores for item in evidence)
    for item in evidence:
        if item.kind == "passage":
            assert item.document.text[item.start : item.end] == item.text


def test_passages_are_ordered_by_the_question(index, encoder):
    subject = pipeline(index, encoder).search(Query("What stands in its place, Old Station?"))
    passages = subject.subjects[0].passages

    assert {p.ordinal for p in passages} == set(range(len(passages)))


def test_filters_keep_others_out(index, encoder):
    query = Query("Is the clock tower still there?", filters={"language": ("zh",)})
    found = pipeline(index, encoder).search(query)

    assert [s.document.id for s in found.subjects] == ["yongan_gate"]
    tagged = Query(photos=(STATION_PHOTO,), filters={"tags": ("tower",)})
    assert {s.document.id for s in pipeline(index, encoder).search(tagged).subjects} == {
        "clock_tower"
    }


def test_k_bounds_the_subjects(index, encoder):
    query = Query("Old Station or Clock Tower?", k=1)

    assert len(pipeline(index, encoder).search(query).subjects) == 1


def test_an_answer_carries_its_checked_source(index, encoder):
    with collected() as stages:
        asked = pipeline(index, encoder).ask(Query("Is it still there?", (STATION_PHOTO,)))
    answer = asked.answer

    assert not answer.abstained
    assert answer.source is not None
    document = index.whole.document("corpus/old_station")[0]
    assert document.text[answer.source.start : answer.source.end] == answer.source.quote
    assert answer.source.citation == "City archive"
    assert answer.confidence == 0.8
    assert set(stages.timings) == {"encode", "retrieve", "picture", "read"}


@pytest.mark.parametrize(
    ("lie", "cause"),
    [
        ({"quote": "It was demolished in 1066."}, "quote_not_found"),
        ({"passage_id": "corpus/old_station#99"}, "passage_not_retrieved"),
        ({"passage_id": "corpus/nowhere#0"}, "passage_not_retrieved"),
        ({"document_id": "corpus/clock_tower"}, "wrong_document"),
        ({"year": 1066}, "year_not_in_quote"),
    ],
)
def test_a_lie_is_withdrawn(index, encoder, lie, cause):
    liar = pipeline(index, encoder, lambda reading: replace(quote_first(reading), **lie))
    answer = liar.ask(Query("Is it still there?", (STATION_PHOTO,))).answer

    assert answer.abstained
    assert answer.reason == "citation_failed"
    assert answer.withdrawn == cause
    assert (answer.exists, answer.year, answer.source, answer.current_use) == (None,) * 4


@pytest.mark.parametrize(
    ("question", "quote", "claimed", "given"),
    [
        ("When was the Clock Tower completed?", "completed in 1889.", True, None),
        ("When was the Clock Tower completed?", "The Clock Tower still stands.", True, True),
        ("Is the Clock Tower still there?", "The Clock Tower still stands.", True, True),
        ("When was the Old Station demolished?", "was demolished in 1992.", False, False),
        ("Which company built the Old Station?", "by the railway company.", False, None),
        ("永安门是哪一年拆除的?", "永安门于1957年被拆除。", False, False),
        ("永安门是哪一年建的?", "永安门建于1436年。", False, None),
    ],
)
def test_existence_is_given_only_where_the_quotation_says_it(
    index, encoder, question, quote, claimed, given
):
    answer = pipeline(index, encoder, saying(quote, exists=claimed)).ask(Query(question)).answer

    assert answer.source is not None
    assert quote in answer.source.quote
    assert answer.exists is given


@pytest.mark.parametrize(
    ("question", "quote", "claimed"),
    [
        ("Is the Clock Tower still there?", "The Clock Tower was completed in 1889.", True),
        ("Is the Clock Tower still there?", "The Clock Tower still stands.", False),
        ("Does the Old Station still exist?", "It was built by the railway company.", False),
        ("永安门还在吗?", "永安门建于1436年。", False),
    ],
)
def test_existence_that_is_asked_for_has_to_be_quoted(index, encoder, question, quote, claimed):
    answer = pipeline(index, encoder, saying(quote, exists=claimed)).ask(Query(question)).answer

    assert (answer.reason, answer.withdrawn) == ("citation_failed", "existence_not_in_quote")
    assert answer.exists is None


def test_an_abstention_names_the_subject_and_speaks_the_question_s_language(index, encoder):
    silent = pipeline(index, encoder, lambda reading: Draft("", reason="not_in_evidence"))
    answer = silent.ask(Query("造价是多少?", (STATION_PHOTO,))).answer

    assert answer.reason == "not_in_evidence"
    assert answer.subject is not None
    assert answer.subject.id == "old_station"
    assert answer.text == "关于Old Station的资料没有说明这一点。"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Wann wurde der Bahnhof abgerissen?",
            "The question, or the document about Old Station, is in a language that the reader "
            "scripted was not measured to read well, so it does not answer.",
        ),
        (
            "造价是多少?",
            "问题或关于Old Station的资料所用的语言,阅读器scripted未经测评证明能够读好,"
            "因此不予回答。",
        ),
    ],
)
def test_a_language_that_the_reader_does_not_read_is_said(index, encoder, question, text):
    silent = pipeline(index, encoder, lambda reading: Draft("", reason="language_not_read"))
    answer = silent.ask(Query(question, (STATION_PHOTO,))).answer

    assert (answer.reason, answer.value, answer.source) == ("language_not_read", None, None)
    assert answer.text == text


@pytest.mark.parametrize(("value", "given"), [("the railway company", True), ("the king", False)])
def test_an_answer_s_value_is_in_its_quotation(index, encoder, value, given):
    script = saying("It was built by the railway company.", exists=False)
    named = pipeline(
        index, encoder, lambda reading: replace(script(reading), value=value, exists=None)
    )
    answer = named.ask(Query("Who built the Old Station?")).answer

    assert answer.value == (value if given else None)
    assert answer.source is not None
    assert answer.source.language == "en"


def test_a_quotation_that_repeats_the_question_is_withdrawn(index, encoder):
    echo = pipeline(index, encoder, saying("The Clock Tower still stands.", exists=True))
    answer = echo.ask(Query("Since when does the Clock Tower still stands?")).answer

    assert (answer.reason, answer.withdrawn) == ("citation_failed", "quote_says_nothing")
    assert echo.ask(Query("Does the Clock Tower still stand?")).answer.exists is True


def test_a_foreign_photo_is_not_given_a_neighbour_s_story(index, encoder):
    asked = pipeline(index, encoder)
    answer = asked.ask(Query("When was this demolished?", (FOREIGN_PHOTO,))).answer

    assert answer.reason == "nothing_similar"
    assert answer.subject is None
    assert asked.reader.readings == []


def test_a_foreign_photo_with_a_named_subject_is_read(index, encoder):
    query = Query("Is this the Old Station, and is it still there?", (FOREIGN_PHOTO,))
    answer = pipeline(index, encoder).ask(query).answer

    assert answer.subject is not None
    assert answer.subject.id == "old_station"


def test_a_photo_alone_asks_whether_it_still_exists(index, encoder):
    asked = pipeline(index, encoder)
    asked.ask(Query(photos=(STATION_PHOTO,)))

    assert asked.reader.readings[0].question == "Does this still exist?"


def test_several_photos_find_what_the_best_of_them_shows(index, encoder):
    query = Query(photos=(FOREIGN_PHOTO, STATION_PHOTO))
    best = pipeline(index, encoder).search(query).subjects[0]

    assert best.document.id == "old_station"
    assert best.scores["image"] > 0.95


def test_an_empty_index_abstains(empty_index, encoder):
    answer = pipeline(empty_index, encoder).ask(Query("Is it there?", (STATION_PHOTO,))).answer

    assert answer.reason == "nothing_similar"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"question": "  "}, "Nothing was asked"),
        ({"question": "x" * 2_001}, "2,001 characters"),
        ({"question": "x", "k": 0}, "k is 0"),
        ({"question": "x", "filters": {"year": ("1992",)}}, "no filter 'year'"),
    ],
)
def test_a_query_that_cannot_be_asked_says_why(given, says):
    with pytest.raises(QueryError, match=says):
        Query(**given)


def test_what_was_verified_to_be_a_subject_s_own_picture_shows_it(index, encoder):
    query = Query("When was it opened?", photos=(STATION_PHOTO,))
    asked = pipeline(index, encoder)
    found = asked.search(query)
    assert found.picture is not None
    assert (found.picture.verdict, found.picture.verified) == ("same_shot", True)
    unsure = [replace(each, is_shown=False, resembles=0.1) for each in found.subjects]

    settled = asked.with_picture(query, replace(found, subjects=unsure[::-1]))
    assert settled.subjects[0].document.document_id == found.picture.document_id
    assert not asked.answer(query, settled).answer.abstained

    twins = [replace(each, margins={"image": 0.0}) for each in unsure]  # two have the picture
    refused = asked.answer(query, asked.with_picture(query, replace(found, subjects=twins)))
    assert refused.answer.abstained
