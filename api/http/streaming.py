"""An answer as server-sent events: first the evidence, then the answer.

    event: evidence   what `/v1/search` answers
    event: answer     what `/v1/ask` answers, less the evidence
    event: done       {}
    event: error      a problem document, instead of the events that are missing; nothing follows

An error in the request itself has an HTTP status and no stream.
"""

from collections.abc import AsyncIterator

from fastapi import Request
from fastapi.responses import StreamingResponse

from api.access.auth import caller_of
from api.http import schemas
from api.http.forms import AskForm
from api.http.problems import problem_of
from api.service import service_of

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A proxy that buffers would hold back the evidence until the answer is there."""


def wants_events(request: Request) -> bool:
    """Whether the client asked for events rather than for one document."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def answer_events(request: Request, form: AskForm) -> StreamingResponse:
    """Answer what a form asks as events."""
    return StreamingResponse(_events(request, form), media_type=MEDIA_TYPE, headers=HEADERS)


async def _events(request: Request, form: AskForm) -> AsyncIterator[str]:
    """The events. A client that hangs up cancels this between two stages: work that has begun in a
    thread runs to its end, and no further work is begun."""
    service, query = service_of(request), form.query
    try:
        found = await service.find(query)
        evidence = schemas.search_out(found, service.pipeline)
        yield _event("evidence", evidence.model_dump_json())
        asked = await service.read(query, found)
        await service.remember(caller_of(request).name, form.conversation_id, query, asked)
        answer = schemas.ask_out(asked, service.pipeline)
        yield _event("answer", answer.model_dump_json(exclude={"evidence"}))
        yield _event("done", "{}")
    except Exception as error:  # the status is sent already, so no handler can answer
        yield _event("error", bytes(problem_of(request, error).body).decode())


def _event(name: str, data: str) -> str:
    """One event; `data` is JSON on one line."""
    return f"event: {name}\ndata: {data}\n\n"
