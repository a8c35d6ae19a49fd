"""The tools that agents call: `ask`, `search` and `get_document`.

Each goes the way of the HTTP route of its name, through the service, and its structured result is
what that route answers. Beside it the result has the citations as links to resources and the
photos of the evidence as pictures. Knows no transport.
"""

import base64
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import mcp_types as types
from pydantic import BaseModel
from starlette.requests import Request

from api.access.auth import Caller, caller_of
from api.http import schemas
from api.http.inputs import RawQuery, read_filters
from api.http.problems import problem_of
from api.http.reading import read_document
from api.mcp.arguments import (
    Arguments,
    AskArguments,
    DocumentArguments,
    SearchArguments,
    input_schema,
    read_arguments,
)
from api.mcp.photos import Folders, photo_loader
from api.mcp.resources import document_link, links, shown_photos
from api.service import Service
from knowledge.errors import InputError, NotFoundError
from knowledge.viewer import Viewer
from search.query import Query

logger = logging.getLogger(__name__)

THUMBNAIL_SIDE = 640
"""Pixels of a thumbnail's longest side, as over HTTP."""

_PROBLEM = "snapcite/problem"
_READS = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a tool answers: what HTTP answers, and what is shown beside it.

    Attributes:
        out: the structured result.
        photos: photo id and title of what is shown as a picture.
        links: the documents that it is from.
    """

    out: BaseModel
    photos: Sequence[tuple[str, str]]
    links: Sequence[types.ResourceLink]


@dataclass(frozen=True, slots=True)
class _Tool:
    title: str
    description: str
    arguments: type[Arguments]
    answers: type[BaseModel]
    run: Callable[["Tools", Any, Request], Awaitable[Shown]]


class Tools:
    """The tools of one service."""

    def __init__(self, service: Service, folders: Folders) -> None:
        """`folders`: from where photos may be read by path."""
        self._service = service
        self._folders = folders

    def listed(self) -> list[types.Tool]:
        """The tools with their schemas."""
        return [
            types.Tool(
                name=name,
                title=tool.title,
                description=tool.description,
                input_schema=self._input_schema(tool),
                output_schema=output_schema(tool.answers),
                annotations=_READS,
            )
            for name, tool in _TOOLS.items()
        ]

    def input_schema(self, name: str) -> dict[str, Any] | None:
        """The JSON schema of a tool's arguments; None if there is no such tool."""
        tool = _TOOLS.get(name)
        return None if tool is None else self._input_schema(tool)

    def _input_schema(self, tool: _Tool) -> dict[str, Any]:
        return input_schema(tool.arguments, with_paths=bool(self._folders.allowed))

    async def call(
        self, name: str, given: dict[str, Any] | None, request: Request
    ) -> types.CallToolResult:
        """Call a tool for the caller of a request. What goes wrong is the result, as a problem.

        Raises:
            KeyError: there is no such tool.
        """
        tool = _TOOLS[name]
        try:
            shown = await tool.run(self, read_arguments(tool.arguments, given), request)
            content = await self._content(shown, caller_of(request).viewer)
        except Exception as error:
            result = failed(request, error)
            self._service.metrics.tool_called(name, result.meta[_PROBLEM]["type"])  # type: ignore[index]
            return result
        self._service.metrics.tool_called(name)
        return types.CallToolResult(
            content=content, structured_content=shown.out.model_dump(mode="json", by_alias=True)
        )

    async def ask(self, given: AskArguments, request: Request) -> Shown:
        """As `POST /v1/ask`."""
        service, caller = self._service, caller_of(request)
        query = await self._query(given, caller, schema=given.answer_schema)
        query = await service.recall(caller.name, given.conversation_id, query)
        asked = await service.find_and_read(query)
        await service.remember(caller.name, given.conversation_id, query, asked)
        return _found(schemas.ask_out(asked, service.pipeline), given)

    async def search(self, given: SearchArguments, request: Request) -> Shown:
        """As `POST /v1/search`."""
        found = await self._service.find(await self._query(given, caller_of(request)))
        return _found(schemas.search_out(found, self._service.pipeline), given)

    async def get_document(self, given: DocumentArguments, request: Request) -> Shown:
        """As `GET /v1/documents/{id}`."""
        out = await self.document(given.document_id, caller_of(request))
        link = document_link(out.document_id, title=out.title, citation=out.citation, priority=1.0)
        photos = [(each.photo_id, out.title) for each in out.photos[: given.thumbnails]]
        return Shown(out, photos, [link])

    async def document(self, document_id: str, caller: Caller) -> schemas.DocumentOut:
        """A whole document, if it is open to the caller.

        Raises:
            NotFoundError: there is none with this id.
            BusyError: too many requests wait, or the request's time is over.
        """
        service = self._service
        view = service.pipeline.index.seen_by(caller.viewer)
        return await service.gates.retrieve.run(partial(read_document, view, document_id))

    async def _query(
        self, given: SearchArguments, caller: Caller, *, schema: dict[str, Any] | None = None
    ) -> Query:
        """The query of the arguments, its photos decoded when their turn has come."""
        raw = RawQuery(
            question=given.question,
            k=given.k,
            language=given.language or None,
            filters=read_filters(given.filters),
            region=given.region or None,
            captions=tuple(given.captions),
            schema=json.dumps(schema) if schema is not None else None,
        )
        load = photo_loader(
            given.photos,
            given.photo_paths,
            folders=self._folders,
            limits=self._service.limits,
        )
        count = len(given.photos) + len(given.photo_paths)
        return await self._service.decode(load, raw, count=count, viewer=caller.viewer)

    async def _content(self, shown: Shown, viewer: Viewer) -> list[types.ContentBlock]:
        """The result as text, for clients that read no structured one; then pictures and links."""
        content: list[types.ContentBlock] = [
            types.TextContent(text=shown.out.model_dump_json(by_alias=True))
        ]
        thumbnails = self._service.thumbnails
        for photo_id, title in shown.photos:
            get = partial(thumbnails.get, photo_id, side=THUMBNAIL_SIDE, viewer=viewer)
            try:
                small = await self._service.gates.decode.run(get)
            except NotFoundError as error:
                content.append(types.TextContent(text=str(error)))
                continue
            content += [
                types.TextContent(text=f"Photo {photo_id} of {title}:"),
                types.ImageContent(
                    data=base64.b64encode(small).decode(),
                    mime_type="image/webp",
                    _meta={"snapcite/photo_id": photo_id},
                ),
            ]
        return [*content, *shown.links]


