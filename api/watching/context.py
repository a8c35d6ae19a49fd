"""The current request, for code far below a route that logs, counts or audits.

A context variable holds it, which follows a request into its tasks and worker threads. Outside of a
request it is empty.
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
    """Make a request, given by its ASGI scope, the current one."""
    token = _SCOPE.set(scope)
    try:
        yield
    finally:
        _SCOPE.reset(token)


def current_request_id() -> str | None:
    """The id of the current request."""
    scope = _SCOPE.get()
    return None if scope is None else str(scope.get("snapcite_request_id", "")) or None


def current_caller() -> str | None:
    """The name of the current request's caller, once it is known."""
    scope = _SCOPE.get()
    return None if scope is None else caller_name(scope)


def note_photos(digests: Sequence[str]) -> None:
    """Note the digests of the photos that came with the current request."""
    scope = _SCOPE.get()
    if scope is not None:
        scope[_PHOTOS] = [*scope.get(_PHOTOS, ()), *digests]


def noted_photos() -> list[str]:
    """The digests that were noted for the current request."""
    scope = _SCOPE.get()
    return [] if scope is None else list(scope.get(_PHOTOS, ()))


def caller_name(scope: Scope) -> str | None:
    """The name of a request's caller, once `api.access.guard` knows it."""
    caller = scope.get("snapcite_caller")
    return caller.name if isinstance(caller, Caller) else None


def route_name(scope: Scope) -> str:
    """The template of a request's route, for instance `/v1/photos/{photo_id}`.

    It is never the path, which holds ids: a metric would keep a series for each. The page and the
    API description are `(files)`. An address without a route, and a request that was refused before
    routing, are `(none)`.
    """
    template = getattr(scope.get("route"), "path", None)
    if isinstance(template, str):
        return template
    return "(files)" if "endpoint" in scope else "(none)"
