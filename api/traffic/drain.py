"""Shuts the server down without losing a request.

On SIGTERM or SIGINT the port stays open while requests are under way, and `api.traffic.admission`
answers new ones with 503; then the port is closed. A second signal ends the process at once, but
not a worker, of which its supervisor decides. Work in a thread cannot be stopped from outside, so
when the grace is over, the process ends during that work. The index is written such that no
acknowledged update is lost by it.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

import uvicorn

from api.traffic.admission import Traffic

logger = logging.getLogger(__name__)

_CLOSING = 1
"""Seconds of the grace for closing connections and the index."""


_BACKLOG = 1024
"""Connections that wait in the system until they are taken."""

_AT_ONCE = 16
"""Connections that are taken in one go."""


class DrainingServer(uvicorn.Server):
    """A server that finishes its requests when a signal stops it."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        traffic: Traffic,
        delay: float,
        grace: float,
        on_serving: Callable[[], None] | None = None,
    ) -> None:
        """
        Args:
            config: of the server.
            traffic: its requests.
            delay: seconds in which new requests are still answered (503), even if no request is
                under way.
            grace: seconds from the signal until the process has ended.
            on_serving: called once the port is listened to, where this is one of several workers.
                Ctrl-C, which a terminal sends to all, is then left to their supervisor.
        """
        config.timeout_graceful_shutdown = _CLOSING
        config.backlog = _AT_ONCE if on_serving is None else 1
        super().__init__(config)
        self._traffic = traffic
        self._delay = delay
        self._grace = grace
        self._on_serving = on_serving
        self._stopped_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen.

        asyncio takes as many connections in one go as the backlog has, also where each of them
        fails for want of a file handle. So it is given a short one, and the system a long one. Of
        several workers each takes one at a time, so that all get as many.
        """
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(_BACKLOG)
        if self._on_serving is not None and self.started:
            self._on_serving()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Begin to shut down. Unlike uvicorn, it does not raise the signal again at the end, so
        that the caller still closes the index."""
        is_worker = self._on_serving is not None
        if sig == signal.SIGINT and is_worker:
            return
        if self._stopped_at is not None:
            if not is_worker:  # a worker hears of its supervisor and of who stops the whole group
                self.leave_at_once()
            return
        self._stopped_at = time.monotonic()
        self._traffic.stopping = True
        self._watch()

    def retire(self) -> None:
        """Close the port here, while another worker listens to it, and finish what is under way."""
        self.config.timeout_graceful_shutdown = max(1, round(self._grace) - _CLOSING)
        self.should_exit = True
        self._watch()

    def leave_at_once(self) -> None:
        """End without waiting for what is under way."""
        self.should_exit = self.force_exit = True

    def _watch(self) -> None:
        watchdog = threading.Timer(self._grace, _leave, args=(self._traffic,))
        watchdog.daemon = True
        watchdog.start()

    async def on_tick(self, counter: int) -> bool:
        """Whether to close the port; uvicorn asks ten times a second."""
        if self._stopped_at is not None:
            passed = time.monotonic() - self._stopped_at
            is_idle = self._traffic.in_flight == 0
            if (is_idle and passed >= self._delay) or passed >= self._grace - 2 * _CLOSING:
                self.should_exit = True
        return await super().on_tick(counter)


def _leave(traffic: Traffic) -> None:
    logger.error("the grace is over; %d requests under way are lost", traffic.in_flight)
    os._exit(1)
