"""Decides whether a request may come in: who calls, how often, and from which website.

It does so before the body is read. `Host` and `Origin` are checked of every request, with keys and
without, so that no other website reads the archive through a visitor's browser. Every path that is
not listed as open here needs a caller, also that of a route that declares no scope. Knows neither
how a key is checked nor what a route does.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from limits import RateLimitItem
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.auth import ANYBODY, Caller, set_caller
from api.access.client_address import Network, bucket, client_address, is_this_machine
from api.access.limits import RateLimits
from api.http.problems import problem, problem_of, request_id
from knowledge.errors import SnapCiteError

logger = logging.getLogger(__name__)

OPEN_PATHS = frozenset({"/", "/corpus", "/health", "/ready", "/docs", "/openapi.json"})
OPEN_FOLDERS = ("/static/", "/static-offline-docs/")
"""The page and the API's description hold nothing of the index, and probes send no key."""

_HARMLESS = {"GET", "HEAD", "OPTIONS"}
_POLICY_VIOLATION = 1008
"""The code with which a WebSocket is closed; nothing here speaks that protocol."""

_PASSER_BY = Caller("anonymous", frozenset())


class CredentialError(Exception):
    """No credential was accepted; the text says why and holds no part of the credential."""


Authenticate = Callable[[Headers], Caller | None]
"""Headers → who sent them; None as long as nobody needs a credential. Raises `CredentialError`."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may come in; by default everybody, which suits tests.

    Attributes:
        authenticate: finds the caller by the headers; it gives None as long as no credential is
            asked for. None never asks for one.
        anybody: the caller of a request where no credential is asked for.
        this_machine: the caller of such a request that a program of this machine sent.
        hosts: names that `Host` and `Origin` may hold beside those of this machine; None allows
            any name.
        origins: other websites whose scripts may call (CORS).
        trusted: proxies whose `X-Forwarded-For` counts.
        per_caller: rates of one key or token's subject.
        per_address: rates of one network address; programs of this machine have none.
        limits: counts requests; None counts none.
        metrics_open: whether `/metrics` is open without a key.
    """

    authenticate: Authenticate | None = None
    anybody: Caller = ANYBODY
    this_machine: Caller = ANYBODY
    hosts: frozenset[str] | None = None
    origins: tuple[str, ...] = ()
    trusted: tuple[Network, ...] = ()
    per_caller: tuple[RateLimitItem, ...] = ()
    per_address: tuple[RateLimitItem, ...] = ()
    limits: RateLimits | None = field(default=None)
    metrics_open: bool = False


class Guard:
    """ASGI middleware: names each request's caller, or refuses it with a problem document."""

    def __init__(self, app: ASGIApp, *, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no route speaks anything else
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        refusal = await self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """The answer that refuses a request; None where it may pass, with its caller in `scope`."""
        doors, request = self._doors, Request(scope)
        if foreign := self._foreign(request):
            return foreign
        if self._is_open(scope["path"]):
            set_caller(scope, _PASSER_BY)
            return None
        address, is_ours = client_address(scope, trusted=doors.trusted), is_this_machine(scope)
        if doors.limits and not is_ours:
            wait = await doors.limits.wait_s(doors.per_address, f"address:{bucket(address)}")
            if wait:
                return _too_often(request, wait, "this address")
        try:
            caller = doors.authenticate(request.headers) if doors.authenticate else None
        except CredentialError as error:
            logger.info("request %s from %s: %s", request_id(request), address, error)
            return _unknown(request, str(error))
        except SnapCiteError as error:  # the file of the keys is gone or damaged
            return problem_of(request, error)
        if caller is None:
            names_us = _is_loopback(_host_name(request.headers.get("host", "")))
            set_caller(scope, doors.this_machine if is_ours and names_us else doors.anybody)
            return None
        if doors.limits and (wait := await doors.limits.wait_s(doors.per_caller, caller.name)):
            return _too_often(request, wait, caller.name)
        set_caller(scope, caller)
        return None

    def _is_open(self, path: str) -> bool:
        if path == "/metrics":
            return self._doors.metrics_open
        return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)

    def _foreign(self, request: Request) -> Response | None:
        """Refuse what another website makes a visitor's browser send.

        Such a request comes from a machine that can reach this one: a website can post a form
        across origins, or let its own name resolve to this address.
        """
        headers = request.headers
        if not self._is_ours(_host_name(headers.get("host", "")), request.scope):
            return problem(
                request, 403, "unknown-host", "The server does not answer to this name",
                "The server answers only to this machine's own names; the operator can add names "
                "with SNAPCITE_ALLOWED_HOSTS.",
            )  # fmt: skip
        if self._is_cross_site(request):
            return problem(
                request, 403, "cross-site", "Another website sent this",
                "The server takes nothing from other websites; the operator can allow one with "
                "SNAPCITE_CORS_ORIGINS.",
            )  # fmt: skip
        return None

    def _is_ours(self, name: str, scope: Scope) -> bool:
        """Whether a host name is the server's: a name of the list, of this machine, or the address
        that the connection came to. No website's name can be the last, even if it leads here."""
        hosts = self._doors.hosts
        if hosts is None or name in hosts or _is_loopback(name):
            return True
        server = scope.get("server")
        try:
            return server is not None and ip_address(name) == ip_address(server[0])
        except ValueError:
            return False

    def _is_cross_site(self, request: Request) -> bool:
        headers, origins = request.headers, self._doors.origins
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None:
            if origin in origins or "*" in origins:
                return False
            parts = urlsplit(origin) if _is_printable(origin) else urlsplit("")
            if not self._is_ours(_host_name(parts.netloc), request.scope):
                return True
            if site is None:
                return parts.netloc.lower() != headers.get("host", "").lower()
        if site in (None, "same-origin", "none"):
            return False
        if request.method not in _HARMLESS:
            return True
        # A link that somebody follows is no harm, nor is what an allowed website shows.
        return not (headers.get("sec-fetch-mode") == "navigate" or origins)


_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?")


def _host_name(host: str) -> str:
    """`localhost:8000` → `localhost`, `[::1]:8000` → `::1`; empty where it is neither."""
    found = _HOST.fullmatch(host.lower())
    return (found[1] or found[2]) if found else ""


def _is_printable(text: str) -> bool:
    return text.isascii() and text.isprintable() and text.count("[") == text.count("]") <= 1


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _unknown(request: Request, why: str) -> Response:
    response = problem(
        request, 401, "no-credential", "A key is needed",
        f"{why}. Send a key as `Authorization: Bearer KEY` or `X-API-Key: KEY`.",
    )  # fmt: skip
    response.headers["WWW-Authenticate"] = 'Bearer realm="snapcite"'
    return response


def _too_often(request: Request, wait: int, who: str) -> Response:
    return problem(
        request, 429, "too-many-requests", "Too many requests",
        f"The rate of {who} is used up; try again in {wait} s.", retry_after=wait,
    )  # fmt: skip
