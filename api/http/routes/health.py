"""The HTTP routes open to everybody: whether the process is alive, and whether it is able."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.http import schemas
from api.http.problems import problem
from api.service import service_of
from knowledge.errors import StoppingError
from knowledge.index import is_server
from vlm.readers import LookingReader

router = APIRouter()

_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": schemas.ProblemOut}}


@router.get("/health")
def health(request: Request) -> dict[str, Any]:
    """Alive: the process answers. Says what it runs and what of it is loaded."""
    service = service_of(request)
    pipeline, ready = service.pipeline, service.ready.is_set()
    card, store = pipeline.encoder.card, pipeline.index.store
    return {
        "status": "ok",
        "ready": ready,
        "encoder": {"name": card.name, "runtime": card.runtime, "loaded": True},
        # Only a reader with a model has something to load; it is there when the server is ready.
        "reader": {
            "name": pipeline.reader.name,
            "loaded": ready or not isinstance(pipeline.reader, LookingReader),
        },
        "store": {
            "name": "qdrant" if is_server(pipeline.index.target) else "qdrant-edge",
            "kind": type(store).__name__,
            "loaded": True,
        },
    }


@router.get("/ready", response_model=dict[str, bool], responses=_NOT_READY)
def ready(request: Request) -> dict[str, bool] | Response:
    """Able: models are loaded and one query has gone through. 503 until then, and once the server
    is going down."""
    service = service_of(request)
    if service.traffic.stopping:
        raise StoppingError("The server is going down.")
    if service.ready.is_set():
        return {"ready": True}
    return problem(
        request, 503, "not-ready", "Not ready yet", "The models are still loading.", retry_after=1
    )
