"""What was found, ordered again: the order, the scores, the bounds, and what failures do."""

from dataclasses import replace

import pytest
from support import photo
from word_reranker import WordReranker

from api.memory.results import ResultCache, Results
from api.memory.store import MemoryStore
from knowledge import deadline
from knowledge.circuit_breaker import CircuitBreaker
from knowledge.documents import Document, Passage
from knowledge.stages import collected
from search.evidence import Subject
from search.pipeline import Pipeline
from search.query import Query, Recalled
from search.rerank import RerankStage
from vlm.readers.extractive import ExtractiveReader


def subject(number: int, text: str) -> Subject:
    document = Document(
        corpus="c", id=str(number), title=f"t{number}", text=text, language="en", source="s"
    )
    return Subject(
        document=document,
        rank=number,
        scores={"rrf": 1 / number},
        ranks={"bm25": number},
        photo=None,
        passages=(Passage(document.document_id, 0, text, 0, len(text)),) if text else (),
    )


TEXTS = ("nothing here", "red", "red tower built", "", "red tower")
SUBJECTS = [subject(number, text) for number, text in enumerate(TEXTS, start=1)]
QUERY = Query("red tower built?", k=5)


def no_photo(of, side):
    return None


def ids(found):
    return [each.document.id for each in found]


def test_the_best_scored_comes_first_and_says_why():
    stage = RerankStage(WordReranker())
    found = stage.reorder(QUERY, SUBJECTS, no_photo)
    assert ids(found.subjects) == ["3", "5", "2", "1", "4"]  # 3/3, 2/3, 1/3, 0, 0 in their order
    assert [each.scores["rerank"] for each in found.subjects] == [1, 2 / 3, 1 / 3, 0, 0]
    assert [each.ranks["rerank"] for each in found.subjects] == [1, 2, 3, 4, 5]
    assert [each.rank for each in found.subjects] == [1, 2, 3, 4, 5]
    assert found.subjects[0].ranks["bm25"] == 3
    assert found.note is None
    evidence = found.subjects[0].evidence()
    assert evidence[0].scores["rerank"] == 1
    assert "rerank" not in SUBJECTS[0].evidence()[0].scores


def test_only_the_first_are_scored_and_more_are_fetched_for_it():
    reranker = WordReranker()
    stage = RerankStage(reranker, subjects=3)
    found = stage.reorder(replace(QUERY, k=4), SUBJECTS, no_photo)
    assert ids(found.subjects) == ["3", "2", "1", "4"]
    assert sum(len(candidates) for _, candidates in reranker.asked) == 3
    assert "rerank" not in found.subjects[3].scores
    assert found.note is None
    assert stage.deeper(Query("x", k=1)).k == 3
    assert stage.deeper(Query("x", k=50)).k == 50
    assert ids(stage.reorder(replace(QUERY, k=1), SUBJECTS, no_photo).subjects) == ["3"]


def test_it_sees_the_photo_and_each_subjects_title_and_best_passage():
    reranker, shown = WordReranker(), photo(5)
    query = Query("built?", photos=(photo(1),), k=2)
    RerankStage(reranker).reorder(query, SUBJECTS[2:4], lambda of, side: shown)
    ((asked, candidates),) = reranker.asked
    assert asked.photo is query.photos[0]
    assert [each.text for each in candidates] == ["t3. red tower built", "t4"]
    assert all(each.photo is shown for each in candidates)


@pytest.mark.parametrize(("language", "words"), [("en", "could not be asked"), ("zh", "暂时")])
def test_a_failure_leaves_the_order_and_says_so(language, words, caplog):
    stage = RerankStage(WordReranker(fails=1))
    found = stage.reorder(replace(QUERY, language=language), SUBJECTS, no_photo)
    assert ids(found.subjects) == ["1", "2", "3", "4", "5"]
    assert words in found.note
    assert "words failed" in caplog.text
    assert stage.reorder(QUERY, SUBJECTS, no_photo).note is None


