"""What can go wrong with a Qdrant server: which call is worth another try, what a failure means.

Knows HTTP statuses and the client's exceptions; opens nothing.
"""

from json import JSONDecodeError

from knowledge.errors import (
    DiskFullError,
    StorageError,
    StoreUnavailableError,
)
from knowledge.server_client import connection_advice
from knowledge.store.checks import missing_index

_PASSING_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_WAIT = 30.0
_NO_ROOM = "no space left"
_LONGEST_DETAIL = 300


class WriteUnfinishedError(Exception):
    """A server took a write and has not applied it in time."""

    def __str__(self) -> str:
        return "a write was taken and not applied in time"


class NoCollectionError(Exception):
    """A node knows no such collection, and said so without an error."""


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed a little later."""
    from httpx import TransportError
    from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    if isinstance(error, WriteUnfinishedError):
        return True
    if isinstance(error, ResponseHandlingException):
        return isinstance(error.source, TransportError)
    if isinstance(error, UnexpectedResponse):
        return error.status_code in _PASSING_STATUSES
    return isinstance(error, ResourceExhaustedResponse)


def is_missing(error: Exception) -> bool:
    """Whether the server says that it has no such collection."""
    from qdrant_client.http.exceptions import UnexpectedResponse

    return isinstance(error, NoCollectionError) or (
        isinstance(error, UnexpectedResponse)
        and error.status_code == 404
        and "collection" in _detail(error).lower()
    )


def is_unreached(error: Exception) -> bool:
    """Whether nobody answered."""
    from qdrant_client.http.exceptions import ResponseHandlingException

    return isinstance(error, ResponseHandlingException)


def is_timeout(error: Exception) -> bool:
    """Whether the server was there and took too long."""
    from httpx import TimeoutException
    from qdrant_client.http.exceptions import ResponseHandlingException

    return isinstance(error, ResponseHandlingException) and isinstance(
        error.source, TimeoutException
    )


def wait_before_retry(error: Exception, planned: float) -> float:
    """Seconds to wait: as planned, or as long as the server asks for if that is longer."""
    asked = getattr(error, "retry_after_s", 0)
    return min(max(planned, float(asked)), max(planned, _LONGEST_WAIT))


def to_storage_error(error: Exception, place: str) -> StorageError:
    """What a failed call means to the caller; `place` is the URL and collection to name."""
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    # A server says it with a 500, as it does what passes; another node may still have room.
    if isinstance(error, UnexpectedResponse) and _NO_ROOM in _detail(error).lower():
        return DiskFullError(
            f"The disk of the Qdrant server at {place} is full ({_detail(error)}). Make room; what "
            "was written is kept."
        )
    if is_passing(error):
        reason = _reason(error)
        advice = connection_advice(reason, place.partition(" ")[0].partition(",")[0])
        why = f"{reason}; {advice}" if advice else reason
        return StoreUnavailableError(
            f"The Qdrant server at {place} does not answer ({why}). "
            "Check that it runs and that the address is right."
        )
    if is_missing(error):
        return missing_index(place)
    if isinstance(error, UnexpectedResponse):
        if error.status_code == 401:
            return StoreUnavailableError(
                f"The Qdrant server at {place} refuses the API key. Give the right one."
            )
        if error.status_code == 403:
            return StoreUnavailableError(
                f"The Qdrant server at {place} refuses the API key for this ({_detail(error)}). "
                "Give one with the right to it: indexing and updates need one that may write."
            )
        return StorageError(f"The Qdrant server at {place} refused: {_detail(error)}.")
    if isinstance(error, ResponseHandlingException | JSONDecodeError):
        return StoreUnavailableError(
            f"What answers at {place} is not a Qdrant server: its answer cannot be read."
        )
    return StorageError(f"The index at {place} failed: {error}.")


def _reason(error: Exception) -> str:
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    if isinstance(error, UnexpectedResponse):
        said, status = _detail(error), f"HTTP {error.status_code}"
        return status if said == status else f"{status}: {said}"
    if isinstance(error, ResponseHandlingException):
        return str(error.source) or type(error.source).__name__
    if isinstance(error, WriteUnfinishedError):
        return str(error)
    return "HTTP 429, too many requests"


def _detail(error: Exception) -> str:
    from qdrant_client.http.exceptions import UnexpectedResponse

    if not isinstance(error, UnexpectedResponse):
        return str(error)
    try:
        return str(error.structured()["status"]["error"])[:_LONGEST_DETAIL].rstrip(".")
    except (ValueError, KeyError, TypeError):
        return f"HTTP {error.status_code}"
