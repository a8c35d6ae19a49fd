"""The HTTP route that writes a quotation's citation in the form that another program takes."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.access.auth import require
from api.exports.citations import MEDIA_TYPES, Form, write_citations
from api.exports.cited import cite_span
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.http.reading import READING
from api.service import service_of, view_of
from knowledge.errors import QueryError

router = APIRouter(dependencies=[Depends(require("ask"))], route_class=BoundedRoute)

_MOST_CHARACTERS = 4000
"""Of a quotation; an answer's is a sentence or two, or a few lines of a record."""

Start = Annotated[int, Query(ge=0, description="Where the quotation begins in the text.")]
End = Annotated[int, Query(ge=1, description="Where it ends.")]
FormName = Annotated[
    Form,
    Query(alias="format", description="CSL-JSON, RIS, BibTeX or a W3C Web Annotation (JSON-LD)."),
]


@router.get(
    "/v1/citations",
    response_class=Response,
    responses=READING
    | {
        200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}},
        404: {"model": schemas.ProblemOut},
    },
)
async def citation(
    request: Request, document_id: str, start: Start, end: End, form: FormName
) -> Response:
    """The citation of a quotation, which is a span of a document's text, as `source` of an answer
    gives it."""
    service, view = service_of(request), view_of(request)

    def read() -> Response:
        document, _ = view.document(document_id)
        if not start < end <= len(document.text):
            raise QueryError(
                f"{start} to {end} is no span of the text of {document_id}, which has "
                f"{len(document.text)} characters."
            )
        if end - start > _MOST_CHARACTERS:
            raise QueryError(f"A citation quotes at most {_MOST_CHARACTERS:,} characters.")
        today = datetime.now(UTC).date()
        cited = cite_span(document, start, end, passages=view.passages(document_id), accessed=today)
        return Response(write_citations(form, [cited]), media_type=MEDIA_TYPES[form])

    return await service.gates.retrieve.run(read)
