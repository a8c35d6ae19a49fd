"""What `snapcite serve` adds to the pipeline, put together as the settings say."""

import json
from importlib.metadata import version

from api.memory.cache import Backend, Cache, MemoryBackend, RedisBackend
from api.memory.conversations import Conversations, MemoryConversations, RedisConversations
from api.memory.results import Remembered
from api.settings import Settings
from api.traffic.gate import Capacity
from knowledge.index import is_server
from search.pipeline import Pipeline
from vlm.cores import cores

_SEARCHES = 16
"""In a Qdrant server at once: they wait for the network and not for this machine."""

_REMOTE_READINGS = 16
"""At a model server at once, which does them together."""


def build_capacity(settings: Settings) -> Capacity:
    """How much is done at once and how much may wait, by the settings and what reads."""
    match settings.reader:
        case "openai":
            readings = _REMOTE_READINGS
        case "qwen3-vl":
            readings = settings.reader_batch
        case _:
            readings = cores()
    at_once = settings.encoder_at_once or cores()
    return Capacity(
        at_once=at_once,
        retrievals=_SEARCHES if is_server(settings.index) else at_once,
        readings=settings.reader_at_once or readings,
        encoder_queue=settings.encoder_queue,
        reader_queue=settings.reader_queue,
    )


def build_cache(settings: Settings) -> Cache | None:
    """Where answers and embeddings are kept; None where the settings want none.

    Raises:
        ConfigurationError: the URL of the Redis is none, or its client is not installed.
    """
    seconds = settings.cache_seconds
    if seconds == 0:
        return None
    backend: Backend
    if settings.redis_url is not None:
        backend = RedisBackend.connect(settings.redis_url.get_secret_value(), seconds=seconds)
    elif settings.cache_bytes:
        backend = MemoryBackend(max_bytes=settings.cache_bytes, seconds=seconds)
    else:
        return None
    return Cache(backend)


def build_conversations(settings: Settings) -> Conversations:
    """Where follow-up questions find what was asked before.

    Raises:
        ConfigurationError: the URL of the Redis is none, or its client is not installed.
    """
    if settings.redis_url is None:
        return MemoryConversations()
    return RedisConversations.connect(settings.redis_url.get_secret_value())


def build_remembered(
    settings: Settings, cache: Cache | None, pipeline: Pipeline
) -> Remembered | None:
    """What was answered before, by this pipeline as the settings make it."""
    if cache is None:
        return None
    reader = {name for name in type(settings).model_fields if name.startswith("reader")}
    made_with = settings.model_dump(mode="json", include=reader - {"reader_api_key"})
    return Remembered(cache, pipeline, makers=[version("snapcite"), json.dumps(made_with)])
