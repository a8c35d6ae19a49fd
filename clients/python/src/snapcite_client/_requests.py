"""The requests of all calls, and how their responses are read: what both clients share."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from snapcite_client._errors import ProblemError, ResponseError, problem_from, read_json
from snapcite_client._models import AskResult, SearchResult
from snapcite_client._photos import File, Photo, Photos, photo_parts, read_photo

EVENTS = "text/event-stream"

Answered = TypeVar("Answered", bound=BaseModel)
Filters = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Call(Generic[Answered]):
    """A request and the model of its response."""

    method: str
    path: str
    answers: type[Answered]
    data: Mapping[str, Any] | None = None
    files: Sequence[File] | None = None
    json: Any = None
    params: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """The request of this call; a new one each time it is sent."""
        return client.build_request(
            self.method,
            self.path,
            data=self.data,
            files=list(self.files) if self.files else None,
            json=self.json,
            params=self.params,
            headers=dict(self.headers),
        )

    def read(self, response: httpx.Response) -> Answered:
        """The response.

        Raises:
            ResponseError: it cannot be read.
        """
        return read_as(self.answers, read_json(response.content))


def asking(
    answers: type[Answered],
    path: str,
    photos: Photos,
    question: str,
    *,
    k: int | None,
    language: str | None,
    filters: Filters | None,
    region: str | None,
    captions: Sequence[str],
    schema: Mapping[str, Any] | None = None,
    conversation_id: str | None = None,
    accept: str = "application/json",
) -> Call[Answered]:
    """A question, as a form."""
    if isinstance(captions, str):
        raise TypeError("captions is a list of texts, one for each photo.")
    given = {
        "question": question,
        "k": None if k is None else str(k),
        "language": language,
        "filters": json.dumps(_lists(filters)) if filters else None,
        "region": region,
        "caption": list(captions) or None,
        "schema": json.dumps(schema) if schema is not None else None,
        "conversation_id": conversation_id,
    }
    data = {name: value for name, value in given.items() if value is not None}
    files = photo_parts(photos)
    return Call("POST", path, answers, data=data, files=files, headers={"Accept": accept})


def document_path(document_id: str) -> str:
    """Where a document is.

    Raises:
        ValueError: no document has such an id.
    """
    parts = document_id.split("/")
    if not document_id or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{document_id!r} is not the id of a document, <corpus>/<id>.")
    return "/v1/documents/" + quote(document_id, safe="/")


def writing(
    answers: type[Answered],
    document_id: str,
    document: Mapping[str, Any],
    photos: Photos,
    photo_metadata: Sequence[Mapping[str, Any]],
) -> Call[Answered]:
    """A document to be written."""
    data = {"document": json.dumps(dict(document))}
    if photo_metadata:
        data["photo_metadata"] = json.dumps([dict(each) for each in photo_metadata])
    return Call("PUT", document_path(document_id), answers, data=data, files=photo_parts(photos))


def writing_many(
    answers: type[Answered],
    documents: Sequence[Mapping[str, Any]],
    files: Mapping[str, Photo],
) -> Call[Answered]:
    """Documents to be written together. `files`: name in a document's `files` → photo."""
    listed = [dict(each) for each in documents]
    if not files:
        return Call("POST", "/v1/documents", answers, json=listed)
    parts: list[File] = [
        ("photo", (name, read_photo(photo), "application/octet-stream"))
        for name, photo in files.items()
    ]
    data = {"documents": json.dumps(listed)}
    return Call("POST", "/v1/documents", answers, data=data, files=parts)


def read_as(model: type[Answered], value: object) -> Answered:
    """A value of the server as its model.

    Raises:
        ResponseError: it is of another shape.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ResponseError(
            f"The server's answer is not of the shape that this client knows ({where}: "
            f"{first['msg']}); are both of one version?"
        ) from None


class EventReader:
    """Reads the lines of a streamed answer: first what was found, then the answer."""

    def __init__(self) -> None:
        self._name = ""
        self._data: list[str] = []
        self._evidence: Any = None
        self.is_done = False

    def feed(self, line: str) -> Iterator[SearchResult | AskResult]:
        """What a line of the stream completes; at most one.

        Raises:
            ProblemError: the server failed after it had begun to answer.
            ResponseError: the stream cannot be read.
        """
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "" if not line:
                yield from self._completed()
                self._name, self._data = "", []

    def ended(self) -> None:
        """Note the end of the stream.

        Raises:
            ResponseError: it ended too early.
        """
        if not self.is_done:
            raise ResponseError("The connection ended before the answer was complete.")

    def _completed(self) -> Iterator[SearchResult | AskResult]:
        if not self._data:
            return
        value = read_json("\n".join(self._data))
        match self._name:
            case "evidence":
                found = read_as(SearchResult, value)
                self._evidence = value.get("evidence")
                yield found
            case "answer":
                yield read_as(AskResult, {"evidence": self._evidence or [], **value})
            case "error":
                raise _problem(value)
            case "done":
                self.is_done = True


def _problem(value: object) -> ProblemError:
    return problem_from(value if isinstance(value, dict) else {})


def _lists(filters: Filters) -> dict[str, str | list[str]]:
    return {
        name: value if isinstance(value, str) else list(value) for name, value in filters.items()
    }
