"""What a text says over time is parsed when it is indexed, and never for a question."""

from dataclasses import replace
from pathlib import Path

import pytest
from sample_documents import corpus_of, make_documents
from support import TinyEncoder

from indexer.live import LiveUpdates, Update
from indexer.run import index_corpus
from knowledge.errors import IndexMismatchError
from knowledge.index import layout
from knowledge.index.index import Index, open_index
from knowledge.store.base import Point
from search.browse import suggest
from search.evidence import stored_chronologies
from search.pipeline import Pipeline
from search.query import Query
from vlm.chronology import Chronology, _chronology, chronology_of, timeline
from vlm.readers.base import Draft, Reading


class Silent:
    """A reader that parses nothing."""

    name = "silent"

    def read(self, reading: Reading) -> Draft:
        first = reading.candidates[0]
        quote = first.passages[0].text.split(".")[0] + "."
        passage_id = first.passages[0].passage_id
        return Draft(
            quote,
            first.document_id,
            passage_id=passage_id,
            quote=quote,
            composed=True,
            confidence=0.9,
        )


def times_read() -> int:
    """How often a text's chronology was read or asked for, since the process began."""
    info = _chronology.cache_info()
    return info.hits + info.misses


def test_each_document_s_point_holds_its_chronology(index: Index, documents):
    stored = stored_chronologies(index.whole, [each.document_id for each in documents])

    assert stored == {each.document_id: chronology_of(each) for each in documents}
    station = stored["corpus/old_station"]
    assert [(event.kind, event.year.value) for event in timeline(station)] == [
        ("opened", 1912),
        ("demolished", 1992),
    ]
    payload = index.whole.chronologies(["corpus/old_station"])["corpus/old_station"]
    first = payload["events"][0]
    assert (first["kind"], first["year"]["value"]) == ("opened", 1912)
    assert documents[0].text[first["start"] : first["end"]] == (
        "The Old Station was opened in 1912."
    )


def test_a_question_parses_no_document(index: Index, encoder: TinyEncoder, documents):
    pipeline = Pipeline(index, encoder, Silent())
    questions = ("When was the Old Station opened?", "永安门还在吗?")
    before = times_read()
    for question in questions:
        assert pipeline.ask(Query(question)).subjects
    ids = [each.document_id for each in documents]
    suggest(documents, stored_chronologies(index.whole, ids), language="en", n=3)

    assert times_read() == before


def test_a_live_update_writes_the_chronology_too(
    empty_index: Index, encoder: TinyEncoder, documents
):
    updates = LiveUpdates(empty_index, encoder)
    tower = replace(documents[1], photos=())
    for year in (1889, 1890):
        text = f"The Clock Tower was completed in {year}. It still stands."
        updates.put([Update(replace(tower, text=text))])
        stored = stored_chronologies(empty_index.whole, [tower.document_id])[tower.document_id]
        assert [(event.kind, event.year.value) for event in stored.events] == [("built", year)]


def test_a_chronology_that_cannot_be_read_is_empty_and_the_answer_is_given(
    empty_index: Index, encoder: TinyEncoder, tmp_path: Path
):
    station, *_ = make_documents(tmp_path / "corpus")
    index_corpus(corpus_of([station], tmp_path / "corpus"), empty_index, encoder)
    point_id = layout.document_point_id(station.document_id)
    (record,) = empty_index.store.retrieve([point_id])
    broken = {**record.payload, "chronology": {"events": "1912"}}
    empty_index.store.upsert([Point(point_id, broken)])
    asked = Pipeline(empty_index, encoder, Silent()).ask(Query("When was the Old Station opened?"))

    assert asked.subjects[0].chronology == Chronology()
    assert not asked.answer.abstained


def test_an_index_of_the_layout_before_is_refused_with_what_to_do(
    empty_index: Index, encoder: TinyEncoder
):
    old = empty_index.fingerprint.payload() | {"schema_version": 1}
    empty_index.store.upsert([Point(layout.INDEX_POINT_ID, old)])
    target = empty_index.target
    empty_index.close()

    with pytest.raises(IndexMismatchError, match=r"layout version 1.*index again"):
        open_index(target, None)
