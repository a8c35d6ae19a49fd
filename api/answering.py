"""The one way from the routes to the pipeline: every search and every reading goes through here.

What concerns all of them alike (who waits, what is remembered, what is counted) is added here and
not in the routes.
"""

from starlette.concurrency import run_in_threadpool

from api.state import AppState
from search.pipeline import Asked, Found
from search.query import Query


async def find(state: AppState, query: Query) -> Found:
    """Find the query's subjects, in a worker thread.

    Raises:
        SnapCiteError: as `Pipeline.search`.
    """
    return await run_in_threadpool(state.pipeline.search, query)


async def read(state: AppState, query: Query, found: Found) -> Asked:
    """Answer the query from what `find` found for it, in a worker thread.

    Raises:
        SnapCiteError: as `Pipeline.answer`.
    """
    return await run_in_threadpool(state.pipeline.answer, query, found)


async def find_and_read(state: AppState, query: Query) -> Asked:
    """`find`, then `read`."""
    return await read(state, query, await find(state, query))
