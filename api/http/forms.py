"""The form of a question over HTTP: its fields, and the query that they make.

A FastAPI dependency for the routes that take such a form.
"""

from dataclasses import dataclass
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, File, Form, Request, UploadFile

from api.access.auth import caller_of
from api.http.inputs import RawQuery, parse_filters
from api.service import service_of
from search.query import DEFAULT_K, Query

Photos = Annotated[list[UploadFile], File(description="One or more photos of one subject.")]
Question = Annotated[str, Form(description="The question. May be empty with a photo.")]
Subjects = Annotated[int, Form(description="For how many subjects evidence is returned.")]
Language = Annotated[
    str | None, Form(description="`en` or `zh`; if absent, the question's language.")
]
Filters = Annotated[str | None, Form(description='JSON, such as {"language": ["en"]}.')]
Captions = Annotated[
    list[str], Form(description="Captions of the photos, in their order: a date or a few words.")
]
SchemaForm = Annotated[
    str | None,
    Form(
        alias="schema",
        description="JSON schema of the answer's `fields`; for readers with a model.",
    ),
]
RegionForm = Annotated[
    str | None, Form(alias="region", description="left,top,width,height as shares of the photo.")
]
ConversationForm = Annotated[
    str | None,
    Form(
        description="Id of a conversation, made up by the caller (a UUID): a question without a "
        "photo is then about the photo before. Kept for an hour."
    ),
]


@dataclass(frozen=True, slots=True)
class AskForm:
    """A form that was read: the query, and the conversation that it belongs to."""

    query: Query
    conversation_id: str | None = None


async def read_form(
    request: Request,
    photo: Photos = [],  # noqa: B006 - FastAPI copies defaults
    question: Question = "",
    k: Subjects = DEFAULT_K,
    language: Language = None,
    filters: Filters = None,
    region: RegionForm = None,
    caption: Captions = [],  # noqa: B006 - FastAPI copies defaults
    answer_schema: SchemaForm = None,
    conversation_id: ConversationForm = None,
) -> AskForm:
    """Read, check and decode what was sent.

    Raises:
        ImageError: a photo cannot be used.
        QueryError: anything else cannot be used.
        BusyError: too many requests wait, or the request's time is over.
        StoreUnavailableError: the store of conversations cannot be reached.
    """
    service, caller = service_of(request), caller_of(request)
    raw = RawQuery(
        question=question,
        k=k,
        language=language or None,
        filters=await run_sync(parse_filters, filters) if filters else {},
        region=region,
        captions=tuple(caption),
        schema=answer_schema or None,
    )
    query = await service.decode(
        lambda: [upload.file.read() for upload in photo],
        raw,
        count=len(photo),
        viewer=caller.viewer,
    )
    query = await service.recall(caller.name, conversation_id, query)
    return AskForm(query, conversation_id or None)


ReadForm = Annotated[AskForm, Depends(read_form)]
"""What a route takes that is asked by this form."""
