"""The FastAPI application: routes, page, middleware, warm-up. Opens nothing by itself."""

import logging
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from PIL import Image
from starlette.middleware.cors import CORSMiddleware

from api.access.auth import require
from api.access.guard import Doors, Guard
from api.http.middleware import BodyLimit, RequestEnvelope
from api.http.openapi import describe_problems
from api.http.page import add_page
from api.http.problems import add_problem_handlers
from api.http.routes import callers as routes_callers
from api.http.routes import conversations as routes_conversations
from api.http.routes import corpus as routes_corpus
from api.http.routes import documents as routes_documents
from api.http.routes import health as routes_health
from api.http.routes import metrics as routes_metrics
from api.http.routes import openai as routes_openai
from api.http.routes.ask import router
from api.http.routes.backup import backup_router
from api.http.samples import Sample
from api.http.state import AppState
from api.memory.conversations import Conversations, MemoryConversations
from api.memory.results import Remembered
from api.traffic.admission import Admission
from api.traffic.gate import Capacity, Gates
from api.traffic.hangup import HangUp
from api.watching.audit import AuditLog
from api.watching.metrics_state import IndexCensus, StateCollector
from api.watching.observed import Observed
from api.watching.tracing import Tracing
from indexer.live import LiveUpdates
from indexer.optimizer import BackgroundOptimizer
from knowledge.errors import SnapCiteError
from search.browse import Catalogue
from search.pipeline import Pipeline
from search.query import Query
from vlm.images import ImageLimits
from vlm.readers import LookingReader

logger = logging.getLogger(__name__)

_FORM_OVERHEAD = 64 * 1024
"""Bytes that a form's field names, question and borders may take beside the photos."""


def create_app(
    pipeline: Pipeline,
    *,
    limits: ImageLimits = ImageLimits(),  # noqa: B008 - frozen
    max_photos: int = 4,
    samples: Sequence[Sample] = (),
    evaluation: Path | None = None,
    doors: Doors = Doors(),  # noqa: B008 - frozen
    capacity: Capacity = Capacity(),  # noqa: B008 - frozen
    request_timeout: float = 60.0,
    remembered: Remembered | None = None,
    conversations: Conversations | None = None,
    optimize_after: int = 0,
    backups: Path | None = None,
    audit: AuditLog | None = None,
    tracing: Tracing | None = None,
) -> FastAPI:
    """The application over an open pipeline, which stays the caller's to close.

    Args:
        pipeline: answers.
        limits: bytes and pixels of one photo.
        max_photos: photos in one question.
        samples: photos the page offers.
        evaluation: report of `snapcite eval --json` to show, if it is there.
        doors: who may come in; everybody unless given.
        capacity: how much is done at once, and how much may wait.
        request_timeout: seconds that a request may take.
        remembered: what was answered before; None remembers nothing.
        conversations: what follow-up questions refer to; None keeps it in memory.
        optimize_after: points written after which an embedded index is optimised; 0 for never.
        backups: folder for backups of an embedded index; without it none are made over HTTP.
        audit: where is recorded what was shown and answered; stays the caller's to close.
        tracing: where spans go; the same.
    """
    state = AppState(
        pipeline,
        limits=limits,
        max_photos=max_photos,
        samples=samples,
        catalogue=Catalogue(pipeline.index),
        evaluation=evaluation,
        gates=Gates(capacity),
        live=LiveUpdates(pipeline.index, pipeline.encoder, pipeline.text_encoder),
        tending=BackgroundOptimizer(pipeline.index, after=optimize_after),
        remembered=remembered,
        conversations=conversations or MemoryConversations(),
        audit=audit,
    )
    state.metrics.registry.register(StateCollector(state, IndexCensus(pipeline.index)))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        # In a thread, so that /health answers while the models load.
        thread = threading.Thread(target=_warm_up, args=(state,), name="warm-up", daemon=True)
        thread.start()
        yield
        thread.join()
        if doors.limits:
            await doors.limits.close()

    # Its API description brings its scripts with it; FastAPI's own fetches them from the net.
    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        title="SnapCite",
        summary="Ask about a photograph; get an answer with its source.",
        version=version("snapcite"),
        lifespan=lifespan,
    )
    app.state.snapcite = state
    add_problem_handlers(app)
    app.include_router(router)
    app.include_router(routes_corpus.router)
    app.include_router(routes_documents.router)
    app.include_router(routes_conversations.router)
    app.include_router(routes_callers.router)  # before `/v1/models/{model}`
    app.include_router(routes_openai.router)
    app.include_router(routes_health.router)
    if backups is not None:
        app.include_router(backup_router(backups))
    closed = [] if doors.metrics_open else [Depends(require("admin"))]
    app.include_router(routes_metrics.router, dependencies=closed)
    app.add_middleware(BodyLimit, max_bytes=limits.max_bytes * max_photos + _FORM_OVERHEAD)
    app.add_middleware(HangUp)
    app.add_middleware(Admission, gates=state.gates, traffic=state.traffic, timeout=request_timeout)
    app.add_middleware(Guard, doors=doors)
    if doors.origins:  # a browser's preflight carries no key: before the guard
        app.add_middleware(
            CORSMiddleware,
            allow_origins=doors.origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "X-API-Key"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(Observed, metrics=state.metrics, tracing=tracing)
    app.add_middleware(RequestEnvelope)
    add_page(app)
    describe_problems(app)
    return app


def _warm_up(state: AppState) -> None:
    """Load what loads lazily and touch what is read at a query, then be ready."""
    side = state.pipeline.photo_size.longest
    query = Query(question="Does this still exist?", photos=(Image.new("RGB", (side, side)),))
    try:
        if isinstance(state.pipeline.reader, LookingReader):
            state.pipeline.reader.warm_up()
        state.pipeline.ask(query)
    except SnapCiteError:
        logger.exception("warming up failed; /ready stays false")
    else:
        state.ready.set()
