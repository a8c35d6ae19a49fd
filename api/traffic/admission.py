"""Admits a request or refuses it: while the server shuts down, when a queue is full, for too long.

A question comes here before its photo is read, so that a refusal costs next to nothing. Knows by
their method which requests are work, by their path which are for the reader, and nothing of what
they ask.
"""

import math
import time
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
from api.traffic.gate import Gates, in_turn
from knowledge import deadline
from knowledge.errors import OverloadedError, QueryError, StoppingError

TIMEOUT_HEADER = "X-Request-Timeout"
"""Seconds that a client will wait; the server's own limit still holds."""

_WORK = frozenset({"POST", "PUT", "PATCH"})
PROBES = frozenset({"/health", "/ready", "/metrics"})
"""Paths that answer also while the server shuts down."""

_READING = ("/v1/ask", "/v1/chat/", "/v1/models/", "/mcp")
"""How the paths begin on which a reader answers; one that is missing here is refused later."""

_PAUSE_SECONDS = 10.0
"""The longest pause in a body, and the time after which its mean rate counts."""

_LEAST_RATE = 1024
"""Bytes a second that a body arrives with at least."""

_DRAIN_SECONDS = 2.0
"""For reading the body of a refused request: a client that is cut off while it sends never sees
the answer."""


@dataclass(slots=True)
class Traffic:
    """The requests under way. `in_flight`: how many. `stopping`: whether new ones are refused."""

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
    """ASGI middleware in front of all routes that do work."""

    def __init__(self, app: ASGIApp, *, gates: Gates, traffic: Traffic, timeout: float) -> None:
        """`timeout`: the most seconds that a request may take, its upload included."""
        self._app = app
        self._gates = gates
        self._traffic = traffic
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        try:
            if self._traffic.stopping:
                raise StoppingError("The server is shutting down. Try again in a moment.")
            seconds = _seconds(Headers(scope=scope).get(TIMEOUT_HEADER), self._timeout)
            if scope["method"] in _WORK:
                self._gates.check(seconds, reads=scope["path"].startswith(_READING))
        except (StoppingError, OverloadedError, QueryError) as refusal:
            response = problem_of(Request(scope), refusal)
            if isinstance(refusal, StoppingError):
                response.headers["Connection"] = "close"
            await _drain(receive)
            await response(scope, receive, send)
            return
        with self._traffic.request(), deadline.within(seconds), in_turn():
            await self._app(scope, _timed(receive), send)


def _seconds(asked: str | None, limit: float) -> float:
    """Seconds that a request may take.

    Raises:
        QueryError: the client asked for something that is not a number of seconds.
    """
    if asked is None:
        return limit
    try:
        seconds = float(asked)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise QueryError(f"{TIMEOUT_HEADER} must be a number of seconds above 0, for instance 2.5.")
    return min(seconds, limit)


def _timed(receive: Receive) -> Receive:
    """`receive`, which fails when the body takes too long: in all, in one pause, or by its rate."""
    is_complete = False
    received, waited = 0, 0.0

    async def timed() -> Message:
        nonlocal is_complete, received, waited
        if is_complete:  # the next message says that the client hung up, and may come late
            return await receive()
        left = deadline.remaining()
        started = time.monotonic()
        with anyio.move_on_after(_PAUSE_SECONDS if left is None else min(left, _PAUSE_SECONDS)):
            message = await receive()
            is_complete = not message.get("more_body", False)
            received += len(message.get("body", b""))
            waited += time.monotonic() - started  # not the time in which nobody wanted more
            if is_complete or waited < _PAUSE_SECONDS or received >= waited * _LEAST_RATE:
                return message
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")

    return timed


async def _drain(receive: Receive) -> None:
    """Receive what is still being sent, and discard it."""
    with anyio.move_on_after(_DRAIN_SECONDS):
        while (await receive()).get("more_body", False):
            pass
