"""Which requests are sent again, and after how long."""

import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_REFUSED = frozenset({429, 503})
"""The server did nothing of what was asked, and says so."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a request is sent again.

    Requests that the server refused for now (429, 503) are, and those that no connection was made
    for. Where a connection broke later, only those are that may be done twice: not questions, which
    would cost the server twice, unless they are asked again by the caller.

    Attributes:
        most: times that a request is sent again; 0 for never.
        first_seconds: waited before the first time, doubled each time; with a random share, so that
            many clients do not come back together. A `Retry-After` of the server is kept to.
        longest_seconds: if the server asks for a longer wait, its refusal is the result at once.
    """

    most: int = 2
    first_seconds: float = 0.5
    longest_seconds: float = 30.0

    def after_response(self, response: httpx.Response, *, tried: int) -> float | None:
        """Seconds until a request is sent again; None if its response is the result.

        `tried`: how often it was sent before this response.
        """
        if response.status_code not in _REFUSED or tried >= self.most:
            return None
        asked = retry_after(response.headers.get("retry-after"))
        wait = self._backoff(tried) if asked is None else asked
        return wait if wait <= self.longest_seconds else None

    def after_error(self, error: httpx.TransportError, method: str, *, tried: int) -> float | None:
        """Seconds until a request is sent again; None if its error is the result."""
        nothing_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        if tried >= self.most or not (nothing_sent or method in _IDEMPOTENT):
            return None
        return self._backoff(tried)

    def _backoff(self, tried: int) -> float:
        seconds = min(self.longest_seconds, self.first_seconds * 2.0**tried)
        return seconds * random.uniform(0.5, 1.0)


def retry_after(header: str | None) -> float | None:
    """Seconds in a `Retry-After`: a number, or a date; None if it holds neither."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        pass
    else:
        return seconds if 0 <= seconds < 1e9 else None
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
