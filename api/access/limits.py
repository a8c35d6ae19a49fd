"""How often a caller may ask: counts by name and window, here or in Redis for all replicas.

While Redis does not answer, this process counts alone and tries Redis again after a pause: the
limits then hold for each replica, and every request is still counted. The workers of one server
allow their parts of them meanwhile. Knows no request.
"""

import logging
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError as LimitsStorageError

from knowledge.errors import ConfigurationError

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

logger = logging.getLogger(__name__)

_REDIS_TIMEOUT_S = 0.25
_REDIS_PAUSE_S = 5.0


def parse_rates(text: str) -> tuple[RateLimitItem, ...]:
    """Rates such as `600/minute` or `10/second;5000/day`; `none` and an empty text have no rate.

    Raises:
        ConfigurationError: the text is anything else.
    """
    if text.strip().casefold() in ("", "none"):
        return ()
    try:
        return tuple(parse_many(text))
    except ValueError as error:
        raise ConfigurationError(
            f"{text!r} is not a rate; write for instance 600/minute or 10/second;5000/day."
        ) from error


class RateLimits:
    """Counts in sliding windows: in Redis, or without a URL in this process.

    Raises:
        ConfigurationError: the URL cannot be used, or the Redis client is not installed.
    """

    def __init__(self, redis_url: str | None = None, *, workers: int = 1) -> None:
        """`workers`: processes of this server; while Redis does not answer, each allows its part
        of a rate."""
        self._workers = workers
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._pool = _redis_pool(redis_url) if redis_url else None
        self._shared = None
        if self._pool:
            storage = RedisStorage(
                "async+redis://",
                wrap_exceptions=True,
                implementation="redispy",
                connection_pool=self._pool,  # type: ignore[arg-type]  # documented, not annotated
            )
            self._shared = SlidingWindowCounterRateLimiter(storage)
        self._shared_again_at = 0.0

    async def close(self) -> None:
        """Close the connections to Redis; the counts there stay."""
        if self._pool:
            await self._pool.aclose()

    async def wait_s(self, rates: Sequence[RateLimitItem], name: str) -> int:
        """Count one more for `name`; seconds to wait before another try, 0 if it is within `rates`.

        The rates after the one that refuses do not count the request.
        """
        for rate in rates:
            if wait := await self._hit(rate, name):
                return wait
        return 0

    async def _hit(self, rate: RateLimitItem, name: str) -> int:
        if self._shared and time.monotonic() >= self._shared_again_at:
            try:
                return await _hit(self._shared, rate, name)
            except LimitsStorageError as error:
                self._shared_again_at = time.monotonic() + _REDIS_PAUSE_S
                logger.warning(
                    "Redis does not answer (%s); this process counts requests alone",
                    type(error.storage_error).__name__,
                )
        return await _hit(self._here, rate, name, cost=min(self._workers, rate.amount))


async def _hit(
    limiter: SlidingWindowCounterRateLimiter, rate: RateLimitItem, name: str, *, cost: int = 1
) -> int:
    if await limiter.hit(rate, name, cost=cost):
        return 0
    window = await limiter.get_window_stats(rate, name)
    return max(1, math.ceil(window.reset_time - time.time()))


def _redis_pool(url: str) -> "ConnectionPool":
    try:
        from redis.asyncio import ConnectionPool
    except ImportError as error:
        raise ConfigurationError(
            "SNAPCITE_REDIS_URL is set and the Redis client is not installed: "
            "pip install '.[service]'."
        ) from error
    try:
        return ConnectionPool.from_url(
            url, socket_timeout=_REDIS_TIMEOUT_S, socket_connect_timeout=_REDIS_TIMEOUT_S
        )
    except ValueError as error:
        raise ConfigurationError(
            "SNAPCITE_REDIS_URL must be like redis://host:6379/0 or rediss://…."
        ) from error
