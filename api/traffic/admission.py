"""Who is let in now: not while the server goes down, not when a queue is full, not for ever.

The first thing that a question meets, before its photo is read, so that refusing costs next to
nothing. Knows which requests are work by their method and nothing of what they ask.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import problem_of
from api.traffic.gate import Gates
from knowledge import deadline
from knowledge.errors import OverloadedError, QueryError, StoppingError

TIMEOUT_HEADER = "X-Request-Timeout"
"""Seconds that a client is ready to wait; the server's own limit stays."""

_WORK = frozenset({"POST", "PUT", "PATCH"})
_ALWAYS = frozenset({"/health", "/ready", "/metrics"})
"""What is answered also while the server goes down."""

_DRAIN_SECONDS = 2.0
"""For the body of a refused request: a client that is cut off while it sends sees no answer."""


@dataclass(slots=True)
class Traffic:
    """What is under way. `in_flight`: requests. `stopping`: no new ones are let in."""

    in_flight: int = 0
    stopping: bool = False

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count one request."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1


class Admission:
    """ASGI middleware in front of everything that works."""

    def __init__(self, app: ASGIApp, *, gates: Gates, traffic: Traffic, timeout: float) -> None:
        """`timeout`: seconds that a request may take at most, its upload included."""
        self._app = app
        self._gates = gates
        self._traffic = traffic
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        try:
            if self._traffic.stopping:
                raise StoppingError("The server is going down. Try again in a moment.")
            if scope["method"] in _WORK:
                self._gates.check()
            seconds = _seconds(Headers(scope=scope).get(TIMEOUT_HEADER), self._timeout)
        except (StoppingError, OverloadedError, QueryError) as refusal:
            response = problem_of(Request(scope), refusal)
            if isinstance(refusal, StoppingError):
                response.headers["Connection"] = "close"
            await _drain(receive)
            await response(scope, receive, send)
            return
        with self._traffic.request(), deadline.within(seconds):
            await self._app(scope, _timed(receive), send)


def _seconds(asked: str | None, limit: float) -> float:
    """Seconds that a request is given.

    Raises:
        QueryError: the client asked for what is no number of seconds.
    """
    if asked is None:
        return limit
    try:
        seconds = float(asked)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise QueryError(f"{TIMEOUT_HEADER} is a number of seconds above 0, for instance 2.5.")
    return min(seconds, limit)


def _timed(receive: Receive) -> Receive:
    """`receive`, for as long as there is time, until the body is there."""
    is_complete = False

    async def timed() -> Message:
        nonlocal is_complete
        if is_complete:  # what comes now is that the client hangs up, and may come late
            return await receive()
        with anyio.move_on_after(deadline.remaining()):
            message = await receive()
            is_complete = not message.get("more_body", False)
            return message
        raise HTTPException(
            HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive before its time was over."
        )

    return timed


async def _drain(receive: Receive) -> None:
    """Take what is still being sent, and throw it away."""
    with anyio.move_on_after(_DRAIN_SECONDS):
        while (await receive()).get("more_body", False):
            pass
