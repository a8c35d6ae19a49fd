"""The connections of the server: how many there are, and how long each may take.

uvicorn waits for ever for the headers of a request, and takes connections until the process has no
file handle left. Here a connection has some seconds for the headers of a request, for a body that
nobody reads any more, and to take what is sent to it. At the limit of connections, the one that has
waited longest without a complete request makes room for the next, else the one that has sent its
body for longest; a few places are kept for probes, so that `/health` answers while all others are
taken. Knows no route but those of the probes.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Literal

import h11
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.access.client_address import Network, is_in
from api.http.problems import problem_of
from api.traffic.admission import PROBES
from knowledge.errors import OverloadedError

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn.server import ServerState

logger = logging.getLogger(__name__)

_FOR_PROBES = 16
"""Connections above the limit on which probes are answered and everything else is refused."""

_HANDLES_OF_OURS = 64
"""File handles that the models, the index, the log and the decoders' processes may need."""

_HANDLES_EACH = 3
"""File handles of a connection: its socket, and temporary files of large photos."""

_MOST_HANDLES = 8192

_TOO_MANY = "too many connections are open"


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What a connection may take.

    Attributes:
        most: connections that are served at once.
        per_address: connections of one network address; loopback has no such limit.
        header_seconds: from the first byte of a request to the end of its headers, and until the
            first byte on a new connection.
        linger_seconds: for the rest of a body after the answer has been sent.
        send_seconds: in which a client takes some of what is sent to it.
        patience_seconds: for a body, while too many connections are open.
        header_bytes: of all headers of a request.
    """

    most: int = 512
    per_address: int = 128
    header_seconds: float = 10.0
    linger_seconds: float = 5.0
    send_seconds: float = 20.0
    patience_seconds: float = 2.0
    header_bytes: int = 32 * 2**10


@dataclass(slots=True)
class Connections:
    """The open connections of one server, and the class of their protocol.

    Attributes:
        limits: what each may take.
        exempt: proxies, through which many clients come.
        dropped: how many were closed because they took too long or too many were open.
        opened: how many are open now.
        of_address: how many of them each network address has.
        sending: connections whose request's body arrives, and since when (seconds of the event
            loop's clock).
        waiting: connections without a complete request, the one that has waited longest first.
    """

    limits: ConnectionLimits = ConnectionLimits()
    exempt: tuple[Network, ...] = ()
    dropped: int = 0
    opened: int = 0
    sending: dict["BoundedConnection", float] = field(default_factory=dict)
    waiting: dict["BoundedConnection", None] = field(default_factory=dict)
    of_address: Counter[str] = field(default_factory=Counter)

    def protocol(
        self,
        config: "Config",
        server_state: "ServerState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> "BoundedConnection":
        """A new connection's protocol, as uvicorn asks for it."""
        return BoundedConnection(self, config, server_state, app_state, _loop)


