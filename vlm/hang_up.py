"""Requests of httpx that end when their time is over, whatever the server does.

A time-out of httpx is for one wait: a server that sends a byte of its headers or of its answer now
and then outlasts it. Knows neither questions nor models.
"""

import socket
import threading
from collections.abc import Mapping
from typing import Any


class Alarm:
    """Hangs up the connection of one request when its time is over; it runs from now on.

    `trace` has to be the request's extension of that name, and the client must keep no connection
    for the next request: httpx tells of a connection only while it is made.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds`: how long the request may take."""
        self._lock = threading.Lock()
        self._is_over = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Is told by httpx what happens to the request."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            if found is not None:
                self._take(found)
        elif event.endswith(".failed"):
            self.cancel()

    def cancel(self) -> None:
        """The request has ended."""
        self._timer.cancel()

    def _take(self, found: socket.socket) -> None:
        with self._lock:
            self._sockets.append(found)
            if self._is_over:  # while it was being made
                _shut(found)

    def _ring(self) -> None:
        with self._lock:
            self._is_over = True
            for found in self._sockets:
                _shut(found)


def _shut(found: socket.socket) -> None:
    try:
        socket.socket.shutdown(found, socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself, or TLS has taken its place
