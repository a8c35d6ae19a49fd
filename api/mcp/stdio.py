"""MCP over the standard streams: what `snapcite mcp` does for the program that started it.

Nothing but the protocol is written to stdout; the SDK points everything else that is printed to
stderr. Each message of the protocol becomes a request of ours, so that whatever asks for the
current request (the log, the audit log, problem documents) finds one. Its caller may do all that
`snapcite ask` may: the person at this machine.
"""

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from mcp.server.stdio import stdio_server
from starlette.requests import Request

from api.access.auth import ANYBODY, Caller, set_caller
from api.mcp.photos import Folders
from api.mcp.server import Context, build_server
from api.service import Service
from api.watching.context import during
from knowledge import deadline
from knowledge.stages import collected
from knowledge.viewer import OPERATOR

logger = logging.getLogger(__name__)


OPERATING = replace(ANYBODY, viewer=OPERATOR)
"""The person at this machine, who could read the index's files as well."""


async def serve_streams(service: Service, folders: Folders, caller: Caller = OPERATING) -> None:
    """Serve until stdin ends.

    Args:
        service: answers; its index stays the caller's to close.
        folders: from where photos may be read by path.
        caller: whoever started the program.
    """

    @contextmanager
    def request_of(context: Context) -> Iterator[Request]:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/mcp",
            "headers": [],
            "snapcite_request_id": uuid.uuid4().hex,
        }
        set_caller(scope, caller)
        started = time.perf_counter()
        with (
            during(scope),
            collected(),
            service.traffic.request(),
            deadline.within(service.request_timeout),
        ):
            yield Request(scope)
        logger.info("%s %.3f s", context.method, time.perf_counter() - started)

    server = build_server(service, folders=folders, request_of=request_of)
    with service.becoming_ready():
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
