"""The HTTP routes that answer questions and show documents, photos and samples.

Each route turns a request into a call of the service, and the result into a model of
`api.http.schemas`.
"""

from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from api.access.auth import caller_of, require
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.http.forms import ReadForm
from api.http.reading import READING, from_index, read_document
from api.http.streaming import answer_events, wants_events
from api.service import service_of, view_of
from knowledge.errors import NotFoundError

router = APIRouter(dependencies=[Depends(require("ask"))], route_class=BoundedRoute)

_THUMBNAIL_SIDE = 640
_DAY = 24 * 60 * 60

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.ProblemOut, "content": {"application/problem+json": {}}}
    for status in (400, 408, 413, 415, 422, 429, 503, 504)
}
_ASK = _PROBLEMS | {200: {"content": {"text/event-stream": {}}}}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": schemas.ProblemOut}}
_SAMPLE = _NOT_FOUND | {200: {"content": {"image/*": {}}}}
_PHOTO = _NOT_FOUND | {200: {"content": {"image/webp": {}}}}


@router.post("/v1/ask", response_model=schemas.AskOut, responses=_ASK)
async def ask(request: Request, form: ReadForm) -> schemas.AskOut | Response:
    """Answer a question about a photo, with the sentence it was read from.

    With `Accept: text/event-stream` the evidence is sent as soon as it is found, then the answer.
    """
    if wants_events(request):
        return answer_events(request, form)
    service = service_of(request)
    asked = await service.find_and_read(form.query)
    await service.remember(caller_of(request).name, form.conversation_id, form.query, asked)
    return schemas.ask_out(asked, service.pipeline)


@router.post("/v1/search", responses=_PROBLEMS)
async def search(request: Request, form: ReadForm) -> schemas.SearchOut:
    """Find what a photo and a question are about, without reading it."""
    service = service_of(request)
    found = await service.find(form.query)
    return schemas.search_out(found, service.pipeline)


@router.get(
    "/v1/documents/{document_id:path}",
    response_model=schemas.DocumentOut,
    responses=READING | _NOT_FOUND,
)
async def document(request: Request, document_id: str) -> Response:
    """A whole document, by its id `<corpus>/<id>`."""
    read = partial(read_document, view_of(request), document_id)
    return await from_index(request, read)


@router.get("/v1/photos/{photo_id}", responses=READING | _PHOTO, response_class=Response)
async def photo(request: Request, photo_id: str) -> Response:
    """An indexed photo, at most 640 pixels long, without its metadata."""
    service = service_of(request)
    small = await service.gates.decode.run(
        partial(
            service.thumbnails.get,
            photo_id,
            side=_THUMBNAIL_SIDE,
            viewer=caller_of(request).viewer,
        )
    )
    return Response(
        small,
        media_type="image/webp",
        headers={"Cache-Control": f"private, max-age={_DAY}"},
    )


@router.get("/v1/samples")
async def samples(request: Request) -> dict[str, list[dict[str, Any]]]:
    """Sample photos to try, with a question in each language and their attribution."""
    return {
        "samples": [
            {
                "photo_url": f"/v1/samples/{number}/photo",
                "title": sample.title,
                "questions": sample.questions,
                "attribution": sample.attribution,
            }
            for number, sample in enumerate(service_of(request).samples)
        ]
    }


@router.get("/v1/samples/{number}/photo", responses=_SAMPLE, response_class=FileResponse)
def sample_photo(request: Request, number: int) -> FileResponse:
    """A sample's photo."""
    found = service_of(request).samples
    if not 0 <= number < len(found) or not found[number].path.is_file():
        raise NotFoundError(f"There is no sample {number}.")
    return FileResponse(found[number].path, headers={"Cache-Control": f"private, max-age={_DAY}"})
