"""Cancels the request of a client that hangs up, so that another request gets its place.

Starlette does so only for streamed responses. Work in a thread runs to its end, and no further work
is begun. Knows nothing of what a request asks.
"""

import asyncio
from contextlib import suppress

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HangUp:
    """ASGI middleware that cancels a request whose client disconnects after sending the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body_read = asyncio.Event()
        is_answered = False

        async def noting_receive() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                body_read.set()
            return message

        async def noting_send(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                is_answered = True  # the server then receives a disconnect too
            await send(message)

        async def watch(request: anyio.CancelScope) -> None:
            await body_read.wait()
            while (await receive())["type"] != "http.disconnect":
                pass
            if not is_answered:
                request.cancel()

        with anyio.CancelScope() as request:
            watcher = asyncio.create_task(watch(request))
            try:
                await self._app(scope, noting_receive, noting_send)
            finally:
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher
