"""What a server is asked, and in which other way when it refuses.

A way of asking has parts that some servers refuse: a format, log-probabilities, switches that turn
thinking off, parameters that were renamed. A refusal says in words what it does not like, and the
next way leaves that out. Knows no HTTP.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from vlm.readers.prompt import PhotoBudget

ResponseFormat = Literal["json_schema", "json_object", "text"]
"""The ways to ask a server for JSON, the strictest first."""

FORMATS: tuple[ResponseFormat, ...] = ("json_schema", "json_object", "text")

SYSTEM = "system"
"""The part of a request that is a message of the role `system`."""

REFERENCES, LARGE = "reference photos", "large photos"
"""The parts of a request that are the candidates' photos, and the larger size of the question's."""

TOP_LOGPROBS = 5
"""Alternatives asked for of each token: what every server that knows log-probabilities allows."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """Settings of a server and of the requests to it.

    Attributes:
        base_url: up to and with `/v1`.
        model: the server's name for the model.
        api_key: None if the server needs none.
        photos: visual tokens of a photo; photos are scaled down to that before they are sent.
        max_tokens: most tokens of an answer.
        thinking_tokens: further tokens for the thoughts of a model that thinks by itself.
        timeout: seconds that a reading may take, all its requests together; less if the caller's
            deadline comes sooner.
        stream: read the answer as the server writes it.
        reasoning: let the model think before it answers.
        reasoning_effort: sent to the server; None says `none` to models that think by themselves
            and nothing to others.
        response_format: the strictest way of asking that is tried; None for `json_schema`.
        extra_body: further fields of the request's body, in place of this reader's own.
    """

    base_url: str
    model: str
    api_key: str | None = None
    photos: PhotoBudget = PhotoBudget()  # noqa: RUF009 - frozen
    max_tokens: int = 768
    thinking_tokens: int = 4_096
    timeout: float = 60.0
    stream: bool = False
    reasoning: bool = False
    reasoning_effort: str | None = None
    response_format: ResponseFormat | None = None
    extra_body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking.

    Attributes:
        format: how JSON is asked for.
        budget: most tokens of the answer, thoughts included.
        quiet: the model is told not to think.
        stream: the answer is read as it is written.
        without: names of the parts that are left out.
    """

    format: ResponseFormat
    budget: int
    quiet: bool = False
    stream: bool = False
    without: frozenset[str] = frozenset()

    @property
    def next_format(self) -> ResponseFormat | None:
        """The next less strict format; None after the last."""
        return next(iter(FORMATS[FORMATS.index(self.format) + 1 :]), None)


_SWITCHES: Mapping[str, Any] = {
    # Chat templates read one name or the other; vLLM, SGLang and llama.cpp hand them on.
    "chat_template_kwargs": {"enable_thinking": False, "thinking": False},
    "enable_thinking": False,  # DashScope
    "reasoning_effort": "none",  # Ollama, which hands nothing to templates, and OpenAI
}
"""How a model is told not to think: servers ignore the names that they do not know, or refuse."""

_FORMAT_WORDS = (
    "response_format", "response format", "json_schema", "json_object", "json mode", "json schema",
    "json_mode", "structured", "guided", "grammar", "schema",
)  # fmt: skip
_WORDS: Mapping[str, tuple[str, ...]] = {
    "max_tokens": ("max_completion_tokens",),
    "temperature": ("temperature",),
    "logprobs": ("logprob",),
    "response_format": _FORMAT_WORDS,
    "chat_template_kwargs": ("chat_template_kwargs", "template kwargs"),
    "enable_thinking": ("enable_thinking", "enable thinking"),
    "reasoning_effort": ("reasoning_effort", "reasoning effort", "reasoning value"),
}
"""Part of the body → how a refusal names it."""

_EXTRAS = frozenset({"logprobs", *_SWITCHES})
"""Parts that an answer can do without."""

