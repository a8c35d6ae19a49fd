"""The JSON objects in a model's text, whatever the model wrote around them.

Models put thoughts, prose or a Markdown fence around an object, open it twice, or end a list with a
comma. A decoder is tried at every opening brace, so what is inside a string is never taken for an
object of its own. Knows no schema and no question.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

_MOST_CHARACTERS = 131_072
"""Of a text's end that are searched; an answer has some thousands, long thoughts come first."""

_DEEPEST = 24
"""Nesting of objects and lists. Answers have 3, and a caller's own schema may add 8."""

_SPACE = re.compile(r"[ \t\r\n]*")

_THOUGHTS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<seed:think>", "</seed:think>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
)
"""How models begin and end what they think, in small letters."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object in a text.

    Attributes:
        value: the object.
        start: where it begins.
        end: where it ends.
        starts: its own keys → where their values begin.
    """

    value: Mapping[str, Any]
    start: int
    end: int
    starts: Mapping[str, int]


def objects_in(text: str) -> Iterator[FoundObject]:
    """Every JSON object in a text, in the order in which they begin; those inside of others too.

    Control characters in strings and a comma before a closing bracket are forgiven.

    >>> [found.value for found in objects_in('Sure: {{"a": [1, 2,],}} I hope {this} helps.')]
    [{'a': [1, 2]}]
    """
    first = max(0, len(text) - _MOST_CHARACTERS)
    known: dict[int, _Object | None] = {}
    # From the last one on, so that each object meets those inside of it when they are known.
    at = text.rfind("{", first)
    while at >= 0:
        known[at] = _object(text, at, known)
        at = text.rfind("{", first, at) if at > first else -1
    for start in sorted(known):
        found = known[start]
        if found is not None:
            yield FoundObject(found.value, start, found.end, found.starts)


def after_thoughts(text: str) -> str:
    """The part of a text that holds the answer: what follows the model's thoughts, if that holds an
    object, else the whole text.

    The opening mark may be missing, since many chat templates write it themselves. A document can
    make a model quote a closing mark; what follows that is no object, since it is inside a string.
    """
    small = _small(text)
    ends = [small.rfind(closing) + len(closing) for _, closing in _THOUGHTS if closing in small]
    rest = text[max(ends) :] if ends else text
    return rest if next(objects_in(rest), None) is not None else text


def thinks_aloud(text: str) -> bool:
    """Whether a text begins with a model's thoughts, or holds the end of them before its answer."""
    small = _small(text).lstrip()
    first = small.find('{"')
    before = small if first < 0 else small[:first]
    return any(small.startswith(opening) or closing in before for opening, closing in _THOUGHTS)


def is_still_thinking(text: str) -> bool:
    """Whether a text begins with thoughts that do not end."""
    small = _small(text).lstrip()
    return any(small.startswith(opening) and closing not in small for opening, closing in _THOUGHTS)


def _small(text: str) -> str:
    """The text in small letters, at the same places: `lower` would make some letters two."""
    return "".join(map(_SMALL.get, text, text)) if not text.isascii() else text.lower()


_SMALL = {chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


_DECODER = json.JSONDecoder(parse_constant=_refuse, strict=False)


@dataclass(frozen=True, slots=True)
class _Object:
    """An object whose beginning is known. `height`: how deep what is in it is nested."""

    value: dict[str, Any]
    starts: dict[str, int]
    end: int
    height: int


_Known = Mapping[int, _Object | None]
"""Where an object begins → the object; None where none does that ends, or one nested too deep."""


def _object(text: str, at: int, known: _Known) -> _Object | None:
    value: dict[str, Any] = {}
    starts: dict[str, int] = {}
    height = 0
    try:
        at = _skip(text, at + 1)
        while text[at : at + 1] != "}":
            if text[at : at + 1] != '"':
                return None  # a key is missing
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, at)
            if text[at : at + 1] != ":":
                return None
            starts[key] = at = _skip(text, at + 1)
            value[key], at, inside = _value(text, at, known, 1)
            height = max(height, inside + 1)
            at = _after_item(text, at, "}")
    except (ValueError, RecursionError):
        return None
    return _Object(value, starts, at + 1, height) if height <= _DEEPEST else None


def _value(text: str, at: int, known: _Known, depth: int) -> tuple[Any, int, int]:
    """The value that begins at `at`, where it ends, and its height.

    Args:
        text: the whole text.
        at: its place.
        known: the objects that begin behind it.
        depth: of the value in the object that is read.
    """
    match text[at : at + 1]:
        case "{":
            found = known[at]
            if found is None:
                raise ValueError("an object inside does not end")
            return found.value, found.end, found.height
        case "[":
            if depth > _DEEPEST:
                raise ValueError("nested too deep")
            return _array(text, at, known, depth)
        case _:
            value, end = _DECODER.raw_decode(text, at)
            return value, end, 0


def _array(text: str, at: int, known: _Known, depth: int) -> tuple[list[Any], int, int]:
    items: list[Any] = []
    height = 0
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        item, at, inside = _value(text, at, known, depth + 1)
        items.append(item)
        height = max(height, inside + 1)
        at = _after_item(text, at, "]")
    return items, at + 1, height


def _after_item(text: str, at: int, closing: str) -> int:
    """Where the next item, or the closing bracket, begins."""
    at = _skip(text, at)
    match text[at : at + 1]:
        case ",":
            return _skip(text, at + 1)
        case mark if mark == closing:
            return at
        case _:
            raise ValueError("a comma is missing")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()