class BoundedConnection(H11Protocol):
    """One connection, which is closed when it takes too long."""

    def __init__(
        self,
        connections: Connections,
        config: "Config",
        server_state: "ServerState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.app = _of_one_length(self.app)
        self._all = connections
        self._address = ""
        self._is_counted = False
        self._phase: Literal["idle", "headers", "request", "linger"] = "headers"
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or close it if too many are open and none of them just waits."""
        super().connection_made(transport)
        everything, limits = self._all, self._all.limits
        self._address = self.client[0] if self.client else ""
        self._is_counted = True
        everything.opened += 1
        everything.of_address[self._address] += 1
        if everything.of_address[self._address] > limits.per_address and not _is_exempt(
            self._address, everything.exempt
        ):
            self._make_room(of_address=self._address)
        elif everything.opened > limits.most:
            slow = next(iter(everything.sending), None)
            if everything.waiting:
                self._make_room()
            elif slow and self.loop.time() - everything.sending[slow] > limits.patience_seconds:
                slow.drop(_TOO_MANY)
            elif everything.opened > limits.most + _FOR_PROBES:
                self.drop(_TOO_MANY)
            else:
                self.app = _probes_alone(self.app)
        if not transport.is_closing():
            self._wait("headers", limits.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back."""
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came. The time for headers runs from their first byte to their end."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE:
            if self._phase == "idle":
                self._wait("headers", self._all.limits.header_seconds)
            elif self._phase == "linger":
                self._wait("idle", self.timeout_keep_alive)
        elif self.conn.our_state is not h11.DONE:
            self._serve()
            if self.conn.their_state is h11.SEND_BODY:
                self._all.sending.setdefault(self, self.loop.time())
            else:
                self._all.sending.pop(self, None)

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of a body that nobody reads."""
        super().on_response_complete()
        self._all.sending.pop(self, None)
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE:
            # A second after uvicorn's own timer, which closes politely.
            self._wait("idle", self.timeout_keep_alive + 1)
        elif self.conn.our_state is h11.DONE:
            self._wait("linger", self._all.limits.linger_seconds)
        else:  # the next request had arrived already
            self._serve()

    def pause_writing(self) -> None:
        """Begin to wait for a client that does not read."""
        super().pause_writing()
        self._sending = self.loop.call_later(
            self._all.limits.send_seconds, self.drop, "it does not take what is sent to it"
        )

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        if self._sending is not None:
            self._sending.cancel()

    def drop(self, reason: str) -> None:
        """Close the connection at once."""
        if self.transport.is_closing():
            return
        self._all.dropped += 1
        self._leave()
        logger.info("a connection was closed: %s", reason)
        self.transport.abort()

    def _wait(self, phase: Literal["idle", "headers", "linger"], seconds: float) -> None:
        self._serve()
        self._phase = phase
        self._all.waiting[self] = None
        self._timer = self.loop.call_later(seconds, self.drop, "its request did not arrive in time")

    def _serve(self) -> None:
        self._phase = "request"
        self._all.waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _make_room(self, *, of_address: str | None = None) -> None:
        """Close the connection that has waited longest; this one if none waits."""
        for other in self._all.waiting:
            if of_address is None or other._address == of_address:
                other.drop(_TOO_MANY)
                return
        self.drop(_TOO_MANY)

    def _leave(self) -> None:
        self._serve()
        self._all.sending.pop(self, None)
        if self._sending is not None:
            self._sending.cancel()
        if self._is_counted:
            self._is_counted = False
            self._all.opened -= 1
            self._all.of_address[self._address] -= 1
            if not self._all.of_address[self._address]:
                del self._all.of_address[self._address]


def connection_limit(wanted: int) -> int:
    """How many connections the process has file handles for, at most `wanted`.

    The process's own limit is raised as far as the system allows.
    """
    try:
        import resource
    except ImportError:  # Windows
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_HANDLES if hard == resource.RLIM_INFINITY else min(hard, _MOST_HANDLES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(4, min(wanted, (soft - _HANDLES_OF_OURS - _FOR_PROBES) // _HANDLES_EACH))


def _is_exempt(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket
        return True
    return parsed.is_loopback or is_in(parsed, networks)


def _of_one_length(app: ASGIApp) -> ASGIApp:
    """Refuse a request that gives its length twice over, and close its connection.

    A proxy may believe the one and the server the other, so that what the proxy takes for a body is
    read as a request of somebody else (RFC 9112, section 6.1).
    """

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            names = {name for name, _ in scope["headers"]}
            if names >= {b"content-length", b"transfer-encoding"}:
                refusal = HTTPException(
                    HTTPStatus.BAD_REQUEST,
                    "The request has both `Content-Length` and `Transfer-Encoding`; send one.",
                )
                await _refuse(refusal)(scope, receive, send)
                return
        await app(scope, receive, send)

    return checked


def _probes_alone(app: ASGIApp) -> ASGIApp:
    async def probes(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await app(scope, receive, send)
            return
        refusal = OverloadedError("Too many connections are open. Try again later.", retry_after=5)
        await _refuse(refusal)(scope, receive, send)

    return probes


def _refuse(refusal: Exception) -> ASGIApp:
    """Answer with the problem, and close the connection after it."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        response = problem_of(Request(scope), refusal)
        response.headers["Connection"] = "close"
        await response(scope, receive, send)

    return refuse