_SYSTEM_WORDS = (
    "system role", "role system", "system message", "system prompt", "roles must alternate",
    "only user and assistant", "only user, assistant",
)  # fmt: skip
"""How a model's chat template says that it knows no `system`."""
_THINKING_WORDS = ("enable_thinking", "enable thinking", "thinking mode")
_STREAM_WORDS = ("stream",)
_CONTEXT_WORDS = (
    "context length", "context size", "context window", "context_length", "context_size",
    "max_model_len", "maximum model length", "model length", "prompt is too long",
    "input is too long", "kv cache", "exceeds the maximum", "range of max_tokens",
    "range of input length", "max_tokens is too large", "max_tokens must", "max_tokens' must",
    "`max_new_tokens` must", "`inputs` must have less",
)  # fmt: skip
_COUNT_WORDS = (
    "image(s) may be provided", "too many images", "number of images", "single image", "one image",
    "1 image", "multiple images", "images per", "limit-mm-per-prompt", "limit_mm_per_prompt",
)  # fmt: skip
"""How a server says that it takes fewer photos."""
_SIZE_WORDS = (
    "image too large", "image is too large", "images are too large", "image size",
    "image resolution", "image dimension", "pixels", "request entity too large",
    "payload too large", "body too large", "content too large", "larger than the maximum",
    "body limit",
)  # fmt: skip
"""How a server says that it takes smaller photos."""
_NO_SUCH_MODEL = re.compile(
    r"\bmodel\b.{0,200}\b(?:does not exist|doesn't exist|not found|not loaded|not available)\b"
    r"|\bdeployment\b.{0,60}\bdoes not exist\b|\bno endpoints found\b"
    r"|\binvalid model\b|\bunknown model\b|\bno models? (?:is |are )?loaded|\bmodel_not_found\b"
)
_PHOTO_WORDS = (
    "mmproj", "image input", "not a vision", "multimodal", "multi-modal", "does not support image",
    "not support vision", "image_url", "aspect ratio",
)  # fmt: skip
"""How a server says that it takes no photos, or not these."""
_CONTENT_WORDS = (
    "content management policy", "content_filter", "content filter", "inappropriate content",
    "data_inspection_failed", "was flagged", "were flagged", "safety system",
)  # fmt: skip
"""How a server says that it does not answer what this question shows or says."""
_SPENT_WORDS = (
    "insufficient_quota", "current quota", "insufficient balance", "insufficient credit",
    "account is in good standing",
)  # fmt: skip
_MEMORY_WORDS = ("more system memory", "out of memory", "cudamalloc", "not enough memory")
_TLS_WORDS = ("http request to an https", "plain http request was sent to https")
_NAME_A_MODEL = "Check SNAPCITE_READER_MODEL; `snapcite doctor` names what the server lists."


def body_of(
    way: Way,
    messages: Sequence[Mapping[str, Any]],
    schema: Mapping[str, Any],
    options: RemoteOptions,
) -> dict[str, Any]:
    """The body of a request for one answer."""
    tokens = "max_completion_tokens" if "max_tokens" in way.without else "max_tokens"
    body: dict[str, Any] = {
        "model": options.model,
        "messages": _without_system(messages) if SYSTEM in way.without else list(messages),
        "temperature": 0.0,
        tokens: way.budget,
        "logprobs": True,
        "top_logprobs": TOP_LOGPROBS,
    }
    if way.format == "json_schema":
        strict = {**schema, "required": list(schema["properties"])}  # else servers refuse it
        held = {"name": "answer", "strict": True, "schema": strict}
        body["response_format"] = {"type": "json_schema", "json_schema": held}
    elif way.format == "json_object":
        body["response_format"] = {"type": "json_object"}
    if way.quiet:
        body |= _SWITCHES
    for part in way.without - {"max_tokens"}:
        body.pop(part, None)
        if part == "logprobs":
            body.pop("top_logprobs", None)
    if options.reasoning_effort is not None:
        body["reasoning_effort"] = options.reasoning_effort
    body |= options.extra_body or {}
    if way.stream:
        body["stream"] = True
    return body


