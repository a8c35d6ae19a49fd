"""The `TextEncoder` protocol: passages and questions → vectors of a text-only space; and its card.

A CLIP's text tower is trained on captions and sees 77 tokens; a text encoder is trained on
questions and answers. An index made with one holds the vector `text` of every passage. Knows no
store and no model file: `vlm.encoders.onnx_text` implements it for the bundled reader's network,
`vlm.encoders.sentence_transformer` for models of the sentence-transformers library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vlm.encoders.base import Embeddings


@dataclass(frozen=True, slots=True)
class TextEncoderCard:
    """What a text encoder is; equal `fingerprint` means interchangeable vectors.

    Attributes:
        name: what it is loaded by: `bundled`, a folder, or a name in the Hugging Face cache.
        fingerprint: digest of its weights, vocabulary and configuration.
        dim: length of every vector.
        languages: BCP 47 tags of the languages it was trained for; empty if its files name none,
            which counts as all.
    """

    name: str
    fingerprint: str
    dim: int
    languages: tuple[str, ...]

    def reads(self, language: str) -> bool:
        """Whether it was trained for texts in `language`."""
        return not self.languages or bool({language, "multilingual"} & set(self.languages))


class TextEncoder(Protocol):
    """Passages and questions into one space. Safe to call from several threads.

    float32 (n, dim), L2-normalised; a vector alone and in a batch differ by rounding only.
    """

    @property
    def card(self) -> TextEncoderCard:
        """What this encoder is."""

    def encode_passages(self, passages: Sequence[str]) -> Embeddings:
        """Passages → (n, dim)."""

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim); some models need them marked as questions."""
