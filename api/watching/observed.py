"""What surrounds every request: its count, its times, its log line and, where wanted, its trace.

This is where the stages of a request are collected: their seconds go into its response and into
the metrics, and each gets a span. Sees what a request is (route, status, seconds, caller), never
what it asks.
"""

import logging
import time
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.watching.context import caller_name, during, route_name
from api.watching.metrics import Metrics
from api.watching.tracing import RequestTrace, Tracing
from knowledge.stages import Stages, collected

logger = logging.getLogger(__name__)

_HUNG_UP = 499
"""The status of a client that hung up before it got one; other servers write the same."""

_PROBES = frozenset({"/health", "/ready", "/metrics"})
"""Machines ask these every few seconds. They are counted, but logged only when they fail."""


class Observed:
    """ASGI middleware around everything but the one that gives a request its id."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = _HUNG_UP  # unless a response begins

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with during(scope), self._traced(scope) as trace, collected(self._stages(trace)):
            try:
                await self._app(scope, receive, noting_send)
            except Exception:
                status = HTTPStatus.INTERNAL_SERVER_ERROR.value  # what this becomes further out
                raise
            finally:
                route, seconds = route_name(scope), time.perf_counter() - started
                self._metrics.request_ended(
                    method=scope["method"], route=route, status=status, seconds=seconds
                )
                _log(scope, status, seconds)
                if trace is not None:
                    trace.ended(route=route, status=status)

    def _stages(self, trace: RequestTrace | None) -> Stages:
        ended = self._metrics.stage_ended
        return Stages(ended=ended) if trace is None else Stages(ended=ended, span=trace.stage)

    def _traced(self, scope: Scope) -> AbstractContextManager[RequestTrace | None]:
        if self._tracing is None or scope["path"] in _PROBES:
            return nullcontext()
        return self._tracing.request(scope)


def _log(scope: Scope, status: int, seconds: float) -> None:
    if scope["path"] in _PROBES and status < HTTPStatus.BAD_REQUEST:
        return
    route = route_name(scope)
    logger.info(
        "%s %s %d", scope["method"], route, status,
        extra={
            "method": scope["method"],
            "route": route,
            "status": status,
            "seconds": round(seconds, 6),
            "caller": caller_name(scope),
        },
    )  # fmt: skip
