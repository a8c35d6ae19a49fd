"""A reader that may fail, with one that stands in for it: a circuit breaker between the two.

Knows neither: a server that does not answer is one case, a model that ran out of memory another.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from knowledge.errors import ModelError, ModelUnavailableError
from vlm.readers.base import Draft, LookingReader, Reader, Reading

logger = logging.getLogger(__name__)

_NOTES = {
    "en": "The model could not be asked, so this was read by simpler rules.",
    "zh": "模型暂时无法使用,本回答由较简单的规则读出。",
}


class CircuitBreaker:
    """Open after some failures in a row; after a pause it lets one through to see. Thread-safe."""

    def __init__(
        self,
        *,
        failures: int = 3,
        pause: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`failures` in a row open it, for `pause` seconds of `clock`."""
        self._limit = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_at = 0.0

    def allows(self) -> bool:
        """Whether to try. When the pause is over, True once, and False until that one is done."""
        with self._lock:
            if self._failed < self._limit:
                return True
            now = self._clock()
            if now < self._closed_at:
                return False
            self._closed_at = now + self._pause
            return True

    def succeeded(self) -> None:
        """Close it."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """Count a failure."""
        with self._lock:
            self._failed += 1
            self._closed_at = self._clock() + self._pause


class FallbackReader:
    """Reads with the first reader, and with the second while the first fails, and says so.

    Attributes:
        stood_in: how many readings the second did so far.
    """

    def __init__(
        self, first: LookingReader, second: Reader, *, breaker: CircuitBreaker | None = None
    ) -> None:
        """`breaker`: when to leave the first alone; one of its own if None."""
        self._first = first
        self._second = second
        self._breaker = breaker or CircuitBreaker()
        self._counting = threading.Lock()
        self.stood_in = 0

    @property
    def name(self) -> str:
        """The first reader's."""
        return self._first.name

    @property
    def photo_side(self) -> int:
        """What the first reader can make use of, in pixels."""
        return self._first.photo_side

    @property
    def evidence_side(self) -> int:
        """The same of candidates' photos."""
        return self._first.evidence_side

    def warm_up(self) -> None:
        """Warm up the first; if it fails, the second will do."""
        try:
            self._first.warm_up()
        except ModelError as error:
            logger.warning("%s cannot be used: %s", self._first.name, error)
            self._breaker.failed()

    def read(self, reading: Reading) -> Draft:
        """The first reader's draft, or the second's with a note.

        A caller's own answer schema is only for models: then the first reader's error is raised.
        """
        if not self._breaker.allows():
            return self._stand_in(reading)
        try:
            draft = self._first.read(reading)
        except ModelError as error:
            self._breaker.failed()
            logger.warning("%s failed, %s reads: %s", self._first.name, self._second.name, error)
            if reading.answer_schema is not None:
                raise
            return self._stand_in(reading)
        self._breaker.succeeded()
        return draft

    def _stand_in(self, reading: Reading) -> Draft:
        if reading.answer_schema is not None:
            raise ModelUnavailableError(
                "The model cannot be asked just now; try again in half a minute."
            )
        with self._counting:
            self.stood_in += 1
        note = _NOTES.get(reading.language, _NOTES["en"])
        return replace(self._second.read(reading), note=note)
