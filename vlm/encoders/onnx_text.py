"""A text encoder on ONNX Runtime: the vectors that the bundled reader's network makes of a text.

The network reads a pair for an answer, and a text alone for its vector; it is loaded once for both
(`vlm.models.load_text_encoder`). Knows no file and no store. Questions and passages are encoded
alike, without a prefix.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from vlm.encoders.base import Embeddings
from vlm.encoders.text import TextEncoderCard


class TextNetwork(Protocol):
    """A network that makes a vector of a text. Safe to call from several threads."""

    def vector(self, text: str) -> Embeddings:
        """Text → float32 (dim,) of length 1."""


class OnnxTextEncoder:
    """A `TextEncoder` of a network that takes one text a run.

    The network's int8 layers choose their scale from the whole input, so in a batch a vector would
    depend on the other texts and on the padding.
    """

    def __init__(self, network: TextNetwork, card: TextEncoderCard, *, workers: int = 1) -> None:
        """`workers`: texts of one call that are encoded side by side."""
        self._network = network
        self._card = card
        self._workers = workers

    @property
    def card(self) -> TextEncoderCard:
        """What this encoder is."""
        return self._card

    def encode_passages(self, passages: Sequence[str]) -> Embeddings:
        """Passages → (n, dim).

        Raises:
            ModelBrokenError: the network cannot be loaded or run.
        """
        return self._encode(passages)

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim).

        Raises:
            ModelBrokenError: the network cannot be loaded or run.
        """
        return self._encode(questions)

    def _encode(self, texts: Sequence[str]) -> Embeddings:
        vectors = np.zeros((len(texts), self._card.dim), dtype=np.float32)

        def encode(row: int) -> None:
            vectors[row] = self._network.vector(texts[row])

        if self._workers == 1 or len(texts) <= 1:
            for row in range(len(texts)):
                encode(row)
        else:
            with ThreadPoolExecutor(min(self._workers, len(texts)), "encode-text") as pool:
                list(pool.map(encode, range(len(texts))))  # raises the first error of a worker
        return vectors