def _without_system(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The messages with what the system says at the beginning of the user's first one."""
    system, user, *more = messages
    text = {"type": "text", "text": system["content"]}
    return [{**user, "content": [text, *user["content"]]}, *more]


def after_refusal(
    status: int,
    refusal: str,
    way: Way,
    body: Mapping[str, Any],
    options: RemoteOptions,
    *,
    photos: Collection[str] = (),
) -> Way | None:
    """The next way to ask after a refusal; None if no other way can help.

    Args:
        status: of HTTP.
        refusal: what the server said.
        way: how it was asked.
        body: what was sent.
        options: the settings; the parts that they name are never left out.
        photos: those of `REFERENCES` and `LARGE` that the question has.
    """
    said = refusal.lower()

    def without(*parts: str) -> Way | None:
        left = [part for part in parts if part in photos and part not in way.without]
        return replace(way, without=way.without | {left[0]}) if left else None

    if _names(said, (*_TLS_WORDS, *_CONTENT_WORDS, *_SPENT_WORDS)):
        return None
    if _names(said, _COUNT_WORDS):
        return without(REFERENCES)
    if status == 413 or _names(said, _SIZE_WORDS):
        return without(LARGE, REFERENCES)
    if _names(said, _CONTEXT_WORDS):
        # Without the room for thoughts it may fit.
        fits = replace(way, budget=options.max_tokens) if way.budget > options.max_tokens else None
        return fits or without(REFERENCES, LARGE)
    if _names(said, _PHOTO_WORDS):
        return None
    if _names(said, _SYSTEM_WORDS) and SYSTEM not in way.without:
        return replace(way, without=way.without | {SYSTEM})
    about_thinking = _names(said, _THINKING_WORDS)
    if about_thinking and not way.quiet and not options.reasoning:
        return replace(way, quiet=True)
    own = {*(options.extra_body or {}), *(["reasoning_effort"] if options.reasoning_effort else [])}
    for part, words in _WORDS.items():
        if part in own or part not in body or not _names(said, words):
            continue
        if part == "response_format":
            return replace(way, format=way.next_format or "text")
        return replace(way, without=way.without | {part})
    if not way.stream and _names(said, _STREAM_WORDS):
        return replace(way, stream=True)
    if _NO_SUCH_MODEL.search(said):
        return None
    if way.next_format is not None:
        return replace(way, format=way.next_format)
    if _EXTRAS & set(body) - own:
        first = options.response_format or FORMATS[0]
        return replace(way, format=first, without=way.without | _EXTRAS)
    return None


def photos_of(way: Way, budget: PhotoBudget) -> PhotoBudget:
    """The visual tokens of the photos of a way of asking. A photo without what is large of it has a
    quarter of the tokens, which is half as wide.

    >>> photos_of(Way("text", 512, without=frozenset({REFERENCES, LARGE})), PhotoBudget())
    PhotoBudget(question=320, evidence=0)
    """
    share = 4 if LARGE in way.without else 1
    evidence = 0 if REFERENCES in way.without else budget.evidence
    return PhotoBudget(max(1, budget.question // share), evidence // share)


def names_a_cause(refusal: str, body: Mapping[str, Any]) -> bool:
    """Whether a server's fault is about something in the request, so that trying again is in vain.
    A context that is used up is not: llama.cpp shares one among the requests that it answers."""
    said = refusal.lower()
    return _names(said, (*_PHOTO_WORDS, *_COUNT_WORDS, *_SIZE_WORDS, *_SYSTEM_WORDS)) or any(
        part in body and _names(said, words) for part, words in _WORDS.items()
    )


def is_of_content(refusal: str) -> bool:
    """Whether a server refuses what this one question shows or says."""
    return _names(refusal.lower(), _CONTENT_WORDS)


def is_spent(refusal: str) -> bool:
    """Whether an account has nothing left, so that waiting is in vain."""
    return _names(refusal.lower(), _SPENT_WORDS)


def advice_on(status: int, refusal: str) -> str:
    """What a person can do about a refusal; empty where nothing is known."""
    said = refusal.lower()
    if _names(said, _TLS_WORDS):
        return "Begin SNAPCITE_READER_URL with https://."
    if status == 402 or is_spent(refusal):
        return "The account that SNAPCITE_READER_API_KEY belongs to has to be paid for."
    if _names(said, _MEMORY_WORDS):
        return "Use a smaller model, or give the server's a smaller context."
    if status != 413 and _names(said, _SIZE_WORDS):
        return "Set SNAPCITE_READER_PHOTO_TOKENS lower, or let the server take larger photos."
    if _names(said, _CONTEXT_WORDS):
        return (
            "Give the server a larger context, or set SNAPCITE_READER_PHOTO_TOKENS or "
            "SNAPCITE_READER_EVIDENCE_PHOTO_TOKENS lower."
        )
    if _names(said, _COUNT_WORDS):
        return (
            "Let the server take more images in a request (vLLM: --limit-mm-per-prompt.image 8), "
            "or set SNAPCITE_READER_EVIDENCE_PHOTO_TOKENS=0."
        )
    if _names(said, _PHOTO_WORDS) and "aspect ratio" not in said:
        return "Serve a model that sees photos, with its vision part (llama.cpp: --mmproj)."
    if _NO_SUCH_MODEL.search(said):
        return _NAME_A_MODEL
    match status:
        case 401 | 403:
            return "Check SNAPCITE_READER_API_KEY."
        case 407:
            return "Write the proxy's user and password into HTTP_PROXY or HTTPS_PROXY."
        case 404 | 405 | 410 if "model" in said:
            return _NAME_A_MODEL
        case 404 | 405 | 410:
            return "Check SNAPCITE_READER_URL, which ends in /v1."
        case 503 if "loading" in said:
            return "It is still loading its model; ask again when that is done."
        case 413:
            return (
                "Let the server and what stands before it take larger requests, or set "
                "SNAPCITE_READER_PHOTO_TOKENS lower."
            )
    return ""


def _names(said: str, words: Sequence[str]) -> bool:
    return any(word in said for word in words)