def test_a_reranker_that_fails_three_times_is_left_alone_for_a_while():
    now = [0.0]
    reranker = WordReranker(fails=3)
    stage = RerankStage(reranker, breaker=CircuitBreaker(clock=lambda: now[0]))
    for _ in range(5):
        assert stage.reorder(QUERY, SUBJECTS, no_photo).note is not None
    assert len(reranker.asked) == 3
    now[0] = 31.0
    assert stage.reorder(QUERY, SUBJECTS, no_photo).note is None


def test_what_cannot_be_scored_in_time_keeps_its_place_behind():
    reranker = WordReranker(seconds=0.2, at_once=1)
    found = RerankStage(reranker, seconds=0.5).reorder(QUERY, SUBJECTS, no_photo)
    scored = [each for each in found.subjects if "rerank" in each.scores]
    assert 1 <= len(scored) < 5
    assert f"scored {len(scored)} of 5" in found.note
    assert ids(found.subjects)[len(scored) :] == ids(SUBJECTS)[len(scored) :]


def test_a_call_never_has_more_than_half_of_what_the_request_has_left():
    reranker = WordReranker(at_once=5)
    with deadline.within(2.0):
        RerankStage(reranker, seconds=30.0).reorder(QUERY, SUBJECTS, no_photo)
    assert 0 < reranker.left[0] <= 1.0
    assert deadline.remaining() is None


def test_a_follow_up_about_an_earlier_photo_is_not_scored():
    reranker = WordReranker()
    stage = RerankStage(reranker)
    recalled = Recalled(photos=((1.0, 0.0),), subject="c/1")
    for query in (Query("And when?", recalled=recalled), Query("red tower", recalled=recalled)):
        assert ids(stage.reorder(query, SUBJECTS, no_photo).subjects) == ids(SUBJECTS)
    assert reranker.asked == []


def test_in_the_pipeline(index, encoder):
    """The question's words are about the tower, the photo shows the station: the photo decides
    where nothing is scored again."""
    question = "completed in 1889 and still stands"
    query = Query(question, photos=(photo(1, size=(320, 240)),), k=2)
    plain = Pipeline(index, encoder, ExtractiveReader())
    assert plain.search(query).subjects[0].document.id == "old_station"
    reranker = WordReranker()
    pipeline = Pipeline(index, encoder, ExtractiveReader(), rerank=RerankStage(reranker))
    with collected() as stages:
        found = pipeline.search(query)
    assert ids(found.subjects)[0] == "clock_tower"
    assert len(found.subjects) == 2
    assert stages.timings["rerank"] > 0
    assert [each.scores["rerank"] for each in found.subjects] == sorted(
        (each.scores["rerank"] for each in found.subjects), reverse=True
    )
    assert {item.rank for item in found.evidence if item.document.id == "clock_tower"} == {1}
    assert all("rerank" in item.scores for item in found.evidence)
    seen = [each for _, candidates in reranker.asked for each in candidates]
    assert any(each.photo is not None and max(each.photo.size) <= 64 for each in seen)


def test_a_failure_is_said_in_the_answer_and_not_kept_in_the_cache(index, encoder):
    query = Query("When was the Old Station demolished?")
    pipeline = Pipeline(
        index, encoder, ExtractiveReader(), rerank=RerankStage(WordReranker(fails=1))
    )
    results = Results(ResultCache(MemoryStore(max_bytes=2**20, seconds=60)), pipeline)
    bare = Results(results.cache, Pipeline(index, encoder, ExtractiveReader()))
    key = results.search_key(query)
    assert key != bare.search_key(query)
    asked = pipeline.ask(query)
    assert asked.note == asked.answer.note
    assert "reranker could not be asked" in asked.answer.note
    assert asked.answer.year == 1992
    results.keep_found(key, asked)
    assert results.found(key) is None
    again = pipeline.ask(query)
    assert again.note is again.answer.note is None
    results.keep_found(key, again)
    assert results.found(key).subjects[0].scores["rerank"] == again.subjects[0].scores["rerank"]
