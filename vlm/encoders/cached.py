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
from vlm.encoders.base import (
    TURNS,
    Embeddings,
    Encoder,
    EncoderCard,
    QuestionEncoder,
    TurnLogits,
    TurnSeeingEncoder,
)

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

    def sees_turns(self) -> bool:
        """Whether the encoder says which way up a photo is."""
        encoder = self._encoder
        return isinstance(encoder, TurnSeeingEncoder) and encoder.sees_turns()

    def encode_seeing_turns(self, images: Sequence[Image.Image]) -> tuple[Embeddings, TurnLogits]:
        """RGB images as they were given → (n, dim) and which way up they are (n, 4)."""
        encoder = self._encoder
        assert isinstance(encoder, TurnSeeingEncoder)
        digests = [pixels_digest(image).hex() for image in images]
        # The vector under the key of `encode_images`, so that either is spared by the other.
        vectors = self._kept_rows([f"image:{digest}" for digest in digests], self.card.dim)
        logits = self._kept_rows([f"upright:{digest}" for digest in digests], TURNS)
        missing = [n for n in range(len(images)) if vectors[n] is None or logits[n] is None]
        if missing:
            encoded = encoder.encode_seeing_turns([images[number] for number in missing])
            for number, vector, logit in zip(missing, *encoded, strict=True):
                vectors[number], logits[number] = vector, logit
                self._keep(f"image:{digests[number]}", vector)
                self._keep(f"upright:{digests[number]}", logit)
        return _stacked(vectors, self.card.dim), _stacked(logits, TURNS)

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
        rows = self._kept_rows(keys, self.card.dim)
        missing = [number for number, row in enumerate(rows) if row is None]
        if missing:
            encoded = encode([items[number] for number in missing])
            for number, row in zip(missing, encoded, strict=True):
                rows[number] = row
                self._keep(keys[number], row)
        return _stacked(rows, self.card.dim)

    def _kept_rows(self, keys: Sequence[str], width: int) -> list[DenseVector | None]:
        return [self._kept(key, width) for key in keys]

    def _kept(self, key: str, width: int) -> DenseVector | None:
        kept = self._get(f"{self.card.fingerprint}:{key}")
        # float32; another length is another program's value
        if kept is None or len(kept) != 4 * width:
            return None
        return np.frombuffer(kept, dtype=np.float32)

    def _keep(self, key: str, row: DenseVector) -> None:
        self._put(f"{self.card.fingerprint}:{key}", row.tobytes())


def _stacked(rows: Sequence[DenseVector | None], width: int) -> Embeddings:
    known = [row for row in rows if row is not None]
    return np.stack(known) if known else np.empty((0, width), dtype=np.float32)
