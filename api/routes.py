"""The HTTP routes: what is asked for over the wire, and what is answered.

Each handler turns a request into a call of the pipeline and its result into a schema; decisions
are made in `search/`.
"""

import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from api import schemas
from api.inputs import make_query
from api.problems import request_id
from api.state import AppState, state_of
from api.streaming import answer_events, wants_events
from knowledge.errors import BrokenImageError, ImageError, NotFoundError, QueryError
from search.query import DEFAULT_K, Query
from vlm.images import decode_image, thumbnail

router = APIRouter()

_THUMBNAIL_SIDE = 640
_DAY = 24 * 60 * 60

_T = TypeVar("_T")

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.ProblemOut, "content": {"application/problem+json": {}}}
    for status in (400, 413, 415, 422, 503)
}
_ASK = _PROBLEMS | {200: {"content": {"text/event-stream": {}}}}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": schemas.ProblemOut}}

Photos = Annotated[list[UploadFile], File(description="One or more photos of one subject.")]
Question = Annotated[str, Form(description="What to know. May be empty with a photo.")]
Subjects = Annotated[int, Form(description="How many subjects to bring evidence for.")]
Language = Annotated[str | None, Form(description="`en` or `zh`; else the question's own.")]
Filters = Annotated[str | None, Form(description='JSON, such as {"language": ["en"]}.')]
Captions = Annotated[list[str], Form(description="Of the photos, in order: a date or a few words.")]
SchemaForm = Annotated[
    str | None,
    Form(alias="schema", description="JSON schema of the answer's `fields`; for a reader's model."),
]
RegionForm = Annotated[
    str | None, Form(alias="region", description="left,top,width,height as shares of the photo.")
]


@router.post("/v1/ask", response_model=schemas.AskOut, responses=_ASK)
async def ask(
    request: Request,
    photo: Photos = [],  # noqa: B006 - FastAPI copies defaults
    question: Question = "",
    k: Subjects = DEFAULT_K,
    language: Language = None,
    filters: Filters = None,
    region: RegionForm = None,
    caption: Captions = [],  # noqa: B006 - FastAPI copies defaults
    answer_schema: SchemaForm = None,
) -> schemas.AskOut | Response:
    """Answer a question about a photo, with the sentence it was read from.

    With `Accept: text/event-stream` the evidence is sent as soon as it is found, then the answer.
    """
    state = state_of(request)
    query, decode_s = await _query(
        state, photo, question, k, language, filters, region, caption, answer_schema
    )
    if wants_events(request):
        return answer_events(request, query, {"decode": decode_s})
    asked = await run_in_threadpool(state.pipeline.ask, query)
    return schemas.ask_out(
        asked,
        encoder=state.pipeline.encoder.card.name,
        reader=state.pipeline.reader.name,
        request_id=request_id(request),
        before={"decode": decode_s},
    )


@router.post("/v1/search", responses=_PROBLEMS)
async def search(
    request: Request,
    photo: Photos = [],  # noqa: B006 - FastAPI copies defaults
    question: Question = "",
    k: Subjects = DEFAULT_K,
    language: Language = None,
    filters: Filters = None,
    region: RegionForm = None,
) -> schemas.SearchOut:
    """Find what a photo and a question are about, without reading it."""
    state = state_of(request)
    query, decode_s = await _query(state, photo, question, k, language, filters, region)
    found = await run_in_threadpool(state.pipeline.search, query)
    return schemas.search_out(
        found,
        encoder=state.pipeline.encoder.card.name,
        request_id=request_id(request),
        before={"decode": decode_s},
    )


@router.get("/v1/documents/{document_id:path}", responses=_NOT_FOUND)
def document(request: Request, document_id: str) -> schemas.DocumentOut:
    """A whole document, by its id `<corpus>/<id>`."""
    index = state_of(request).pipeline.index
    found, photo_ids = index.document(document_id)
    return schemas.document_out(found, index.photo_facts(photo_ids))


@router.get("/v1/photos/{photo_id}", responses=_NOT_FOUND, response_class=Response)
def photo(request: Request, photo_id: str) -> Response:
    """An indexed photo, at most 640 pixels long, without its metadata."""
    state = state_of(request)
    data = state.pipeline.index.photo_bytes(photo_id)
    try:
        image = decode_image(data, max_side=_THUMBNAIL_SIDE, limits=state.limits)
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


@router.get("/v1/samples/{number}/photo", responses=_NOT_FOUND, response_class=FileResponse)
def sample_photo(request: Request, number: int) -> FileResponse:
    """A sample's photo."""
    found = state_of(request).samples
    if not 0 <= number < len(found) or not found[number].path.is_file():
        raise NotFoundError(f"There is no sample {number}.")
    return FileResponse(found[number].path, headers={"Cache-Control": f"private, max-age={_DAY}"})


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
    """Able: models are loaded and one query has gone through. 503 until then."""
    is_ready = state_of(request).ready.is_set()
    response.status_code = 200 if is_ready else 503
    return {"ready": is_ready}


async def _query(
    state: AppState,
    uploads: list[UploadFile],
    question: str,
    k: int,
    language: str | None,
    filters: str | None,
    region: str | None,
    captions: Sequence[str] = (),
    schema: str | None = None,
) -> tuple[Query, float]:
    """The query of a form, and the seconds its decoding took."""
    if len(uploads) > state.max_photos:
        raise QueryError(
            f"{len(uploads)} photos were sent; at most {state.max_photos} go into one question."
        )
    photos = []
    for number, upload in enumerate(uploads, start=1):
        data = await upload.read()
        if not data:
            raise BrokenImageError(f"Photo {number} is empty (0 bytes); send it again.")
        photos.append(data)

    def decode() -> Query:
        return make_query(
            photos,
            question,
            limits=state.limits,
            max_side=state.pipeline.photo_side,
            k=k,
            language=language or None,
            filters=filters,
            region=region,
            captions=captions,
            schema=schema or None,
        )

    return await run_in_threadpool(_timed, decode)


def _timed(call: Callable[[], _T]) -> tuple[_T, float]:
    started = time.perf_counter()
    result = call()
    return result, time.perf_counter() - started
