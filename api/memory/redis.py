"""The connection to a Redis that replicas share, the same for all that is kept there."""

from typing import TYPE_CHECKING

from knowledge.errors import ConfigurationError

if TYPE_CHECKING:
    from redis import Redis


def connect(url: str, *, seconds: float, retries: int) -> "Redis":
    """A client; nothing is sent yet.

    Args:
        url: of the Redis.
        seconds: for which one answer is waited for.
        retries: how often what failed is tried again at once, over a new connection.

    Raises:
        ConfigurationError: the client is not installed, or the URL is none of a Redis.
    """
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise ConfigurationError(
            "SNAPCITE_REDIS_URL needs the Redis client: pip install 'snapcite[service]'."
        ) from error
    try:
        return Redis.from_url(
            url,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), retries),
        )
    except ValueError as error:
        raise ConfigurationError(
            "SNAPCITE_REDIS_URL is no address of a Redis; write redis://host:6379/0."
        ) from error
