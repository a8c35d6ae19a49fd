"""The `Encoder` protocol: images and texts → vectors of one space; and the card that names it.

Knows no store and no model file. `vlm.encoders.onnx` implements it for the bundled encoder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PIL import Image

from vlm.images.decoding import PhotoSize

Embeddings = npt.NDArray[np.float32]
"""float32 (n, dim), every row of length 1."""


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What an encoder is; two encoders with equal `fingerprint` make interchangeable vectors.

    Attributes:
        name: what a person calls it (`starter`, `ViT-B-16-SigLIP2/webli`).
        fingerprint: digest of weights, preprocessing and precision.
        dim: length of every vector.
        image_size: side in pixels of the square that the image tower sees.
        max_tokens: tokens that the text tower sees, its special tokens included.
        languages: BCP 47 tags that the text tower was trained for.
        foreign_below: a photo whose best image-to-image cosine is lower shows nothing indexed;
            measured per encoder, since cosines of two encoders cannot be compared.
        runtime: `onnx` or `torch`, with the device, for people to read.
    """

    name: str
    fingerprint: str
    dim: int
    image_size: int
    max_tokens: int
    languages: tuple[str, ...]
    foreign_below: float
    runtime: str

    @property
    def photo_size(self) -> PhotoSize:
        """How large photos are decoded, for the index and for queries."""
        return PhotoSize.for_square(self.image_size)

    @property
    def lookalike_band(self) -> float:
        """A photo whose cosine is at most this much below the closest one's is as likely.

        A fifth of the span between `foreign_below` and 1, the cosine of the very same photo.
        """
        return 0.2 * (1.0 - self.foreign_below)


class Encoder(Protocol):
    """Images and texts into one space. Safe to call from several threads.

    A vector depends on its own image or text alone, never on what else is in the batch, so an
    index whose making was interrupted and resumed equals one made at once.
    """

    @property
    def card(self) -> EncoderCard:
        """What this encoder is."""

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images, already upright → (n, dim)."""

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts → (n, dim); tokens beyond `card.max_tokens` are ignored."""

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes, special tokens included and without truncation."""


@runtime_checkable
class QuestionEncoder(Encoder, Protocol):
    """An encoder that is asked about a question in another way than about a text that answers."""

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim), to be compared with photos and texts."""


def encode_questions(encoder: Encoder, questions: Sequence[str]) -> Embeddings:
    """Questions → (n, dim), in the encoder's own way for questions if it has one."""
    if isinstance(encoder, QuestionEncoder):
        return encoder.encode_questions(questions)
    return encoder.encode_texts(questions)
