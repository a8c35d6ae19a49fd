"""Follow-up questions: what a conversation is remembered by, so that no photo is sent twice.

Kept are the vectors of the latest photos, the document the latest answer was about and the last
questions; never a photo.
"""

from dataclasses import replace
from functools import partial

from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.access.auth import caller_of
from api.http.state import AppState, state_of
from api.memory.conversations import conversation_key
from search.pipeline import Asked
from search.query import NOTHING, Query, Recalled

QUESTIONS = 5
"""Earlier questions that are remembered."""

_RECALLED = TypeAdapter(Recalled)


async def recall(request: Request, conversation_id: str | None, query: Query) -> Query:
    """The query with what its conversation is remembered by; alone if it is part of none.

    Raises:
        QueryError: the id is none.
        StoreUnavailableError: what keeps conversations cannot be reached.
    """
    if not conversation_id:
        return query
    conversations = state_of(request).conversations
    key = conversation_key(caller_of(request).name, conversation_id)
    kept = await run_in_threadpool(conversations.get, key)
    if kept is None:
        return query
    try:
        recalled = _RECALLED.validate_json(kept)
    except ValidationError:  # what another version of SnapCite put there
        return query
    if query.photos:  # another photo: another subject, and nothing more is to be said of the first
        recalled = NOTHING
    return replace(query, recalled=recalled)


async def remember(
    request: Request, conversation_id: str | None, query: Query, asked: Asked
) -> None:
    """Keep what the next question may refer to.

    Raises:
        StoreUnavailableError: what keeps conversations cannot be reached.
        BusyError: too many wait, or the request's time is over.
    """
    if not conversation_id:
        return
    state = state_of(request)
    key = conversation_key(caller_of(request).name, conversation_id)
    questions = (*query.recalled.questions, query.question.strip())
    recalled = Recalled(
        photos=await _vectors(state, query),
        subject=_subject(query, asked),
        questions=tuple(filter(None, questions))[-QUESTIONS:],
    )
    await run_in_threadpool(state.conversations.put, key, _RECALLED.dump_json(recalled))


async def _vectors(state: AppState, query: Query) -> tuple[tuple[float, ...], ...]:
    if not query.photos:
        return query.recalled.photos
    alone = Query(photos=query.photos)  # encoded before, so that a cache has it
    encoded = await state.gates.encode.run(partial(state.pipeline.encode, alone))
    return tuple(tuple(row) for row in encoded.vectors.photos.tolist())


def _subject(query: Query, asked: Asked) -> str | None:
    """What the answer was about, where that is known; else what was talked about before."""
    answer = asked.answer
    if answer.subject is not None and (not answer.abstained or answer.reason == "not_in_evidence"):
        return answer.subject.document_id
    return query.recalled.subject
