"""The one way from the routes to the pipeline: every search and every reading goes through here.

What concerns all of them alike (who waits, what is remembered, what is counted) is added here and
not in the routes. A request whose time is over, or whose client is gone, ends between two stages.
"""

from functools import partial

from api.http.state import AppState
from api.memory.results import Remembered
from api.watching import record
from api.watching.tracing import stage
from search.pipeline import Asked, Found
from search.query import Query


async def find(state: AppState, query: Query) -> Found:
    """Find the query's subjects.

    Raises:
        SnapCiteError: as `Pipeline.search`.
        BusyError: too many wait, or the request's time is over.
        AuditError: it cannot be recorded, and must be.
    """
    found = await _find(state, query)
    await record.found(state, query, found)
    return found


async def _find(state: AppState, query: Query) -> Found:
    pipeline, gates, remembered = state.pipeline, state.gates, state.remembered
    key = ""
    if remembered is not None:
        key, known = await gates.retrieve.run(partial(_found_before, remembered, query))
        if known is not None:
            return known
    with stage("encode"):
        encoded = await gates.encode.run(partial(pipeline.encode, query))
    with stage("retrieve"):
        found = await gates.retrieve.run(partial(pipeline.retrieve, query, encoded))
    if remembered is not None:
        await gates.retrieve.run(partial(remembered.keep_found, key, found))
    return found


async def read(state: AppState, query: Query, found: Found) -> Asked:
    """Answer the query from what `find` found for it.

    Raises:
        SnapCiteError: as `Pipeline.answer`.
        BusyError: too many wait, or the request's time is over.
        AuditError: it cannot be recorded, and must be.
    """
    asked = await _read(state, query, found)
    await record.answered(state, query, found, asked)
    return asked


async def _read(state: AppState, query: Query, found: Found) -> Asked:
    gates, remembered = state.gates, state.remembered
    key = ""
    if remembered is not None:
        key, known = await gates.retrieve.run(partial(_answered_before, remembered, query, found))
        if known is not None:
            return known
    with stage("read"):
        asked = await gates.read.run(partial(state.pipeline.answer, query, found))
    if remembered is not None:
        await gates.retrieve.run(partial(remembered.keep_answer, key, asked.answer))
    return asked


async def find_and_read(state: AppState, query: Query) -> Asked:
    """`find`, then `read`."""
    return await read(state, query, await find(state, query))


def _found_before(remembered: Remembered, query: Query) -> tuple[str, Found | None]:
    """The key of a search, and what is known under it. The key is made before anything is read, so
    that an update meanwhile leaves the result under a version that nobody asks for again."""
    key = remembered.search_key(query)
    return key, remembered.find(key)


def _answered_before(
    remembered: Remembered, query: Query, found: Found
) -> tuple[str, Asked | None]:
    key = remembered.answer_key(query, found)
    return key, remembered.answer(key, found)
