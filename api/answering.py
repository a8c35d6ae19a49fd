"""The one way from the routes to the pipeline: every search and every reading goes through here.

What concerns all of them alike (who waits, what is remembered, what is counted) is added here and
not in the routes. A request whose time is over, or whose client is gone, ends between two stages.
"""

from functools import partial

from api.state import AppState
from search.pipeline import Asked, Found
from search.query import Query


async def find(state: AppState, query: Query) -> Found:
    """Find the query's subjects.

    Raises:
        SnapCiteError: as `Pipeline.search`.
        BusyError: too many wait, or the request's time is over.
    """
    pipeline, gates = state.pipeline, state.gates
    encoded = await gates.encode.run(partial(pipeline.encode, query))
    return await gates.retrieve.run(partial(pipeline.retrieve, query, encoded))


async def read(state: AppState, query: Query, found: Found) -> Asked:
    """Answer the query from what `find` found for it.

    Raises:
        SnapCiteError: as `Pipeline.answer`.
        BusyError: too many wait, or the request's time is over.
    """
    return await state.gates.read.run(partial(state.pipeline.answer, query, found))


async def find_and_read(state: AppState, query: Query) -> Asked:
    """`find`, then `read`."""
    return await read(state, query, await find(state, query))
