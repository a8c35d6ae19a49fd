"""What the tools of an agent take: their arguments, as JSON schemas and as they are read.

The words are those of the HTTP form. Only the photos come in another way: as text, since JSON holds
no bytes, or by their paths where the transport allows that. `api.mcp.photos` reads them.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import QueryError
from search.query import DEFAULT_K

PATHS = "photo_paths"
"""The argument that only exists where files may be read."""


class Arguments(BaseModel):
    """Arguments of any tool. A name that is not known is an error, so that none is lost unsaid."""

    model_config = ConfigDict(extra="forbid")


class SearchArguments(Arguments):
    """What to look for: photos of one subject, words, or both."""

    question: str = Field(default="", description="The question. May be empty with a photo.")
    photos: list[str] = Field(
        default=[],
        description="Photos of one subject, each as base64 or as a data URL "
        "(`data:image/jpeg;base64,…`). Addresses are not fetched.",
    )
    photo_paths: list[str] = Field(
        default=[], description="Paths of photos on the machine that runs this server."
    )
    k: int = Field(
        default=DEFAULT_K, description="For how many subjects evidence is returned, best first."
    )
    language: str | None = Field(
        default=None, description="`en` or `zh`; if absent, the question's language."
    )
    filters: dict[str, str | list[str]] = Field(
        default={}, description='For instance {"language": ["en"]} or {"document_id": "…"}.'
    )
    region: str | None = Field(
        default=None,
        description="left,top,width,height as shares of the photo: the part that is meant.",
    )
    captions: list[str] = Field(
        default=[], description="Captions of the photos, in their order: a date or a few words."
    )
    thumbnails: int = Field(
        default=3, ge=0, le=8, description="At most so many photos of the evidence are shown."
    )


class AskArguments(SearchArguments):
    """What to answer."""

    answer_schema: dict[str, Any] | None = Field(
        default=None,
        alias="schema",
        description="JSON schema of the answer's `fields`; for readers with a model.",
    )
    conversation_id: str | None = Field(
        default=None,
        description="Id of a conversation, made up by the caller (a UUID): a question without a "
        "photo is then about the photo before. Kept for an hour.",
    )


class DocumentArguments(Arguments):
    """Which document to read."""

    document_id: str = Field(description="As an answer or evidence gives it: `<corpus>/<id>`.")
    thumbnails: int = Field(
        default=3, ge=0, le=8, description="At most so many of its photos are shown."
    )


_Read = TypeVar("_Read", bound=Arguments)


def read_arguments(kind: type[_Read], given: Mapping[str, Any] | None) -> _Read:
    """The arguments of a call.

    Raises:
        QueryError: one of them cannot be used; the text names it.
    """
    try:
        return kind.model_validate(dict(given or {}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the arguments"
        if first["type"] == "extra_forbidden":
            known = ", ".join(_schema(kind)["properties"])
            raise QueryError(f"{where}: there is no such argument; there are {known}.") from None
        raise QueryError(f"{where}: {first['msg']}.") from None


def input_schema(kind: type[Arguments], *, with_paths: bool) -> dict[str, Any]:
    """The JSON schema of a tool's arguments. `with_paths`: whether files may be read."""
    schema = _schema(kind)
    if not with_paths:
        schema["properties"].pop(PATHS, None)
    return schema


def _schema(kind: type[Arguments]) -> dict[str, Any]:
    return kind.model_json_schema(by_alias=True)
