"""Callers and their scopes, and how a route declares the scope that it needs.

    @router.delete("/v1/documents/{document_id}")
    def delete(caller: AdminCaller, document_id: str) -> None:
        logger.info("%s deletes %s", caller.name, document_id)

`api.access.guard` finds the caller before the body of a request is read. The declaration of a route
compares scopes and puts the security schemes into the OpenAPI description; `api.http.openapi` adds
the refusals. This file reads no credential: `api.access.keys` and `api.access.tokens` do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal, get_args

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import Scope as AsgiScope

from knowledge.viewer import ANYBODY as EVERYBODY
from knowledge.viewer import Viewer

Scope = Literal["ask", "admin", "review"]
"""`ask`: ask questions, read what is indexed, propose corrections. `admin`: change what is indexed.
`review`: decide on corrections."""

SCOPES: tuple[Scope, ...] = get_args(Scope)

_CALLER = "snapcite_caller"

_BEARER = HTTPBearer(
    scheme_name="bearer",
    description="An API key of this server, or a JSON Web Token if the operator has set tokens up.",
    auto_error=False,
)
_HEADER = APIKeyHeader(
    name="X-API-Key",
    scheme_name="apiKey",
    description="An API key of this server.",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request.

    Attributes:
        name: `key:NAME` of an API key, `token:SUBJECT` of a JSON Web Token, or `anonymous` where
            the server asks for neither. It may be logged, and it owns the caller's conversations.
        scopes: what the caller may do.
        viewer: what of the index the caller may see.
    """

    name: str
    scopes: frozenset[Scope]
    viewer: Viewer = EVERYBODY


ANYBODY = Caller("anonymous", frozenset(SCOPES))
"""The caller where the server asks for no key."""


def set_caller(scope: AsgiScope, caller: Caller) -> None:
    """Note on a request, by its ASGI scope, who sent it."""
    scope[_CALLER] = caller


def caller_of(request: Request) -> Caller:
    """The caller of a request that has passed `api.access.guard`."""
    caller = request.scope[_CALLER]
    assert isinstance(caller, Caller)
    return caller


def require(scope: Scope) -> Callable[..., Caller]:
    """A dependency that gives a route its caller, and refuses one without `scope` (403)."""

    def checked(
        request: Request,
        bearer: Annotated[object, Security(_BEARER)],  # noqa: ARG001 - for the description
        header: Annotated[object, Security(_HEADER)],  # noqa: ARG001 - for the description
    ) -> Caller:
        caller = caller_of(request)
        if scope not in caller.scopes:
            raise HTTPException(
                HTTPStatus.FORBIDDEN,
                f"This needs the scope {scope!r}, which {caller.name} does not have; "
                "use a key that has it.",
            )
        return caller

    return checked


AskCaller = Annotated[Caller, Depends(require("ask"))]
"""The parameter of a route that answers or shows something."""

ReviewCaller = Annotated[Caller, Depends(require("review"))]
"""The parameter of a route that decides on corrections."""

AdminCaller = Annotated[Caller, Depends(require("admin"))]
"""The parameter of a route that changes the index."""
