"""What the pipeline hands to a reader that looks at photos itself, and what comes back of it."""

import numpy as np
import pytest
from support import TinyEncoder, photo

from knowledge.errors import QueryError
from search.pipeline import Pipeline
from search.query import Query
from vlm.images.decoding import PhotoSize, shrink
from vlm.readers.base import Draft
from vlm.readers.extractive import ExtractiveReader

OWN = {"type": "object", "properties": {"total": {"type": "integer"}}}


class Looker:
    """A reader that keeps what it was shown and says what it is told to."""

    name = "looker"
    photo_side = 300
    evidence_side = 100

    def __init__(self, **says):
        self.says = says
        self.shown = None

    def warm_up(self):
        pass

    def read(self, reading):
        self.shown = reading
        first = reading.candidates[0].passages[0]
        return Draft(
            text="It says so.",
            document_id=first.document_id,
            passage_id=first.passage_id,
            quote=first.text,
            confidence=0.9,
            **self.says,
        )


@pytest.fixture
def ask(index, encoder):
    def ask(reader, **query):
        query = {"question": "Is it there?", "photos": (photo(1, size=(640, 480)),), **query}
        return Pipeline(index, encoder, reader).ask(Query(**query)).answer

    return ask


def test_photos_are_decoded_for_the_one_that_sees_most(index, encoder):
    assert Pipeline(index, encoder, Looker()).photo_size == PhotoSize(300)
    size = Pipeline(index, encoder, ExtractiveReader()).photo_size
    assert size == encoder.card.photo_size == PhotoSize(3 * 32, enough=32)


def test_the_reader_sees_photos_as_they_are_and_candidates_photos_small(ask):
    looker = Looker()
    ask(looker)
    assert looker.shown.photos[0].size == (640, 480)
    assert [one.size for one in looker.shown.candidates[0].photos] == [(100, 75)]


def test_a_reader_that_does_not_look_costs_no_photo(ask):
    looker = Looker()
    looker.evidence_side = 0
    ask(looker)
    assert all(candidate.photos == () for candidate in looker.shown.candidates)


def test_a_large_photo_is_found_as_the_small_one_of_the_index_is(index):
    encoder = TinyEncoder()
    large = photo(1, size=(640, 480))
    pipeline = Pipeline(index, encoder, Looker())
    score = pipeline.search(Query(photos=(large,))).subjects[0].scores["image"]
    shrunk = shrink(large, encoder.card.photo_size.longest)
    small = pipeline.search(Query(photos=(shrunk,))).subjects[0].scores["image"]
    np.testing.assert_allclose(score, small, atol=1e-6)


def test_captions_reach_the_reader_in_order(ask):
    looker = Looker()
    ask(looker, photos=(photo(1), photo(1)), captions=("March", "July"))
    assert looker.shown.captions == ("March", "July")
    with pytest.raises(QueryError, match="3 captions"):
        Query(photos=(photo(1),), captions=("a", "b", "c"))


def test_a_callers_fields_come_back_with_a_source_that_holds(ask):
    looker = Looker(fields={"total": 1912})
    answer = ask(looker, answer_schema=OWN)
    assert looker.shown.answer_schema == OWN
    assert (answer.fields, answer.fields_withheld) == ({"total": 1912}, {})
    assert answer.source is not None


def test_a_callers_fields_are_withheld_with_a_source_that_does_not_hold(ask):
    answer = ask(Looker(fields={"total": 7}, year=1234), answer_schema=OWN)
    assert answer.reason == "citation_failed"
    assert answer.fields is None


def test_rules_cannot_fill_a_callers_fields(ask):
    with pytest.raises(QueryError, match="extractive"):
        ask(ExtractiveReader(), answer_schema=OWN)


def test_what_the_reader_remarks_is_said_also_when_it_abstains(ask):
    assert ask(Looker(note="By rules.")).note == "By rules."
    abstained = ask(Looker(note="By rules.", year=1234))
    assert (abstained.abstained, abstained.note) == (True, "By rules.")
