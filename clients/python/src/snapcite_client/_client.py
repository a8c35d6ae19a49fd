"""The two clients: the same calls, one to be awaited.

They differ in nothing but `async`, and are kept side by side so that one can be read against the
other. `_requests` knows what a call sends, `_retries` when it is sent again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from snapcite_client._errors import TransportError, TransportTimeout, problem_of
from snapcite_client._models import (
    AskResult,
    Batch,
    Document,
    Health,
    IndexFacts,
    Listing,
    Removed,
    SearchResult,
    Written,
)
from snapcite_client._photos import Photo, Photos
from snapcite_client._requests import (
    EVENTS,
    Call,
    EventReader,
    Filters,
    asking,
    document_path,
    writing,
    writing_many,
)
from snapcite_client._retries import Retries

_SECONDS = 90.0
"""Longer than a server takes by default, so that its own word is heard."""

_Answered = TypeVar("_Answered", bound=BaseModel)


def _headers(api_key: str | None) -> dict[str, str]:
    return {"X-API-Key": api_key} if api_key else {}


def _transport_error(error: httpx.TransportError) -> TransportError:
    said = f"{error}" or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        return TransportTimeout(f"Nothing was answered in time ({said}).")
    return TransportError(f"The server did not answer: {said}.")


class Client:
    """Asks a SnapCite server. Close it when done, or use it in `with`.

    Safe to call from several threads.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        timeout: float = _SECONDS,
        retries: Retries = Retries(),  # noqa: B008 - frozen
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """
        Args:
            url: the server's address, for instance `http://127.0.0.1:8000`.
            api_key: a key of `snapcite keys add`; None where the server asks for none.
            timeout: seconds that any step of a request may take.
            retries: how often a request is sent again.
            transport: instead of the network, for tests.
        """
        self._retries = retries
        self._http = httpx.Client(
            base_url=url,
            headers=_headers(api_key),
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        photos: Photos = None,
        question: str = "",
        *,
        k: int | None = None,
        language: str | None = None,
        filters: Filters | None = None,
        region: str | None = None,
        captions: Sequence[str] = (),
        schema: Mapping[str, Any] | None = None,
        conversation_id: str | None = None,
    ) -> AskResult:
        """Answer a question about a photo, with the sentence it was read from.

        Args:
            photos: one photo or several of one subject: paths, bytes or open files.
            question: may be empty with a photo.
            k: for how many subjects evidence is returned.
            language: `en` or `zh`; None for the question's.
            filters: filter → a value, or values of which one must fit.
            region: `left,top,width,height` of the one photo, as shares.
            captions: of the photos, in their order.
            schema: JSON schema of the answer's `fields`.
            conversation_id: made up by the caller, for questions that refer to earlier ones.

        Raises:
            SnapCiteError: it was not answered. An abstention is an answer.
        """
        return self._send(
            asking(
                AskResult,
                "/v1/ask",
                photos,
                question,
                k=k,
                language=language,
                filters=filters,
                region=region,
                captions=captions,
                schema=schema,
                conversation_id=conversation_id,
            )
        )

    def search(
        self,
        photos: Photos = None,
        question: str = "",
        *,
        k: int | None = None,
        language: str | None = None,
        filters: Filters | None = None,
        region: str | None = None,
        captions: Sequence[str] = (),
    ) -> SearchResult:
        """Find what a photo and a question are about, without reading it; arguments as `ask`."""
        return self._send(
            asking(
                SearchResult,
                "/v1/search",
                photos,
                question,
                k=k,
                language=language,
                filters=filters,
                region=region,
                captions=captions,
            )
        )

    def stream(
        self,
        photos: Photos = None,
        question: str = "",
        *,
        k: int | None = None,
        language: str | None = None,
        filters: Filters | None = None,
        region: str | None = None,
        captions: Sequence[str] = (),
        schema: Mapping[str, Any] | None = None,
        conversation_id: str | None = None,
    ) -> Iterator[SearchResult | AskResult]:
        """`ask` in two steps: a `SearchResult` once something is found, then an `AskResult`.

        Closing the iterator before its end lets the server stop.

        Raises:
            SnapCiteError: it was not answered, or only in part.
        """
        call = asking(
            AskResult,
            "/v1/ask",
            photos,
            question,
            k=k,
            language=language,
            filters=filters,
            region=region,
            captions=captions,
            schema=schema,
            conversation_id=conversation_id,
            accept=EVENTS,
        )
        events = EventReader()
        response = self._sent(call, stream=True)
        try:
            for line in response.iter_lines():
                yield from events.feed(line)
        except httpx.TransportError as error:
            raise _transport_error(error) from error
        finally:
            response.close()
        events.ended()

    def document(self, document_id: str) -> Document:
        """A whole document.

        Raises:
            NotFound: the index holds none with this id.
        """
        return self._send(Call("GET", document_path(document_id), Document))

    def documents(
        self,
        text: str = "",
        *,
        language: str | None = None,
        corpus: str | None = None,
        offset: int = 0,
        limit: int = 24,
    ) -> Listing:
        """The documents by corpus and title, or those whose names hold all words of `text`."""
        given = {"text": text, "language": language, "corpus": corpus}
        params: dict[str, str | int] = {name: value for name, value in given.items() if value}
        params |= {"offset": offset, "limit": limit}
        return self._send(Call("GET", "/v1/documents", Listing, params=params))

    def photo(self, photo_id: str) -> bytes:
        """An indexed photo as WebP, at most 640 pixels long.

        Raises:
            NotFound: the index holds none with this id.
        """
        call = Call("GET", f"/v1/photos/{quote(photo_id, safe='')}", BaseModel)
        return self._sent(call).content

    def index(self) -> IndexFacts:
        """What is indexed, in numbers, and what it is indexed with."""
        return self._send(Call("GET", "/v1/corpus", IndexFacts))

    def health(self) -> Health:
        """That the server answers; `ready` says whether it answers questions."""
        return self._send(Call("GET", "/health", Health))

    def put_document(
        self,
        document_id: str,
        document: Mapping[str, Any],
        photos: Photos = None,
        *,
        photo_metadata: Sequence[Mapping[str, Any]] = (),
    ) -> Written:
        """Write a document; the key needs the scope `admin`.

        Args:
            document_id: `<corpus>/<id>`; an earlier document of this id is replaced.
            document: title, text, source and so on, as `/docs` of the server says.
            photos: without any, the document keeps those that it has.
            photo_metadata: of the photos, in their order: caption, taken_at, latitude, longitude.
        """
        call = writing(Written, document_id, document, photos, photo_metadata)
        return self._send(call)

    def put_documents(
        self, documents: Sequence[Mapping[str, Any]], *, files: Mapping[str, Photo] | None = None
    ) -> Batch:
        """Write many documents, each with its `corpus` and `id`; those that cannot be used are
        reported, and the others written. `files`: name in a document's `files` → photo."""
        return self._send(writing_many(Batch, documents, files or {}))

    def delete_document(self, document_id: str) -> Removed:
        """Remove a document with its photos; the key needs the scope `admin`."""
        return self._send(Call("DELETE", document_path(document_id), Removed))

    def forget(self, conversation_id: str) -> Removed:
        """Let the server forget a conversation."""
        path = f"/v1/conversations/{quote(conversation_id, safe='')}"
        return self._send(Call("DELETE", path, Removed))

    def _send(self, call: Call[_Answered]) -> _Answered:
        return call.read(self._sent(call))

    def _sent(self, call: Call[Any], *, stream: bool = False) -> httpx.Response:
        """The response of success to a call, which is sent again where that may help.

        It was read, unless it is a stream: that is to be read and closed.

        Raises:
            SnapCiteError: there was none.
        """
        tried = 0
        while True:
            try:
                response = self._http.send(call.request(self._http), stream=True)
                if response.is_success and stream:
                    return response
                try:
                    response.read()
                finally:
                    response.close()
            except httpx.TransportError as error:
                wait = self._retries.after_error(error, call.method, tried=tried)
                if wait is None:
                    raise _transport_error(error) from error
            else:
                if response.is_success:
                    return response
                wait = self._retries.after_response(response, tried=tried)
                if wait is None:
                    raise problem_of(response)
            time.sleep(wait)
            tried += 1


