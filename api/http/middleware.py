"""Middleware around every request: its id, the limit of its body, the security headers."""

import uuid
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import problem_of

_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_DOCS_POLICY = "default-src 'self' 'unsafe-inline'; img-src 'self' data:"
"""The interactive API description starts with an inline script."""


class RequestEnvelope:
    """Gives each request an id (`X-Request-ID`) and each response its security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        scope["snapcite_request_id"] = request_id

        is_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _SECURITY_HEADERS.items():
                    headers[name] = value
                policy = _DOCS_POLICY if scope["path"].startswith("/docs") else _PAGE_POLICY
                headers["Content-Security-Policy"] = policy
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if is_begun:
                raise
            # Starlette's own last handler is outside of this one and would send no headers.
            await problem_of(Request(scope), error)(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses a request body over `max_bytes`, by its declared length or while it streams in."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        expected = int(declared) if declared.isdigit() else 0
        received = 0

        async def limited_receive() -> Message:
            nonlocal received
            if max(expected, received) > self._max_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._detail())
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._detail())
            return message

        await self._app(scope, limited_receive, send)

    def _detail(self) -> str:
        megabytes = self._max_bytes / 2**20
        return f"A request may have at most {megabytes:.0f} MiB; send fewer or smaller photos."
