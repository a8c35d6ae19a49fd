"""An encoder that keeps its vectors and encodes each photo or text once.

The caller decides where vectors are kept: it passes two functions, `get` and `put` (of a dict in an
evaluation, of a shared cache in a service). Keys hold a digest of the pixels or the text.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image

from knowledge.store import DenseVector
from vlm.encoders.base import Embeddings, Encoder, EncoderCard, QuestionEncoder

T = TypeVar("T")


def pixels_digest(image: Image.Image) -> bytes:
    """SHA-256 of an image's mode, size and pixels, without its metadata."""
    digest = hashlib.sha256(f"{image.mode} {image.size} ".encode())
    digest.update(image.tobytes())
    return digest.digest()


class CachedEncoder:
    """An `Encoder` over another one. Thread-safe if the encoder, `get` and `put` are."""

    def __init__(
        self,
        encoder: Encoder,
        *,
        get: Callable[[str], bytes | None],
        put: Callable[[str, bytes], None],
    ) -> None:
        """Wrap an encoder.

        Args:
            encoder: makes the vectors that are not kept yet.
            get: key → a vector's bytes, or None; keys name the encoder too.
            put: keeps a vector's bytes (float32) under a key.
        """
        self._encoder = encoder
        self._get = get
        self._put = put

    @property
    def card(self) -> EncoderCard:
        """What the encoder is."""
        return self._encoder.card

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images, already upright → (n, dim)."""
        keys = [f"image:{pixels_digest(image).hex()}" for image in images]
        return self._rows(keys, images, self._encoder.encode_images)

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts → (n, dim); tokens beyond `card.max_tokens` are ignored."""
        keys = [f"text:{hashlib.sha256(text.encode()).hexdigest()}" for text in texts]
        return self._rows(keys, texts, self._encoder.encode_texts)

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim), in the encoder's own way for questions if it has one."""
        encoder = self._encoder
        if not isinstance(encoder, QuestionEncoder):
            return self.encode_texts(questions)
        keys = [f"question:{hashlib.sha256(text.encode()).hexdigest()}" for text in questions]
        return self._rows(keys, questions, encoder.encode_questions)

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes, special tokens included and without truncation."""
        return self._encoder.count_tokens(text)

    def _rows(
        self, keys: Sequence[str], items: Sequence[T], encode: Callable[[Sequence[T]], Embeddings]
    ) -> Embeddings:
        keys = [f"{self.card.fingerprint}:{key}" for key in keys]
        rows = [self._kept(key) for key in keys]
        missing = [number for number, row in enumerate(rows) if row is None]
        if missing:
            encoded = encode([items[number] for number in missing])
            for number, row in zip(missing, encoded, strict=True):
                rows[number] = row
                self._put(keys[number], row.tobytes())
        known = [row for row in rows if row is not None]
        return np.stack(known) if known else np.empty((0, self.card.dim), dtype=np.float32)

    def _kept(self, key: str) -> DenseVector | None:
        kept = self._get(key)
        if (
            kept is None or len(kept) != 4 * self.card.dim
        ):  # float32; another length is another program's value
            return None
        return np.frombuffer(kept, dtype=np.float32)
