"""The HTTP routes open to everybody: whether the process is alive, and whether it is able."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api import schemas
from api.state import state_of

router = APIRouter()


@router.get("/health")
def health(request: Request) -> dict[str, Any]:
    """Alive: the process answers. Says what it runs, not whether it is ready."""
    pipeline = state_of(request).pipeline
    card = pipeline.encoder.card
    return {
        "status": "ok",
        "ready": state_of(request).ready.is_set(),
        "encoder": {"name": card.name, "runtime": card.runtime},
        "reader": {"name": pipeline.reader.name},
        "store": {"kind": type(pipeline.index.store).__name__},
    }


@router.get("/ready", responses={503: {"model": schemas.ProblemOut}})
def ready(request: Request, response: Response) -> dict[str, bool]:
    """Able: models are loaded and one query has gone through. 503 until then, and once the server
    is going down."""
    state = state_of(request)
    is_ready = state.ready.is_set() and not state.traffic.stopping
    response.status_code = 200 if is_ready else 503
    return {"ready": is_ready}
