"""Qwen3-VL-Embedding as an `Encoder`, run by PyTorch on a GPU or the CPU.

Knows how a text or a photo is asked about and how a vector is made of the model's last hidden
state, not where files are (`vlm.models.qwen3_vl_retrieval`) nor how the state is computed
(`vlm.last_state`).

Li et al., "Qwen3-VL-Embedding and Qwen3-VL-Reranker", 2026: the vector is the hidden state of the
last token, normalised; its beginning, normalised again, is a shorter vector (Matryoshka). The
instruction stands in the system message: questions have another one than what answers them.

Causal attention over prompts that are padded behind makes a row independent of its batch. In fp32
a vector alone and in a batch differ by less than 1e-5, in bf16 by rounding.
"""

import hashlib
import json
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from knowledge.errors import ModelBrokenError
from vlm.encoders.base import Embeddings, EncoderCard
from vlm.encoders.torch_runtime import Device, Precision
from vlm.last_state import LastState, ModelInput, scaled
from vlm.models.clip_families import FOREIGN_BELOW, MULTILINGUAL
from vlm.models.qwen3_vl_retrieval import SHORTEST_VECTOR, ModelName, QwenFiles
from vlm.related_pairs import CheckedOnce, check_vectors

INSTRUCTION = "Represent the user's input."
"""For photos and for texts that are to be found."""

QUESTION_INSTRUCTION = "Retrieve images or text relevant to the user's query."

PHOTO_SIDE = 768
"""A photo has at most as many pixels as a square of this side: 576 visual tokens. The models take
1,800, which costs three times as much and shows smaller writing."""

PASSAGE_TOKENS = 160
"""Tokens of a passage with the words around it. The model reads thousands, but a passage is also
what a reader quotes from and what a person is shown."""

_QUESTION_TOKENS = 2_048

Check = Callable[["Qwen3VlEncoder"], None]


def check_pairs(encoder: "Qwen3VlEncoder") -> None:
    """Refuse weights that do not know what belongs together.

    Raises:
        ModelBrokenError: see `vlm.related_pairs`.
    """
    check_vectors(
        encoder.card.name,
        questions=encoder.encode_questions,
        texts=encoder.encode_texts,
        images=encoder.encode_images,
    )


class Qwen3VlEncoder:
    """An `Encoder` on PyTorch. Files are checked at once; the model is loaded at first use, and
    checked on a few pairs before any vector is given out."""

    def __init__(
        self,
        files: QwenFiles,
        *,
        dim: int | None = None,
        device: Device | None = None,
        precision: Precision | None = None,
        check: Check = check_pairs,
    ) -> None:
        """Read the configuration and digest the weights.

        Args:
            files: from `vlm.models.qwen3_vl_retrieval.find_qwen3_vl`.
            dim: length of the vectors; None takes the whole hidden state.
            device: where to run; None takes the fastest device of this machine.
            precision: None means bf16 on a GPU, fp32 on the CPU.
            check: what the loaded model has to pass. Only tests of what a vector is, with random
                weights, pass another one.

        Raises:
            ModelMissingError: PyTorch is missing, or the model is too large for this machine.
            ModelBrokenError: it has no vectors of that length, or its files are damaged.
        """
        self._state = LastState(files, head="none", device=device, precision=precision)
        self._checked = CheckedOnce(lambda: check(self))
        self._overhead: int | None = None
        length = checked_dim(files.name, dim, files.hidden)
        short = length if length != files.hidden else None
        how: Precision | None = None if self._state.precision == "fp32" else "bf16"
        made_by = [files.digest(), INSTRUCTION, QUESTION_INSTRUCTION, PHOTO_SIDE, PASSAGE_TOKENS]
        digest = hashlib.sha256(json.dumps(made_by).encode()).hexdigest()
        self._card = EncoderCard(
            name=str(ModelName(files.name, short, how)),
            fingerprint=f"{digest[:24]}-{length}-{self._state.precision}",
            dim=length,
            image_size=PHOTO_SIDE,
            max_tokens=PASSAGE_TOKENS,
            languages=MULTILINGUAL,
            foreign_below=FOREIGN_BELOW,
            runtime=self._state.runtime,
        )

    @property
    def card(self) -> EncoderCard:
        """What this encoder is."""
        return self._card

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images, already upright → (n, dim).

        Raises:
            ModelBrokenError: the model cannot be loaded or used, or not one photo fits into memory.
        """
        most = (PHOTO_SIDE // 32) ** 2
        return self._rows([image_input(scaled(image, most)) for image in images])

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts that are to be found → (n, dim); tokens beyond `card.max_tokens` are ignored.

        Raises:
            ModelBrokenError: the model cannot be loaded or used, or not one text fits into memory.
        """
        most = self._card.max_tokens - self.count_tokens("")
        return self._rows([text_input(self._cut(text, most)) for text in texts])

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim), asked with the instruction for questions.

        Raises:
            ModelBrokenError: the model cannot be loaded or used, or not one fits into memory.
        """
        return self._rows([question_input(self._cut(q, _QUESTION_TOKENS)) for q in questions])

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes, the words around it included and without truncation."""
        if self._overhead is None:
            self._overhead = len(self._state.spans(text_input("").text(), special=True))
        return self._overhead + (len(self._state.spans(text)) if text else 0)

    def _cut(self, text: str, most: int) -> str:
        """The text up to its token number `most`."""
        if len(text.encode("utf-8", "surrogatepass")) <= most:  # a token has a byte at least
            return text
        spans = self._state.spans(text)
        return text if len(spans) <= most else text[: spans[most - 1][1]]

    def _rows(self, inputs: Sequence[ModelInput]) -> Embeddings:
        self._checked.pass_or_raise()
        if not inputs:
            return np.zeros((0, self._card.dim), dtype=np.float32)
        return unit_rows(self._state.of(inputs).numpy(), self._card.dim, self._card.name)


def checked_dim(name: str, dim: int | None, whole: int) -> int:
    """The length of vectors that is asked for, if the model has such vectors.

    Raises:
        ModelBrokenError: it has none of that length.
    """
    least = min(SHORTEST_VECTOR, whole)
    if dim is None:
        return whole
    if not least <= dim <= whole:
        raise ModelBrokenError(
            f"{name} makes vectors of {least} to {whole} numbers, not of {dim}; give such a length "
            f"behind the colon, or none."
        )
    return dim


def unit_rows(states: Embeddings, dim: int, name: str) -> Embeddings:
    """The first `dim` numbers of each row, made length 1.

    Raises:
        ModelBrokenError: a row is not finite, or zero.
    """
    rows = states[:, :dim].astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if rows.shape[1] != dim or not np.isfinite(lengths).all() or not (lengths > 0).all():
        raise ModelBrokenError(
            f"{name} made vectors that are not finite, empty or too short. The weights are damaged "
            "or belong to another model."
        )
    return np.ascontiguousarray(rows / lengths)


def image_input(photo: Image.Image) -> ModelInput:
    """A photo that is to be found, or to be found with."""
    return ModelInput(INSTRUCTION, (photo,))


def text_input(text: str) -> ModelInput:
    """A text that is to be found."""
    return ModelInput(INSTRUCTION, (text,))


def question_input(question: str) -> ModelInput:
    """A question that texts are to be found with."""
    return ModelInput(QUESTION_INSTRUCTION, (question,))
