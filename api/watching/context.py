"""The request at hand, known to whoever logs, counts or audits far below a route.

A context variable, so that it follows a request into its tasks and worker threads. Outside of a
request there is none.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.types import Scope

from api.access.auth import Caller

_SCOPE: ContextVar[Scope | None] = ContextVar("snapcite_request", default=None)
_PHOTOS = "snapcite_photos"


@contextmanager
def during(scope: Scope) -> Iterator[None]:
    """Make a request, by its ASGI scope, the one at hand."""
    token = _SCOPE.set(scope)
    try:
        yield
    finally:
        _SCOPE.reset(token)


def current_request_id() -> str | None:
    """The id of the request at hand."""
    scope = _SCOPE.get()
    return None if scope is None else str(scope.get("snapcite_request_id", "")) or None


def current_caller() -> str | None:
    """The name of who sent the request at hand, once that is known."""
    scope = _SCOPE.get()
    return None if scope is None else caller_name(scope)


def note_photos(digests: Sequence[str]) -> None:
    """Note what photos came with the request at hand, by their digests."""
    scope = _SCOPE.get()
    if scope is not None:
        scope[_PHOTOS] = [*scope.get(_PHOTOS, ()), *digests]


def noted_photos() -> list[str]:
    """The photos that were noted for the request at hand."""
    scope = _SCOPE.get()
    return [] if scope is None else list(scope.get(_PHOTOS, ()))


def caller_name(scope: Scope) -> str | None:
    """The name of who sent a request, once `api.access.guard` knows it."""
    caller = scope.get("snapcite_caller")
    return caller.name if isinstance(caller, Caller) else None


def route_name(scope: Scope) -> str:
    """The template of the route that a request was led to, for instance `/v1/photos/{photo_id}`.

    Never its path: that holds ids and is any length, and a metric would keep each. What has no
    template is `(files)` (the page, the API description) or `(none)` (no such address, or refused
    before the address mattered).
    """
    template = getattr(scope.get("route"), "path", None)
    if isinstance(template, str):
        return template
    return "(files)" if "endpoint" in scope else "(none)"
