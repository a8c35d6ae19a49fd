"""An answer as server-sent events: the evidence as soon as it is found, then the answer.

    event: evidence   what `/v1/search` answers
    event: answer     what `/v1/ask` answers, less the evidence
    event: done       {}
    event: error      a problem document, instead of what is missing; nothing follows

What is wrong with the request itself is told before the stream starts, with an HTTP status.
"""

from collections.abc import AsyncIterator

from fastapi import Request
from fastapi.responses import StreamingResponse

from api.http import answering, schemas
from api.http.forms import AskForm
from api.http.problems import problem_of, request_id
from api.http.state import state_of
from api.memory.followups import remember

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
    """The events. A client that hangs up cancels this between two stages: what is under way in a
    thread ends, nothing new is begun."""
    state = state_of(request)
    query, before, pipeline = form.query, form.timings, state.pipeline
    encoder, id_ = pipeline.encoder.card.name, request_id(request)
    try:
        found = await answering.find(state, query)
        evidence = schemas.search_out(found, encoder=encoder, request_id=id_, before=before)
        yield _event("evidence", evidence.model_dump_json())
        asked = await answering.read(state, query, found)
        await remember(request, form.conversation_id, query, asked)
        answer = schemas.ask_out(
            asked, encoder=encoder, reader=pipeline.reader.name, request_id=id_, before=before
        )
        yield _event("answer", answer.model_dump_json(exclude={"evidence"}))
        yield _event("done", "{}")
    except Exception as error:  # the status is sent already, so that no handler can answer
        yield _event("error", bytes(problem_of(request, error).body).decode())


def _event(name: str, data: str) -> str:
    """One event; `data` is JSON on one line."""
    return f"event: {name}\ndata: {data}\n\n"
