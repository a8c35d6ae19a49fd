"""Decoding constrained by a grammar: each step allows only what can become a valid answer.

llguidance makes the masks (docs/decisions.md says why). This module applies them to a model's
scores and adds what a grammar does not do: it masks the rows of a padded vocabulary, it ends an
answer that nears its budget, so that every answer parses, it lets a thinking model think for so
many tokens first, and it notes how sure the model was of its source. Knows no model and no
question.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.readers.base import Reading
from vlm.readers.json_schema import Schema, shortest_length
from vlm.readers.qwen3_vl.grammar import LAYOUT, answer_grammar
from vlm.readers.qwen3_vl.source_odds import SourceOdds

if TYPE_CHECKING:
    import torch
    from llguidance import LLMatcher, LLTokenizer
    from transformers import PreTrainedTokenizerFast

logger = logging.getLogger(__name__)

_ENDINGS = (b'"', b"]", b"}", b",")
"""Tokens that end an answer soonest, best first: they end a string, list, object or number."""

_SLACK = 32
"""Tokens reserved to finish a character, an escape or a chunk of a quotation that was begun when
the ending starts."""


def guide_tokenizer(tokenizer: "PreTrainedTokenizerFast") -> "LLTokenizer":
    """A tokenizer as llguidance needs it; takes about a second for a large one, so keep it.

    Raises:
        ModelMissingError: llguidance is not installed.
    """
    try:
        from llguidance.hf import from_tokenizer
    except ImportError as error:
        raise ModelMissingError(
            "Constrained decoding needs llguidance: pip install '.[models]'."
        ) from error
    return from_tokenizer(tokenizer)


def tokens_reserved(schema: Schema) -> int:
    """Most tokens that an answer needs once its ending starts."""
    return shortest_length(schema) + _SLACK


@dataclass(frozen=True, slots=True)
class RowConstraint:
    """What one answer of a batch is held to.

    Attributes:
        matcher: of its grammar, at the beginning; serves one answer only.
        reserved: see `tokens_reserved`.
        odds: follows how sure the model is of its source.
    """

    matcher: "LLMatcher"
    reserved: int
    odds: SourceOdds


@dataclass(frozen=True, slots=True)
class Thinking:
    """How a model thinks before it answers.

    Attributes:
        budget: most tokens of its thoughts.
        closing: tokens that end them, the first of which the model says by itself.
    """

    budget: int
    closing: tuple[int, ...]


def constrain_answer(tokenizer: "LLTokenizer", reading: Reading, schema: Schema) -> RowConstraint:
    """What an answer to a reading is held to: its grammar, else at least its schema.

    Args:
        tokenizer: of the model.
        reading: as it is shown.
        schema: that `answer_schema` made of it.

    Raises:
        ModelBrokenError: no grammar can be made from the schema.
    """
    from llguidance import LLMatcher

    matcher = LLMatcher(
        tokenizer, LLMatcher.grammar_from_lark(answer_grammar(reading, schema)), log_level=0
    )
    if matcher.is_error():  # too large for llguidance's limits, for example
        logger.warning("quotations are not constrained: %s", _first_line(matcher.get_error()))
        return constrain_schema(tokenizer, schema)
    odds = SourceOdds(
        lambda token: tokenizer.decode_bytes([token]), needs_subject=bool(reading.photos)
    )
    return RowConstraint(matcher, tokens_reserved(schema), odds)


def constrain_schema(tokenizer: "LLTokenizer", schema: Schema) -> RowConstraint:
    """What an answer is held to by its schema alone.

    Raises:
        ModelBrokenError: no grammar can be made from it.
    """
    from llguidance import LLMatcher

    grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=LAYOUT)
    matcher = LLMatcher(tokenizer, grammar, log_level=0)
    if matcher.is_error():
        raise ModelBrokenError(
            f"No grammar can be made from the answer's schema ({matcher.get_error()}); simplify it."
        )
    odds = SourceOdds(lambda token: tokenizer.decode_bytes([token]), needs_subject=False)
    return RowConstraint(matcher, tokens_reserved(schema), odds)


class JsonConstraint:
    """Masks the scores of a batch, each row by its own grammar. Serves one `generate` only.

    Has the call signature of a transformers logits processor.
    """

    def __init__(
        self,
        tokenizer: "LLTokenizer",
        rows: Sequence[RowConstraint],
        *,
        max_tokens: int,
        thinking: Thinking | None = None,
    ) -> None:
        """`max_tokens`: most tokens of free text in an answer; the JSON around it comes on top.

        `thinking`: of a model whose prompt leaves it in its thoughts; None for all others.
        """
        self._tokenizer = tokenizer
        self._rows = tuple(rows)
        self._thinking = thinking
        answer = max_tokens + max(row.reserved for row in rows)
        thoughts = thinking.budget + len(thinking.closing) if thinking is not None else 0
        self.budget = answer + thoughts
        """Most tokens of a row; what `generate` is given as `max_new_tokens`."""
        self.thoughts = [0] * len(rows)
        """For each row, how many of its first tokens are not the answer but what precedes it."""
        self._left = self.budget
        self._is_thinking = [thinking is not None] * len(rows)
        self._closing: list[list[int]] = [[] for _ in rows]
        self._eos = tokenizer.eos_token
        self._endings = [tokenizer.tokenize_bytes(ending)[0] for ending in _ENDINGS]
        self._last: tuple[torch.Tensor, npt.NDArray[np.uint8]] | None = None

    def __call__(self, input_ids: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
        """`scores` (rows, vocabulary) after `input_ids` (rows, length), impossible tokens at -inf.

        Raises:
            ModelBrokenError: a row continued with a masked token.
        """
        import torch

        if self._last is not None:
            for row, token in enumerate(input_ids[:, -1].tolist()):
                self._take(row, token, *self._last)
        rows, vocabulary = scores.shape
        # Eight tokens a byte: little is copied to the device, which unpacks it.
        packed = np.zeros((rows, -(-vocabulary // 8)), dtype=np.uint8)
        for row in range(rows):
            self._allow(packed[row], row)
        self._left -= 1
        self._last = scores, packed
        bits = torch.arange(8, dtype=torch.uint8, device=scores.device)
        allowed = torch.from_numpy(packed).to(scores.device).unsqueeze(-1) >> bits & 1
        return scores.masked_fill(allowed.reshape(rows, -1)[:, :vocabulary] == 0, -torch.inf)

    def _take(
        self, row: int, token: int, scores: "torch.Tensor", packed: npt.NDArray[np.uint8]
    ) -> None:
        """Take a row's new token, which was chosen by `scores` from those that `packed` allows."""
        if self._is_thinking[row]:
            self._take_thought(row, token)
            return
        constraint = self._rows[row]
        if constraint.matcher.is_stopped():
            return
        if not constraint.odds.is_known:
            allowed = np.flatnonzero(np.unpackbits(packed[row], bitorder="little"))
            constraint.odds.follow(token, allowed, lambda ids: _of(scores[row], ids))
        if not constraint.matcher.consume_token(token):
            error = _first_line(constraint.matcher.get_error())
            raise ModelBrokenError(f"The grammar refused a token: {error}")

    def _take_thought(self, row: int, token: int) -> None:
        assert self._thinking is not None
        self.thoughts[row] += 1
        first, *others = self._thinking.closing
        if self._closing[row]:
            self._closing[row].pop(0)
        elif token == first:
            self._closing[row] = others
        else:
            return
        self._is_thinking[row] = bool(self._closing[row])

    def _allow(self, packed: npt.NDArray[np.uint8], row: int) -> None:
        """Set the bits of the tokens that a row may continue with."""
        matcher = self._rows[row].matcher
        if self._is_thinking[row]:
            self._allow_thought(packed, row)
            return
        if matcher.is_stopped():
            _set(packed, self._eos)
            return
        allowed = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)[: len(packed)]
        if self._left <= self._rows[row].reserved:
            for token in (self._eos, *self._endings):
                if allowed[token // 8] >> (token % 8) & 1:
                    _set(packed, token)
                    return
        packed[: len(allowed)] = allowed

    def _allow_thought(self, packed: npt.NDArray[np.uint8], row: int) -> None:
        assert self._thinking is not None
        if self._closing[row]:
            _set(packed, self._closing[row][0])
        elif self.thoughts[row] >= self._thinking.budget:
            _set(packed, self._thinking.closing[0])
        else:  # anything but the end of the turn; the vocabulary's padding stays masked
            known = self._tokenizer.vocab_size
            packed[: known // 8] = 0xFF
            for token in range(known - known % 8, known):
                _set(packed, token)
            packed[self._eos // 8] &= 0xFF ^ (1 << (self._eos % 8))


def _of(scores: "torch.Tensor", ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    import torch

    taken = scores[torch.from_numpy(ids).to(scores.device)]
    return taken.float().cpu().numpy().astype(np.float64)


def _first_line(error: str) -> str:
    return error.partition("\n")[0]


def _set(packed: npt.NDArray[np.uint8], token: int) -> None:
    packed[token // 8] |= 1 << (token % 8)
