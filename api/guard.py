"""The door itself: who calls, before anything of a request's body is read.

Knows nothing of how a key or a token is checked, nor of what a route does: it asks an
`Authenticate` and notes the caller for `api.auth.require`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import ANYBODY, Caller, set_caller

Authenticate = Callable[[Headers], Caller]


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may come in. Without anything given, everybody: for tests and for loopback."""

    authenticate: Authenticate | None = None


class Guard:
    """ASGI middleware that names each request's caller."""

    def __init__(self, app: ASGIApp, *, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            authenticate = self._doors.authenticate
            set_caller(scope, authenticate(Headers(scope=scope)) if authenticate else ANYBODY)
        await self._app(scope, receive, send)