def failed(request: Request, error: Exception) -> types.CallToolResult:
    """An error as a tool's result: the text of its problem document, which is beside it."""
    document = problem_document(request, error)
    said = f"{document['title']}. {document['detail']}"
    if isinstance(error, InputError):  # the detail says what to change, which is all that helps
        said = str(document["detail"])
    return types.CallToolResult(
        content=[types.TextContent(text=said)], is_error=True, _meta={_PROBLEM: document}
    )


def problem_document(request: Request, error: Exception) -> dict[str, Any]:
    """The problem document that HTTP answers this error with."""
    response = problem_of(request, error)
    document: dict[str, Any] = json.loads(bytes(response.body))
    if after := response.headers.get("retry-after"):
        document["retry_after"] = int(after)
    return document


def output_schema(answers: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of what a tool answers: that of the HTTP route's response."""
    return answers.model_json_schema(by_alias=True, mode="serialization")


def _found(out: schemas.SearchOut, given: SearchArguments) -> Shown:
    return Shown(out, shown_photos(out.evidence, most=given.thumbnails), links(out))


_TOOLS = {
    "ask": _Tool(
        "Ask about a photo",
        "Answer a question about a photo, or in words alone, from this archive, with the sentence "
        "it was read from. The citation was checked to stand in the source. It abstains where the "
        "archive does not say: then `abstained` is true and `reason` says why.",
        AskArguments,
        schemas.AskOut,
        Tools.ask,
    ),
    "search": _Tool(
        "Find what a photo shows",
        "Find the documents and passages of this archive that a photo and a question are about, "
        "best first, without reading them.",
        SearchArguments,
        schemas.SearchOut,
        Tools.search,
    ),
    "get_document": _Tool(
        "Read a document",
        "A whole document of this archive by its id: text, fields, dated events, photos and how "
        "to cite it.",
        DocumentArguments,
        schemas.DocumentOut,
        Tools.get_document,
    ),
}
