"""The OpenAPI description, completed with what FastAPI cannot see.

FastAPI describes each route's own answers. It does not see what the guard, the limit of the body
and the check of the fields answer before a route runs, and describes its own shape of errors, which
is not sent here. Nor does it see the models of JSON that is sent inside a form or read by the route
itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.http.problems import MEDIA_TYPE

_REF = "#/components/schemas/"
_PROBLEM = _REF + "ProblemOut"
_FRAMEWORK = ("HTTPValidationError", "ValidationError")
"""FastAPI's description of the answer to a bad field; here it is a problem document."""
_METHODS = ("get", "put", "post", "delete", "patch")

_GUARDED = (401, 403, 429)
_WITH_BODY = (400, 408, 413, 415, 422, 429, 504, 507)
_NAMING = (404,)
"""Of addresses that name something, which may not exist."""
_ALWAYS = (403, 503)
"""To another host's name or from another website, and while the server shuts down."""

_HEADERS = {
    401: ("WWW-Authenticate", "How to send a key.", "string"),
    429: ("Retry-After", "Seconds after which to try again.", "integer"),
    503: ("Retry-After", "Seconds after which to try again.", "integer"),
}


def reference(model: type[BaseModel]) -> dict[str, Any]:
    """A reference to a model that is given to `complete_description`."""
    return {"$ref": _REF + model.__name__}


def complete_description(app: FastAPI, models: Sequence[type[BaseModel]]) -> None:
    """Have `app` describe its errors as problem documents, and these models."""
    without = app.openapi
    described: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not described:
            described.update(with_models(with_problems(without()), models))
        return described

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def with_problems(description: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that describes every error that can be sent, as a problem document."""
    described = deepcopy(dict(description))
    for path, operation in _operations(described):
        responses = operation["responses"]
        statuses = {int(status) for status in responses if _is_problem(responses[status])}
        statuses |= set(_GUARDED) if operation.get("security") else set()
        statuses |= set(_WITH_BODY) if "requestBody" in operation else set()
        statuses |= set(_NAMING) if "{" in path else set()
        statuses |= set(_ALWAYS)
        for status in sorted(statuses):
            responses[str(status)] = _problem_response(status)
    for name in _FRAMEWORK:
        described.get("components", {}).get("schemas", {}).pop(name, None)
    return described


def with_models(
    description: Mapping[str, Any], models: Sequence[type[BaseModel]]
) -> dict[str, Any]:
    """A copy that describes these models too."""
    described = deepcopy(dict(description))
    wanted = [(model, "validation") for model in models]
    _, schemas = models_json_schema(wanted, ref_template=_REF + "{model}")  # type: ignore[arg-type]
    components = described.setdefault("components", {}).setdefault("schemas", {})
    components.update(schemas["$defs"])
    return described


def _operations(description: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        yield from ((path, methods[method]) for method in _METHODS if method in methods)


def _is_problem(response: Mapping[str, Any]) -> bool:
    """Whether a response is described as a problem, or as FastAPI's own kind of error."""
    references = {
        media.get("schema", {}).get("$ref") for media in response.get("content", {}).values()
    }
    return not references.isdisjoint({_PROBLEM, *(_REF + name for name in _FRAMEWORK)})


def _problem_response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _PROBLEM}}},
    }
    if status in _HEADERS:
        name, description, kind = _HEADERS[status]
        response["headers"] = {name: {"description": description, "schema": {"type": kind}}}
    return response
