"""What encoders may say beside their vectors: which way up a photo is."""

import numpy as np
import pytest
from support import SkyEncoder, TinyEncoder, scene

from vlm.encoders import encode_upright, turn_probabilities
from vlm.images import turned_clockwise


def test_logits_are_made_probabilities_however_large_they_are():
    shares = turn_probabilities(np.array([[0, 0, 0, np.log(3)], [900, 0, 0, 0]], dtype=np.float32))
    np.testing.assert_allclose(shares, [[1 / 6, 1 / 6, 1 / 6, 3 / 6], [1, 0, 0, 0]], atol=1e-6)


@pytest.mark.parametrize("lies", [0, 90, 180, 270])
def test_for_an_index_a_photo_is_encoded_upright(lies):
    encoder, upright = SkyEncoder(), scene(1)
    vectors, degrees = encode_upright(encoder, [scene(2), turned_clockwise(upright, lies)])
    assert degrees == (0, -lies % 360)
    assert encoder.images_encoded == 2 + (lies != 0)
    np.testing.assert_array_equal(vectors, encoder.encode_images([scene(2), upright]))


def test_where_nothing_is_said_a_photo_is_encoded_as_it_lies():
    encoder, lying = TinyEncoder(), turned_clockwise(scene(1), 90)
    vectors, degrees = encode_upright(encoder, [lying])
    assert degrees == (0,)
    np.testing.assert_array_equal(vectors, encoder.encode_images([lying]))
    assert encode_upright(SkyEncoder(), [])[1] == ()


def test_a_doubtful_turn_is_not_made():
    class Unsure(SkyEncoder):
        def encode_seeing_turns(self, images):
            return self.encode_images(images), np.log(np.array([[0.06, 0.94, 0, 0]]) + 1e-9)

    encoder = Unsure()
    assert encode_upright(encoder, [scene(1)])[1] == (0,)
    assert encoder.images_encoded == 1
