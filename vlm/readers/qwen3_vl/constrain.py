"""Decoding constrained by a JSON schema: each step allows only what can become a valid answer.

llguidance makes the masks (docs/decisions.md says why). This module applies them to a model's
scores and adds three things: it masks the rows of a padded vocabulary, it fixes the white space
between values, and it ends an answer that nears its budget, so that every answer parses. Knows no
model and no question.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.readers.json_schema import Schema, shortest_length

if TYPE_CHECKING:
    import torch
    from llguidance import LLMatcher, LLTokenizer
    from llguidance._lib import JsonCompileOptions
    from transformers import PreTrainedTokenizerFast

_LAYOUT: "JsonCompileOptions" = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
}
"""As `json.dumps` writes it. A weak model that can choose its white space never stops."""

_ENDINGS = (b'"', b"]", b"}", b",")
"""Tokens that end an answer soonest, best first: they end a string, list, object or number."""

_SLACK = 32
"""Tokens reserved to finish a character or an escape that was begun when the ending starts."""


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


class JsonConstraint:
    """Masks the scores of a batch, with one schema for each row. Serves one `generate` only.

    Has the call signature of a transformers logits processor.
    """

    def __init__(
        self, tokenizer: "LLTokenizer", schemas: Sequence[Schema], *, max_new_tokens: int
    ) -> None:
        """`max_new_tokens`: the budget of `generate`, more than `tokens_reserved` of any schema.

        Raises:
            ModelBrokenError: no grammar can be made from a schema.
        """
        self._matchers = [_matcher(tokenizer, schema) for schema in schemas]
        self._reserved = [tokens_reserved(schema) for schema in schemas]
        self._left = max_new_tokens
        self._eos = tokenizer.eos_token
        self._endings = [tokenizer.tokenize_bytes(ending)[0] for ending in _ENDINGS]
        self._has_begun = False

    def __call__(self, input_ids: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
        """`scores` (rows, vocabulary) after `input_ids` (rows, length), impossible tokens at -inf.

        Raises:
            ModelBrokenError: a row continued with a masked token.
        """
        import torch

        if self._has_begun:
            for matcher, token in zip(self._matchers, input_ids[:, -1].tolist(), strict=True):
                if not matcher.is_stopped() and not matcher.consume_token(token):
                    raise ModelBrokenError(f"The grammar refused a token: {matcher.get_error()}")
        self._has_begun = True
        rows, vocabulary = scores.shape
        # Eight tokens a byte: little is copied to the device, which unpacks it.
        packed = np.zeros((rows, -(-vocabulary // 8)), dtype=np.uint8)
        for row in range(rows):
            self._allow(packed[row], row)
        self._left -= 1
        bits = torch.arange(8, dtype=torch.uint8, device=scores.device)
        allowed = torch.from_numpy(packed).to(scores.device).unsqueeze(-1) >> bits & 1
        return scores.masked_fill(allowed.reshape(rows, -1)[:, :vocabulary] == 0, -torch.inf)

    def _allow(self, packed: npt.NDArray[np.uint8], row: int) -> None:
        """Set the bits of the tokens that a row may continue with."""
        matcher = self._matchers[row]
        if matcher.is_stopped():
            _set(packed, self._eos)
            return
        allowed = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)[: len(packed)]
        if self._left <= self._reserved[row]:
            for token in (self._eos, *self._endings):
                if allowed[token // 8] >> (token % 8) & 1:
                    _set(packed, token)
                    return
        packed[: len(allowed)] = allowed


def _matcher(tokenizer: "LLTokenizer", schema: Schema) -> "LLMatcher":
    from llguidance import LLMatcher

    grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_LAYOUT)
    matcher = LLMatcher(tokenizer, grammar, log_level=0)
    if matcher.is_error():
        raise ModelBrokenError(
            f"No grammar can be made from the answer's schema ({matcher.get_error()}); simplify it."
        )
    return matcher


def _set(packed: npt.NDArray[np.uint8], token: int) -> None:
    packed[token // 8] |= 1 << (token % 8)
