from dataclasses import replace

import pytest
from readings import reading

from knowledge.circuit_breaker import CircuitBreaker
from knowledge.errors import ModelError, ModelRefusedError
from vlm.readers.base import Draft, LookingReader
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.fallback import FallbackReader

READING = reading()


class Moody:
    """A reader that fails while its switch is on."""

    name = "moody"
    photo_side = 77
    evidence_side = 7

    def __init__(self):
        self.fails = True
        self.asked = 0
        self.error = ModelError("not today")

    def warm_up(self):
        if self.fails:
            raise ModelError("not today")

    def read(self, reading):
        self.asked += 1
        if self.fails:
            raise self.error
        return Draft(text="From the model.")


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def moody():
    return Moody()


@pytest.fixture
def reader(moody, clock):
    breaker = CircuitBreaker(failures=2, pause=30.0, clock=lambda: clock[0])
    return FallbackReader(moody, ExtractiveReader(), breaker=breaker)


def test_while_the_model_fails_the_second_reads_and_says_so(reader):
    draft = reader.read(READING)
    assert draft.year == 1992
    assert draft.note == "The model could not be asked, so the simpler extractive reader answered."
    assert draft.reader == "extractive"
    assert "阅读器" in reader.read(replace(READING, language="zh")).note


def test_after_some_failures_it_is_left_alone_until_the_pause_is_over(reader, moody, clock):
    for _ in range(5):
        reader.read(READING)
    assert moody.asked == 2
    clock[0] = 29.9
    reader.read(READING)
    assert moody.asked == 2
    clock[0] = 30.0
    reader.read(READING)  # let through, fails again
    reader.read(READING)
    assert moody.asked == 3
    moody.fails = False
    clock[0] = 60.0
    assert reader.read(READING).text == "From the model."
    assert reader.read(READING).note is None
    assert reader.read(READING).reader == ""


def test_a_question_that_is_refused_alone_is_read_by_the_second_and_is_no_failure(reader, moody):
    moody.error = ModelRefusedError("not this one")
    for _ in range(5):
        assert reader.read(READING).reader == "extractive"
    assert moody.asked == 5


def test_only_failures_in_a_row_count(reader, moody):
    for _ in range(4):
        moody.fails = True
        reader.read(READING)
        moody.fails = False
        assert reader.read(READING).text == "From the model."


def test_a_callers_own_schema_is_not_for_rules(reader):
    own = replace(READING, answer_schema={"type": "object"})
    for _ in range(3):
        with pytest.raises(ModelError):
            reader.read(own)


def test_a_model_that_cannot_be_warmed_up_does_not_keep_the_door_shut(reader, moody):
    reader.warm_up()
    assert reader.read(READING).note
    assert isinstance(reader, LookingReader)
    assert (reader.photo_side, reader.evidence_side) == (77, 7)
    assert reader.name == "moody"


def test_candidates_with_photos_can_be_read_by_rules_as_well(reader):
    shown = tuple(replace(one, photos=READING.photos) for one in READING.candidates)
    assert reader.read(replace(READING, candidates=shown)).year == 1992
