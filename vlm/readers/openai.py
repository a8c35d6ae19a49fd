"""The reader on a server: any OpenAI-compatible server with a vision model.

Asks for JSON constrained by the schema; if the server refuses that, for any JSON, then for plain
text. Checks the answer in every case. Has no code for particular servers: docs/readers.md lists
their settings.
"""

import base64
import io
import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image

from knowledge import deadline
from knowledge.errors import ModelMissingError, ModelUnavailableError
from vlm.readers.base import Draft, Reading
from vlm.readers.prompt import PhotoBudget, Prompt, build_prompt, photo_side, shortened
from vlm.readers.schema import InvalidAnswerError, answer_schema, draft_from

if TYPE_CHECKING:
    from openai import OpenAI

logger = logging.getLogger(__name__)

ResponseFormat = Literal["json_schema", "json_object", "text"]
"""The ways to ask a server for JSON, the strictest first."""

_FORMATS: tuple[ResponseFormat, ...] = ("json_schema", "json_object", "text")
_TRIES = 4
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0
_SPARE = 0.5
"""Seconds that a request leaves for what follows it: another reader, or a refusal."""
_REFUSED_REQUEST = (400, 404, 415, 422, 501)
"""HTTP statuses of servers that do not support a `response_format`."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """Settings of a server and of the requests to it.

    Attributes:
        base_url: up to and with `/v1`.
        model: the server's name for the model.
        api_key: None if the server needs none.
        photos: visual tokens of a photo; photos are scaled down to that before they are sent.
        max_tokens: most tokens of an answer.
        timeout: seconds that a request may take; less if the caller's deadline comes sooner.
        stream: read the answer as the server writes it, which allows cutting off a too long one.
        reasoning: let the model think before it answers.
        response_format: the strictest way of asking that is tried; None for `json_schema`.
    """

    base_url: str
    model: str
    api_key: str | None = None
    photos: PhotoBudget = PhotoBudget()  # noqa: RUF009 - frozen
    max_tokens: int = 768
    timeout: float = 60.0
    stream: bool = False
    reasoning: bool = False
    response_format: ResponseFormat | None = None


class RemoteReader:
    """Reads with a model on a server. Safe to call from several threads.

    Only "too many requests" and server faults are tried again, with growing pauses. A time-out, an
    unreachable server or a refusal is not: trying again would give the same result.
    """

    name = "openai"

    def __init__(
        self,
        options: RemoteOptions,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`sleep`: how to pause, in seconds."""
        self._options = options
        self._sleep = sleep
        self._lock = threading.Lock()
        self._client: OpenAI | None = None
        self._format: ResponseFormat = options.response_format or _FORMATS[0]

    @property
    def photo_side(self) -> int:
        """Longest side of a question's photo, in pixels, that the budget can use."""
        return photo_side(self._options.photos.question)

    @property
    def evidence_side(self) -> int:
        """Longest side of a candidate's photo, in pixels, that the budget can use; 0 for none."""
        return photo_side(self._options.photos.evidence)

    def warm_up(self) -> None:
        """Create the client; the first question sends the first request.

        Raises:
            ModelMissingError: the client is not installed.
        """
        self._connect()

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence.

        Raises:
            QueryError: the caller's own schema cannot be used.
            ModelUnavailableError: the server could not be reached, took too long, refused, or did
                not keep to the schema even after it was sent the mistake.
        """
        shown = shortened(reading)
        schema = answer_schema(shown, reasoning=self._options.reasoning)
        answer, messages = self._first_answer(shown, schema)
        try:
            return draft_from(answer, shown, schema)
        except InvalidAnswerError as error:
            logger.info("asked once more: %s", error)
            repair = f"{error} Write the whole answer again, as one JSON object and nothing else."
        messages = [
            *messages,
            {"role": "assistant", "content": answer},
            {"role": "user", "content": repair},
        ]
        try:
            return draft_from(self._ask(messages, schema, self._format), shown, schema)
        except InvalidAnswerError as error:
            raise ModelUnavailableError(
                f"The model server's answer was invalid twice: {error} Check that its model sees "
                f"photos and follows a schema."
            ) from error

    def _first_answer(
        self, shown: Reading, schema: Mapping[str, Any]
    ) -> tuple[str, list[dict[str, Any]]]:
        """The answer and the messages that gave it, in the strictest format the server supports."""
        formats = _FORMATS[_FORMATS.index(self._format) :]
        for format_ in formats:
            prompt = build_prompt(
                shown,
                budget=self._options.photos,
                reasoning=self._options.reasoning,
                schema=_schema_in_prompt(schema, format_),
            )
            messages = _chat_messages(prompt)
            try:
                answer = self._ask(messages, schema, format_)
            except _RefusedError as error:
                if format_ == formats[-1]:
                    raise
                logger.info("the server does not take %s: %s", format_, error)
                continue
            if format_ != self._format:
                logger.warning("the server is asked for %s from now on", format_)
                self._format = format_
            return answer, messages
        raise AssertionError("there is always a last format")

    def _ask(
        self,
        messages: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        format_: ResponseFormat,
    ) -> str:
        """The server's answer; waits and asks again if that can help."""
        import httpx
        import openai

        pause = _FIRST_PAUSE
        for attempt in range(1, _TRIES + 1):
            try:
                return self._complete(messages, schema, format_)
            except (openai.APITimeoutError, httpx.TimeoutException) as error:
                raise ModelUnavailableError(
                    f"The model server took longer than {self._options.timeout:g} seconds, or "
                    f"than the request had left."
                ) from error
            except openai.APIStatusError as error:
                status = error.status_code
                if status in _REFUSED_REQUEST:
                    raise _RefusedError(
                        f"The model server refused the request with status {status}."
                    ) from error
                if attempt == _TRIES or not (status == 429 or status >= 500):
                    raise ModelUnavailableError(
                        f"The model server answered with status {status}; see its log."
                    ) from error
                wait = _retry_after(error) or pause * random.uniform(0.75, 1.25)
                if wait > self._seconds():
                    raise ModelUnavailableError(
                        f"The model server answered with status {status}, and there is no time to "
                        f"ask again."
                    ) from error
                self._sleep(min(wait, _LONGEST_PAUSE))
                pause *= 2
            except (openai.APIError, httpx.HTTPError, json.JSONDecodeError) as error:
                raise ModelUnavailableError(
                    f"The model server could not be reached or broke off ({type(error).__name__}); "
                    f"check SNAPCITE_READER_URL and that it runs."
                ) from error
        raise AssertionError("the last attempt returns or raises")

    def _complete(
        self,
        messages: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        format_: ResponseFormat,
    ) -> str:
        options = self._options
        asked: dict[str, Any] = {
            "model": options.model,
            "messages": list(messages),
            "temperature": 0.0,
            "max_tokens": options.max_tokens,
        }
        if format_ == "json_schema":
            strict = {**schema, "required": list(schema["properties"])}  # else servers refuse it
            held = {"name": "answer", "strict": True, "schema": strict}
            asked["response_format"] = {"type": "json_schema", "json_schema": held}
        elif format_ == "json_object":
            asked["response_format"] = {"type": "json_object"}
        completions = self._connect().chat.completions
        seconds = self._seconds()
        if not options.stream:
            answered = completions.create(**asked, timeout=seconds)
            choices = getattr(answered, "choices", None)  # missing if a web page answered
            return (choices[0].message.content or "") if choices else ""
        ends = time.monotonic() + seconds
        answered = completions.create(**asked, timeout=seconds, stream=True)
        return _collect(answered, ends, seconds)

    def _seconds(self) -> float:
        """Seconds that a request may take now."""
        left = deadline.remaining()
        if left is None:
            return self._options.timeout
        return max(_SPARE, min(self._options.timeout, left - _SPARE))

    def _connect(self) -> "OpenAI":
        with self._lock:
            if self._client is None:
                self._client = _client(self._options)
            return self._client


class _RefusedError(ModelUnavailableError):
    """The server refused the request."""


def _client(options: RemoteOptions) -> "OpenAI":
    try:
        from openai import OpenAI
    except ImportError as error:
        raise ModelMissingError(
            "The reader openai needs its client: pip install '.[remote]'."
        ) from error
    return OpenAI(
        base_url=options.base_url,
        api_key=options.api_key or "none",
        timeout=options.timeout,
        max_retries=0,  # this reader tries again itself: the client would also repeat time-outs
    )


def _collect(stream: Any, ends: float, seconds: float) -> str:  # noqa: ANN401
    """The pieces of a streamed answer put together; cut off when the whole takes too long."""
    parts: list[str] = []
    with stream:
        for chunk in stream:
            if time.monotonic() > ends:
                raise ModelUnavailableError(
                    f"The model server took longer than {seconds:.3g} seconds."
                )
            if chunk.choices and chunk.choices[0].delta.content:
                parts.append(chunk.choices[0].delta.content)
    return "".join(parts)


def _retry_after(error: Any) -> float | None:  # noqa: ANN401
    """Seconds that the server asks to wait, if its header is a number."""
    seconds = error.response.headers.get("retry-after", "")
    try:
        return max(0.0, float(seconds))
    except ValueError:
        return None


def _chat_messages(prompt: Prompt) -> list[dict[str, Any]]:
    """The prompt as messages of the chat API, photos as data URLs: no server fetches anything."""
    user = [
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": _data_url(part)}}
        for part in prompt.user
    ]
    return [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": user},
    ]


def _data_url(photo: Image.Image) -> str:
    """A photo as a JPEG in a URL."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=90)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def _schema_in_prompt(
    schema: Mapping[str, Any], format_: ResponseFormat
) -> Mapping[str, Any] | None:
    """The part of the schema that the prompt holds; None if it holds none."""
    if format_ != "json_schema":
        return schema
    # The grammar enforces the form; what the caller's fields mean stands in the prompt alone.
    fields: Mapping[str, Any] | None = schema["properties"].get("fields")
    return fields
