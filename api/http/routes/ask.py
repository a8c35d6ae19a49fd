"""The HTTP routes: what is asked for over the wire, and what is answered.

Each handler turns a request into a call of the pipeline and its result into a schema; decisions
are made in `search/`.
"""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from api.access.auth import require
from api.http import answering, schemas
from api.http.forms import ReadForm
from api.http.problems import request_id
from api.http.state import state_of
from api.http.streaming import answer_events, wants_events
from api.memory.followups import remember
from knowledge.errors import ImageError, NotFoundError
from search.evidence import stored_chronologies
from vlm.images import PhotoSize, decode_image, thumbnail

router = APIRouter(dependencies=[Depends(require("ask"))])

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
    state = state_of(request)
    if wants_events(request):
        return answer_events(request, form)
    asked = await answering.find_and_read(state, form.query)
    await remember(request, form.conversation_id, form.query, asked)
    return schemas.ask_out(
        asked,
        encoder=state.pipeline.encoder.card.name,
        reader=state.pipeline.reader.name,
        request_id=request_id(request),
        before=form.timings,
    )


@router.post("/v1/search", responses=_PROBLEMS)
async def search(request: Request, form: ReadForm) -> schemas.SearchOut:
    """Find what a photo and a question are about, without reading it."""
    state = state_of(request)
    found = await answering.find(state, form.query)
    return schemas.search_out(
        found,
        encoder=state.pipeline.encoder.card.name,
        request_id=request_id(request),
        before=form.timings,
    )


@router.get("/v1/documents/{document_id:path}", responses=_NOT_FOUND)
def document(request: Request, document_id: str) -> schemas.DocumentOut:
    """A whole document, by its id `<corpus>/<id>`."""
    index = state_of(request).pipeline.index
    found, photo_ids = index.document(document_id)
    chronologies = stored_chronologies(index, [document_id])
    return schemas.document_out(found, index.photo_facts(photo_ids), chronologies[document_id])


@router.get("/v1/photos/{photo_id}", responses=_PHOTO, response_class=Response)
def photo(request: Request, photo_id: str) -> Response:
    """An indexed photo, at most 640 pixels long, without its metadata."""
    state = state_of(request)
    data = state.pipeline.index.photo_bytes(photo_id)
    try:
        image = decode_image(data, PhotoSize(_THUMBNAIL_SIDE), limits=state.limits)
    except ImageError as error:
        raise NotFoundError(f"The photo {photo_id} is no longer readable.") from error
    return Response(
        thumbnail(image.pixels, _THUMBNAIL_SIDE),
        media_type="image/webp",
        headers={"Cache-Control": f"private, max-age={_DAY}"},
    )


@router.get("/v1/samples")
def samples(request: Request) -> dict[str, list[dict[str, Any]]]:
    """Sample photos to try, with a question in each language and their attribution."""
    return {
        "samples": [
            {
                "photo_url": f"/v1/samples/{number}/photo",
                "title": sample.title,
                "questions": sample.questions,
                "attribution": sample.attribution,
            }
            for number, sample in enumerate(state_of(request).samples)
        ]
    }


@router.get("/v1/samples/{number}/photo", responses=_SAMPLE, response_class=FileResponse)
def sample_photo(request: Request, number: int) -> FileResponse:
    """A sample's photo."""
    found = state_of(request).samples
    if not 0 <= number < len(found) or not found[number].path.is_file():
        raise NotFoundError(f"There is no sample {number}.")
    return FileResponse(found[number].path, headers={"Cache-Control": f"private, max-age={_DAY}"})
