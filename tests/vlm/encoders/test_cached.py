"""An encoder that keeps its vectors: every photo and text is encoded once."""

import numpy as np
import pytest
from PIL import Image
from support import SkyEncoder, TinyEncoder, photo, scene

from vlm.encoders import encode_with_turns
from vlm.encoders.cached import CachedEncoder, pixels_digest


@pytest.fixture
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture
def encoder(kept) -> tuple[CachedEncoder, TinyEncoder]:
    inner = TinyEncoder()
    return CachedEncoder(inner, get=kept.get, put=kept.__setitem__), inner


def test_every_photo_and_text_is_encoded_once_and_comes_back_the_same(encoder):
    cached, inner = encoder
    photos, texts = [photo(1), photo(2), photo(3)], ["one", "two"]
    first = cached.encode_images(photos[:2]), cached.encode_texts(texts)
    again = cached.encode_images([photos[1], photos[2], photos[0]]), cached.encode_texts(texts)
    assert (inner.images_encoded, inner.texts_encoded) == (3, 2)
    np.testing.assert_array_equal(again[0][[2, 0]], first[0])
    np.testing.assert_array_equal(again[1], first[1])
    np.testing.assert_array_equal(again[0][1], TinyEncoder().encode_images([photos[2]])[0])
    assert cached.card is inner.card
    assert cached.count_tokens("one two") == inner.count_tokens("one two")


def test_what_is_said_of_turns_is_kept_too(kept):
    inner = SkyEncoder()
    cached = CachedEncoder(inner, get=kept.get, put=kept.__setitem__)
    photos = [scene(1), scene(2)]
    cached.encode_images(photos[:1])  # of this one the turn is not known yet
    first = encode_with_turns(cached, photos)
    again = encode_with_turns(cached, photos[::-1])
    cached.encode_images(photos)
    assert inner.images_encoded == 1 + 2
    for one, other, right in zip(first, again, inner.encode_seeing_turns(photos), strict=True):
        np.testing.assert_array_equal(one, other[::-1])
        np.testing.assert_array_equal(one, right)
    vectors, logits = cached.encode_seeing_turns([])
    assert (vectors.shape, logits.shape) == ((0, inner.card.dim), (0, 4))


def test_an_encoder_that_sees_no_turns_sees_none_when_cached(encoder):
    cached, _ = encoder
    assert not cached.sees_turns()
    assert encode_with_turns(cached, [photo(1)])[1] is None


def test_nothing_in_nothing_out(encoder):
    cached, inner = encoder
    assert cached.encode_images([]).shape == cached.encode_texts([]).shape == (0, inner.card.dim)


def test_another_encoder_s_vector_is_not_taken_for_one_s_own(encoder, kept):
    cached, _ = encoder
    other = TinyEncoder("other")
    CachedEncoder(other, get=kept.get, put=kept.__setitem__).encode_texts(["one"])
    cached.encode_texts(["one"])
    assert len(kept) == 2


def test_what_was_damaged_is_encoded_again(encoder, kept):
    cached, inner = encoder
    right = cached.encode_texts(["one"])
    for key in kept:
        kept[key] = kept[key][:-1]
    np.testing.assert_array_equal(cached.encode_texts(["one"]), right)
    assert inner.texts_encoded == 2


def test_a_photo_is_known_by_its_pixels_and_their_shape():
    square, other = photo(1, size=(40, 40)), photo(1, size=(80, 20))
    flat = Image.frombytes("RGB", (80, 20), square.tobytes())
    assert pixels_digest(square) == pixels_digest(square.copy())
    assert len({pixels_digest(image) for image in (square, other, flat)}) == 3
