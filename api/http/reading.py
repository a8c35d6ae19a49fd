"""Answers that are read from the index, for routes that show what it holds.

The work waits in the queue before the index, has the request's deadline, and is done in a thread;
so is writing the answer as JSON, which of a long document takes a while.
"""

from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from api.http import schemas
from api.service import service_of
from knowledge.index import View
from search.evidence import stored_chronologies

READING: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.ProblemOut} for status in (429, 503, 504)
}
"""What such a route may answer besides."""


async def from_index(request: Request, read: Callable[[], BaseModel]) -> Response:
    """The answer that `read` makes of the index.

    Raises:
        SnapCiteError: as `read`.
        BusyError: too many requests wait, or the request's time is over.
    """

    def work() -> Response:
        return Response(read().model_dump_json(by_alias=True), media_type="application/json")

    return await service_of(request).gates.retrieve.run(work)


def read_document(view: View, document_id: str) -> schemas.DocumentOut:
    """A whole document, as an evidence card shows it.

    Raises:
        NotFoundError: there is none with this id.
        StorageError: the index cannot be read.
    """
    found, photo_ids = view.document(document_id)
    chronologies = stored_chronologies(view, [document_id])
    return schemas.document_out(found, view.photo_facts(photo_ids), chronologies[document_id])
