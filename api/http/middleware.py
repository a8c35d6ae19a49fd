"""Middleware around every request: its id and the security headers of its response."""

import uuid

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import problem_of

_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; "
    "script-src 'self'; "
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
