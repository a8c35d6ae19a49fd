"""Where conversations are kept for an hour: this process's memory, or a Redis that replicas share.

Knows keys and bytes; `api.memory.followups` knows what is kept in them. A key holds its owner, so
that one caller's conversation is closed to another.
"""

import hashlib
import json
import re
import threading
from typing import TYPE_CHECKING, Protocol

from cachetools import TTLCache

from api.memory.redis import connect
from knowledge.errors import QueryError, StoreUnavailableError

if TYPE_CHECKING:
    from redis import Redis

SECONDS = 3_600
"""For how long after its last question a conversation is remembered."""

_MEMORY_BYTES = 64 * 2**20
_REDIS_SECONDS = 2.0
"""For one answer; nothing can stand in for what Redis keeps here."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Conversations(Protocol):
    """Keeps bytes by key, for an hour. Safe to use from several threads.

    Every method raises `StoreUnavailableError` where what keeps them cannot be reached: an answer
    that forgot what was asked before would look like one that did not.
    """

    def get(self, key: str) -> bytes | None:
        """What was put under this key, if its hour is not over."""

    def put(self, key: str, value: bytes) -> None:
        """Keep a value for an hour from now."""

    def delete(self, key: str) -> bool:
        """Forget a value; whether there was one."""


class MemoryConversations:
    """Conversations of one process; beyond 64 MB the one longest unused is forgotten."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """`seconds`: for how long each is kept."""
        self._kept: TTLCache[str, bytes] = TTLCache(_MEMORY_BYTES, seconds, getsizeof=len)
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """From memory."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Into memory."""
        with self._lock:
            self._kept[key] = value

    def delete(self, key: str) -> bool:
        """Out of memory."""
        with self._lock:
            return self._kept.pop(key, None) is not None


class RedisConversations:
    """Conversations that replicas share; Redis itself forgets them."""

    def __init__(self, client: "Redis", *, seconds: int = SECONDS) -> None:
        """`seconds`: for how long each is kept."""
        self._client = client
        self._seconds = seconds

    @classmethod
    def connect(cls, url: str) -> "RedisConversations":
        """For a URL; nothing is sent yet.

        Raises:
            ConfigurationError: the client is not installed, or the URL is none of a Redis.
        """
        return cls(connect(url, seconds=_REDIS_SECONDS, retries=1))

    def get(self, key: str) -> bytes | None:
        """From Redis."""
        from redis import RedisError

        try:
            value = self._client.get(_redis_key(key))
        except RedisError as error:
            raise _unreachable(error) from error
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        """Into Redis."""
        from redis import RedisError

        try:
            self._client.set(_redis_key(key), value, ex=self._seconds)
        except RedisError as error:
            raise _unreachable(error) from error

    def delete(self, key: str) -> bool:
        """Out of Redis."""
        from redis import RedisError

        try:
            return bool(self._client.delete(_redis_key(key)))
        except RedisError as error:
            raise _unreachable(error) from error


def conversation_key(owner: str, conversation_id: str) -> str:
    """Under which an owner's conversation is kept; another owner's of this id is another one.

    Raises:
        QueryError: it is no id.
    """
    if not _ID.fullmatch(conversation_id):
        raise QueryError(
            "conversation_id: it is 8 to 64 letters, digits, `-` or `_`; make up one that nobody "
            "guesses, such as a UUID."
        )
    return hashlib.sha256(json.dumps([owner, conversation_id]).encode()).hexdigest()


def _redis_key(key: str) -> str:
    return f"snapcite:conversation:{key}"


def _unreachable(error: Exception) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"The Redis that keeps conversations cannot be reached ({type(error).__name__}). Try again "
        "later, or ask without a conversation_id."
    )
