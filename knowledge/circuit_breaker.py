"""Leaves a service alone that failed some times in a row. Knows no service.

The model server and the Redis are called behind one, so that a service that is down costs each
request nothing.
"""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Opens after some failures in a row; after a pause it allows one attempt. Thread-safe."""

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
        """Whether to try. After the pause: True for one attempt, False for others until it ends."""
        with self._lock:
            if self._failed < self._limit:
                return True
            now = self._clock()
            if now < self._closed_at:
                return False
            self._closed_at = now + self._pause
            return True

    def succeeded(self) -> None:
        """Report a success: close the breaker."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """Report a failure: count it, and open the breaker if it was one too many."""
        with self._lock:
            self._failed += 1
            self._closed_at = self._clock() + self._pause
