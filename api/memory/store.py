"""Where the service keeps things for a while: this process's memory, or a Redis for all replicas.

Knows keys and bytes, not what they mean. `api.memory.results` and `api.memory.conversations` say
what is kept.
"""

import logging
import threading
from typing import TYPE_CHECKING, Protocol

from cachetools import TTLCache

from knowledge.circuit_breaker import CircuitBreaker
from knowledge.errors import ConfigurationError, StoreUnavailableError

if TYPE_CHECKING:
    from redis import Redis

logger = logging.getLogger(__name__)


class KeyValueStore(Protocol):
    """Keeps bytes by key for a number of seconds. Safe to use from several threads.

    Every method raises `StoreUnavailableError` where the store cannot be reached.
    """

    def get(self, key: str) -> bytes | None:
        """The value of a key; None where there is none, or its time is over."""

    def put(self, key: str, value: bytes) -> None:
        """Keep a value, if there is room for it."""

    def delete(self, key: str) -> bool:
        """Remove a value; whether there was one."""


class MemoryStore:
    """Keeps the values that were used last, within a number of bytes; keys are not counted."""

    def __init__(self, *, max_bytes: int, seconds: float) -> None:
        """`seconds`: how long a value is kept, however often it is used."""
        self._values: TTLCache[str, bytes] = TTLCache(max_bytes, seconds, getsizeof=len)
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """The value of a key."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep a value. One that is larger than `max_bytes` is not kept and replaces nothing."""
        with self._lock:
            if len(value) <= self._values.maxsize:
                self._values[key] = value

    def delete(self, key: str) -> bool:
        """Remove a value."""
        with self._lock:
            return self._values.pop(key, None) is not None


class RedisStore:
    """Keeps values in a Redis, which evicts them as its own `maxmemory-policy` says."""

    def __init__(self, client: "Redis", *, seconds: int, pause: float = 0.0) -> None:
        """`seconds`: how long a value is kept. `pause`: how many seconds a Redis that failed is
        left alone; meanwhile every call fails at once."""
        self._client = client
        self._seconds = seconds
        self._breaker = CircuitBreaker(failures=1, pause=pause)

    @classmethod
    def connect(
        cls, url: str, *, seconds: int, timeout: float, retries: int = 0, pause: float = 0.0
    ) -> "RedisStore":
        """The store at a URL; nothing is sent yet.

        Args:
            url: of the Redis.
            seconds: how long a value is kept.
            timeout: seconds to wait for one answer of the Redis.
            retries: how often a call that failed is repeated at once, over a new connection.
            pause: how many seconds a Redis that failed is left alone.

        Raises:
            ConfigurationError: the client is not installed, or the URL is not one of a Redis.
        """
        try:
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError as error:
            raise ConfigurationError(
                "SNAPCITE_REDIS_URL needs the Redis client: pip install '.[service]'."
            ) from error
        try:
            client = Redis.from_url(
                url,
                socket_timeout=timeout,
                socket_connect_timeout=timeout,
                retry=Retry(NoBackoff(), retries),
            )
        except ValueError as error:
            raise ConfigurationError(
                "SNAPCITE_REDIS_URL is not the address of a Redis; write redis://host:6379/0."
            ) from error
        return cls(client, seconds=seconds, pause=pause)

    def get(self, key: str) -> bytes | None:
        """The value of a key."""
        value = self._call("get", key)
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value."""
        self._call("set", key, value, ex=self._seconds)

    def delete(self, key: str) -> bool:
        """Remove a value."""
        return bool(self._call("delete", key))

    def _call(self, command: str, key: str, *values: bytes, **options: int) -> object:
        from redis import RedisError

        if not self._breaker.allows():
            raise StoreUnavailableError("Redis could not be reached a moment ago. Try again later.")
        try:
            answer: object = getattr(self._client, command)(f"snapcite:{key}", *values, **options)
        except RedisError as error:
            self._breaker.failed()
            reason = type(error).__name__  # its message holds the address
            logger.warning("Redis cannot be reached, or refuses (%s)", reason)
            raise StoreUnavailableError(
                f"Redis cannot be reached ({reason}). Try again later."
            ) from error
        self._breaker.succeeded()
        return answer
