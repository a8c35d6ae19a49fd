"""How long a request may still take: set where it arrives, read by any call that may wait.

It is a context variable and not an argument, so that it reaches a model server or a Qdrant server
through protocols that know nothing of requests. Threads that `asyncio` or `anyio` start for a
request inherit it; other threads do not. Work without a deadline may take any time.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from knowledge.errors import DeadlineError

_ends: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When the time is over, by `time.monotonic()`."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Set a deadline of so many seconds from now for the work in the block.

    It replaces an earlier deadline, also a sooner one: asyncio passes the context of one request on
    to the next request over the same connection.
    """
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float | None:
    """Seconds left, not below 0; None without a deadline."""
    ends = _ends.get()
    return None if ends is None else max(0.0, ends - time.monotonic())


def check(stage: str) -> None:
    """Refuse to begin a stage after the deadline.

    Raises:
        DeadlineError: no time is left; the message says before which stage.
    """
    if remaining() == 0:
        raise DeadlineError(
            f"The time for the request was over before {stage}. Try again later, or give it more "
            f"time."
        )
