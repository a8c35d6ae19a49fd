"""The server on the network: one request, one reply, within the time and bytes that it may take.

Raises what a caller can act on: the server refused, it may do better later, or it is of no use.
Knows no question and no format.
"""

import json
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from importlib import import_module
from typing import TYPE_CHECKING, Any

from knowledge import deadline
from knowledge.credentials import without_secrets
from knowledge.errors import ModelMissingError, ModelUnavailableError
from knowledge.server_client import seconds_to_wait, server_client, why_unreachable
from vlm.hang_up import Alarm
from vlm.readers.openai.events import events_in, looks_like_events
from vlm.readers.openai.reply import Reply, reply_from
from vlm.server_address import key_headers, request_url

if TYPE_CHECKING:
    import httpx
    from openai import OpenAI

_MOST_BYTES = 16 * 2**20
"""Of a response: an answer with the log-probabilities of its tokens has some hundred thousand."""
_ALARM = "snapcite_alarm"
_MOST_SHOWN = 240
"""Characters of a server's words that are shown."""
_NOT_THERE = (404, 405, 410)
"""HTTP statuses that are about the address, so that an error shows it whole."""
_LEAST_SECONDS = 0.05
"""Less is not worth a request."""
_SECONDS_TO_CONNECT = 10.0
"""After which a server that does not even take the connection is not there."""


class RefusedError(ModelUnavailableError):
    """The server refused a request; another way of asking may help.

    Attributes:
        status: of HTTP.
        said: the server's words, on one line.
    """

    def __init__(self, status: int, said: str, url: str = "") -> None:
        to = f" to {without_secrets(url)}" if url else ""
        super().__init__(
            f"The model server refused the request{to} with status {status}{_said(said)}."
        )
        self.status = status
        self.said = said


class LaterError(ModelUnavailableError):
    """The server has too much to do, or a fault; the same request may succeed later.

    Attributes:
        status: of HTTP.
        said: the server's words, on one line.
        after: seconds that it asks to wait; None if it does not say.
    """

    def __init__(self, status: int, said: str, after: float | None) -> None:
        super().__init__(f"The model server answered with status {status}{_said(said)}.")
        self.status = status
        self.said = said
        self.after = after


class BrokenOffError(ModelUnavailableError):
    """The server took the connection and broke it off, as one that is started again does."""


class TooLateError(ModelUnavailableError):
    """The time for the answer was over."""


class ModelServer:
    """A server's address. Thread-safe; connects when it is first asked."""

    def __init__(self, base_url: str, api_key: str | None) -> None:
        """`base_url`: up to and with `/v1`."""
        self._base_url = base_url
        self._api_key = api_key
        self._lock = threading.Lock()
        self._client: OpenAI | None = None

    def connect(self) -> "OpenAI":
        """The client; sends nothing.

        Raises:
            ModelMissingError: the client is not installed.
            ConfigurationError: the environment's proxies or certificates cannot be used.
        """
        with self._lock:
            if self._client is None:
                self._client = _client(self._base_url, self._api_key)
                weakref.finalize(self, self._client.close)
            return self._client

    def complete(self, body: Mapping[str, Any], *, unsaid: Sequence[str] = ()) -> Reply:
        """Ask for one answer, within the seconds that the caller's deadline leaves.

        `unsaid`: texts of the request that an error does not repeat, even if the server does.

        Raises:
            RefusedError: the server refused the request.
            LaterError: it had too much to do, or a fault.
            BrokenOffError: it broke the connection off.
            TooLateError: it took too long.
            ModelUnavailableError: it could not be reached, or is no model server.
        """
        import httpx
        import openai

        client = self.connect()
        secrets = [text for text in (self._api_key, *unsaid) if text]
        left = deadline.remaining()
        if left is not None and left < _LEAST_SECONDS:
            raise TooLateError("There was no time left to ask the model server.")
        ask = _streamed if body.get("stream") else _whole
        url = request_url(self._base_url, "chat/completions")
        try:
            reply = ask(client, url, body, secrets)
        except (openai.APITimeoutError, httpx.TimeoutException) as error:
            if isinstance(error.__cause__, httpx.ConnectTimeout) and deadline.remaining() != 0:
                raise ModelUnavailableError(
                    f"The model server took no connection within {_SECONDS_TO_CONNECT:g} seconds; "
                    f"check SNAPCITE_READER_URL and that it runs."
                ) from error
            raise TooLateError("The model server took too long.") from error
        except openai.APIStatusError as error:
            raise _from_status(error, secrets) from error
        except (openai.APIError, httpx.HTTPError) as error:
            if deadline.remaining() == 0:
                raise TooLateError("The model server took too long.") from error
            cause = error.__cause__ or error
            breaks = httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError
            broke_off = isinstance(error, breaks) or isinstance(cause, breaks)
            why = one_line(why_unreachable(error, self._base_url), secrets)
            raise (BrokenOffError if broke_off else ModelUnavailableError)(
                f"The model server could not be reached or broke off ({type(error).__name__}"
                f"{_said(why)}); check SNAPCITE_READER_URL and that it runs."
            ) from error
        except (ValueError, RecursionError, TypeError, AttributeError) as error:
            raise ModelUnavailableError(
                "What answered is not a model server; check SNAPCITE_READER_URL, which ends in /v1."
            ) from error
        if reply is None:
            raise ModelUnavailableError(
                "The model server sent no answer; check SNAPCITE_READER_URL, which ends in /v1."
            )
        return reply


