"""Server-sent events, in which a server sends an answer while it is written.

Reads what servers and the proxies before them send, which is not always as the standard says.
Knows no HTTP and no question.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_END = b"[DONE]"


def looks_like_events(content: bytes) -> bool:
    """Whether a body is one of events, whatever its type is called.

    >>> looks_like_events(b': ping\\n\\ndata: {}'), looks_like_events(b'{"data": 1}')
    (True, False)
    """
    return content.lstrip().startswith((b"data:", b"event:", b"id:", b"retry:", b":"))


def events_in(pieces: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    """The objects of the events in a body that comes in pieces, up to the one that ends it.

    A broken character, as of a token that was cut, becomes `\\ufffd`. An `error:` line, as older
    llama.cpp sends, is an object with that key.

    Raises:
        ValueError: an event holds no JSON object.
    """
    data: list[bytes] = []
    for line in _lines(pieces):
        if not line:  # the end of an event
            yield from _object(data)
            data = []
            continue
        name, _, value = line.partition(b":")
        if name == b"error":
            yield {"error": _json(value)}
        elif name == b"data":
            if value.strip() == _END:
                return
            data.append(value)
    yield from _object(data)


def _object(data: list[bytes]) -> Iterator[Mapping[str, Any]]:
    text = b"\n".join(data)
    if not text.strip():
        return
    value = _json(text)
    if not isinstance(value, Mapping):
        raise ValueError("an event holds no object")
    yield value


def _json(text: bytes) -> Any:  # noqa: ANN401
    return json.loads(text.decode("utf-8-sig", "replace"))


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends: JSON may hold what other splitters take for the end of a line."""
    rest = bytearray()
    for piece in pieces:
        rest += piece
        *whole, rest = rest.split(b"\n")
        for line in whole:
            yield bytes(line.removesuffix(b"\r"))
    if rest:
        yield bytes(rest.removesuffix(b"\r"))
