"""What can go wrong, and which error a problem document of the server becomes."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from snapcite_client._retries import retry_after


class SnapCiteError(Exception):
    """Anything that goes wrong with a call."""


class TransportError(SnapCiteError):
    """Nothing was answered: no connection, or it broke."""


class TransportTimeout(TransportError):
    """Nothing was answered in time."""


class ResponseError(SnapCiteError):
    """The answer cannot be read: it is not that of a SnapCite server of this version."""


class ProblemError(SnapCiteError):
    """The server refused, with a problem document (RFC 9457).

    Attributes:
        status: of HTTP.
        type: a URN that names the kind of problem, such as `urn:snapcite:problem:not-found`.
        title: the kind in words.
        detail: what was wrong, and what to do.
        request_id: the server's log has the details under it.
        retry_after: seconds after which to try again; None where the server says nothing.
    """

    def __init__(
        self,
        *,
        status: int,
        type: str = "about:blank",
        title: str = "",
        detail: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail or title or f"The server answered {status}.")
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.request_id = request_id
        self.retry_after = retry_after


class BadRequest(ProblemError):
    """What was sent cannot be used."""


class PhotoRefused(BadRequest):
    """The photo is damaged, too large or no photo."""


class Unauthorized(ProblemError):
    """A key is needed, or the one sent is not known."""


class Forbidden(ProblemError):
    """The key does not allow this."""


class NotFound(ProblemError):
    """There is no such thing."""


class RateLimited(ProblemError):
    """Too many requests: of this key or address, or of all callers together."""


class Unavailable(ProblemError):
    """The server cannot answer now: it starts, shuts down, or waits for its index or model."""


class DeadlineExceeded(ProblemError):
    """The request ran out of time on the server."""


class ServerFault(ProblemError):
    """The server failed."""


_OF_STATUS: dict[int, type[ProblemError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    429: RateLimited,
    503: Unavailable,
    504: DeadlineExceeded,
}
_OF_PHOTOS = frozenset({"unsupported-image", "broken-image", "image-too-large"})


def problem_of(response: httpx.Response) -> ProblemError:
    """The error of a response that was read and is none of success."""
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):  # a proxy before the server answered
        document = {"title": response.reason_phrase, "detail": ""}
    return problem_from(
        document,
        status=response.status_code,
        retry=retry_after(response.headers.get("retry-after")),
    )


def problem_from(
    document: Mapping[str, Any], *, status: int | None = None, retry: float | None = None
) -> ProblemError:
    """The error that a problem document describes. `status`: instead of the document's own."""
    said = document.get("status")
    number = status if status is not None else said if isinstance(said, int) else 500
    kind = str(document.get("type", "about:blank"))
    if kind.rpartition(":")[2] in _OF_PHOTOS:
        error: type[ProblemError] = PhotoRefused
    elif number >= 500:
        error = _OF_STATUS.get(number, ServerFault)
    elif number >= 400:
        error = _OF_STATUS.get(number, BadRequest)
    else:
        error = ProblemError  # a redirect, which is not followed: the key goes nowhere else
    return error(
        status=number,
        type=kind,
        title=str(document.get("title", "")),
        detail=str(document.get("detail", "")),
        request_id=str(document.get("request_id", "")),
        retry_after=retry,
    )


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """A JSON value of the server.

    Raises:
        ResponseError: it is not JSON.
    """
    try:
        return json.loads(text)
    except ValueError as error:
        raise ResponseError(f"The server's answer is not JSON: {error}.") from None
