"""The HTTP routes about corrections: readers propose them, reviewers decide on them.

POST /v1/corrections                          {"document_id", "what", "value", "evidence", …}
GET  /v1/corrections?state=pending            for the scope `review`
POST /v1/corrections/{id}/approve             or `decline`, or `withdraw`
"""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.access.auth import AskCaller, ReviewCaller
from api.access.client_address import bucket, client_address
from api.access.limits import RateLimits, parse_rates
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.http.reading import READING, from_index
from api.service import service_of, view_of
from knowledge.corrections import MOST_CHARS, Correction, State, Whereabouts
from knowledge.errors import OverloadedError

router = APIRouter(route_class=BoundedRoute)

RATES = parse_rates("5/minute;40/day")
"""How often one caller, or one address without a key, may propose a correction."""

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_WRITING: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (400, 404, 413, 415, 422, 429, 500, 503, 504, 507), _PROBLEM
)
_DECISIONS: dict[str, State] = {
    "approve": "approved",
    "decline": "declined",
    "withdraw": "withdrawn",
}


class CorrectionIn(BaseModel):
    """What is wrong in a document, and what is right."""

    document_id: str = Field(max_length=MOST_CHARS["document_id"])
    what: str = Field(
        max_length=MOST_CHARS["what"],
        description="`built`, `opened`, `demolished`, `architect`, `use`, `name`, or a few words.",
    )
    value: str = Field(max_length=MOST_CHARS["value"], description="What is right.")
    evidence: str = Field(
        default="", max_length=MOST_CHARS["evidence"], description="Where that stands."
    )
    link: str = Field(default="", max_length=MOST_CHARS["link"], description="Its web address.")
    name: str = Field(default="", max_length=MOST_CHARS["name"], description="Who says so.")


class ProposedOut(BaseModel):
    """A correction that waits for a review, or what became of it since."""

    id: str
    state: State


class CorrectionOut(CorrectionIn):
    """A correction as a reviewer sees it; dates are days in ISO 8601."""

    id: str
    state: State
    proposed: str
    reviewed: str
    reviewer: str
    document_is: Whereabouts = Field(
        description="`there`; `gone` from the index; or `another`, which has its id now."
    )


class CorrectionsOut(BaseModel):
    """Corrections, the oldest first; `total` counts all of the state."""

    total: int
    corrections: list[CorrectionOut]


@router.post("/v1/corrections", status_code=202, responses=_WRITING)
async def propose(request: Request, caller: AskCaller, body: CorrectionIn) -> ProposedOut:
    """Propose a correction. Nobody else sees it before a reviewer has approved it."""
    service, view = service_of(request), view_of(request)
    address = client_address(request.scope, trusted=service.doors.trusted)
    who = f"address:{bucket(address)}" if caller.name == "anonymous" else caller.name
    if wait := await _limits(request).wait_s(RATES, f"correction:{who}"):
        raise OverloadedError(
            f"Too many corrections were proposed from here; try again in {wait} s.",
            retry_after=wait,
        )
    work = partial(service.corrections.propose, view, **body.model_dump())
    made = await service.update(work)
    return ProposedOut(id=made.id, state=made.state)


@router.get("/v1/corrections", response_model=CorrectionsOut, responses=READING)
async def corrections(
    request: Request,
    caller: ReviewCaller,  # noqa: ARG001 - its scope
    state: State | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """The corrections of documents that the reviewer may see."""
    service, view = service_of(request), view_of(request)

    def read() -> CorrectionsOut:
        found = service.corrections.all(view, state=state)
        return CorrectionsOut(total=len(found), corrections=[_out(each) for each in found[:limit]])

    return await from_index(request, read)


@router.post("/v1/corrections/{id}/{decision}", responses=_WRITING)
async def decide(
    request: Request,
    caller: ReviewCaller,
    id: str,
    decision: Literal["approve", "decline", "withdraw"],
) -> CorrectionOut:
    """Decide on a correction. The next question sees it; it can be taken back by `withdraw`."""
    service, view = service_of(request), view_of(request)
    work = partial(service.corrections.decide, view, id, _DECISIONS[decision], reviewer=caller.name)
    return _out(await service.update(work))


def _out(correction: Correction) -> CorrectionOut:
    return CorrectionOut(
        id=correction.id,
        document_id=correction.document_id,
        what=correction.what,
        value=correction.value,
        evidence=correction.evidence,
        link=correction.link,
        name=correction.name,
        state=correction.state,
        proposed=correction.proposed,
        reviewed=correction.reviewed,
        reviewer=correction.reviewer,
        document_is=correction.document_is,
    )


def _limits(request: Request) -> RateLimits:
    """The counts of the doors, which replicas may share; without any the application's own."""
    own = service_of(request).doors.limits
    if own is not None:
        return own
    state = request.app.state
    if not hasattr(state, "proposals"):
        state.proposals = RateLimits()
    limits = state.proposals
    assert isinstance(limits, RateLimits)
    return limits
