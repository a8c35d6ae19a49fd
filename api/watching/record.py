"""What is noted of each search and answer before it goes out: counted, logged, audited.

Called by `api.http.answering` alone, so that no door can forget it.
"""

import logging
from collections.abc import Mapping

from anyio.to_thread import run_sync

from api.http.state import AppState
from search.pipeline import Asked, Found
from search.query import Query

logger = logging.getLogger(__name__)


async def found(state: AppState, query: Query, result: Found) -> None:
    """Note a search whose evidence is about to be shown.

    Raises:
        AuditError: it cannot be recorded, and must be.
    """
    state.metrics.stages(result.timings)
    if state.audit is not None:
        await run_sync(state.audit.found, query, result)


async def answered(state: AppState, query: Query, result: Found, asked: Asked) -> None:
    """Note an answer that is about to be given. `result`: what it was read from.

    Raises:
        AuditError: it cannot be recorded, and must be.
    """
    answer = asked.answer
    stages = _since(result.timings, asked.timings)
    state.metrics.stages(stages)
    state.metrics.answered(answer)
    if "read" in stages:  # not where it was still known: that was checked, and counted, before
        state.metrics.citation_checked(answer)
    outcome = answer.reason or "answered"
    logger.info(
        "%s", outcome,
        extra={
            "outcome": outcome,
            "stages": {name: round(seconds, 4) for name, seconds in asked.timings.items()},
            "question": query.question,  # kept out of the line unless the operator allows it
        },
    )  # fmt: skip
    if state.audit is not None:
        await run_sync(state.audit.answered, query, asked)


def _since(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """Seconds of each stage that came after `before`."""
    return {
        name: seconds - before.get(name, 0.0)
        for name, seconds in now.items()
        if seconds != before.get(name)
    }
