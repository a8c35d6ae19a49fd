"""The HTTP route that makes the server forget a conversation."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.access.auth import AskCaller
from api.http import schemas
from api.service import service_of

router = APIRouter()

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_PROBLEMS: dict[int | str, dict[str, Any]] = {422: _PROBLEM, 503: _PROBLEM}


class ForgottenOut(BaseModel):
    """What became of a conversation that was to be forgotten."""

    conversation_id: str
    status: Literal["removed", "absent"]


@router.delete("/v1/conversations/{conversation_id}", responses=_PROBLEMS)
def forget(request: Request, caller: AskCaller, conversation_id: str) -> ForgottenOut:
    """Forget a conversation of the caller's. A conversation that is not there is not an error."""
    removed = service_of(request).conversations.forget(caller.name, conversation_id)
    return ForgottenOut(conversation_id=conversation_id, status="removed" if removed else "absent")
