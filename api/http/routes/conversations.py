"""The HTTP route that makes the server forget a conversation."""

from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access.auth import AskCaller
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.service import service_of

router = APIRouter(route_class=BoundedRoute)

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys((422, 429, 503, 504), _PROBLEM)


class ForgottenOut(BaseModel):
    """What became of a conversation that was to be forgotten."""

    conversation_id: str
    status: Literal["removed", "absent"]


@router.delete("/v1/conversations/{conversation_id}", responses=_PROBLEMS)
async def forget(request: Request, caller: AskCaller, conversation_id: str) -> ForgottenOut:
    """Forget a conversation of the caller's. A conversation that is not there is not an error."""
    service = service_of(request)
    removed = await service.gates.retrieve.run(
        partial(service.conversations.forget, caller.name, conversation_id)
    )
    return ForgottenOut(conversation_id=conversation_id, status="removed" if removed else "absent")
