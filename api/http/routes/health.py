"""The HTTP routes for probes: whether the process is alive, and whether it is ready."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.http import schemas
from api.http.problems import problem
from api.service import service_of
from knowledge.errors import StoppingError
from knowledge.films import MOST_ASKED_SECONDS, can_read_films
from knowledge.index import is_server
from vlm.readers import LookingReader

router = APIRouter()

_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": schemas.ProblemOut}}


@router.get("/health")
async def health(request: Request) -> dict[str, Any]:
    """Alive: the process answers. Says what it runs, what is loaded, and whether a film can be
    asked about: how long and how large one may be, or null."""
    service = service_of(request)
    pipeline, ready = service.pipeline, service.ready.is_set()
    card, store = pipeline.encoder.card, pipeline.index.store
    return {
        "status": "ok",
        "ready": ready,
        "encoder": {"name": card.name, "runtime": card.runtime, "loaded": True},
        # Only a reader with a model loads something; it is loaded when the server is ready.
        "reader": {
            "name": pipeline.reader.name,
            "loaded": ready or not isinstance(pipeline.reader, LookingReader),
        },
        "store": {
            "name": "qdrant" if is_server(pipeline.index.target) else "qdrant-edge",
            "kind": type(store).__name__,
            "loaded": True,
        },
        "films": {"most_seconds": MOST_ASKED_SECONDS, "most_bytes": service.limits.max_bytes}
        if can_read_films()
        else None,
    }


@router.get("/ready", response_model=dict[str, bool], responses=_NOT_READY)
async def ready(request: Request) -> dict[str, bool] | Response:
    """Ready: models are loaded, one query has gone through, and the index is there. 503 before
    that, and while the server shuts down. A store that does not answer for a while changes nothing:
    it is the same for all replicas."""
    service = service_of(request)
    if service.traffic.stopping:
        raise StoppingError("The server is shutting down.")
    if service.ready.is_set():
        if service.index_fault.latest() is None:
            return {"ready": True}
        why = "The index that is served is no longer there, or another one was made in its place."
        return problem(request, 503, "index-gone", "The index is gone", why, retry_after=10)
    return problem(
        request, 503, "not-ready", "Not ready yet", "The models are still loading.", retry_after=1
    )
