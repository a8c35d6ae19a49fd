"""The HTTP route for Prometheus. The application decides who may read it."""

from fastapi import APIRouter, Request, Response

from api.service import service_of
from api.watching.metrics import CONTENT_TYPE

router = APIRouter()


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """Counts, times and states in Prometheus's text format."""
    return Response(service_of(request).metrics.exposition(), media_type=CONTENT_TYPE)
