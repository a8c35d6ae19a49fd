"""Follow-up questions: what is recalled finds the same subject again, without the photo."""

import pytest
from support import TinyEncoder, photo

from knowledge.errors import QueryError
from knowledge.index.index import Index
from search.pipeline import Pipeline
from search.query import Query, Recalled, refers_back
from vlm.readers.extractive import ExtractiveReader

STATION_PHOTO = photo(1, size=(64, 48))


@pytest.fixture(scope="module")
def pipeline(index: Index, encoder: TinyEncoder) -> Pipeline:
    return Pipeline(index, encoder, ExtractiveReader())


def recall(pipeline: Pipeline, *photos) -> Recalled:
    vectors = pipeline.encode(Query(photos=photos)).photos
    return Recalled(photos=tuple(tuple(row) for row in vectors.tolist()))


@pytest.mark.parametrize("question", ["And when was it demolished?", "它是哪一年拆除的?"])
def test_a_recalled_photo_gets_the_answer_that_the_photo_gets(pipeline, question):
    again = pipeline.ask(Query(question, photos=(STATION_PHOTO,)))
    followed = pipeline.ask(Query(question, recalled=recall(pipeline, STATION_PHOTO)))

    assert followed.answer.year == 1992
    assert followed.answer == again.answer
    assert followed.evidence == again.evidence


def test_a_recalled_photo_of_nothing_indexed_gets_no_story(pipeline):
    foreign = recall(pipeline, photo(99, size=(64, 48)))
    asked = pipeline.ask(Query("And when was it built?", recalled=foreign))

    assert asked.answer.reason == "nothing_similar"


def test_a_new_photo_takes_the_place_of_the_recalled_one(pipeline):
    before = Recalled(recall(pipeline, STATION_PHOTO).photos, "corpus/old_station")
    asked = pipeline.ask(
        Query("When was it completed?", (photo(2, size=(64, 48)),), recalled=before)
    )

    assert (asked.answer.subject.document_id, asked.answer.year) == ("corpus/clock_tower", 1889)


def test_it_is_the_subject_of_the_latest_answer(pipeline):
    recalled = Recalled(subject="corpus/clock_tower")
    assert pipeline.ask(Query("When was it completed?", recalled=recalled)).answer.year == 1889
    assert pipeline.ask(Query("Is it still standing?", recalled=recalled)).answer.exists
    assert pipeline.ask(Query("When was it completed?")).answer.abstained


def test_a_question_that_names_its_subject_recalls_none(pipeline):
    recalled = Recalled(subject="corpus/clock_tower")
    asked = pipeline.ask(Query("When was the Old Station demolished?", recalled=recalled))
    assert asked.answer.year == 1992
    other = pipeline.ask(Query("When was the Taj Mahal completed?", recalled=recalled))
    assert other.answer.reason == "nothing_similar"


def test_a_recalled_subject_stays_within_the_filters(pipeline):
    recalled = Recalled(subject="corpus/clock_tower")
    query = Query("Is it there?", filters={"tags": ("railway",)}, recalled=recalled)
    found = pipeline.search(query)
    assert all(subject.document.id == "old_station" for subject in found.subjects)


def test_a_subject_that_is_gone_is_not_recalled(pipeline):
    recalled = Recalled(subject="corpus/nowhere")
    assert pipeline.ask(Query("Is it there?", recalled=recalled)).answer.abstained


def test_a_reader_is_told_the_earlier_questions(pipeline, index, encoder):
    class Listening(ExtractiveReader):
        def read(self, reading):
            self.heard = reading.earlier
            return super().read(reading)

    reader = Listening()
    recalled = Recalled(subject="corpus/clock_tower", questions=("Is the Clock Tower there?",))
    Pipeline(index, encoder, reader).ask(Query("When was it built?", recalled=recalled))
    assert reader.heard == ("Is the Clock Tower there?",)


def test_words_that_stand_for_a_name():
    assert refers_back("Its architect?")
    assert refers_back("这座塔多高?")
    assert not refers_back("Who was the architect of the Italian Institute?")


@pytest.mark.parametrize(
    "query",
    [{"question": "a\ud800"}, {"question": "a", "filters": {"tags": ("\udfff",)}}],
)
def test_half_a_character_is_refused(query):
    with pytest.raises(QueryError, match="half a character"):
        Query(**query)
