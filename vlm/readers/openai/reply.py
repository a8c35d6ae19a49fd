"""What a server answered: the text, the thoughts, why it ended, how likely its tokens were.

Servers agree on the OpenAI form and differ around it: thoughts stand in `reasoning_content`
(SGLang, llama.cpp, DashScope, older vLLM), in `reasoning` (vLLM, Ollama) or in the text itself. Any
value may be missing or of another type. Knows no HTTP and no question.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vlm.readers.json_in_text import is_still_thinking, thinks_aloud

_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_CUT = ("length", "max_tokens", "max_output_tokens")
_LEAST_IDLE = 200
"""White space at an answer's end, in characters, from which on a model wrote nothing else."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an answer.

    Attributes:
        text: its bytes.
        logprob: its log-probability.
        others: log-probabilities of what could have stood in its place, by their bytes; most
            servers list the token itself among them.
    """

    text: bytes
    logprob: float
    others: Mapping[bytes, float]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a server.

    Attributes:
        content: what the model said.
        thoughts: what it thought before, where the server tells it apart.
        finish: why it ended, in the server's word.
        refusal: why it does not answer, where it says so.
        has_thought: it thought before it answered, whether or not the server shows it.
        tokens: with their log-probabilities; empty where the server gave none.
    """

    content: str
    thoughts: str = ""
    finish: str | None = None
    refusal: str | None = None
    has_thought: bool = False
    tokens: tuple[Token, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether it ended because its tokens were used up."""
        return self.finish in _CUT

    @property
    def is_filtered(self) -> bool:
        """Whether the server's own filter or the model held the answer back."""
        is_filtered = self.finish is not None and self.finish.startswith("content_filter")
        return is_filtered or self.refusal is not None

    @property
    def idles(self) -> bool:
        """Whether it ends in so much white space that more tokens would not end it."""
        return len(self.content) - len(self.content.rstrip()) >= _LEAST_IDLE

    @property
    def answer(self) -> str:
        """The text that may hold the answer.

        Some servers put the answer among the thoughts when a schema is enforced (Ollama's issue
        12831). Thoughts that were cut off hold no answer, only drafts of one.
        """
        if self.content.strip():
            return "" if self.is_cut and is_still_thinking(self.content) else self.content
        return "" if self.is_cut else self.thoughts


def reply_from(parts: Iterable[Mapping[str, Any]]) -> Reply | None:
    """The reply that the body of an answer makes, or the pieces of a streamed one; None where they
    hold no answer, as when something else than a model server answered."""
    content: list[str] = []
    called: list[str] = []
    thoughts: list[str] = []
    tokens: list[Token] = []
    finish: str | None = None
    refusal: str | None = None
    hidden, is_answer = False, False
    for part in parts:
        hidden = hidden or _thought_tokens(part) > 0
        choices = part.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
            continue
        choice, is_answer = choices[0], True
        message = choice.get("message") or choice.get("delta")
        if isinstance(message, Mapping):
            content.append(_text(message.get("content")))
            called += _arguments(message)
            thoughts += [text for name in _THOUGHTS if (text := _text(message.get(name)))][:1]
            refusal = _text(message.get("refusal")) or refusal
        if isinstance(reason := choice.get("finish_reason"), str):
            finish = reason.lower()
        tokens += _tokens(choice.get("logprobs"))
    if not is_answer:
        return None
    said, thought = "".join(content), "".join(thoughts)
    if not said.strip():  # a model that is fond of tools calls one with the answer
        said = "".join(called)
    return Reply(
        said,
        thought,
        finish,
        refusal,
        has_thought=hidden or bool(thought.strip()) or thinks_aloud(said),
        tokens=tuple(tokens),
    )


def _text(value: object) -> str:
    """A text, the texts of a list of parts, or an object as a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):  # one part, or an answer that the server has read itself
        text = value.get("text") if "type" in value else None
        return text if isinstance(text, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "".join(
            part["text"]
            for part in value
            if isinstance(part, Mapping) and isinstance(part.get("text"), str)
        )
    return ""


def _arguments(message: Mapping[str, Any]) -> list[str]:
    """What a message calls tools with, or a piece of it."""
    calls = message.get("tool_calls")
    functions = [message.get("function_call")]
    functions += [
        call.get("function")
        for call in (calls if isinstance(calls, list) else ())
        if isinstance(call, Mapping)
    ]
    found = [each.get("arguments") for each in functions if isinstance(each, Mapping)]
    return [
        each if isinstance(each, str) else json.dumps(each)
        for each in found
        if isinstance(each, str | Mapping)
    ]


def _thought_tokens(part: Mapping[str, Any]) -> float:
    """How many tokens went into thoughts, where the server counts them."""
    usage = part.get("usage")
    details = usage.get("completion_tokens_details") if isinstance(usage, Mapping) else None
    count = details.get("reasoning_tokens") if isinstance(details, Mapping) else None
    return count if isinstance(count, int | float) else 0


def _tokens(logprobs: object) -> list[Token]:
    listed = logprobs.get("content") if isinstance(logprobs, Mapping) else None
    if not isinstance(listed, list):
        return []
    tokens = []
    for each in listed:
        read = _option(each)
        if read is None:
            return []  # with a gap nothing can be told from the tokens after it
        others = each.get("top_logprobs")
        options = map(_option, others) if isinstance(others, list) else ()
        tokens.append(Token(*read, dict(option for option in options if option is not None)))
    return tokens


def _option(value: object) -> tuple[bytes, float] | None:
    """A token's bytes and log-probability; None where they cannot be read."""
    if not isinstance(value, Mapping):
        return None
    text, logprob, raw = value.get("token"), value.get("logprob"), value.get("bytes")
    if isinstance(logprob, bool) or not isinstance(logprob, int | float):
        return None
    try:
        likelihood = float(logprob)
        written = bytes(raw) if isinstance(raw, list) and raw else None
    except (TypeError, ValueError, OverflowError):  # JSON's numbers have no largest one
        return None
    if written is None and isinstance(text, str):
        written = text.encode(errors="replace")
    if written is None or math.isnan(likelihood):
        return None
    return written, min(0.0, likelihood)
