"""The HTTP routes that change what is indexed: documents in and out, one or many.

What was sent is read by `api.http.documents_in` and written by `indexer.live`. A document is
wholly there, and durable, when its route has answered.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile as Sent

from api.access.auth import AdminCaller
from api.http import schemas
from api.http.documents_in import (
    MAX_DOCUMENTS,
    MAX_PHOTOS,
    make_update,
    new_photo,
    parse_json,
    parse_object,
    parse_told,
)
from api.http.state import AppState, state_of
from indexer.live import NewPhoto, Status, Update
from knowledge.errors import DocumentError, InputError

router = APIRouter()

_PART_BYTES = 32 * 2**20
"""Of the documents' JSON in a form; the files have the limit of the body."""

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_WRITING: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (400, 413, 415, 422, 429, 500, 503, 504, 507), _PROBLEM
)
_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "The document is new."}}

DocumentField = Annotated[
    str,
    Form(
        description="JSON: `title`, `text` and the other keys of a corpus's front matter; "
        "`photos`: ids of photos that the document has and keeps."
    ),
]
PhotoFiles = Annotated[list[UploadFile], File(description=f"At most {MAX_PHOTOS} photos.")]
MetadataField = Annotated[
    str | None,
    Form(
        description="JSON: a list, an object a photo: `caption`, `taken_at`, `latitude`, "
        "`longitude`."
    ),
]


class WrittenOut(BaseModel):
    """What became of a document that was sent."""

    document_id: str
    status: Status


class RemovedOut(BaseModel):
    """What became of a document that was to be removed."""

    document_id: str
    status: Literal["removed", "absent"]


class ItemOut(BaseModel):
    """What became of one document of many; `detail` says why it failed."""

    document_id: str | None
    status: Status | Literal["failed"]
    detail: str | None = None


class BatchOut(BaseModel):
    """What became of each document, in the order sent."""

    results: list[ItemOut]
    failed: int = Field(description="How many could not be used; the others are written.")


@router.put(
    "/v1/documents/{corpus}/{id:path}",
    response_model=WrittenOut,
    responses=_WRITING | _CREATED,
)
async def put_document(
    request: Request,
    response: Response,
    caller: AdminCaller,  # noqa: ARG001 - that there is one is what counts
    corpus: str,
    id: str,
    document: DocumentField,
    photo: PhotoFiles = [],  # noqa: B006 - FastAPI copies defaults
    photo_metadata: MetadataField = None,
) -> WrittenOut:
    """Make a document what is sent: new, or in the place of the one of this id.

    Without photos it keeps those it has. Visible to the next question, durable on answering.
    """
    state = state_of(request)
    _check_count(len(photo))

    def read() -> Update:
        photos = _photos(state, photo, photo_metadata)
        return make_update(
            parse_object(document, field="document"), corpus=corpus, id=id, photos=photos
        )

    update = await state.gates.decode.run(read)
    (status,) = await state.updates.run(partial(state.live.put, [update]))
    state.tending.note()
    response.status_code = 201 if status == "created" else 200
    return WrittenOut(document_id=update.document.document_id, status=status)


@router.delete(
    "/v1/documents/{corpus}/{id:path}",
    responses=dict.fromkeys((429, 500, 503, 504, 507), _PROBLEM),
)
async def delete_document(
    request: Request,
    caller: AdminCaller,  # noqa: ARG001 - that there is one is what counts
    corpus: str,
    id: str,
) -> RemovedOut:
    """Take a document out of the index, with its photos; that there is none is no error."""
    state = state_of(request)
    document_id = f"{corpus}/{id}"
    removed = await state.updates.run(partial(state.live.remove, document_id))
    state.tending.note()
    return RemovedOut(document_id=document_id, status="removed" if removed else "absent")


_ITEM = {
    "type": "object",
    "required": ["corpus", "id", "title"],
    "properties": {
        "corpus": {"type": "string"},
        "id": {"type": "string"},
        "title": {"type": "string"},
        "text": {"type": "string"},
        "files": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Names of this document's files in the form.",
        },
        "photo_metadata": {"type": "array", "items": {"type": "object"}},
    },
}
_ITEMS = {"type": "array", "items": _ITEM, "maxItems": MAX_DOCUMENTS}
_BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _ITEMS},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["documents"],
                    "properties": {
                        "documents": {"type": "string", "description": "The list, as JSON."},
                        "photo": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        },
                    },
                }
            },
        },
    }
}


