"""How sure a model was to name a source rather than none, by its tokens' log-probabilities.

Where the value of `source` begins, the model either opens a string, which will be a passage's id,
or writes `null`. The logit of the first against the second is the certainty. It is the same whether
a server masks impossible tokens before it counts (SGLang) or after (vLLM, llama.cpp).
"""

import math
from collections.abc import Mapping, Sequence

from vlm.readers.json_in_text import objects_in
from vlm.readers.openai.reply import Token

_SCALE = 8.0
"""A logit is divided by it, as those of the reader `extractive` are."""
_LEAST = 1e-9
"""The least probability that is reckoned with."""


def certainty_of_source(tokens: Sequence[Token]) -> float | None:
    """From -1 to 1, how much likelier an id was than null where the answer's `source` begins.

    None where the tokens hold no answer with a source, or do not say what else was likely.
    """
    # As Latin-1, every byte is a character: a token may hold a part of one.
    text = b"".join(token.text for token in tokens).decode("latin-1")
    position, end = -1, 0
    for found in objects_in(text):
        if found.start >= end and isinstance(found.value.get("source"), str):
            position, end = found.starts["source"], found.end  # a caller's own field is inside
    if position < 0:
        return None
    start = 0
    for token in tokens:
        if start + len(token.text) > position:
            return _certainty(token, token.text[: position - start])
        start += len(token.text)
    return None


def _certainty(token: Token, before: bytes) -> float | None:
    """`before`: what of the token stands before the value."""
    options = {token.text: token.logprob, **token.others}
    chances = {text: math.exp(logprob) for text, logprob in options.items()}
    named = _sum(chances, before, is_id=True)
    none = _sum(chances, before, is_id=False)
    if not named:
        return None
    if not none:  # then it is less likely than what is listed, and than what the listed leave
        left = max(1.0 - sum(chances.values()), _LEAST)
        none = min(left, *chances.values()) if len(chances) > 1 else left
    logit = math.log(max(named, _LEAST)) - math.log(max(none, _LEAST))
    return max(-1.0, min(1.0, logit / _SCALE))


def _sum(chances: Mapping[bytes, float], before: bytes, *, is_id: bool) -> float:
    return sum(chance for text, chance in chances.items() if _begins_id(text, before) is is_id)


def _begins_id(text: bytes, before: bytes) -> bool | None:
    """Whether a token begins an id (True) or null (False); None where it begins neither.

    A token may hold marks before the value (`":"`). One that holds these marks and ends is followed
    by null: before an id the longer one would have been chosen.
    """
    marks, written = b"".join(before.split()), b"".join(text.split())
    if not written.startswith(marks):
        return None
    value = written[len(marks) :]
    if not value:
        return False if marks else None
    if value.startswith(b'"'):
        return True
    return False if value.startswith(b"null"[: len(value)]) else None
