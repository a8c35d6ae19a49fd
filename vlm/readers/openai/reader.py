"""The reader that asks a server: how often, in which ways, and when it gives up.

The strictest way is tried first: JSON constrained by the schema, then any JSON, then plain text.
What a server refuses is left out for some minutes. Whatever it answers is checked. Has no code for
particular servers: docs/readers.md lists their settings.
"""

import base64
import io
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NoReturn

from PIL import Image

from knowledge import deadline
from knowledge.errors import ModelRefusedError, ModelUnavailableError
from knowledge.server_client import proxy_for
from vlm.readers.base import Draft, Reading
from vlm.readers.json_in_text import after_thoughts
from vlm.readers.openai.certainty import certainty_of_source
from vlm.readers.openai.lessons import MINUTES, Lessons
from vlm.readers.openai.reply import Reply
from vlm.readers.openai.request import (
    FORMATS,
    LARGE,
    REFERENCES,
    SYSTEM,
    RemoteOptions,
    Way,
    advice_on,
    after_refusal,
    body_of,
    is_of_content,
    is_spent,
    names_a_cause,
    photos_of,
)
from vlm.readers.openai.server import (
    BrokenOffError,
    LaterError,
    ModelServer,
    RefusedError,
    TooLateError,
    one_line,
)
from vlm.readers.openai.thinking import thinks_by_name
from vlm.readers.prompt import (
    PhotoBudget,
    Prompt,
    build_prompt,
    photo_side,
    shortened,
    visual_tokens,
)
from vlm.readers.schema import InvalidAnswerError, answer_schema, draft_from

logger = logging.getLogger(__name__)

_TRIES = 4
"""Requests of the same kind while the server has too much to do or a fault."""
_TRIES_AFTER_A_BREAK = 2
"""Requests of the same kind where the server breaks off, which a request that kills it does too."""
_MOST_WAYS = 12
_MOST_ANSWERS = 5
"""Answers to one question that may turn out to be useless."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0
_SPARE = 1.0
"""Seconds that a reading leaves of the request's for what follows it: another reader, or a refusal;
of a short rest a fifth."""
_FINAL = (401, 402, 403, 404, 405, 407, 409, 410, 412, 451)
"""HTTP statuses that no other way of asking changes, unless the server names what it refuses: they
are about the key, the model's name or the address."""
_OF_PROXIES = (403, 502, 503, 504)
"""HTTP statuses that a proxy on the way sends as often as a server."""
_LEAST_QUESTION = 4
"""Characters; in place of a shorter one many others would be hidden."""
_MOST_REPEATED = 8_000
"""Characters of a wrong answer that are sent back."""

_THINKS, _STREAMS, _NO_ROOM, _ANSWERS = "thinks", "streams", "no room for thoughts", "answers"


@dataclass(frozen=True, slots=True)
class _Question:
    """One question while it is asked.

    Attributes:
        reading: as it is shown.
        schema: of its answer.
        messages: way of asking → the messages that ask it.
        photos: those parts of its photos that can be left out.
        seconds: that it may take.
        is_request: the seconds are what the caller's request has left, not this reader's own.
    """

    reading: Reading
    schema: Mapping[str, Any]
    messages: Callable[[Way], Sequence[Mapping[str, Any]]]
    photos: frozenset[str]
    seconds: float
    is_request: bool

    @property
    def unsaid(self) -> Sequence[str]:
        """What errors and the log do not repeat."""
        asked = self.reading.question.strip()
        return [asked] if len(asked) >= _LEAST_QUESTION else []


