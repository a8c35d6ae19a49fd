"""The HTTP route that backs the index up while it is served."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access.auth import AdminCaller
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.service import service_of

router = APIRouter(route_class=BoundedRoute)

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys((429, 500, 503, 504, 507), _PROBLEM)


class BackupOut(BaseModel):
    """A backup that was made: its name in the server's folder of backups, and its size."""

    name: str
    bytes: int


@router.post("/v1/backups", status_code=201, responses=_PROBLEMS)
async def backup(request: Request, caller: AdminCaller) -> BackupOut:  # noqa: ARG001 - its scope
    """Copy the index as it is now. Updates wait meanwhile, questions do not."""
    service = service_of(request)
    assert service.backups is not None  # without a folder there is no such route
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    size = await service.updates.run(
        partial(service.pipeline.index.store.back_up, service.backups / name)
    )
    return BackupOut(name=name, bytes=size)
