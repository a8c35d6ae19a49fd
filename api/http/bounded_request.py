"""Reads the bodies of requests within bounds: forms, and JSON.

Starlette's own reading decodes a form's fields in any encoding that the caller names, and parses
JSON on the event loop, where a large body keeps all other requests waiting. Here text is UTF-8,
fields, files, headers, values and depth are counted, and long JSON is parsed in a thread.
"""

import json
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Any, NoReturn

from anyio.to_thread import run_sync
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from api.traffic.body_budget import check_charset, memory_taker
from knowledge.heap import taking_much

MAX_FILES = 80
MAX_FIELDS = 100
FIELD_BYTES = 2**20
"""Of one field of a form that is no file."""

_PART_HEADERS = 16
_PART_HEADER_BYTES = 8 * 2**10
_SPOOL_BYTES = 256 * 2**10
"""A file of a form that is larger lies on the disk."""

MAX_VALUES = 20_000
"""Values in a JSON body that is checked on the event loop after it was parsed."""

_MAX_DEPTH = 64
_SHORT_BYTES = 16 * 2**10
"""JSON that is parsed at once; a thread would take longer to start."""

_LONG_BYTES = 2 * 2**20
"""JSON that is parsed while nothing else takes much memory: it lies there twice meanwhile."""

_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""It never fails once it has begun, so that a text without a closing quote takes no longer."""
_JSON = re.compile(r"\s*application/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE)
_OPENING = ("{", "[", ",")


class BoundedRequest(Request):
    """A request whose body is read within bounds."""

    _sign: bytes

    async def _get_form(
        self,
        *,
        max_files: int | float = MAX_FILES,
        max_fields: int | float = MAX_FIELDS,
        max_part_size: int = FIELD_BYTES,
    ) -> FormData:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if self._form is not None or kind != "multipart/form-data":
            return await super()._get_form(
                max_files=max_files, max_fields=max_fields, max_part_size=max_part_size
            )
        check_charset(self.headers["content-type"])
        try:
            async with aclosing(self.stream()) as stream:
                parser = _BoundedParser(
                    self.headers,
                    stream,
                    take_memory=memory_taker(self.scope),
                    max_files=max_files,
                    max_fields=max_fields,
                    max_part_size=max_part_size,
                )
                self._form = await parser.parse()
        except MultiPartException as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, error.message) from error
        return self._form

    def form(
        self,
        *,
        max_files: int | float = MAX_FILES,
        max_fields: int | float = MAX_FIELDS,
        max_part_size: int = FIELD_BYTES,
    ) -> Any:  # noqa: ANN401 - Starlette's own type is private
        """The form, within bounds."""
        return super().form(max_files=max_files, max_fields=max_fields, max_part_size=max_part_size)

    async def raw_body(self) -> bytearray:
        """The body as it was sent. It can be read once."""
        body = bytearray()
        async with aclosing(self.stream()) as stream:
            async for chunk in stream:
                body += chunk
        return body

    async def body(self) -> bytes:
        """The body; of JSON only a sign whether there is any.

        FastAPI keeps what it gets from here until the request has been answered, and a long JSON
        text would lie in memory three times.
        """
        if _JSON.match(self.headers.get("content-type", "")) is None:
            return await super().body()
        await self.json()
        return self._sign

    async def json(self) -> Any:  # noqa: ANN401 - any JSON
        """The JSON value of the body."""
        if not hasattr(self, "_json"):
            body = await self.raw_body()
            self._sign = b"JSON" if body else b""
            if not body:
                self._json = None
                return None
            parse = partial(parse_json, body, most_values=MAX_VALUES)
            try:
                self._json = parse() if len(body) <= _SHORT_BYTES else await run_sync(parse)
            except json.JSONDecodeError as error:
                # The error would hold the whole text as long as it is handled.
                raise json.JSONDecodeError(error.msg, "", error.pos) from None
            except ValueError as error:
                raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"{error}") from None
        return self._json


class BoundedRoute(APIRoute):
    """A route that reads the body of its request within bounds."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, over a `BoundedRequest`."""
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            return await handler(BoundedRequest(request.scope, request.receive, request._send))

        return bounded


def parse_json(data: str | bytearray, *, most_values: int) -> Any:  # noqa: ANN401
    """The value of a JSON text in UTF-8.

    Args:
        data: the text; bytes are emptied, so that a long text lies in memory but twice.
        most_values: values, at any depth, that it may hold.

    Raises:
        JSONDecodeError: it is not JSON.
        ValueError: it is not UTF-8, nested too deeply, holds too many values, a number with
            thousands of digits, `NaN`, or half a character.
        DeadlineError: the request's time is over before a long one could be read.
    """
    if len(data) > _LONG_BYTES:
        with taking_much("its JSON could be read"):
            return _parsed(data, most_values=most_values)
    return _parsed(data, most_values=most_values)


def _parsed(data: str | bytearray, *, most_values: int) -> Any:  # noqa: ANN401
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("The JSON is not in UTF-8.") from None
    if isinstance(data, bytearray):
        data.clear()
    if _openings(text) > most_values and _openings(_STRING.sub('""', text)) > most_values:
        raise ValueError(f"The JSON holds more than {most_values:,} values.")
    try:
        value = json.loads(text, parse_constant=_not_json)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None
    except (json.JSONDecodeError, _NotJsonError):
        raise
    except ValueError:
        raise ValueError("The JSON holds a number that is too long, which is not JSON.") from None
    if _is_deeper(value, _MAX_DEPTH):
        raise ValueError("The JSON is nested too deeply.")
    if "\\u" in text or isinstance(data, str):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError(
                "The JSON holds half a surrogate pair, which is not a character."
            ) from None
    return value


class _NotJsonError(ValueError):
    """What Python's parser takes and JSON does not have."""


def _not_json(name: str) -> NoReturn:
    raise _NotJsonError(f"{name} is not a number in JSON.")


def _openings(text: str) -> int:
    return sum(map(text.count, _OPENING))


def _is_deeper(value: object, depth: int) -> bool:
    """Whether lists and objects in `value` are nested more than `depth` deep."""
    level = [value]
    for _ in range(depth + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


class _BoundedParser(MultiPartParser):
    spool_max_size = _SPOOL_BYTES

    def __init__(
        self,
        headers: Headers,
        stream: AsyncGenerator[bytes, None],
        *,
        take_memory: Callable[[int], None],
        max_files: int | float,
        max_fields: int | float,
        max_part_size: int,
    ) -> None:
        super().__init__(
            headers,
            stream,
            max_files=max_files,
            max_fields=max_fields,
            max_part_size=max_part_size,
        )
        self._take_memory = take_memory
        self._header_bytes = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._header_bytes = 0

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        super().on_header_field(data, start, end)

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        super().on_header_value(data, start, end)

    def on_headers_finished(self) -> None:
        for name, value in self._current_part.item_headers:
            if name == b"content-type":
                check_charset(value.decode("latin-1"))
        super().on_headers_finished()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            self._take_memory(end - start)
        super().on_part_data(data, start, end)

    def on_part_end(self) -> None:
        part = self._current_part
        if part.file is None:
            try:
                part.data.decode("utf-8")
            except UnicodeDecodeError:
                raise MultiPartException(
                    "A field of the form is not in UTF-8; send its text in UTF-8."
                ) from None
        super().on_part_end()

    def _count_header(self, count: int) -> None:
        self._header_bytes += count
        if (
            self._header_bytes > _PART_HEADER_BYTES
            or len(self._current_part.item_headers) >= _PART_HEADERS
        ):
            raise MultiPartException("A part of the form has too many headers, or too long ones.")