@router.post(
    "/v1/documents", response_model=BatchOut, responses=_WRITING, openapi_extra=_BATCH_BODY
)
async def put_documents(
    request: Request,
    caller: AdminCaller,  # noqa: ARG001 - that there is one is what counts
) -> BatchOut:
    """Many documents at once: a JSON list, or a form with the list and the photos' files.

    Each item is a document with its `corpus` and `id`. One that cannot be used is reported and
    the others are written.
    """
    state = state_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_part_size=_PART_BYTES) as form:
            files = {item.filename or "": item for _, item in form.multi_items()
                     if isinstance(item, Sent)}  # fmt: skip
            text = form.get("documents")
            return await _put_all(state, text if isinstance(text, str) else "", files)
    return await _put_all(state, await request.body(), {})


async def _put_all(state: AppState, text: str | bytes, files: Mapping[str, Sent]) -> BatchOut:
    items = parse_json(text, field="documents")
    if not isinstance(items, list) or len(items) > MAX_DOCUMENTS:
        raise DocumentError(f"documents: it is no list of at most {MAX_DOCUMENTS:,} documents.")
    _check_count(len(files))

    def read() -> list[Update | DocumentFailure]:
        return [_read_item(state, item, files) for item in items]

    read_items = await state.gates.decode.run(read)
    updates = [item for item in read_items if isinstance(item, Update)]
    statuses = iter(await state.updates.run(partial(state.live.put, updates)))
    state.tending.note()
    results = [
        ItemOut(document_id=item.document.document_id, status=next(statuses))
        if isinstance(item, Update)
        else ItemOut(document_id=item.document_id, status="failed", detail=item.detail)
        for item in read_items
    ]
    return BatchOut(results=results, failed=len(read_items) - len(updates))


class DocumentFailure(BaseModel):
    """An item that cannot be used, and why."""

    document_id: str | None
    detail: str


def _read_item(
    state: AppState, item: object, files: Mapping[str, Sent]
) -> Update | DocumentFailure:
    named: str | None = None
    try:
        if not isinstance(item, dict):
            raise DocumentError("documents: an item is no JSON object.")
        values: dict[str, Any] = dict(item)
        if isinstance(values.get("corpus"), str) and isinstance(values.get("id"), str):
            named = f"{values['corpus']}/{values['id']}"
        sent = _files_of(values.pop("files", None), files)
        told = values.pop("photo_metadata", None)
        photos = _decoded(state, sent, parse_told(told or [], photos=len(sent)))
        update = make_update(
            values, corpus=values.get("corpus"), id=values.get("id"), photos=photos
        )
        state.live.check(update)
    except InputError as error:
        return DocumentFailure(document_id=named, detail=str(error))
    return update


def _files_of(names: object, files: Mapping[str, Sent]) -> list[Sent]:
    if names is None:
        return []
    if not isinstance(names, list):
        raise DocumentError("files: it is no list of names of the form's files.")
    missing = [name for name in names if not isinstance(name, str) or name not in files]
    if missing:
        raise DocumentError(f"files: no file {missing[0]!r} was sent.")
    return [files[name] for name in names]


def _photos(state: AppState, files: Sequence[Sent], metadata: str | None) -> list[NewPhoto]:
    told = parse_json(metadata, field="photo_metadata") if metadata else []
    return _decoded(state, files, parse_told(told, photos=len(files)))


def _decoded(
    state: AppState, files: Sequence[Sent], told: Sequence[Mapping[str, Any]]
) -> list[NewPhoto]:
    photos = []
    for number, (file, said) in enumerate(zip(files, told, strict=True), start=1):
        file.file.seek(0)
        photos.append(
            new_photo(
                file.file.read(),
                name=f"photo {number}",
                told=said,
                limits=state.limits,
                size=state.pipeline.encoder.card.photo_size,
            )
        )
    return photos


def _check_count(photos: int) -> None:
    if photos > MAX_PHOTOS:
        raise DocumentError(
            f"photo: {photos} photos were sent; at most {MAX_PHOTOS} go into one request."
        )