def _whole(
    client: "OpenAI", url: str, body: Mapping[str, Any], secrets: Sequence[str]
) -> Reply | None:
    import httpx

    response = client.post(
        url,
        cast_to=httpx.Response,
        body=body,
        options={"timeout": _timeout()},
    )
    return _from_body(response, secrets)


def _from_body(response: Any, secrets: Sequence[str]) -> Reply | None:  # noqa: ANN401
    """The reply in a body that was read whole: one of JSON, or of events though not asked for."""
    if looks_like_events(response.content):
        return _from_events([response.content], secrets)
    try:
        # A broken character, as of a token that was cut, breaks a quotation at most.
        answered = json.loads(response.content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ModelUnavailableError(
            f"What answered is not a model server{_said(one_line(response.text, secrets))}; check "
            f"SNAPCITE_READER_URL, which ends in /v1."
        ) from error
    return _from_parts([answered], secrets) if isinstance(answered, dict) else None


def _streamed(
    client: "OpenAI", url: str, body: Mapping[str, Any], secrets: Sequence[str]
) -> Reply | None:
    from openai import Stream
    from openai.types.chat import ChatCompletionChunk

    stream = client.post(
        url,
        cast_to=ChatCompletionChunk,
        body=body,
        options={"timeout": _timeout()},
        stream=True,
        stream_cls=Stream[ChatCompletionChunk],
    )
    # Its body is read here: the client's own events break at a character that was cut.
    with stream:
        if "event-stream" not in stream.response.headers.get("content-type", "event-stream"):
            stream.response.read()  # it does not stream, or is another kind of server
            return _from_body(stream.response, secrets)
        return _from_events(stream.response.iter_bytes(), secrets)


def _from_events(pieces: Iterable[bytes], secrets: Sequence[str]) -> Reply | None:
    return _from_parts(events_in(pieces), secrets)


def _from_parts(parts: Iterable[Mapping[str, Any]], secrets: Sequence[str]) -> Reply | None:
    """The reply that the parts make.

    Raises:
        RefusedError, LaterError: one of them is an error, which some proxies send with the status
            200, and which a server that has begun to stream cannot send otherwise.
    """

    def without_errors() -> Iterator[Mapping[str, Any]]:
        for part in parts:
            complaint = _complaint(part)
            if complaint is not None:
                raise _from_words(_code_of(complaint), one_line(_message(complaint), secrets))
            yield part

    return reply_from(without_errors())


def _complaint(part: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What holds the words of an error in place of an answer, or of its rest."""
    choices = part.get("choices")
    if not choices:
        words = part.get("error") or part.get("message") or part.get("detail")
        is_one = part.get("error") or isinstance(words, str | list)
        return part if words and is_one else None
    first = choices[0] if isinstance(choices, list) else None
    if isinstance(first, Mapping) and isinstance(first.get("error"), Mapping | str):
        return {"error": first["error"]}  # as a server that asks others says it
    return None


def _code_of(complaint: Mapping[str, Any]) -> int:
    """The HTTP status that an error names in itself; 200 where it names none."""
    error = complaint.get("error")
    code = (error if isinstance(error, Mapping) else complaint).get("code")
    return code if isinstance(code, int) and 400 <= code < 600 else 200


def _from_words(status: int, said: str) -> ModelUnavailableError:
    return LaterError(status, said, None) if _is_passing(status) else RefusedError(status, said)


def _is_passing(status: int) -> bool:
    """Whether the same request may succeed later."""
    return status in (408, 425, 429) or status >= 500


def _timeout() -> Any:  # noqa: ANN401 - the client's annotation is of another version of httpx
    """The seconds that are left, as httpx takes them for each of its waits."""
    import httpx

    left = deadline.remaining()
    connect = _SECONDS_TO_CONNECT if left is None else min(left, _SECONDS_TO_CONNECT)
    return httpx.Timeout(left, connect=connect)


def _from_status(error: Any, secrets: Sequence[str]) -> ModelUnavailableError:  # noqa: ANN401
    status = error.status_code
    try:
        body: object = json.loads(error.response.content)
        said = one_line(_message(body), secrets)
    except (ValueError, RecursionError):
        said = one_line(error.response.text, secrets)
    except RuntimeError:  # its body was not read
        said = ""
    if _is_passing(status):
        return LaterError(status, said, seconds_to_wait(error.response.headers))
    return RefusedError(status, said, str(error.request.url) if status in _NOT_THERE else "")


def one_line(text: str, secrets: Sequence[str]) -> str:
    """A server's words on one line, shortened, without markup, photos and secrets."""
    if text.lstrip()[:1] == "<":
        text = _words_of_page(text[:20_000])
    text = text.split("data:image", 1)[0]
    for secret in secrets:
        text = text.replace(secret, "…")
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text[:10_000]).split())
    return line if len(line) <= _MOST_SHOWN else line[: _MOST_SHOWN - 1] + "…"


