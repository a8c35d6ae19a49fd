"""Errors as RFC 9457 problem documents. The only place that gives errors an HTTP status.

A caller's own error is described in full. An error of the server is logged, and its document says
nothing about it, so that no path, address or foreign message leaves the server.
"""

import errno
import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from knowledge import errors

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

_STATUSES: dict[type[errors.SnapCiteError], tuple[HTTPStatus, str, str]] = {
    errors.UnsupportedImageError: (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-image", "Not an image we can read"),
    errors.BrokenImageError: (
        HTTPStatus.UNPROCESSABLE_ENTITY, "broken-image", "The image is damaged"),
    errors.ImageTooLargeError: (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "image-too-large", "The image is too large"),
    errors.QueryError: (HTTPStatus.UNPROCESSABLE_ENTITY, "bad-query", "The query cannot be used"),
    errors.DocumentError: (
        HTTPStatus.UNPROCESSABLE_ENTITY, "bad-document", "The document cannot be used"),
    errors.NotFoundError: (HTTPStatus.NOT_FOUND, "not-found", "Not found"),
    errors.InputError: (HTTPStatus.BAD_REQUEST, "bad-input", "The input cannot be used"),
    errors.StoreUnavailableError: (
        HTTPStatus.SERVICE_UNAVAILABLE, "store-unavailable", "The storage cannot be reached"),
    errors.DiskFullError: (
        HTTPStatus.INSUFFICIENT_STORAGE, "disk-full", "There is no room left to write"),
    errors.AuditError: (
        HTTPStatus.SERVICE_UNAVAILABLE, "not-recorded", "The request cannot be recorded"),
    errors.StorageError: (HTTPStatus.INTERNAL_SERVER_ERROR, "storage", "The index failed"),
    errors.ModelUnavailableError: (
        HTTPStatus.SERVICE_UNAVAILABLE, "model-unavailable", "The model does not answer"),
    errors.ModelError: (HTTPStatus.INTERNAL_SERVER_ERROR, "model", "A model failed"),
    errors.OverloadedError: (
        HTTPStatus.TOO_MANY_REQUESTS, "overloaded", "Too many requests are waiting"),
    errors.DeadlineError: (
        HTTPStatus.GATEWAY_TIMEOUT, "deadline", "The request ran out of time"),
    errors.StoppingError: (
        HTTPStatus.SERVICE_UNAVAILABLE, "stopping", "The server is shutting down"),
    errors.SnapCiteError: (HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "Something went wrong"),
}  # fmt: skip

_HTTP = {
    400: ("bad-request", "The request cannot be read"),
    401: ("no-credential", "A key is needed"),
    403: ("forbidden", "The key does not allow this"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "This address does not take this method"),
    408: ("upload-timeout", "The request did not arrive in time"),
    413: ("request-too-large", "The request is too large"),
    415: ("unsupported-encoding", "The text is not in UTF-8"),
    422: ("bad-request", "The request cannot be read"),
}
"""Slug and title of the framework's own refusals; Python's phrases differ between versions."""

_OPENAI_PATHS = ("/v1/chat/completions", "/v1/models")
_THEIR_FAULT = "invalid_request_error"
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}

_OURS = "This is an error of the server. Its log has the details under the request id."


def problem(
    request: Request, status: int, slug: str, title: str, detail: str, *, retry_after: int = 0
) -> JSONResponse:
    """A problem document. `retry_after`: seconds after which to try again, 0 for no hint."""
    body = {
        "type": f"urn:snapcite:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id(request),
    }
    if request.scope["path"].startswith(_OPENAI_PATHS):
        body["error"] = openai_error(status, slug, detail)
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def openai_error(status: int, slug: str, detail: str) -> dict[str, str | None]:
    """An error as OpenAI's clients look for it, beside the fields of the problem document."""
    return {
        "message": detail,
        "type": _OPENAI_TYPES.get(status, "server_error" if status >= 500 else _THEIR_FAULT),
        "param": None,
        "code": slug,
    }


def request_id(request: Request) -> str:
    """The id that the middleware gave the request."""
    return str(request.scope.get("snapcite_request_id", ""))


def problem_of(request: Request, error: Exception) -> JSONResponse:
    """The problem document of an error, which is logged unless the caller can correct it."""
    if isinstance(error, HTTPException):
        slug, title = _HTTP.get(error.status_code, ("http-error", "The request was refused"))
        return problem(request, error.status_code, slug, title, str(error.detail))
    if not isinstance(error, errors.SnapCiteError):
        logger.error("request %s failed", request_id(request), exc_info=error)
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return problem(request, status, "internal", "Something went wrong", _OURS)
    status, slug, title = next(_STATUSES[cls] for cls in type(error).__mro__ if cls in _STATUSES)
    if isinstance(error, errors.BusyError):  # expected under load, and counted: not logged
        detail, retry = str(error), error.retry_after
        return problem(request, status, slug, title, detail, retry_after=retry)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return problem(request, status, slug, title, str(error))
    logger.error("request %s: %s: %s", request_id(request), slug, error)
    retry = 5 if status == HTTPStatus.SERVICE_UNAVAILABLE else 0
    return problem(request, status, slug, title, _OURS, retry_after=retry)


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""

    @app.exception_handler(errors.SnapCiteError)
    async def ours(request: Request, error: errors.SnapCiteError) -> JSONResponse:
        return problem_of(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = str(first["loc"][-1]) if first["loc"] else "the request"
        detail = f"{field}: {first['msg']}"
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return problem(request, status, "bad-request", "The request cannot be read", detail)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        match error.__cause__:  # FastAPI makes a 400 of whatever happens while a body is read
            case errors.SnapCiteError() as cause:
                return problem_of(request, cause)
            case OSError(errno=errno.EMFILE | errno.ENFILE):
                return problem_of(
                    request, errors.OverloadedError("Too many files are open. Try again later.")
                )
            case OSError() as cause:  # a large upload lies in a file while it comes in
                full = errors.DiskFullError(f"An upload could not be stored: {cause}.")
                return problem_of(request, full)
        return problem_of(request, error)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        return problem_of(request, error)
