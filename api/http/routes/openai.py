"""The HTTP routes of OpenAI's chat API, for its official clients.

A message is answered by retrieval, reading and the check of the citation. The field `snapcite` has
the answer with its evidence, as `/v1/ask` gives it.
"""

import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api.access.auth import AskCaller, Caller, caller_of
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.http.chat_messages import Chat, ChatIn, as_text, as_words, decode_data_url, read_chat
from api.http.inputs import RawQuery, read_filters
from api.http.problems import problem_of, request_id
from api.http.streaming import HEADERS, MEDIA_TYPE
from api.memory.conversations import QUESTIONS
from api.service import Service, service_of
from knowledge.language import guess_language
from knowledge.viewer import Viewer
from search.answer import Answer
from search.pipeline import Found
from search.query import NOTHING, Query, Recalled, refers_back

router = APIRouter(route_class=BoundedRoute)

MODEL = "snapcite"
"""The name of the only model: the pipeline of this server."""

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (400, 413, 415, 422, 429, 500, 503, 504), _PROBLEM
)
_CHAT = _PROBLEMS | {200: {"content": {MEDIA_TYPE: {}}}}


class UrlCitationOut(BaseModel):
    """Where in the message a source is cited, and where that can be read."""

    start_index: int
    end_index: int
    title: str
    url: str


class AnnotationOut(BaseModel):
    """A citation as OpenAI's clients know it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitationOut


class MessageOut(BaseModel):
    """The answer and its citation as text."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = None
    annotations: list[AnnotationOut]


class ChoiceOut(BaseModel):
    """The only choice."""

    index: int = 0
    message: MessageOut
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class ChatOut(BaseModel):
    """A chat completion. Tokens are not counted: not every reader has tokens."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[ChoiceOut]
    usage: None = None
    snapcite: schemas.AskOut = Field(description="The checked answer with its evidence.")


class ModelOut(BaseModel):
    """A model."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class ModelListOut(BaseModel):
    """The list of the only model."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


@router.get("/v1/models")
def models(caller: AskCaller) -> ModelListOut:  # noqa: ARG001 - it is required, not used
    """The models that a chat can name: the pipeline of this server."""
    return ModelListOut(data=[ModelOut()])


@router.get("/v1/models/{model}")
def model(caller: AskCaller, model: str) -> ModelOut:  # noqa: ARG001 - the same
    """A model by name; every name means the pipeline of this server."""
    return ModelOut()


@router.post("/v1/chat/completions", response_model=ChatOut, responses=_CHAT)
async def completions(
    request: Request,
    caller: AskCaller,
    body: ChatIn,
) -> ChatOut | Response:
    """Answer a chat's last message, about the photos in it, with the citation in words.

    With `stream` the answer comes as server-sent events, closed by `[DONE]`.
    """
    service = service_of(request)
    query = await read_query(service, caller, body, read_chat(body))
    # Before a stream begins, so that a full queue still answers with a status.
    found = await service.find(query)
    if body.stream:
        events = _chunks(request, body.snapcite.conversation_id, query, found)
        return StreamingResponse(events, media_type=MEDIA_TYPE, headers=HEADERS)
    asked = await service.read(query, found)
    await service.remember(caller.name, body.snapcite.conversation_id, query, asked)
    content, annotations = written(asked.answer)
    return ChatOut(
        id=_completion_id(request),
        created=int(time.time()),
        choices=[ChoiceOut(message=MessageOut(content=content, annotations=annotations))],
        snapcite=schemas.ask_out(asked, service.pipeline),
    )


def written(answer: Answer) -> tuple[str, list[AnnotationOut]]:
    """An answer with its citation as a message, and where in it the citation stands."""
    source, text = answer.source, as_words(answer.text)
    if source is None:
        # What it may be, by name: to name one is to ask again about it.
        named = [f"- {as_words(each.title)}" for each in answer.candidates]
        return "\n".join([text, *named]), []
    content = as_text(
        text,
        citation=[
            source.quote,
            source.title,
            source.where(guess_language(text)),
            source.url or "",
        ],
    )
    if source.url is None or not source.url.lower().startswith(("http://", "https://")):
        return content, []
    cited = UrlCitationOut(
        start_index=len(text), end_index=len(content), title=source.title, url=source.url
    )
    return content, [AnnotationOut(url_citation=cited)]


async def read_query(service: Service, caller: Caller, body: ChatIn, chat: Chat) -> Query:
    """The query of a chat, with what went before it.

    Raises:
        ImageError: a photo cannot be used.
        QueryError: anything else cannot be used.
        BusyError: too many requests wait, or the request's time is over.
        StoreUnavailableError: the store of conversations cannot be reached.
    """
    options = body.snapcite
    raw = RawQuery(
        question=chat.question,
        k=options.k,
        language=options.language,
        filters=read_filters(options.filters or {}),
    )
    query = await service.decode(
        lambda: [decode_data_url(url) for url in chat.urls],
        raw,
        count=len(chat.urls),
        viewer=caller.viewer,
    )
    query = await service.recall(caller.name, options.conversation_id, query)
    recalled = query.recalled
    if recalled == NOTHING and not query.photos and refers_back(query.question):
        recalled = Recalled(subject=await _named_before(service, chat.earlier, caller.viewer))
    questions = (*recalled.questions, *chat.earlier)[-QUESTIONS:]
    return replace(query, recalled=replace(recalled, questions=questions))


async def _named_before(service: Service, earlier: Sequence[str], viewer: Viewer) -> str | None:
    """The document that the latest of these questions calls by name."""
    for question in reversed(earlier):
        found = await service.find(Query(question, k=1, viewer=viewer))
        if found.subjects and found.subjects[0].is_named:
            return found.subjects[0].document.document_id
    return None


async def _chunks(
    request: Request, conversation_id: str | None, query: Query, found: Found
) -> AsyncIterator[str]:
    """The chunks of a streamed completion. A client that hangs up cancels this between two."""
    service = service_of(request)
    made = {
        "id": _completion_id(request),
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": MODEL,
    }

    def chunk(delta: dict[str, Any], *, end: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        return _event(json.dumps({**made, "choices": [choice], **more}, ensure_ascii=False))

    yield chunk({"role": "assistant", "content": ""})
    try:
        asked = await service.read(query, found)
        await service.remember(caller_of(request).name, conversation_id, query, asked)
        content, annotations = written(asked.answer)
        text = as_words(asked.answer.text)
        yield chunk({"content": text})
        if rest := content[len(text) :]:
            yield chunk({"content": rest})
        cited = [annotation.model_dump() for annotation in annotations]
        extension = schemas.ask_out(asked, service.pipeline).model_dump(mode="json")
        yield chunk({"annotations": cited} if cited else {}, end="stop", snapcite=extension)
    except Exception as error:  # the status is sent already, so no handler can answer
        yield _event(bytes(problem_of(request, error).body).decode())
    yield _event("[DONE]")


def _completion_id(request: Request) -> str:
    return f"chatcmpl-{request_id(request)}"


def _event(data: str) -> str:
    return f"data: {data}\n\n"
