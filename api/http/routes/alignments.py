"""The HTTP routes that lay two pictures on each other: two of the index, or one that is sent on one
of the index."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile

from api.access.auth import require
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.http.reading import READING
from api.service import service_of, view_of
from knowledge.index import View
from search.held_pictures import LOOKED_AT, lay
from vlm.images import decode_image
from vlm.likeness import is_installed

router = APIRouter(dependencies=[Depends(require("ask"))], route_class=BoundedRoute)

_DAY = 24 * 60 * 60
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": schemas.ProblemOut}}
_SENT: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.ProblemOut} for status in (400, 408, 413, 415, 422)
}

PhotoFile = Annotated[UploadFile, File(description="The picture to lay on the photo.")]


@router.get("/v1/photos/{photo_id}/alignment/{other_id}", responses=READING | _NOT_FOUND)
async def photos_alignment(
    request: Request, response: Response, photo_id: str, other_id: str
) -> schemas.LaidOut:
    """How one indexed photo lies on another, and whether both are one shot."""
    service = service_of(request)
    out = await service.gates.decode.run(partial(_laid, view_of(request), photo_id, other_id))
    response.headers["Cache-Control"] = f"private, max-age={_DAY}"
    return out


@router.post("/v1/photos/{photo_id}/alignment", responses=READING | _NOT_FOUND | _SENT)
async def picture_alignment(request: Request, photo_id: str, photo: PhotoFile) -> schemas.LaidOut:
    """How a picture that is sent lies on an indexed photo, and whether both are one shot."""
    service, view = service_of(request), view_of(request)

    def work() -> schemas.LaidOut:
        photo.file.seek(0)
        data = photo.file.read()
        picture = decode_image(data, LOOKED_AT, limits=service.limits).pixels
        if not is_installed():
            view.photo_bytes(photo_id)
            return schemas.laid_out(None, verified=False)
        return schemas.laid_out(lay(view, photo_id, picture), verified=True)

    return await service.gates.decode.run(work)


def _laid(view: View, photo_id: str, other_id: str) -> schemas.LaidOut:
    if not is_installed():
        for each in (photo_id, other_id):
            view.photo_bytes(each)
        return schemas.laid_out(None, verified=False)
    return schemas.laid_out(lay(view, photo_id, other_id), verified=True)
