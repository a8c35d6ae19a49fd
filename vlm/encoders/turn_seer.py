"""An encoder that does not see which way up a photo is, beside one that does.

The bundled starter sees turns in a few milliseconds. Any other encoder would have to encode all
turned views of a photo to find the right one.
"""

from collections.abc import Sequence

from PIL import Image

from vlm.encoders.base import (
    Embeddings,
    Encoder,
    EncoderCard,
    TurnLogits,
    TurnSeeingEncoder,
    encode_questions,
    encode_with_turns,
)


class EncoderWithTurns:
    """A `TurnSeeingEncoder`: every vector is one encoder's; which way up a photo is, the other says
    where the one does not. No weights are loaded before they are used. As thread-safe as both."""

    def __init__(self, encoder: Encoder, seer: TurnSeeingEncoder) -> None:
        """`encoder` makes the vectors, `seer` sees turns."""
        self._encoder = encoder
        self._seer = seer

    @property
    def card(self) -> EncoderCard:
        """The card of the encoder that makes the vectors."""
        return self._encoder.card

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images, already upright → (n, dim)."""
        return self._encoder.encode_images(images)

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts → (n, dim); tokens beyond `card.max_tokens` are ignored."""
        return self._encoder.encode_texts(texts)

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim), in the encoder's own way for questions if it has one."""
        return encode_questions(self._encoder, questions)

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes, special tokens included and without truncation."""
        return self._encoder.count_tokens(text)

    def sees_turns(self) -> bool:
        """Whether either does."""
        own = isinstance(self._encoder, TurnSeeingEncoder) and self._encoder.sees_turns()
        return own or self._seer.sees_turns()

    def encode_seeing_turns(self, images: Sequence[Image.Image]) -> tuple[Embeddings, TurnLogits]:
        """RGB images as they were given → (n, dim) and which way up they are (n, 4)."""
        vectors, logits = encode_with_turns(self._encoder, images)
        if logits is None:
            logits = self._seer.encode_seeing_turns(images)[1]
        return vectors, logits
