"""Two compatibility routes for callers written for other services.

    POST /v1/chat/vision             multipart `image`, `prompt`      → {"response": "…"}
    POST /v1/models/{model}:predict  {"inputs": [image, {"text"}]}    → {"outputs": [{"text": "…"}]}

The texts are those of the chat route: the answer, and below it the citation.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import BaseModel, Field

from api.access.auth import AskCaller
from api.http import schemas
from api.http.bounded_request import BoundedRoute
from api.http.chat_messages import decode_base64
from api.http.inputs import RawQuery
from api.http.routes.openai import written
from api.service import service_of
from knowledge.errors import InputError, QueryError
from vlm.images import sniff_format

router = APIRouter(route_class=BoundedRoute)

_PROBLEM: dict[str, Any] = {"model": schemas.ProblemOut}
_PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (400, 413, 415, 422, 429, 500, 503, 504), _PROBLEM
)
_TAKEN = ("JPEG", "PNG")


class VisionOut(BaseModel):
    """The answer with its citation in words."""

    response: str


class InputIn(BaseModel):
    """A photo (`mime_type` and `data` in base64) or a `text`."""

    mime_type: str | None = None
    data: str | None = None
    text: str | None = None


class PredictIn(BaseModel):
    """Photos of one subject and what is asked about them."""

    inputs: list[InputIn] = Field(min_length=1)


class OutputOut(BaseModel):
    """The answer with its citation in words."""

    text: str


class PredictOut(BaseModel):
    """One output."""

    outputs: list[OutputOut]


@router.post("/v1/chat/vision", responses=_PROBLEMS)
async def vision(
    request: Request,
    caller: AskCaller,
    image: Annotated[UploadFile, File(description="A JPEG or PNG, by its first bytes.")],
    prompt: Annotated[str, Form(description="The question; may be empty.")] = "",
) -> VisionOut:
    """Answer a question about a photo in one string."""

    def load() -> list[bytes]:
        data = image.file.read()
        if sniff_format(data) not in _TAKEN:
            raise InputError(
                "image: its first bytes are neither a JPEG's nor a PNG's; send one of them."
            )
        return [data]

    service = service_of(request)
    query = await service.decode(load, RawQuery(prompt), count=1, viewer=caller.viewer)
    asked = await service.find_and_read(query)
    return VisionOut(response=written(asked.answer)[0])


@router.post("/v1/models/{model}:predict", responses=_PROBLEMS)
async def predict(
    request: Request,
    caller: AskCaller,
    model: str,  # noqa: ARG001 - any name is accepted
    body: PredictIn,
) -> PredictOut:
    """Answer the texts of the inputs about their photos."""
    photos, text = _read(body.inputs)
    service = service_of(request)
    query = await service.decode(
        lambda: [decode_base64(data) for data in photos],
        RawQuery(text),
        count=len(photos),
        viewer=caller.viewer,
    )
    asked = await service.find_and_read(query)
    return PredictOut(outputs=[OutputOut(text=written(asked.answer)[0])])


def _read(inputs: Sequence[InputIn]) -> tuple[list[str], str]:
    """The photos in base64, and the texts as one."""
    photos, texts = [], []
    for number, given in enumerate(inputs, start=1):
        if (given.data is None) == (given.text is None):
            raise QueryError(
                f"inputs: number {number} must be either a photo or a text; send `mime_type` and "
                "`data`, or `text`."
            )
        if given.text is not None:
            texts.append(given.text)
        elif given.data is not None:
            if not (given.mime_type or "").lower().startswith("image/"):
                raise QueryError(f"inputs: the `mime_type` of number {number} is not an image's.")
            photos.append(given.data)
    return photos, "\n".join(texts).strip()
