"""An encoder that sees no turns, beside the starter, which does."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import TinyEncoder

from vlm.encoders import EncoderWithTurns, TurnSeeingEncoder, encode_upright, turn_probabilities
from vlm.encoders.onnx import OnnxEncoder
from vlm.images import decode_image, turned_clockwise

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def seer():
    return OnnxEncoder(ROOT / "data/models/starter")


@pytest.fixture(scope="module")
def wall():
    return decode_image(
        (ROOT / "data/landmarks/queries/great_wall_of_china.webp").read_bytes()
    ).pixels


def test_vectors_are_the_encoders_and_turns_the_others(seer, wall):
    plain = TinyEncoder()
    both = EncoderWithTurns(plain, seer)
    assert isinstance(both, TurnSeeingEncoder)
    assert both.sees_turns()
    assert both.card == plain.card
    for quarter in range(4):
        photo = turned_clockwise(wall, 90 * quarter)
        vectors, logits = both.encode_seeing_turns([photo])
        np.testing.assert_array_equal(vectors, plain.encode_images([photo]))
        assert turn_probabilities(logits)[0].argmax() == quarter


def test_texts_and_questions_are_the_encoders(seer):
    plain = TinyEncoder()
    both = EncoderWithTurns(plain, seer)
    np.testing.assert_array_equal(both.encode_texts(["a tower"]), plain.encode_texts(["a tower"]))
    np.testing.assert_array_equal(both.encode_questions(["why?"]), plain.encode_texts(["why?"]))
    assert both.count_tokens("a tower") == plain.count_tokens("a tower")


def test_an_encoder_that_sees_turns_itself_is_not_helped(seer, wall):
    class Blind(OnnxEncoder):
        def encode_seeing_turns(self, images):
            raise AssertionError("the other one was asked")

    both = EncoderWithTurns(seer, Blind(ROOT / "data/models/starter"))
    vectors, degrees = encode_upright(both, [turned_clockwise(wall, 90), Image.new("RGB", (9, 9))])
    assert vectors.shape == (2, seer.card.dim)
    assert degrees[0] == 270
