"""Decides whether a request may come in: who calls, how often, and from which website.

It does so before the body is read. Every path that is not listed as open here needs a caller, also
that of a route that declares no scope. Knows neither how a key is checked nor what a route does.
"""

import logging
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
from api.access.client_address import Network, bucket, client_address
from api.access.limits import RateLimits
from api.http.problems import problem, problem_of, request_id
from knowledge.errors import SnapCiteError

logger = logging.getLogger(__name__)

OPEN_PATHS = frozenset({"/", "/corpus", "/health", "/ready", "/docs", "/openapi.json"})
OPEN_FOLDERS = ("/static/", "/static-offline-docs/")
"""The page and the API's description hold nothing of the index, and probes send no key."""

_HARMLESS = {"GET", "HEAD", "OPTIONS"}
_PASSER_BY = Caller("anonymous", frozenset())


class CredentialError(Exception):
    """No credential was accepted; the text says why and holds no part of the credential."""


Authenticate = Callable[[Headers], Caller]
"""Headers → who sent them. Raises `CredentialError`."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may come in; by default everybody, which suits tests.

    Attributes:
        authenticate: finds the caller by the headers; None asks for no credential.
        anybody: the caller of every request where no credential is asked for.
        hosts: names that the `Host` header may hold where no credential is asked for; if empty,
            any name.
        origins: other websites whose scripts may call (CORS).
        trusted: proxies whose `X-Forwarded-For` counts.
        per_caller: rates of one key or token's subject.
        per_address: rates of one network address; addresses of this machine have none.
        limits: counts requests; None counts none.
        metrics_open: whether `/metrics` is open without a key.
    """

    authenticate: Authenticate | None = None
    anybody: Caller = ANYBODY
    hosts: frozenset[str] = frozenset()
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
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """The answer that refuses a request; None where it may pass, with its caller in `scope`."""
        doors, request = self._doors, Request(scope)
        if self._is_open(scope["path"]):
            set_caller(scope, _PASSER_BY)
            return None
        address = client_address(scope, trusted=doors.trusted)
        if doors.limits and not (address and address.is_loopback):
            wait = await doors.limits.wait_s(doors.per_address, f"address:{bucket(address)}")
            if wait:
                return _too_often(request, wait, "this address")
        if doors.authenticate is None:
            set_caller(scope, doors.anybody)
            return self._foreign(request)
        try:
            caller = doors.authenticate(request.headers)
        except CredentialError as error:
            logger.info("request %s from %s: %s", request_id(request), address, error)
            return _unknown(request, str(error))
        except SnapCiteError as error:  # the file of the keys is gone or damaged
            return problem_of(request, error)
        if doors.limits and (wait := await doors.limits.wait_s(doors.per_caller, caller.name)):
            return _too_often(request, wait, caller.name)
        set_caller(scope, caller)
        return None

    def _is_open(self, path: str) -> bool:
        if path == "/metrics":
            return self._doors.metrics_open
        return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)

    def _foreign(self, request: Request) -> Response | None:
        """Refuse what another website makes a visitor's browser send to a server without keys.

        Such a request needs no key and comes from a machine that can reach this one: a website can
        post a form across origins, or let its own name resolve to this address.
        """
        headers, doors = request.headers, self._doors
        name = _host_name(headers.get("host", ""))
        if doors.hosts and not (name in doors.hosts or _is_loopback(name)):
            return problem(
                request, 403, "unknown-host", "The server does not answer to this name",
                "Without keys the server answers only to this machine's own names; the operator "
                "can add names with SNAPCITE_ALLOWED_HOSTS.",
            )  # fmt: skip
        if request.method not in _HARMLESS and _is_cross_site(headers, doors.origins):
            return problem(
                request, 403, "cross-site", "Another website sent this",
                "Without keys the server takes nothing from other websites; the operator can "
                "allow one with SNAPCITE_CORS_ORIGINS.",
            )  # fmt: skip
        return None


def _is_cross_site(headers: Headers, origins: tuple[str, ...]) -> bool:
    origin = headers.get("origin")
    if origin in origins or "*" in origins:
        return False
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _host_name(host: str) -> str:
    """`localhost:8000` → `localhost`, `[::1]:8000` → `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


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
