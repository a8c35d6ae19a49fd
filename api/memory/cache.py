"""Where results are kept for a while: this process's memory, or a Redis that replicas share.

Knows keys and bytes, not what they mean. A cache is never needed: what goes wrong with one is a
miss, and a Redis that is gone is left alone for a few seconds at a time until it is back.
"""

import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from cachetools import TTLCache

from api.memory.redis import connect
from vlm.readers.fallback import CircuitBreaker

if TYPE_CHECKING:
    from redis import Redis

logger = logging.getLogger(__name__)

_REDIS_SECONDS = 0.25
"""Longer than this nobody waits for what could be computed instead."""

_REDIS_PAUSE = 5.0
"""Seconds for which a Redis that failed is left alone."""


class Backend(Protocol):
    """Keeps bytes. Safe to use from several threads; raises nothing."""

    def get(self, key: str) -> bytes | None:
        """What was put under this key, if it is still there."""

    def put(self, key: str, value: bytes) -> None:
        """Keep a value for a while, if there is room."""


class MemoryBackend:
    """Keeps the latest used values within a number of bytes, keys not counted."""

    def __init__(self, *, max_bytes: int, seconds: float) -> None:
        """`seconds`: after which a value is dropped however often it is used."""
        self._values: TTLCache[str, bytes] = TTLCache(max_bytes, seconds, getsizeof=len)
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """What was put under this key, if it is still there."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep a value; one that is larger than everything together may be is not kept."""
        with self._lock:
            if len(value) <= self._values.maxsize:
                self._values[key] = value


class RedisBackend:
    """Keeps values in a Redis, which evicts as its own `maxmemory-policy` says."""

    def __init__(self, client: "Redis", *, seconds: int, pause: float) -> None:
        """`seconds`: after which a value is dropped. `pause`: seconds for which a Redis that
        failed is left alone."""
        self._client = client
        self._seconds = seconds
        self._breaker = CircuitBreaker(failures=1, pause=pause)

    @classmethod
    def connect(cls, url: str, *, seconds: int, pause: float = _REDIS_PAUSE) -> "RedisBackend":
        """A backend for a URL; nothing is sent yet.

        Raises:
            ConfigurationError: the client is not installed, or the URL is none of a Redis.
        """
        return cls(connect(url, seconds=_REDIS_SECONDS, retries=0), seconds=seconds, pause=pause)

    def get(self, key: str) -> bytes | None:
        """What was put under this key; None also while Redis cannot be asked."""
        from redis import RedisError

        if not self._breaker.allows():
            return None
        try:
            value = self._client.get(key)
        except RedisError as error:
            self._failed(error)
            return None
        self._breaker.succeeded()
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value, unless Redis cannot be asked."""
        from redis import RedisError

        if not self._breaker.allows():
            return
        try:
            self._client.set(key, value, ex=self._seconds)
        except RedisError as error:
            self._failed(error)
        else:
            self._breaker.succeeded()

    def _failed(self, error: Exception) -> None:
        self._breaker.failed()
        logger.warning(
            "Redis cannot be asked (%s); answers are computed, and it is tried again soon",
            type(error).__name__,
        )


class Cache:
    """A backend, by kinds of values, with counts of what was there and what was not.

    Attributes:
        hits: kind → how often a value was there.
        misses: kind → how often none was.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._lock = threading.Lock()
        self.hits: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()

    def get(self, kind: str, key: str) -> bytes | None:
        """The value of this kind under this key, if it is still there."""
        value = self._backend.get(f"snapcite:{kind}:{key}")
        with self._lock:
            (self.misses if value is None else self.hits)[kind] += 1
        return value

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep a value for a while, if there is room."""
        self._backend.put(f"snapcite:{kind}:{key}", value)
