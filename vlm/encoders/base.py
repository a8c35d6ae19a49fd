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
from vlm.images.turning import turned_clockwise

Embeddings = npt.NDArray[np.float32]
"""float32 (n, dim), every row of length 1."""

TurnLogits = npt.NDArray[np.float32]
"""float32 (n, 4): how likely a photo lies turned by 0, 90, 180 or 270 degrees clockwise.

The softmax of a row are the four probabilities. A photo of class k is upright once it is turned
counter-clockwise by k * 90 degrees.
"""

TURNS = 4
"""Ways that a photo may lie: upright, on a side, on its head, on the other side."""

_SURELY_TURNED = 0.95
"""Probability of one turn from which on an indexed photo is taken to lie so."""


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


@runtime_checkable
class TurnSeeingEncoder(Encoder, Protocol):
    """An encoder that may also say, from the same run of its model, which way up a photo is.

    Whether it does depends on its weights, so ask `sees_turns` first, as `encode_with_turns` does.
    """

    def sees_turns(self) -> bool:
        """Whether its weights say which way up a photo is; may load the model."""

    def encode_seeing_turns(self, images: Sequence[Image.Image]) -> tuple[Embeddings, TurnLogits]:
        """RGB images as they were given → (n, dim), the same as `encode_images` makes, and (n, 4).

        Call it only where `sees_turns` says True.
        """


def encode_with_turns(
    encoder: Encoder, images: Sequence[Image.Image]
) -> tuple[Embeddings, TurnLogits | None]:
    """Encode images once, and say which way up they are if the encoder can; else None."""
    if isinstance(encoder, TurnSeeingEncoder) and encoder.sees_turns():
        return encoder.encode_seeing_turns(images)
    return encoder.encode_images(images), None


def turn_probabilities(logits: TurnLogits) -> npt.NDArray[np.float32]:
    """The probabilities that logits (n, 4) stand for: float32 (n, 4), each row's sum 1.

    >>> turn_probabilities(np.zeros((1, 4), dtype=np.float32)).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    odds: npt.NDArray[np.float32] = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float32] = odds / odds.sum(axis=1, keepdims=True)
    return shares


def encode_upright(
    encoder: Encoder, images: Sequence[Image.Image]
) -> tuple[Embeddings, tuple[int, ...]]:
    """Vectors (n, dim) of images for an index, each of the upright image as far as that is known.

    An image that surely lies turned is encoded once more, the right way up.

    Returns:
        The vectors, and for each image by how many degrees it was turned clockwise: 0 unless the
        encoder sees turns and is sure.
    """
    vectors, logits = encode_with_turns(encoder, images)
    if logits is None:
        return vectors, (0,) * len(images)
    shares = turn_probabilities(logits)
    quarters = np.where(shares.max(axis=1, initial=0) >= _SURELY_TURNED, shares.argmax(axis=1), 0)
    degrees = tuple(-90 * int(quarter) % 360 for quarter in quarters)
    lying = [number for number, turn in enumerate(degrees) if turn]
    if lying:
        vectors = vectors.copy()
        upright = [turned_clockwise(images[number], degrees[number]) for number in lying]
        vectors[lying] = encoder.encode_images(upright)
    return vectors, degrees
