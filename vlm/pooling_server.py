"""Requests to a server of models that make vectors and scores: vLLM with `--runner pooling`.

Knows times, retries, sizes and faults; not what is asked (`vlm.encoders.served`,
`vlm.rerankers.served`). The rules are those of the reader `openai`: no request outlives the
caller's deadline, only "too many requests" and server faults are tried again, and a server that
fails some times in a row is left alone for half a minute.

httpx comes with the Qdrant client, which the core needs anyway.
"""

import base64
import io
import json
import logging
import random
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from knowledge import deadline
from knowledge.circuit_breaker import CircuitBreaker
from knowledge.errors import ConfigurationError, ModelUnavailableError
from knowledge.server_client import seconds_to_wait, server_client, why_unreachable
from vlm.hang_up import Alarm
from vlm.server_address import check_address, check_key, key_headers, request_url

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

_TRIES = 4
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0
_SPARE = 0.5
"""Seconds that a request leaves of the caller's time for what follows it."""
_LARGEST_ANSWER = 64 * 2**20
"""Bytes. A reranker's answer repeats the photos that were sent."""
_LOGGED = 300
"""Characters of a server's own error text that the log gets."""


@dataclass(frozen=True, slots=True)
class PoolingOptions:
    """Settings of a server.

    Attributes:
        base_url: up to and with `/v1`.
        model: the server's name for the model.
        api_key: None if the server needs none.
        timeout: seconds that a request may take; less if the caller's deadline comes sooner.
        variable: the environment variable that names the server, for messages.
    """

    base_url: str
    model: str = ""
    api_key: str | None = None
    timeout: float = 30.0
    variable: str = "SNAPCITE_ENCODER_URL"


class RefusedError(ModelUnavailableError):
    """The server refused this one request.

    Attributes:
        status: HTTP status.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class PoolingServer:
    """A server and the connections to it, which close with it. Safe to use from several threads."""

    def __init__(
        self,
        options: PoolingOptions,
        *,
        breaker: CircuitBreaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Check the address; send nothing.

        Args:
            options: which server, and how long it may take.
            breaker: decides when the server is left alone; None makes a new one.
            sleep: how to pause, in seconds.

        Raises:
            ConfigurationError: the address is none of http or https, or the key cannot be sent.
        """
        check_address(options.base_url, options.variable)
        check_key(options.api_key, options.variable.removesuffix("_URL") + "_API_KEY")
        self.options = options
        self._breaker = breaker or CircuitBreaker()
        self._sleep = sleep
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """The server's answer to a request, as JSON; waits and asks again if that can help.

        Args:
            path: below the address, without a slash before it.
            body: of the request; the model's name is added.

        Raises:
            RefusedError: the server does not take this request, whoever sends it.
            ModelUnavailableError: it could not be reached, took too long or answered nonsense.
        """
        if not self._breaker.allows():
            raise ModelUnavailableError(
                f"The model server of {self.options.variable} failed several times in a row and is "
                "left alone for half a minute."
            )
        try:
            answer = self._ask(path, {"model": self.options.model, **body})
        except RefusedError:
            self._breaker.succeeded()  # it is there, and answers
            raise
        except ModelUnavailableError:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return answer

    def _ask(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        pause = _FIRST_PAUSE
        for attempt in range(1, _TRIES + 1):
            status, content, wait = self._send(path, body)
            if status == 200:
                return self._read(content)
            where = f"{self.options.variable} ({path})"
            said = _one_line(content[: 4 * _LOGGED].decode("utf-8", "replace"))
            logger.warning("%s answered with status %d: %s", where, status, said)
            if not (status == 429 or status >= 500):
                raise RefusedError(
                    f"The model server of {where} refused the request with status {status}; its "
                    f"own words are in the log.",
                    status=status,
                )
            wait = wait or pause * random.uniform(0.75, 1.25)
            if attempt == _TRIES or wait > self._seconds():
                raise ModelUnavailableError(
                    f"The model server of {where} answered with status {status}; see its log."
                )
            self._sleep(min(wait, _LONGEST_PAUSE))
            pause *= 2
        raise AssertionError("the last attempt returns or raises")

    def _send(self, path: str, body: Mapping[str, Any]) -> tuple[int, bytes, float | None]:
        """Status, body, and the seconds that the server asks to wait."""
        import httpx

        seconds = self._seconds()
        ends = time.monotonic() + seconds
        url = request_url(self.options.base_url, path)
        content = bytearray()
        alarm = Alarm(seconds)
        try:
            with self._connect().stream(
                "POST", url, json=body, timeout=seconds, extensions={"trace": alarm.trace}
            ) as response:
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > _LARGEST_ANSWER:
                        raise ModelUnavailableError(
                            f"The model server of {self.options.variable} sent more than "
                            f"{_LARGEST_ANSWER:,} bytes; is that the server of this model?"
                        )
                    if time.monotonic() > ends:  # a server may send a byte at a time for ever
                        raise httpx.ReadTimeout("the answer took too long")
                return response.status_code, bytes(content), seconds_to_wait(response.headers)
        except httpx.TimeoutException as error:
            raise ModelUnavailableError(
                f"The model server of {self.options.variable} took longer than {seconds:.3g} "
                f"seconds."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            if time.monotonic() >= ends:
                raise ModelUnavailableError(
                    f"The model server of {self.options.variable} took longer than {seconds:.3g} "
                    f"seconds."
                ) from error
            raise ModelUnavailableError(
                f"The model server could not be reached or broke off "
                f"({_one_line(why_unreachable(error, self.options.base_url))}); check "
                f"{self.options.variable} and that it runs."
            ) from error
        finally:
            alarm.cancel()

    def _read(self, content: bytes) -> Any:  # noqa: ANN401
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise ModelUnavailableError(
                f"The model server of {self.options.variable} answered with something that is not "
                f"JSON; check its address."
            ) from error

    def _seconds(self) -> float:
        """Seconds that a request may take now."""
        left = deadline.remaining()
        if left is None:
            return self.options.timeout
        return max(_SPARE, min(self.options.timeout, left - _SPARE))

    def _connect(self) -> "httpx.Client":
        import httpx

        with self._lock:
            if self._client is None:
                key = self.options.api_key
                self._client = server_client(
                    self.options.base_url,
                    headers=key_headers(key, self.options.base_url),
                    follow_redirects=False,  # photos and the key go nowhere else
                    limits=httpx.Limits(max_keepalive_connections=0),  # see `Alarm`
                )
                weakref.finalize(self, self._client.close)
            return self._client


def server_of(model: str, options: PoolingOptions | None, *, setting: str) -> PoolingServer:
    """The server that the settings name, for a model.

    Args:
        model: the server's name for it.
        options: of the settings; None where they name no server.
        setting: `encoder` or `reranker`, for messages.

    Raises:
        ConfigurationError: the settings name no server, or no address of one.
    """
    if options is None:
        raise ConfigurationError(
            f"The {setting} {model}@server is on a model server, and none is named: set "
            f"SNAPCITE_{setting.upper()}_URL (for instance http://localhost:8001/v1)."
        )
    return PoolingServer(replace(options, model=model))


def data_url(photo: Image.Image) -> str:
    """A photo as a JPEG in a URL: no server fetches anything."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=95)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LOGGED]
