"""An encoder that encodes the same photo or text once: the systems of an evaluation share it."""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image

from knowledge.store import DenseVector
from vlm.encoders import Embeddings, Encoder, EncoderCard

K = TypeVar("K")
T = TypeVar("T")


class MemoEncoder:
    """An `Encoder` that remembers its vectors; one thread at a time. Pixels are not kept."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._images: dict[bytes, DenseVector] = {}
        self._texts: dict[str, DenseVector] = {}

    def forget(self) -> None:
        """Drop all vectors, so that the next question's first system pays for its own."""
        self._images.clear()
        self._texts.clear()

    @property
    def card(self) -> EncoderCard:
        """What the encoder is."""
        return self._encoder.card

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images → (n, dim)."""
        keys = [hashlib.sha256(repr(i.size).encode() + i.tobytes()).digest() for i in images]
        return self._remembered(self._images, keys, images, self._encoder.encode_images)

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts → (n, dim)."""
        return self._remembered(self._texts, texts, texts, self._encoder.encode_texts)

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes."""
        return self._encoder.count_tokens(text)

    def _remembered(
        self,
        known: dict[K, DenseVector],
        keys: Sequence[K],
        items: Sequence[T],
        encode: Callable[[Sequence[T]], Embeddings],
    ) -> Embeddings:
        for key, item in zip(keys, items, strict=True):
            if key not in known:
                known[key] = encode([item])[0]
        rows = [known[key] for key in keys]
        return np.stack(rows) if rows else np.empty((0, self.card.dim), dtype=np.float32)
