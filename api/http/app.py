"""The FastAPI application of a service: its routes, its page and its middleware."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from importlib.metadata import version
from importlib.util import find_spec

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from api.access.auth import require
from api.access.guard import Guard
from api.http.documents_in import MODELS
from api.http.middleware import RequestEnvelope
from api.http.openapi import complete_description
from api.http.page import add_page
from api.http.problems import add_problem_handlers
from api.http.routes import alignments as routes_alignments
from api.http.routes import backup as routes_backup
from api.http.routes import citations as routes_citations
from api.http.routes import compatibility as routes_compatibility
from api.http.routes import conversations as routes_conversations
from api.http.routes import corpus as routes_corpus
from api.http.routes import corrections as routes_corrections
from api.http.routes import documents as routes_documents
from api.http.routes import health as routes_health
from api.http.routes import metrics as routes_metrics
from api.http.routes import openai as routes_openai
from api.http.routes.ask import router
from api.service import Service
from api.traffic.admission import Admission
from api.traffic.body_budget import BodyBudgets, BodyLimit
from api.traffic.hangup import HangUp
from api.watching.observed import Observed

_FORM_OVERHEAD = 64 * 1024
"""Bytes that a form's field names, question and borders may take beside the photos."""


def create_app(service: Service) -> FastAPI:
    """The application of a service, whose parts stay the caller's to close."""
    doors = service.doors

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # In a thread, so that /health answers while the models load.
        with service.becoming_ready() as warming_up:
            async with _agents(app, service):
                yield
        warming_up.join()
        if doors.limits:
            await doors.limits.close()

    # This one serves the scripts of the API description itself; FastAPI's own fetches them from
    # another host.
    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        title="SnapCite",
        summary="Ask about a photograph; get an answer with its source.",
        version=version("snapcite"),
        lifespan=lifespan,
    )
    app.state.service = service
    add_problem_handlers(app)
    app.include_router(routes_citations.router)
    app.include_router(router)
    app.include_router(routes_alignments.router)
    app.include_router(routes_corpus.router)
    app.include_router(routes_documents.router)
    app.include_router(routes_corrections.router)
    app.include_router(routes_conversations.router)
    app.include_router(routes_compatibility.router)  # before `/v1/models/{model}`
    app.include_router(routes_openai.router)
    app.include_router(routes_health.router)
    if service.backups is not None:
        app.include_router(routes_backup.router)
    if _serves_agents(service):
        from api.mcp.endpoint import router as agents

        app.include_router(agents)
    closed = [] if doors.metrics_open else [Depends(require("admin"))]
    app.include_router(routes_metrics.router, dependencies=closed)
    photo_bytes = service.limits.max_bytes * service.max_photos
    budgets = BodyBudgets(
        form_bytes=photo_bytes + _FORM_OVERHEAD,
        forms=service.body_bytes,
        memory=service.body_memory,
    )
    app.add_middleware(BodyLimit, budgets=budgets)
    app.add_middleware(HangUp)
    app.add_middleware(
        Admission, gates=service.gates, traffic=service.traffic, timeout=service.request_timeout
    )
    app.add_middleware(Guard, doors=doors)
    if doors.origins:  # a browser's preflight carries no key: before the guard
        app.add_middleware(
            CORSMiddleware,
            allow_origins=doors.origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "X-API-Key"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(Observed, metrics=service.metrics, tracing=service.tracing)
    app.add_middleware(RequestEnvelope)
    add_page(app)
    complete_description(app, MODELS)
    return app


def _serves_agents(service: Service) -> bool:
    """Whether the Model Context Protocol is served: it is wanted, and the extra is installed."""
    return service.mcp and find_spec("mcp") is not None


def _agents(app: FastAPI, service: Service) -> AbstractAsyncContextManager[None]:
    """What answers agents, while the application runs."""
    if not _serves_agents(service):
        return nullcontext()
    from api.mcp.endpoint import running

    return running(app, service)
