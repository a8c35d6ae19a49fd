"""The HTTP routes that change what is indexed: write and remove documents, one or many.

`api.http.documents_in` reads what was sent and `indexer.live` writes it. A document is wholly
there, and durable, when its route has answered.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile as Sent

from api.access.auth import AdminCaller
from api.http import schemas
from api.http.bounded_request import BoundedRequest, BoundedRoute
from api.http.documents_in import (
    MAX_DOCUMENTS,
    MAX_PHOTOS,
    DocumentIn,
    ListedDocumentIn,
    PhotoMetadataIn,
    metadata_for,
    new_photo,
    read_json,
    read_metadata,
)
from api.http.openapi import reference
from api.service import Service, service_of
from indexer.live import NewPhoto, Status, Update
from knowledge.corpus import split_pages
from knowledge.errors import CorpusError, DocumentError, InputError

router = APIRouter(route_class=BoundedRoute)

_PART_BYTES = 32 * 2**20
"""Of the documents' JSON in a form; the files have the limit of the body."""

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_WRITING: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (400, 413, 415, 422, 429, 500, 503, 504, 507), _PROBLEM
)
_CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "The document is new."}}

LISTED_SCHEMA = {
    "type": "array",
    "items": reference(ListedDocumentIn),
    "maxItems": MAX_DOCUMENTS,
}

DocumentField = Annotated[
    str,
    Form(
        description="The document, as JSON.",
        json_schema_extra={
            "contentMediaType": "application/json",
            "contentSchema": reference(DocumentIn),
        },
    ),
]
PhotoFiles = Annotated[list[UploadFile], File(description=f"At most {MAX_PHOTOS} photos.")]
MetadataField = Annotated[
    str | None,
    Form(
        description="Metadata of the photos, in their order, as JSON.",
        json_schema_extra={
            "contentMediaType": "application/json",
            "contentSchema": {"type": "array", "items": reference(PhotoMetadataIn)},
        },
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
    caller: AdminCaller,  # noqa: ARG001 - it is required, not used
    corpus: str,
    id: str,
    document: DocumentField,
    photo: PhotoFiles = [],  # noqa: B006 - FastAPI copies defaults
    photo_metadata: MetadataField = None,
) -> WrittenOut:
    """Write a document: a new one, or in the place of the one with this id.

    Without photos it keeps those it has. The next question sees it, and it is durable when this
    answers.
    """
    service = service_of(request)
    _check_count(len(photo))

    def read() -> Update:
        sent = DocumentIn.read(read_json(document, field="document"), field="document")
        metadata = read_metadata(photo_metadata) if photo_metadata else []
        photos = _decoded(service, photo, metadata)
        return sent.update(corpus=corpus, id=id, photos=photos)

    update = await service.gates.decode.run(read)
    (status,) = await service.update(partial(service.live.put, [update]))
    response.status_code = 201 if status == "created" else 200
    return WrittenOut(document_id=update.document.document_id, status=status)


@router.delete(
    "/v1/documents/{corpus}/{id:path}",
    responses=dict.fromkeys((429, 500, 503, 504, 507), _PROBLEM),
)
async def delete_document(
    request: Request,
    caller: AdminCaller,  # noqa: ARG001 - it is required, not used
    corpus: str,
    id: str,
) -> RemovedOut:
    """Remove a document with its photos. A document that is not there is not an error."""
    service = service_of(request)
    document_id = f"{corpus}/{id}"
    removed = await service.update(partial(service.live.remove, document_id))
    return RemovedOut(document_id=document_id, status="removed" if removed else "absent")


_BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": LISTED_SCHEMA},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["documents"],
                    "properties": {
                        "documents": {
                            "type": "string",
                            "description": "The list, as JSON.",
                            "contentMediaType": "application/json",
                            "contentSchema": LISTED_SCHEMA,
                        },
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
    caller: AdminCaller,  # noqa: ARG001 - it is required, not used
) -> BatchOut:
    """Many documents at once: a JSON list, or a form with the list and the photos' files.

    Each item is a document with its `corpus` and `id`. One that cannot be used is reported and
    the others are written.
    """
    service = service_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_part_size=_PART_BYTES) as form:
            files = {item.filename or "": item for _, item in form.multi_items()
                     if isinstance(item, Sent)}  # fmt: skip
            text = form.get("documents")
            return await _put_all(service, text if isinstance(text, str) else "", files)
    assert isinstance(request, BoundedRequest)
    return await _put_all(service, await request.raw_body(), {})


async def _put_all(service: Service, text: str | bytearray, files: Mapping[str, Sent]) -> BatchOut:
    _check_count(len(files))

    def read() -> list[Update | DocumentFailure]:
        items = read_json(text, field="documents")
        if not isinstance(items, list) or len(items) > MAX_DOCUMENTS:
            raise DocumentError(
                f"documents: it must be a list of at most {MAX_DOCUMENTS:,} documents."
            )
        return [_read_item(service, item, files) for item in items]

    read_items = await service.gates.decode.run(read)
    updates = [item for item in read_items if isinstance(item, Update)]
    statuses = iter(await service.update(partial(service.live.put, updates)))
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
    service: Service, item: object, files: Mapping[str, Sent]
) -> Update | DocumentFailure:
    try:
        document = ListedDocumentIn.read(item, field="documents")
        missing = [name for name in document.files if name not in files]
        if missing:
            raise DocumentError(f"files: no file {missing[0]!r} was sent.")
        sent = [files[name] for name in document.files]
        photos = _decoded(service, sent, document.photo_metadata or [])
        update = document.update(corpus=document.corpus, id=document.id, photos=photos)
        service.live.check(update)
    except InputError as error:
        return DocumentFailure(document_id=_document_id(item), detail=str(error))
    return update


def _document_id(item: object) -> str | None:
    """The id of an item that cannot be used, if the item has one."""
    match item:
        case {"corpus": str() as corpus, "id": str() as id_}:
            return f"{corpus}/{id_}"
    return None


def _decoded(
    service: Service, files: Sequence[Sent], metadata: Sequence[PhotoMetadataIn]
) -> list[NewPhoto]:
    photos = []
    of_each = metadata_for(len(files), metadata)
    for number, (file, of_photo) in enumerate(zip(files, of_each, strict=True), start=1):
        file.file.seek(0)
        try:
            pages = split_pages(file.file.read(), most=MAX_PHOTOS)
        except CorpusError as error:
            raise DocumentError(f"photo {number}: {error}") from error
        photos += [
            new_photo(
                page,
                name=f"photo {number}",
                metadata=of_photo,
                limits=service.limits,
                size=service.live.photo_size,
            )
            for page in pages
        ]
    _check_count(len(photos))
    return photos


def _check_count(photos: int) -> None:
    if photos > MAX_PHOTOS:
        raise DocumentError(
            f"photo: {photos} photos were sent; one request takes at most {MAX_PHOTOS}."
        )
