"""The HTTP routes open to everybody: whether the process is alive, and whether it is able."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api import schemas
from api.problems import problem
from api.state import state_of
from knowledge.errors import StoppingError

router = APIRouter()

_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": schemas.ProblemOut}}


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


@router.get("/ready", response_model=dict[str, bool], responses=_NOT_READY)
def ready(request: Request) -> dict[str, bool] | Response:
    """Able: models are loaded and one query has gone through. 503 until then, and once the server
    is going down."""
    state = state_of(request)
    if state.traffic.stopping:
        raise StoppingError("The server is going down.")
    if state.ready.is_set():
        return {"ready": True}
    return problem(
        request, 503, "not-ready", "Not ready yet", "The models are still loading.", retry_after=1
    )
