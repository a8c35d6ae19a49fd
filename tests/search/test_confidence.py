import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from support import TinyEncoder, photo

from knowledge.errors import ModelBrokenError
from search.confidence import (
    CONTESTED,
    FILE,
    HEDGED,
    READER_SIGNALS,
    SIGNALS,
    SIGNS,
    Fit,
    load_calibration,
    weigh,
)
from search.pipeline import Pipeline
from search.query import Query
from vlm.models.local_encoders import load_encoder
from vlm.readers.base import Draft
from vlm.readers.extractive import ExtractiveReader

MODELS = Path(__file__).resolve().parents[2] / "data" / "models"
FIT = Fit(
    intercept=-1.0,
    weights={"image": 2.0, "words": 1.0},
    threshold=0.6,
    wrong_per_100=5,
    questions=10,
    data={"testset: corpus": 10},
    date="2024-01-01",
)
STATION_PHOTO = photo(1, size=(64, 48))


def test_a_probability_is_the_logistic_of_weighted_signals():
    assert FIT.probability({"image": 0.5}) == 1 / 2
    assert FIT.probability({"image": 1.0, "words": 1.0, "unknown": 9.0}) == pytest.approx(
        1 / (1 + 2.718281828**-2)
    )


def test_without_a_fit_confidence_is_the_reader_s_own_and_always_enough():
    confidence = weigh(Draft("", confidence=0.1), {"image": 1.0}, None)
    assert (confidence.probability, confidence.enough) == (0.1, True)


def test_contradicting_sources_take_their_share_of_the_confidence_and_withhold_nothing():
    signals = {"image": 1.0, CONTESTED: 1 / 3}
    confidence = weigh(Draft(""), signals, FIT)
    assert confidence.probability == pytest.approx(FIT.probability({"image": 1.0}) * 2 / 3)
    assert confidence.enough
    assert weigh(Draft("", confidence=0.9), {CONTESTED: 0.5}, None).probability == 0.45


def test_what_is_below_the_threshold_is_not_enough():
    assert not weigh(Draft("", confidence=1.0), {"image": 0.5}, FIT).enough
    assert weigh(Draft("", confidence=0.0), {"image": 1.0}, FIT).enough


def test_an_answer_says_what_its_confidence_was_made_of(index, encoder):
    asked = Pipeline(index, encoder, ExtractiveReader(), fit=FIT)
    answer = asked.ask(Query("When was this station demolished?", (STATION_PHOTO,))).answer

    assert answer.year == 1992
    measured = set(answer.signals) - {CONTESTED, HEDGED}
    assert set(SIGNALS) < measured <= {*SIGNALS, *READER_SIGNALS}
    assert answer.signals["photo"] == 1
    assert answer.signals["image"] > 0.9
    assert answer.signals["words"] == 1  # the one topic word, `station`
    assert answer.confidence == FIT.probability(answer.signals)


def test_a_doubtful_answer_is_withheld_with_its_reason(index, encoder):
    strict = FIT.model_copy(update={"threshold": 0.99})
    asked = Pipeline(index, encoder, ExtractiveReader(), fit=strict)
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


def test_a_calibration_counts_for_its_encoder_and_reader_alone(tmp_path, encoder, caplog):
    card = encoder.card
    content = {
        "encoder": card.name,
        "fingerprint": card.fingerprint,
        "readers": {"extractive": FIT.model_dump()},
    }
    (tmp_path / FILE).write_text(json.dumps(content), encoding="utf-8")

    assert load_calibration(tmp_path, card=card, reader="extractive") == FIT
    assert load_calibration(tmp_path, card=card, reader="another") is None
    with caplog.at_level(logging.WARNING):
        other = replace(card, fingerprint="of other weights")
        assert load_calibration(tmp_path, card=other, reader="extractive") is None
    assert "calibrate.py" in caplog.text


class Measuring:
    """A reader that measures its drafts, one signal out of bounds."""

    name = "measuring"

    def read(self, reading):
        return replace(ExtractiveReader().read(reading), signals={"span": 0.25, "lead": 7.5})


def test_the_reader_s_own_signals_are_weighed_with_the_search_s(index, encoder):
    fit = FIT.model_copy(update={"weights": {"span": 4.0, "lead": 2.0}, "threshold": 0.0})
    asked = Pipeline(index, encoder, Measuring(), fit=fit)
    answer = asked.ask(Query("When was this station demolished?", (STATION_PHOTO,))).answer

    assert {*SIGNALS, "span", "lead"} <= set(answer.signals)
    assert answer.signals["lead"] == 1.0
    assert answer.confidence == pytest.approx(1 / (1 + 2.718281828 ** -(-1 + 4 * 0.25 + 2 * 1)))


def test_signs_are_of_signals_that_are_described():
    assert set(SIGNS) <= {*SIGNALS, *READER_SIGNALS}


def test_no_calibration_is_none_and_a_broken_one_is_said(tmp_path, encoder):
    assert load_calibration(tmp_path, card=encoder.card, reader="extractive") is None
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ModelBrokenError, match=r"calibrate\.py"):
        load_calibration(tmp_path, card=encoder.card, reader="extractive")


def test_the_bundled_calibration_was_made_for_the_bundled_encoder():
    starter = load_encoder("starter", models_root=MODELS)
    fit = load_calibration(MODELS / "starter", card=starter.card, reader="extractive")

    assert fit is not None, "make it again: python scripts/calibrate.py (docs/trust.md)"
    assert set(fit.weights) <= {*SIGNALS, *READER_SIGNALS}


def test_the_same_photo_is_surer_than_one_that_only_resembles(index, encoder: TinyEncoder):
    asked = Pipeline(index, encoder, ExtractiveReader())
    own = asked.ask(Query("When was this station demolished?", (STATION_PHOTO,))).answer
    named = asked.ask(Query("When was the Old Station demolished?", (photo(77),))).answer

    assert own.signals["image"] > named.signals["image"]
    assert (own.signals["named"], named.signals["named"]) == (0, 1)
