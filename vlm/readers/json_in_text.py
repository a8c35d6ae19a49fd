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
    at = text.find("{", max(0, len(text) - _MOST_CHARACTERS))
    while at >= 0:
        try:
            value, starts, end = _object(text, at, 0)
        except (ValueError, RecursionError):
            pass
        else:
            yield FoundObject(value, at, end, starts)
        at = text.find("{", at + 1)


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


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    """The value that begins at `at`, and where it ends."""
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    match text[at : at + 1]:
        case "{":
            value, _, end = _object(text, at, depth)
            return value, end
        case "[":
            return _array(text, at, depth)
        case _:
            return _DECODER.raw_decode(text, at)


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], dict[str, int], int]:
    value: dict[str, Any] = {}
    starts: dict[str, int] = {}
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        if text[at : at + 1] != '"':
            raise ValueError("a key is missing")
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ValueError("a colon is missing")
        starts[key] = at = _skip(text, at + 1)
        value[key], at = _value(text, at, depth + 1)
        at = _after_item(text, at, "}")
    return value, starts, at + 1


def _array(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        item, at = _value(text, at, depth + 1)
        items.append(item)
        at = _after_item(text, at, "]")
    return items, at + 1


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