def _client(base_url: str, api_key: str | None) -> "OpenAI":
    try:
        import httpx
        from openai import Omit, OpenAI

        import_module("openai.types.chat")  # else the first answer would wait for it
    except ImportError as error:
        raise ModelMissingError(
            "The reader openai needs its client: pip install '.[remote]'."
        ) from error
    http: Any = server_client(
        base_url,
        # What is not compressed cannot grow beyond the bytes that are counted.
        headers={"Accept-Encoding": "identity"},
        event_hooks={"request": [_watch], "response": [_limit]},
        follow_redirects=True,
        limits=httpx.Limits(max_connections=1_000, max_keepalive_connections=0),  # see `Alarm`
    )
    # The client would send what the environment says of an account at OpenAI to any server.
    not_sent: dict[str, Any] = {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()}
    return OpenAI(
        base_url=base_url,
        api_key=api_key or "none",
        max_retries=0,  # the reader tries again itself: the client would also repeat time-outs
        http_client=http,
        default_headers={**key_headers(api_key, base_url), **not_sent},
    )


def _watch(request: "httpx.Request") -> None:
    """Let a request take no more than the seconds that are left."""
    left = deadline.remaining()
    if left is not None:
        alarm = Alarm(left)
        request.extensions |= {"trace": alarm.trace, _ALARM: alarm}


def _limit(response: "httpx.Response") -> None:
    """Let a response take no more than the seconds that are left and the bytes that are allowed."""
    import httpx

    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx.DecodingError("it sent a compressed answer, which was not asked for")
    if response.has_redirect_location:
        asked = response.request.url
        try:
            leads_to = asked.join(response.headers["location"])
        except httpx.InvalidURL as error:
            raise httpx.UnsupportedProtocol("it points to no address of a server") from error
        if leads_to.host != asked.host:
            raise httpx.UnsupportedProtocol(
                "it points to a server of another name, which is sent no photos and passages "
                "unless you name it yourself"
            )
        if asked.scheme == "https" and leads_to.scheme != "https":
            raise httpx.UnsupportedProtocol(
                "it points to an address without encryption, which is sent no photos and passages"
            )
    alarm: Alarm | None = response.request.extensions.get(_ALARM)
    inner: Any = response.stream

    class Limited(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            count = 0
            try:
                for chunk in inner:
                    count += len(chunk)
                    if count > _MOST_BYTES:
                        raise httpx.DecodingError(f"it sent more than {_MOST_BYTES:,} bytes")
                    if deadline.remaining() == 0:
                        break
                    yield chunk
            except httpx.TransportError as error:
                if deadline.remaining() == 0:
                    raise httpx.ReadTimeout("too late") from error
                raise
            finally:
                if alarm is not None:
                    alarm.cancel()
            if deadline.remaining() == 0:
                raise httpx.ReadTimeout("too late")

        def close(self) -> None:
            inner.close()

    response.stream = Limited()


def _message(body: object) -> str:
    """The words of an error in JSON: servers put them into `error.message`, `error`, `message` or
    `detail`."""
    if isinstance(body, Mapping):
        for name in ("error", "message", "detail", "errors"):
            if body.get(name):
                return ": ".join(filter(None, (_message(body[name]), _passed_on(body))))
        return json.dumps(body, ensure_ascii=False)
    if isinstance(body, list):  # FastAPI's: one entry a mistake, with its place and what was sent
        return "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each.get('msg', '')}"
            if isinstance(each, Mapping) and isinstance(each.get("loc"), list)
            else _message(each)
            for each in body[:3]
        )
    return str(body)


def _passed_on(error: Mapping[str, Any]) -> str:
    """The words of the server behind, which one that only passes requests on puts into
    `metadata.raw` (OpenRouter)."""
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    if not isinstance(raw, str):
        return ""
    try:
        return _message(json.loads(raw))
    except (ValueError, RecursionError):
        return raw


class _PageWords(HTMLParser):
    """The words of a web page without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, _: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _words_of_page(text: str) -> str:
    page = _PageWords()
    page.feed(text)
    return " ".join(page.words)


def _said(words: str) -> str:
    return f": {words.rstrip('.')}" if words else ""
