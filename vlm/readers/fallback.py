"""A reader that may fail, and a second one that reads while the first fails.

A circuit breaker decides which of them is asked. Works with any two readers: the first may be a
server that does not answer or a model that ran out of memory. The second's drafts carry its name,
since what its confidence is worth was measured for it and not for the first.
"""

import logging
import threading
from dataclasses import replace

from knowledge.circuit_breaker import CircuitBreaker
from knowledge.errors import ModelError, ModelRefusedError, ModelUnavailableError
from vlm.readers.base import Draft, LookingReader, Reader, Reading

logger = logging.getLogger(__name__)

_NOTES = {
    "en": "The model could not be asked, so the simpler extractive reader answered.",
    "zh": "模型暂时无法使用,本回答由较简单的摘录式阅读器给出。",
}


class FallbackReader:
    """Reads with the first reader, and with the second while the first fails, and says so.

    A question that the first reader refuses while it answers others is read by the second, and does
    not count as a failure.

    Attributes:
        stood_in: how many readings the second reader has done.
    """

    def __init__(
        self, first: LookingReader, second: Reader, *, breaker: CircuitBreaker | None = None
    ) -> None:
        """`breaker` decides when the first reader is not asked; None makes a new one."""
        self._first = first
        self._second = second
        self._breaker = breaker or CircuitBreaker()
        self._counting = threading.Lock()
        self.stood_in = 0

    @property
    def name(self) -> str:
        """The first reader's name."""
        return self._first.name

    @property
    def model(self) -> str:
        """The first reader's model; empty where it has no name."""
        return str(getattr(self._first, "model", ""))

    @property
    def photo_side(self) -> int:
        """The first reader's, in pixels."""
        return self._first.photo_side

    @property
    def evidence_side(self) -> int:
        """The first reader's, in pixels."""
        return self._first.evidence_side

    def warm_up(self) -> None:
        """Warm up the first reader; if that fails, count a failure and log it."""
        try:
            self._first.warm_up()
        except ModelError as error:
            logger.warning("%s cannot be used: %s", self._first.name, error)
            self._breaker.failed()

    def read(self, reading: Reading) -> Draft:
        """The first reader's draft, or the second's with a note and with its name in `reader`.

        Raises:
            ModelError: the first reader failed and the caller gave a schema of its own, which only
                models can fill.
        """
        if not self._breaker.allows():
            return self._stand_in(reading)
        try:
            draft = self._first.read(reading)
        except ModelError as error:
            if not isinstance(error, ModelRefusedError):
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
        draft = self._second.read(reading)
        return replace(draft, note=note, reader=draft.reader or self._second.name)
