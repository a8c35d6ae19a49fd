import math
from dataclasses import replace
from pathlib import Path

import pytest
from support import TinyEncoder, photo

from knowledge.errors import ModelBrokenError, ModelUnavailableError
from search.confidence import (
    CERTAINTY,
    CONTESTED,
    FILE,
    HEDGED,
    LEAST_READ_RIGHTLY,
    MODEL,
    READ_RIGHTLY,
    READER_SIGNALS,
    SIGNALS,
    SIGNS,
    Fit,
    Fits,
    load_fits,
    weigh,
)
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.base import Draft
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.fallback import FallbackReader

MODELS = Path(__file__).resolve().parents[2] / "data" / "models"
FIT = Fit(
    intercept=-1.0,
    weights={"resembles": 2.0, "words": 1.0},
    threshold=0.6,
    wrong_per_100=5,
    questions=10,
    data={"testset: corpus": 10},
    date="2024-01-01",
)
STATION_PHOTO = photo(1, size=(64, 48))


def test_a_probability_is_the_logistic_of_weighted_signals():
    assert FIT.probability({"resembles": 0.5}) == 1 / 2
    assert FIT.probability({"resembles": 1.0, "words": 1.0, "unknown": 9.0}) == pytest.approx(
        1 / (1 + 2.718281828**-2)
    )


def test_without_a_fit_confidence_is_the_reader_s_own_and_always_enough():
    confidence = weigh(Draft("", confidence=0.1), {"resembles": 1.0}, None)
    assert (confidence.probability, confidence.enough) == (0.1, True)


def test_contradicting_sources_take_their_share_of_the_confidence_and_withhold_nothing():
    signals = {"resembles": 1.0, CONTESTED: 1 / 3}
    confidence = weigh(Draft(""), signals, FIT)
    assert confidence.probability == pytest.approx(FIT.probability({"resembles": 1.0}) * 2 / 3)
    assert confidence.enough
    assert weigh(Draft("", confidence=0.9), {CONTESTED: 0.5}, None).probability == 0.45


def test_what_is_below_the_threshold_is_not_enough():
    assert not weigh(Draft("", confidence=1.0), {"resembles": 0.5}, FIT).enough
    assert weigh(Draft("", confidence=0.0), {"resembles": 1.0}, FIT).enough


def test_an_answer_says_what_its_confidence_was_made_of(index, encoder):
    asked = Pipeline(index, encoder, ExtractiveReader(), fits=Fits(readers={"extractive": FIT}))
    answer = asked.ask(Query("When was this station demolished?", (STATION_PHOTO,))).answer

    assert answer.year == 1992
    measured = set(answer.signals) - {CONTESTED, HEDGED}
    assert set(SIGNALS) < measured <= {*SIGNALS, *READER_SIGNALS}
    assert answer.signals["photo"] == 1
    assert answer.signals["resembles"] > 0.2
    assert answer.signals["words"] == 1  # the one topic word, `station`
    assert answer.confidence == FIT.probability(answer.signals)


def test_a_doubtful_answer_is_withheld_with_its_reason(index, encoder):
    strict = FIT.model_copy(update={"threshold": 0.99})
    asked = Pipeline(index, encoder, ExtractiveReader(), fits=Fits(readers={"extractive": strict}))
    answer = asked.ask(Query("When was this station demolished?", (STATION_PHOTO,))).answer

    assert answer.reason == "low_confidence"
    assert (answer.year, answer.exists, answer.source) == (None, None, None)
    assert answer.subject is not None
    assert "Old Station" in answer.text
    assert 0 < answer.confidence < 0.99


@pytest.mark.parametrize(
    "question",
    ["Is it still standing?", "When was it built?", "这里现在还在吗?", "Is the Kaaba still there?"],
)
def test_a_question_that_names_nothing_known_is_not_answered(index, encoder, question):
    answer = Pipeline(index, encoder, ExtractiveReader()).ask(Query(question)).answer

    assert answer.reason == "nothing_similar"
    assert answer.subject is None


@pytest.mark.parametrize(
    "question", ["Is the old railway station still there?", "永安门现在还在吗?"]
)
def test_a_question_that_describes_something_known_is_read(index, encoder, question):
    answer = Pipeline(index, encoder, ExtractiveReader()).ask(Query(question)).answer

    assert answer.subject is not None


def test_fits_are_kept_by_reader_and_the_first_folder_s_counts(tmp_path):
    own, bundled = tmp_path / "own", tmp_path / "bundled"
    other = FIT.model_copy(update={"threshold": 0.9})
    for folder, readers in (
        (own, {"extractive": other}),
        (bundled, {"extractive": FIT, MODEL: FIT}),
    ):
        folder.mkdir()
        (folder / FILE).write_text(Fits(readers=readers).model_dump_json(), encoding="utf-8")

    fits = load_fits(own, bundled)
    assert fits.of("extractive", composed=True) == other
    assert fits.of("qwen3-vl", composed=False) == FIT  # as of every model without its own
    assert fits.of("another", composed=True) is None
    assert load_fits(tmp_path).readers == {}


