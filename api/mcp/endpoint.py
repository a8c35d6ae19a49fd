"""MCP over streamable HTTP: `POST /mcp` of `snapcite serve`.

It is a route among the others: `Host` and `Origin`, keys, rates, queues, body limits, deadlines,
metrics and the audit log are those of all doors, and so the SDK's own checks of them are off. Each
request stands for itself, without a session, so that any process of a server can answer it and no
session outlives its caller's key.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http import HTTPStatus
from json import JSONDecodeError

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, FastAPI
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.access.auth import require
from api.http.bounded_request import MAX_VALUES, BoundedRequest, BoundedRoute, parse_json
from api.mcp.photos import Folders
from api.mcp.server import Context, build_server
from api.service import Service

router = APIRouter(dependencies=[Depends(require("ask"))], route_class=BoundedRoute)


@asynccontextmanager
async def running(app: FastAPI, service: Service) -> AsyncIterator[None]:
    """Answer the route's requests meanwhile."""
    manager = StreamableHTTPSessionManager(
        build_server(service, folders=Folders(), request_of=_request_of),
        json_response=True,
        stateless=True,
        max_request_body_size=2**40,  # the body has been read by then, within our own limit
    )
    async with manager.run():
        app.state.mcp = manager
        yield


@router.post("/mcp", include_in_schema=False)
async def exchange(request: Request) -> Response:
    """Answer one message of the Model Context Protocol."""
    assert isinstance(request, BoundedRequest)
    body = bytes(await request.raw_body())
    try:
        await run_sync(partial(parse_json, bytearray(body), most_values=MAX_VALUES))
    except JSONDecodeError:
        pass  # the SDK says so, in the protocol's own words
    except ValueError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error}") from None
    return _Exchange(request.app.state.mcp, body)


@contextmanager
def _request_of(context: Context) -> Iterator[Request]:
    """The HTTP request that a message came with; `api.access.guard` knows its caller."""
    assert isinstance(context.request, Request)
    yield context.request


class _Exchange(Response):
    """The response that the SDK gives to a body that was read."""

    def __init__(self, manager: StreamableHTTPSessionManager, body: bytes) -> None:
        super().__init__()
        self._manager = manager
        self._body: bytes | None = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def replayed() -> Message:
            body, self._body = self._body, None
            if body is None:
                return await receive()
            return {"type": "http.request", "body": body, "more_body": False}

        await self._manager.handle_request(scope, replayed, send)