class RemoteReader:
    """Reads with a model on a server. Safe to call from several threads.

    Only "too many requests" and server faults are tried again in the same way, with growing pauses.
    A time-out or an unreachable server is not: trying again would give the same result. A refusal
    leads to another way of asking. All of it fits into `RemoteOptions.timeout` and into the
    caller's deadline.
    """

    name = "openai"

    def __init__(
        self,
        options: RemoteOptions,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sleep`: how to pause, in seconds. `clock`: tells when a lesson is forgotten."""
        self._options = options
        self._sleep = sleep
        self._server = ModelServer(options.base_url, options.api_key)
        self._lessons = Lessons(clock=clock)

    @property
    def model(self) -> str:
        """The server's name for its model."""
        return self._options.model

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
        self._server.connect()

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence.

        Raises:
            QueryError: the caller's own schema cannot be used.
            UnsupportedImageError: no model takes a photo of the question.
            ModelRefusedError: the server refused this question in every way, and answers others.
            ModelUnavailableError: the server could not be reached, took too long, refused, or did
                not keep to the schema in any way of asking.
        """
        self._server.connect()  # the time to load a library is not the server's
        shown = shortened(reading)
        schema = answer_schema(shown, reasoning=self._options.reasoning)

        @cache
        def asked(schema_is_shown: bool, budget: PhotoBudget) -> Sequence[Mapping[str, Any]]:
            prompt = build_prompt(
                shown,
                budget=budget,
                reasoning=self._options.reasoning,
                # Where the server enforces the form, what the caller's fields mean is still said.
                schema=schema if schema_is_shown else schema["properties"].get("fields"),
            )
            return _chat_messages(prompt)

        left = deadline.remaining()
        of_request = None if left is None else left - min(_SPARE, left / 5)
        is_request = of_request is not None and of_request < self._options.timeout
        seconds = of_request if of_request is not None and is_request else self._options.timeout
        photos = self._options.photos
        question = _Question(
            shown,
            schema,
            lambda way: asked(way.format != "json_schema", photos_of(way, photos)),
            _can_leave_out(shown, photos),
            seconds,
            is_request,
        )
        with deadline.within(seconds):
            try:
                return self._read(question)
            except TooLateError as error:
                raise ModelUnavailableError(_too_late(question)) from error

    def _read(self, question: _Question) -> Draft:
        first = way = self._way()
        more: list[dict[str, Any]] = []
        is_larger = is_repaired = False
        wrong: InvalidAnswerError | None = None
        for _ in range(_MOST_ANSWERS):
            reply, way = self._reply(question, way, more)
            if reply.has_thought or way.quiet:  # told not to, it would think again if forgotten
                self._learn(_THINKS, "has a model that thinks unless told not to")
            try:
                draft = draft_from(reply.answer, question.reading, question.schema)
            except InvalidAnswerError as error:
                wrong = error
            else:
                if wrong is not None:
                    self._learn_formats(question, first, way, "its answers in it are of no use")
                return _with_certainty(draft, reply)
            if reply.is_filtered:
                why = one_line(reply.refusal or "content filter", question.unsaid)
                raise ModelRefusedError(f"The model server held its answer back: {why}")
            if reply.is_cut and not reply.idles:
                larger = self._with_room(reply, way)
                if is_larger or larger == way:
                    raise ModelUnavailableError(self._cut(reply, way))
                is_larger, way, more = True, larger, []
            elif wrong.holds_object and not is_repaired and not reply.idles:
                is_repaired = True
                logger.info("asked once more: %s", wrong)
                more = _repair(reply, wrong)
            elif way.next_format is not None:
                logger.info("asked for %s, as the answer is of no use: %s", way.next_format, wrong)
                way, more = replace(way, format=way.next_format), []
            else:
                break
        raise ModelUnavailableError(
            f"The model server's answers were of no use, however it was asked: {wrong} Check that "
            f"its model sees photos and follows a schema."
        ) from wrong

    def _way(self) -> Way:
        """The strictest way of asking that the server is not known to refuse."""
        options, holds = self._options, self._lessons.holds
        first = options.response_format or FORMATS[0]
        formats = FORMATS[FORMATS.index(first) :]
        thinks = thinks_by_name(options.model) or holds(_THINKS)
        has_room = thinks and not holds(_NO_ROOM)
        return Way(
            next((one for one in formats if not holds(_refused(one))), formats[-1]),
            options.max_tokens + (options.thinking_tokens if has_room else 0),
            quiet=thinks and not options.reasoning and options.reasoning_effort is None,
            stream=options.stream or holds(_STREAMS),
            without=frozenset(part for part in _PARTS if holds(_refused(part))),
        )

    def _reply(
        self, question: _Question, way: Way, more: Sequence[Mapping[str, Any]]
    ) -> tuple[Reply, Way]:
        """The server's reply, and the way of asking that it did not refuse."""
        first, tried = way, {way}
        said: list[str] = []
        while True:
            body = body_of(way, [*question.messages(way), *more], question.schema, self._options)
            try:
                reply = self._ask(body, question)
            except (RefusedError, LaterError) as error:
                following = None
                if error.status not in _FINAL or names_a_cause(error.said, body):
                    following = after_refusal(
                        error.status, error.said, way, body, self._options, photos=question.photos
                    )
                if following is None or following in tried or len(tried) >= _MOST_WAYS:
                    self._give_up(error)
                said.append(error.said)
                tried.add(way := following)
                continue
            self._lessons.learn(_ANSWERS)
            if way != first:
                self._learn_way(question, first, way, said)
            return reply, way

    def _ask(self, body: Mapping[str, Any], question: _Question) -> Reply:
        """The server's reply to one way of asking; waits and asks again if that can help.

        Raises:
            RefusedError, LaterError: another way of asking may help.
            ModelUnavailableError: nothing helps.
        """
        pause = _FIRST_PAUSE
        for attempt in range(1, _TRIES + 1):
            try:
                return self._server.complete(body, unsaid=question.unsaid)
            except BrokenOffError:
                if attempt >= _TRIES_AFTER_A_BREAK or pause > (deadline.remaining() or 0.0):
                    raise
                self._sleep(pause)
                pause *= 2
            except LaterError as error:
                if error.status != 429 and names_a_cause(error.said, body):
                    raise
                if attempt == _TRIES or is_spent(error.said):
                    raise ModelUnavailableError(self._with_advice(error)) from error
                wait = error.after
                wait = pause * random.uniform(0.75, 1.25) if wait is None else wait
                if wait > (deadline.remaining() or 0.0):
                    raise ModelUnavailableError(
                        f"{error} There is no time to ask again."
                    ) from error
                self._sleep(min(wait, _LONGEST_PAUSE))
                pause *= 2
        raise AssertionError("the last attempt returns or raises")

    def _give_up(self, error: RefusedError | LaterError) -> NoReturn:
        """Raise what a last refusal means."""
        message = self._with_advice(error)
        if is_of_content(error.said):
            raise ModelRefusedError(message) from error
        if error.status not in _FINAL and self._lessons.holds(_ANSWERS):
            raise ModelRefusedError(message) from error
        raise ModelUnavailableError(message) from error

    def _with_advice(self, error: RefusedError | LaterError) -> str:
        """A refusal and what can be done about it."""
        advice = advice_on(error.status, error.said)
        proxy = proxy_for(self._options.base_url) if error.status in _OF_PROXIES else None
        if proxy is not None:
            advice = f"{advice} Or the proxy {proxy} of the environment refused it; see NO_PROXY."
        return f"{error} {advice.strip()}".rstrip()

    def _with_room(self, reply: Reply, way: Way) -> Way:
        """The way with more tokens, after an answer that was cut off; without thoughts where they
        took the tokens."""
        options = self._options
        thought = reply.has_thought or not reply.answer.strip()
        if thought:
            self._learn(_THINKS, "used up its tokens with thinking")
        may_think = options.reasoning or options.reasoning_effort is not None
        return replace(
            way,
            budget=way.budget + options.thinking_tokens,
            quiet=way.quiet or (thought and not may_think),
        )

    def _cut(self, reply: Reply, way: Way) -> str:
        """What to do about answers that are cut off also with more tokens."""
        if reply.answer.strip():
            return (
                f"The model server's answer did not end within {way.budget:,} tokens; set "
                f"SNAPCITE_READER_MAX_TOKENS higher, or check that its model follows a schema."
            )
        return (
            f"The model {self._options.model} used up {way.budget:,} tokens with thinking and did "
            f"not answer. Use an Instruct model, or set SNAPCITE_READER_THINKING_TOKENS higher and "
            f"SNAPCITE_READER_TIMEOUT with it."
        )

    def _learn(self, lesson: str, what: str, said: str = "") -> None:
        if self._lessons.learn(lesson):
            self._tell(what, said)

    def _tell(self, what: str, said: str) -> None:
        because = f" ({said})" if said else ""
        logger.warning("the model server %s%s; kept for %d minutes", what, because, MINUTES)

    def _learn_formats(self, question: _Question, first: Way, way: Way, why: str) -> None:
        """Remember formats that did not work, unless a caller's own schema may be the reason."""
        if question.reading.answer_schema is not None:
            return
        for format_ in FORMATS[FORMATS.index(first.format) : FORMATS.index(way.format)]:
            self._learn(_refused(format_), f"is not asked for {format_}", why)

    def _learn_way(self, question: _Question, first: Way, way: Way, said: Sequence[str]) -> None:
        """Remember what the server did not refuse in the end, so that it is asked so at once."""
        words = " | ".join(dict.fromkeys(filter(None, said)))
        self._learn_formats(question, first, way, words)
        left_out = sorted(way.without - first.without)
        new = [part for part in left_out if self._lessons.learn(_refused(part))]
        if new:
            self._tell(f"is asked without {', '.join(new)}", words)
        if way.stream and not first.stream:
            self._learn(_STREAMS, "is asked to stream", words)
        if way.quiet and not first.quiet:
            self._learn(_THINKS, "is asked not to think", words)
        if way.budget < first.budget:
            self._learn(_NO_ROOM, "has no room for thoughts", words)


_PARTS = (
    SYSTEM, REFERENCES, LARGE, "max_tokens", "temperature", "logprobs", "chat_template_kwargs",
    "enable_thinking", "reasoning_effort",
)  # fmt: skip
"""Parts of a request that a server may be asked without."""


def _can_leave_out(reading: Reading, budget: PhotoBudget) -> frozenset[str]:
    """The parts of a question's photos without which it can still be asked."""
    has_references = budget.evidence and any(one.photos for one in reading.candidates)
    is_large = any(visual_tokens(photo) > budget.question // 4 for photo in reading.photos)
    return frozenset(
        part for part, there in ((REFERENCES, has_references), (LARGE, is_large)) if there
    )


def _refused(part: str) -> str:
    """The lesson that a server refuses a part or a format."""
    return f"refuses {part}"


def _too_late(question: _Question) -> str:
    if question.is_request:
        return (
            f"The model server took longer than {question.seconds:.3g} seconds, which was all that "
            f"the request had left; set SNAPCITE_REQUEST_TIMEOUT higher, or use a faster model."
        )
    return (
        f"The model server took longer than {question.seconds:.3g} seconds "
        f"(SNAPCITE_READER_TIMEOUT)."
    )


def _with_certainty(draft: Draft, reply: Reply) -> Draft:
    """The draft with how sure the model was to name its source, where the server tells."""
    if draft.passage_id is None:
        return draft
    certainty = certainty_of_source(reply.tokens)
    if certainty is None:
        return draft
    return replace(draft, signals={**draft.signals, "certainty": certainty})


def _repair(reply: Reply, wrong: InvalidAnswerError) -> list[dict[str, Any]]:
    """The messages that send a wrong answer back with its mistake."""
    answer = after_thoughts(reply.answer)[:_MOST_REPEATED]
    mistake = f"{wrong} Write the whole answer again, as one JSON object and nothing else."
    return [{"role": "assistant", "content": answer}, {"role": "user", "content": mistake}]


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
