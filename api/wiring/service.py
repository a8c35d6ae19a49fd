"""The service as the settings say: what `snapcite serve` adds to the pipeline, put together."""

import json
import math
from importlib.metadata import version

from api.access.guard import Doors
from api.http.samples import load_samples
from api.memory.conversations import SECONDS, Conversations
from api.memory.results import ResultCache, Results
from api.memory.store import KeyValueStore, MemoryStore, RedisStore
from api.service import Service
from api.settings import MODEL_READERS, Settings
from api.traffic.gate import Capacity
from api.wiring.pipeline import build_pipeline, has_reranker
from api.wiring.watch import Watch
from api.workers.sharing import Sharing
from knowledge.index import is_server
from search.pipeline import Pipeline
from vlm.cores import cores

_SEARCHES = 16
"""Searches at once in a Qdrant server or with a reranker: they wait for those and not for this
machine."""

_REMOTE_READINGS = 16
"""Readings at a model server at once; the server batches them."""

_CACHE_TIMEOUT = 0.25
"""Seconds to wait for a Redis; working the result out again takes about as long."""

_CACHE_PAUSE = 5.0
"""Seconds for which a Redis that failed is not asked for results."""

_CONVERSATION_TIMEOUT = 2.0
"""Seconds to wait for a Redis where nothing can replace what it keeps."""


def build_service(
    settings: Settings, doors: Doors, watch: Watch, *, sharing: Sharing | None = None
) -> Service:
    """The service of the settings, one of several workers' where they share something. Close
    `service.pipeline.index` when done.

    Raises:
        SnapCiteError: a setting cannot be used, the index cannot be opened or a model not loaded.
    """
    samples = load_samples(settings.samples)
    cache = build_cache(settings)
    opening = sharing.writing() if sharing else None
    pipeline = build_pipeline(settings, cache=cache, bulk=True, opening=opening)
    return Service(
        pipeline,
        limits=settings.image_limits,
        max_photos=settings.max_photos,
        body_bytes=settings.body_bytes,
        body_memory=settings.body_memory,
        thumbnail_bytes=settings.thumbnail_bytes,
        request_timeout=settings.request_timeout,
        capacity=build_capacity(settings),
        doors=doors,
        results=build_results(settings, cache, pipeline),
        conversations=build_conversations(settings),
        mcp=settings.mcp,
        optimize_after=settings.optimize_after,
        samples=samples,
        evaluation=settings.evaluation,
        backups=settings.backups,
        audit=watch.audit,
        tracing=watch.tracing,
        sharing=sharing,
    )


def build_capacity(settings: Settings) -> Capacity:
    """How much is done at once and how much may wait, by the settings and what reads."""
    match settings.reader:
        case "openai":
            readings = math.ceil(_REMOTE_READINGS / settings.workers)
        case "qwen3-vl":
            readings = settings.reader_batch
        case _:
            readings = cores()
    at_once = settings.encoder_at_once or cores()
    elsewhere = is_server(settings.index) or has_reranker(settings)
    return Capacity(
        at_once=at_once,
        retrievals=math.ceil(_SEARCHES / settings.workers) if elsewhere else at_once,
        readings=settings.reader_at_once or readings,
        encoder_queue=settings.encoder_queue,
        reader_queue=settings.reader_queue,
        reads_here=settings.reader not in MODEL_READERS,
    )


def build_cache(settings: Settings) -> ResultCache | None:
    """The cache of results and embeddings; None where the settings want none.

    Raises:
        ConfigurationError: the Redis cannot be used.
    """
    seconds = settings.cache_seconds
    if seconds == 0:
        return None
    store: KeyValueStore
    if settings.redis_url is not None:
        url = settings.redis_url.get_secret_value()
        store = RedisStore.connect(url, seconds=seconds, timeout=_CACHE_TIMEOUT, pause=_CACHE_PAUSE)
    elif settings.cache_bytes:
        store = MemoryStore(max_bytes=settings.cache_bytes, seconds=seconds)
    else:
        return None
    return ResultCache(store)


def build_conversations(settings: Settings) -> Conversations:
    """The conversations that follow-up questions refer to.

    Raises:
        ConfigurationError: the Redis cannot be used.
    """
    if settings.redis_url is None:
        return Conversations()
    url = settings.redis_url.get_secret_value()
    return Conversations(
        RedisStore.connect(url, seconds=SECONDS, timeout=_CONVERSATION_TIMEOUT, retries=1)
    )


def build_results(
    settings: Settings, cache: ResultCache | None, pipeline: Pipeline
) -> Results | None:
    """The earlier results of this pipeline, as the settings make it."""
    if cache is None:
        return None
    reader = {name for name in type(settings).model_fields if name.startswith("reader")}
    made_with = settings.model_dump(mode="json", include=reader - {"reader_api_key"})
    return Results(cache, pipeline, made_with=[version("snapcite"), json.dumps(made_with)])
