"""How long the work in hand may still take: set at the door, asked by whatever might wait.

A context variable and no argument, so that it reaches a model server or a Qdrant server through
protocols that know nothing of requests. Threads that `asyncio` or `anyio` start for a request
carry it with them; a thread of one's own does not, and work without a deadline may take as long as
it likes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from knowledge.errors import DeadlineError

_ends: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When the work's time is over, by `time.monotonic()`."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give what is done inside so many seconds from now.

    Whatever deadline there was does not count: asyncio hands the context of one request on to the
    next one that comes over the same connection.
    """
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float | None:
    """Seconds left, not below 0; None where there is no deadline."""
    ends = _ends.get()
    return None if ends is None else max(0.0, ends - time.monotonic())


def check(stage: str) -> None:
    """Stop before a stage that nobody waits for any more.

    Raises:
        DeadlineError: no time is left; the message says before which stage.
    """
    if remaining() == 0:
        raise DeadlineError(
            f"The time for the request was over before {stage}. Try again later, or give it more "
            f"time."
        )