def test_a_model_s_certainty_is_a_factor_of_what_the_search_alone_says():
    fit = FIT.model_copy(update={"threshold": 0.5})
    signals = {"resembles": 0.5, "words": 1.0}  # z = -1 + 1 + 1 = 1
    search = 1 / (1 + math.exp(-1))
    assert weigh(Draft(""), signals, fit).probability == pytest.approx(search)
    sure = weigh(Draft(""), {**signals, CERTAINTY: 1.0}, fit)
    assert sure.probability == pytest.approx(search / (1 + math.exp(-8)))
    even = weigh(Draft(""), {**signals, CERTAINTY: 0.0}, fit)
    assert even.probability == pytest.approx(search / 2)
    assert (sure.enough, even.enough) == (True, False)
    read = weigh(Draft(""), {**signals, CERTAINTY: 1.0, READ_RIGHTLY: 0.25}, fit)
    assert read.probability == pytest.approx(sure.probability / 4)
    assert not read.enough
    lenient = fit.model_copy(update={"threshold": 0.0})
    shares = (LEAST_READ_RIGHTLY - 0.01, LEAST_READ_RIGHTLY)
    believed = [weigh(Draft(""), {**signals, READ_RIGHTLY: share}, lenient) for share in shares]
    assert [each.enough for each in believed] == [False, True]


def test_the_stand_in_is_judged_by_its_own_fit(index, encoder):
    strict = FIT.model_copy(update={"threshold": 0.99})
    reader = FallbackReader(Unreachable(), ExtractiveReader())
    lenient = FIT.model_copy(update={"threshold": 0.0})
    query = Query("When was this station demolished?", (STATION_PHOTO,))

    fits = Fits(readers={"openai": lenient, "extractive": strict})
    assert Pipeline(index, encoder, reader, fits=fits).ask(query).answer.reason == "low_confidence"
    fits = Fits(readers={"openai": strict, "extractive": lenient})
    assert Pipeline(index, encoder, reader, fits=fits).ask(query).answer.year == 1992


class Unreachable:
    """A model server that is down."""

    name = "openai"
    photo_side = evidence_side = 64

    def warm_up(self) -> None:
        pass

    def read(self, reading):
        raise ModelUnavailableError("The model server does not answer.")


class Measuring:
    """A reader that measures its drafts, one signal out of bounds."""

    name = "measuring"

    def read(self, reading):
        return replace(ExtractiveReader().read(reading), signals={"span": 0.25, "lead": 7.5})


def test_the_reader_s_own_signals_are_weighed_with_the_search_s(index, encoder):
    fit = FIT.model_copy(update={"weights": {"span": 4.0, "lead": 2.0}, "threshold": 0.0})
    asked = Pipeline(index, encoder, Measuring(), fits=Fits(readers={"measuring": fit}))
    answer = asked.ask(Query("When was this station demolished?", (STATION_PHOTO,))).answer

    assert {*SIGNALS, "span", "lead"} <= set(answer.signals)
    assert answer.signals["lead"] == 1.0
    assert answer.confidence == pytest.approx(1 / (1 + 2.718281828 ** -(-1 + 4 * 0.25 + 2 * 1)))


def test_signs_are_of_signals_that_are_described():
    assert set(SIGNS) <= {*SIGNALS, *READER_SIGNALS}


def test_broken_fits_are_said(tmp_path):
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ModelBrokenError, match=r"calibrate\.py"):
        load_fits(tmp_path)


def test_the_bundled_fits_weigh_signals_that_are_described():
    fits = load_fits(MODELS)
    fit = fits.of("extractive", composed=True)

    assert fit is not None, "make it again: python scripts/calibrate.py (docs/trust.md)"
    assert set(fit.weights) <= {*SIGNALS, *READER_SIGNALS}
    assert set(fits.readers[MODEL].weights) <= set(SIGNALS)


def test_the_same_photo_is_surer_than_one_that_only_resembles(index, encoder: TinyEncoder):
    asked = Pipeline(index, encoder, ExtractiveReader())
    own = asked.ask(Query("When was this station demolished?", (STATION_PHOTO,))).answer
    named = asked.ask(Query("When was the Old Station demolished?", (photo(77),))).answer

    assert own.signals["resembles"] > named.signals["resembles"]
    assert (own.signals["named"], named.signals["named"]) == (0, 1)