class AsyncClient:
    """Asks a SnapCite server. Close it when done, or use it in `async with`.

    Each call is that of `Client`, to be awaited.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        timeout: float = _SECONDS,
        retries: Retries = Retries(),  # noqa: B008 - frozen
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """
        Args:
            url: the server's address, for instance `http://127.0.0.1:8000`.
            api_key: a key of `snapcite keys add`; None where the server asks for none.
            timeout: seconds that any step of a request may take.
            retries: how often a request is sent again.
            transport: instead of the network, for tests.
        """
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=url,
            headers=_headers(api_key),
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(
        self,
        photos: Photos = None,
        question: str = "",
        *,
        k: int | None = None,
        language: str | None = None,
        filters: Filters | None = None,
        region: str | None = None,
        captions: Sequence[str] = (),
        schema: Mapping[str, Any] | None = None,
        conversation_id: str | None = None,
    ) -> AskResult:
        """Answer a question about a photo, with the sentence it was read from.

        Args:
            photos: one photo or several of one subject: paths, bytes or open files.
            question: may be empty with a photo.
            k: for how many subjects evidence is returned.
            language: `en` or `zh`; None for the question's.
            filters: filter → a value, or values of which one must fit.
            region: `left,top,width,height` of the one photo, as shares.
            captions: of the photos, in their order.
            schema: JSON schema of the answer's `fields`.
            conversation_id: made up by the caller, for questions that refer to earlier ones.

        Raises:
            SnapCiteError: it was not answered. An abstention is an answer.
        """
        return await self._send(
            asking(
                AskResult,
                "/v1/ask",
                photos,
                question,
                k=k,
                language=language,
                filters=filters,
                region=region,
                captions=captions,
                schema=schema,
                conversation_id=conversation_id,
            )
        )

    async def search(
        self,
        photos: Photos = None,
        question: str = "",
        *,
        k: int | None = None,
        language: str | None = None,
        filters: Filters | None = None,
        region: str | None = None,
        captions: Sequence[str] = (),
    ) -> SearchResult:
        """Find what a photo and a question are about, without reading it; arguments as `ask`."""
        return await self._send(
            asking(
                SearchResult,
                "/v1/search",
                photos,
                question,
                k=k,
                language=language,
                filters=filters,
                region=region,
                captions=captions,
            )
        )

    async def stream(
        self,
        photos: Photos = None,
        question: str = "",
        *,
        k: int | None = None,
        language: str | None = None,
        filters: Filters | None = None,
        region: str | None = None,
        captions: Sequence[str] = (),
        schema: Mapping[str, Any] | None = None,
        conversation_id: str | None = None,
    ) -> AsyncIterator[SearchResult | AskResult]:
        """`ask` in two steps: a `SearchResult` once something is found, then an `AskResult`.

        Closing the iterator before its end lets the server stop.

        Raises:
            SnapCiteError: it was not answered, or only in part.
        """
        call = asking(
            AskResult,
            "/v1/ask",
            photos,
            question,
            k=k,
            language=language,
            filters=filters,
            region=region,
            captions=captions,
            schema=schema,
            conversation_id=conversation_id,
            accept=EVENTS,
        )
        events = EventReader()
        response = await self._sent(call, stream=True)
        try:
            async for line in response.aiter_lines():
                for result in events.feed(line):
                    yield result
        except httpx.TransportError as error:
            raise _transport_error(error) from error
        finally:
            await response.aclose()
        events.ended()

    async def document(self, document_id: str) -> Document:
        """A whole document.

        Raises:
            NotFound: the index holds none with this id.
        """
        return await self._send(Call("GET", document_path(document_id), Document))

    async def documents(
        self,
        text: str = "",
        *,
        language: str | None = None,
        corpus: str | None = None,
        offset: int = 0,
        limit: int = 24,
    ) -> Listing:
        """The documents by corpus and title, or those whose names hold all words of `text`."""
        given = {"text": text, "language": language, "corpus": corpus}
        params: dict[str, str | int] = {name: value for name, value in given.items() if value}
        params |= {"offset": offset, "limit": limit}
        return await self._send(Call("GET", "/v1/documents", Listing, params=params))

    async def photo(self, photo_id: str) -> bytes:
        """An indexed photo as WebP, at most 640 pixels long.

        Raises:
            NotFound: the index holds none with this id.
        """
        call = Call("GET", f"/v1/photos/{quote(photo_id, safe='')}", BaseModel)
        return (await self._sent(call)).content

    async def index(self) -> IndexFacts:
        """What is indexed, in numbers, and what it is indexed with."""
        return await self._send(Call("GET", "/v1/corpus", IndexFacts))

    async def health(self) -> Health:
        """That the server answers; `ready` says whether it answers questions."""
        return await self._send(Call("GET", "/health", Health))

    async def put_document(
        self,
        document_id: str,
        document: Mapping[str, Any],
        photos: Photos = None,
        *,
        photo_metadata: Sequence[Mapping[str, Any]] = (),
    ) -> Written:
        """Write a document; the key needs the scope `admin`.

        Args:
            document_id: `<corpus>/<id>`; an earlier document of this id is replaced.
            document: title, text, source and so on, as `/docs` of the server says.
            photos: without any, the document keeps those that it has.
            photo_metadata: of the photos, in their order: caption, taken_at, latitude, longitude.
        """
        call = writing(Written, document_id, document, photos, photo_metadata)
        return await self._send(call)

    async def put_documents(
        self, documents: Sequence[Mapping[str, Any]], *, files: Mapping[str, Photo] | None = None
    ) -> Batch:
        """Write many documents, each with its `corpus` and `id`; those that cannot be used are
        reported, and the others written. `files`: name in a document's `files` → photo."""
        return await self._send(writing_many(Batch, documents, files or {}))

    async def delete_document(self, document_id: str) -> Removed:
        """Remove a document with its photos; the key needs the scope `admin`."""
        return await self._send(Call("DELETE", document_path(document_id), Removed))

    async def forget(self, conversation_id: str) -> Removed:
        """Let the server forget a conversation."""
        path = f"/v1/conversations/{quote(conversation_id, safe='')}"
        return await self._send(Call("DELETE", path, Removed))

    async def _send(self, call: Call[_Answered]) -> _Answered:
        return call.read(await self._sent(call))

    async def _sent(self, call: Call[Any], *, stream: bool = False) -> httpx.Response:
        """The response of success to a call, which is sent again where that may help.

        It was read, unless it is a stream: that is to be read and closed.

        Raises:
            SnapCiteError: there was none.
        """
        tried = 0
        while True:
            try:
                response = await self._http.send(call.request(self._http), stream=True)
                if response.is_success and stream:
                    return response
                try:
                    await response.aread()
                finally:
                    await response.aclose()
            except httpx.TransportError as error:
                wait = self._retries.after_error(error, call.method, tried=tried)
                if wait is None:
                    raise _transport_error(error) from error
            else:
                if response.is_success:
                    return response
                wait = self._retries.after_response(response, tried=tried)
                if wait is None:
                    raise problem_of(response)
            await asyncio.sleep(wait)
            tried += 1
