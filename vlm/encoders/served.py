"""Qwen3-VL-Embedding on a server: vLLM with `--runner pooling`, by `/v1/embeddings`.

Photos and texts are sent as chat messages, one conversation a request, many requests at once: the
server makes batches of them. The prompt is that of `vlm.encoders.qwen3_vl`, which vLLM writes where
the assistant's message is empty and continued and special tokens are added. Vectors are cut and
normalised here, so that the server need not know of Matryoshka.

The fingerprint is made of the model's name, since a server does not show its weights.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from knowledge.errors import ModelUnavailableError
from vlm.encoders.base import Embeddings, EncoderCard
from vlm.encoders.qwen3_vl import (
    INSTRUCTION,
    PASSAGE_TOKENS,
    PHOTO_SIDE,
    QUESTION_INSTRUCTION,
    checked_dim,
    image_input,
    question_input,
    text_input,
    unit_rows,
)
from vlm.last_state import ModelInput, plain, scaled
from vlm.models.clip_families import FOREIGN_BELOW, MULTILINGUAL
from vlm.models.qwen3_vl_retrieval import ModelName
from vlm.pooling_server import PoolingServer, data_url
from vlm.related_pairs import CheckedOnce, check_vectors

_AT_ONCE = 16
_LONGEST_VECTOR = 65_536
_OVERHEAD = 24
"""Tokens of the words around a text, about."""
_QUESTION_TOKENS = 2_048

Check = Callable[["ServedEncoder"], None]


def check_served_pairs(encoder: "ServedEncoder") -> None:
    """Refuse a server that does not know what belongs together.

    Raises:
        ModelBrokenError: see `vlm.related_pairs`.
        ModelUnavailableError: it cannot be asked.
    """
    check_vectors(
        encoder.card.name,
        questions=encoder.encode_questions,
        texts=encoder.encode_texts,
        images=encoder.encode_images,
    )


class ServedEncoder:
    """An `Encoder` on a server, asked and checked when it is made."""

    def __init__(
        self,
        server: PoolingServer,
        *,
        dim: int | None = None,
        check: Check = check_served_pairs,
    ) -> None:
        """Ask the server for a vector, to know its length, and then the pairs.

        Args:
            server: the server and its model.
            dim: length of the vectors; None takes all that the server sends.
            check: what the server has to pass. Only tests of what is sent pass another one.

        Raises:
            ModelUnavailableError: it cannot be reached, or its answers are not vectors.
            ModelBrokenError: it does not know what belongs together, or has no such vectors.
        """
        self._server = server
        self._whole = len(self._vector(text_input(INSTRUCTION)))
        model = server.options.model
        length = checked_dim(model, dim, self._whole)
        made_by = [model, INSTRUCTION, QUESTION_INSTRUCTION, PHOTO_SIDE, PASSAGE_TOKENS]
        digest = hashlib.sha256(json.dumps(made_by).encode()).hexdigest()
        self._card = EncoderCard(
            name=str(ModelName(model, None if length == self._whole else length, "server")),
            fingerprint=f"{digest[:24]}-{length}-server",
            dim=length,
            image_size=PHOTO_SIDE,
            max_tokens=PASSAGE_TOKENS,
            languages=MULTILINGUAL,
            foreign_below=FOREIGN_BELOW,
            runtime="model server",
        )
        self._checked = CheckedOnce(lambda: check(self))
        self._checked.pass_or_raise()

    @property
    def card(self) -> EncoderCard:
        """What this encoder is."""
        return self._card

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images, already upright → (n, dim).

        Raises:
            ModelUnavailableError: the server failed.
        """
        most = (PHOTO_SIDE // 32) ** 2
        return self._rows(images, lambda image: image_input(scaled(image, most)))

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts that are to be found → (n, dim); what is beyond `card.max_tokens` is ignored.

        Raises:
            ModelUnavailableError: the server failed.
        """
        most = self._card.max_tokens - _OVERHEAD
        return self._rows(texts, lambda text: text_input(_cut(text, most)))

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim), asked with the instruction for questions.

        Raises:
            ModelUnavailableError: the server failed.
        """
        return self._rows(questions, lambda each: question_input(_cut(each, _QUESTION_TOKENS)))

    def count_tokens(self, text: str) -> int:
        """About the tokens that `text` takes: rather more, and the same on every machine.

        The tokenizer is the server's, and asking it for every sentence would take longer than
        indexing. The model reads far more than a passage, so a passage is never cut off.
        """
        return _OVERHEAD + sum(map(_tokens_of, _words(text)))

    def _rows(self, items: Sequence[Any], shown: Callable[[Any], ModelInput]) -> Embeddings:
        if not items:
            return np.zeros((0, self._card.dim), dtype=np.float32)
        if len(items) == 1:
            vectors = [self._vector(shown(items[0]))]
        else:
            # Threads do not inherit the deadline; each piece of work has a copy of its own.
            with ThreadPoolExecutor(min(_AT_ONCE, len(items)), "embed") as pool:
                waiting = [
                    pool.submit(copy_context().run, partial(self._shown_vector, item, shown))
                    for item in items
                ]
                try:
                    vectors = [each.result() for each in waiting]
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
        if any(len(vector) != self._whole for vector in vectors):
            raise ModelUnavailableError(
                f"The model server of {self._server.options.variable} sent vectors of other "
                f"lengths than the {self._whole} numbers before: it serves another model now."
            )
        return unit_rows(np.array(vectors, np.float32), self._card.dim, self._card.name)

    def _shown_vector(self, item: Any, shown: Callable[[Any], ModelInput]) -> list[float]:  # noqa: ANN401
        return self._vector(shown(item))  # photos are scaled in the threads

    def _vector(self, shown: ModelInput) -> list[float]:
        answer = self._server.post("embeddings", embedding_request(shown))
        try:
            (item,) = answer["data"]
            vector = item["embedding"]
            if not isinstance(vector, list) or not 1 <= len(vector) <= _LONGEST_VECTOR:
                raise ValueError("no vector")
            return [float(number) for number in vector]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ModelUnavailableError(
                f"The model server of {self._server.options.variable} answered with no vector; "
                f"docs/encoders.md says how to start it."
            ) from error


def embedding_request(shown: ModelInput) -> dict[str, Any]:
    """The body of a request to `/v1/embeddings` that makes vLLM write `shown.text()`."""
    user = [
        {"type": "text", "text": plain(part)}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": data_url(part)}}
        for part in shown.user
    ]
    return {
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": shown.system}]},
            {"role": "user", "content": user},
            {"role": "assistant", "content": [{"type": "text", "text": ""}]},
        ],
        "encoding_format": "float",
        "continue_final_message": True,
        "add_special_tokens": True,
    }


def _words(text: str) -> list[str]:
    """Runs of Latin letters, and every other character alone; spaces are left out.

    >>> _words("built 19 年")
    ['built', '1', '9', '年']
    """
    words: list[str] = []
    joins = False
    for character in text:
        if character.isascii() and character.isalpha():
            if joins:
                words[-1] += character
            else:
                words.append(character)
            joins = True
            continue
        joins = False
        if not character.isspace():
            words.append(character)
    return words


def _tokens_of(word: str) -> int:
    """Tokens of a word at most, as a rule: four Latin letters, or a character of another script.

    >>> _tokens_of("demolished"), _tokens_of("年"), _tokens_of("😀")
    (3, 1, 3)
    """
    if word.isascii():
        return -(-len(word) // 4)
    return 1 if unicodedata.category(word)[0] == "L" else len(word.encode("utf-8", "replace")) - 1


def _cut(text: str, most: int) -> str:
    """The beginning of a text with at most `most` tokens, as `_tokens_of` counts them."""
    if len(text) <= most:
        return text
    taken, position = 0, 0
    for word in _words(text):
        taken += _tokens_of(word)
        if taken > most:
            return text[:position].rstrip()
        position = text.index(word, position) + len(word)
    return text
