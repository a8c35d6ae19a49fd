"""An answer as server-sent events: the evidence as soon as it is found, then the answer.

    event: evidence   what `/v1/search` answers
    event: answer     what `/v1/ask` answers, less the evidence
    event: done       {}
    event: error      a problem document, instead of what is missing; nothing follows

What is wrong with the request itself is told before the stream starts, with an HTTP status.
"""

from collections.abc import AsyncIterator, Mapping

from fastapi import Request
from fastapi.responses import StreamingResponse

from api import answering, schemas
from api.problems import problem_of, request_id
from api.state import state_of
from search.query import Query

MEDIA_TYPE = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A proxy that buffers would hold back the evidence until the answer is there."""


def wants_events(request: Request) -> bool:
    """Whether the client asked for events rather than for one document."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def answer_events(request: Request, query: Query, before: Mapping[str, float]) -> StreamingResponse:
    """Answer a query as events. `before`: seconds of the stages that came before the search."""
    return StreamingResponse(
        _events(request, query, dict(before)), media_type=MEDIA_TYPE, headers=_HEADERS
    )


async def _events(request: Request, query: Query, before: dict[str, float]) -> AsyncIterator[str]:
    """The events. A client that hangs up cancels this between two stages: what is under way in a
    thread ends, nothing new is begun."""
    state = state_of(request)
    pipeline = state.pipeline
    encoder, id_ = pipeline.encoder.card.name, request_id(request)
    try:
        found = await answering.find(state, query)
        evidence = schemas.search_out(found, encoder=encoder, request_id=id_, before=before)
        yield _event("evidence", evidence.model_dump_json())
        asked = await answering.read(state, query, found)
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
