"""The form of a question over HTTP: its fields, and the query that they make.

Shared by the routes that take one, as a FastAPI dependency.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, File, Form, Request, UploadFile

from api.http.inputs import RawQuery, make_query
from api.http.state import state_of
from api.memory.followups import recall
from api.watching.tracing import stage
from knowledge.errors import BrokenImageError, QueryError
from search.query import DEFAULT_K, Query

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
ConversationForm = Annotated[
    str | None,
    Form(
        description="Of a conversation, made up by the caller (a UUID): a question without a photo "
        "is then about the one before. Remembered for an hour."
    ),
]


@dataclass(frozen=True, slots=True)
class AskForm:
    """A form that was read: the query, and the seconds that its stages took."""

    query: Query
    timings: dict[str, float]
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
        BusyError: too many wait, or the request's time is over.
        StoreUnavailableError: what keeps conversations cannot be reached.
    """
    raw = RawQuery(
        question=question,
        k=k,
        language=language or None,
        filters=filters,
        region=region,
        captions=tuple(caption),
        schema=answer_schema or None,
    )
    # Only then into memory, so that those who wait take none: large uploads lie in a file.
    form = await decode_query(
        request, lambda: [upload.file.read() for upload in photo], raw, count=len(photo)
    )
    conversation_id = conversation_id or None
    query = await recall(request, conversation_id, form.query)
    return replace(form, query=query, conversation_id=conversation_id)


async def decode_query(
    request: Request, load: Callable[[], Sequence[bytes]], raw: RawQuery, *, count: int
) -> AskForm:
    """A query of photos and words, when its turn to be decoded has come.

    Args:
        request: what they came with.
        load: the photos' bytes; called in a thread.
        raw: what was sent beside the photos.
        count: how many photos there are.

    Raises:
        ImageError: a photo cannot be used.
        QueryError: anything else cannot be used.
        BusyError: too many wait, or the request's time is over.
    """
    state = state_of(request)
    if count > state.max_photos:
        raise QueryError(
            f"{count} photos were sent; at most {state.max_photos} go into one question."
        )

    def decode() -> AskForm:
        started = time.perf_counter()
        photos = load()
        if b"" in photos:
            number = photos.index(b"") + 1
            raise BrokenImageError(f"Photo {number} is empty (0 bytes); send it again.")
        if state.audit is not None:
            state.audit.received(photos)
        query = make_query(photos, raw, limits=state.limits, size=state.pipeline.photo_size)
        return AskForm(query, {"decode": time.perf_counter() - started})

    with stage("decode"):
        form = await state.gates.decode.run(decode)
    state.metrics.stages(form.timings)
    return form


ReadForm = Annotated[AskForm, Depends(read_form)]
"""What a route takes to be asked by this form."""
