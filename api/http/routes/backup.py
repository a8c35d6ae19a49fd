"""The HTTP route that backs the index up while it is served."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access.auth import AdminCaller
from api.http import schemas
from api.http.state import state_of

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys((429, 500, 503, 507), _PROBLEM)


class BackupOut(BaseModel):
    """A backup that was made: its name in the server's folder of backups, and its size."""

    name: str
    bytes: int


def backup_router(folder: Path) -> APIRouter:
    """The route, for a server that keeps its backups in `folder`."""
    router = APIRouter()

    @router.post("/v1/backups", status_code=201, responses=_PROBLEMS)
    def backup(request: Request, caller: AdminCaller) -> BackupOut:  # noqa: ARG001 - its scope
        """Copy the index as it is now. Updates wait meanwhile, questions do not."""
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        size = state_of(request).pipeline.index.store.back_up(folder / name)
        return BackupOut(name=name, bytes=size)

    return router
