"""Going down without losing anybody: what is under way ends, what is new is told to go elsewhere.

On SIGTERM or SIGINT the port stays open while requests are under way, and `api.traffic.admission`
answers new ones with 503; then it is closed. A second signal ends at once. Work in a thread cannot
be stopped from outside, so when the grace is over the process ends with it: an index is written
such that this costs nothing that was acknowledged.
"""

import logging
import os
import threading
import time
from types import FrameType

import uvicorn

from api.traffic.admission import Traffic

logger = logging.getLogger(__name__)

_CLOSING = 1
"""Seconds of the grace that are kept for closing connections and the index."""


class DrainingServer(uvicorn.Server):
    """A server that drains when it is told to stop."""

    def __init__(
        self, config: uvicorn.Config, *, traffic: Traffic, delay: float, grace: float
    ) -> None:
        """`delay`: seconds in which new requests are still answered (503), whether or not any is
        under way. `grace`: seconds from the signal until the process has ended."""
        config.timeout_graceful_shutdown = _CLOSING
        super().__init__(config)
        self._traffic = traffic
        self._delay = delay
        self._grace = grace
        self._told_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """What a signal does. Unlike uvicorn's own, it is not raised again in the end, so that
        the caller still closes the index."""
        if self._told_at is not None:
            self.should_exit = self.force_exit = True
            return
        self._told_at = time.monotonic()
        self._traffic.stopping = True
        watchdog = threading.Timer(self._grace, _leave, args=(self._traffic,))
        watchdog.daemon = True
        watchdog.start()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether it is time to close the port."""
        if self._told_at is not None:
            passed = time.monotonic() - self._told_at
            is_idle = self._traffic.in_flight == 0
            if (is_idle and passed >= self._delay) or passed >= self._grace - 2 * _CLOSING:
                self.should_exit = True
        return await super().on_tick(counter)


def _leave(traffic: Traffic) -> None:
    logger.error("the grace is over with %d requests under way; they are lost", traffic.in_flight)
    os._exit(1)
