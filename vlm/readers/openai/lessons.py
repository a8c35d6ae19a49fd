"""What was learned about a server, for some minutes. Knows no HTTP."""

import threading
import time
from collections.abc import Callable

MINUTES = 10
"""For how long a lesson holds. A server is updated, or another model is loaded, without a word to
its clients; asking again in vain costs one short request."""


class Lessons:
    """Lessons by name, each of which is forgotten after some minutes. Thread-safe."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def learn(self, lesson: str) -> bool:
        """Remember a lesson from now on; whether it is a new one."""
        with self._lock:
            now = self._clock()
            is_new = self._until.get(lesson, now) <= now
            self._until[lesson] = now + 60 * MINUTES
            return is_new

    def holds(self, lesson: str) -> bool:
        """Whether a lesson was learned in the last minutes."""
        with self._lock:
            return self._until.get(lesson, 0.0) > self._clock()
