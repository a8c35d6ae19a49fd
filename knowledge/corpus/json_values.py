"""JSON values read one by one from a stream, so that a file need not fit into memory.

A broken value costs itself alone where its end can be found. Commas before a closing bracket, NaN
and infinities, which programs write against the rules, are read; numbers that a float or Python's
integers do not hold as they are written (`1e999`, `1975.10`, 6,000 digits) stay texts. Of a key
that an object has twice, both values are kept, in a list.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal, TextIO, overload

from knowledge.corpus.limits import MOST_LINE_CHARS

MARKS_BETWEEN = " \t\r\n,\ufeff\x1e"
"""White space, and what stands between values: a byte order mark begins a file, a record separator
(RFC 7464) each value."""

_CHUNK = 1 << 16
_SPACE = re.compile(r"[ \t\r\n\ufeff\x1e\0]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|"', re.DOTALL)
_IN_TEXT, _BETWEEN_TEXTS = re.compile(r'"|\\.', re.DOTALL), re.compile(r'["{}\[\]]')
_SCALAR_END = re.compile(r"[,\]}\r\n]")
_SPARE_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_BROKEN_BYTE = re.compile("[\udc80-\udcff]")
_MOST_DIGITS = 4_000
_MOST_DEPTH = 200
"""Of values that are looked through for broken bytes."""


class BrokenJsonError(Exception):
    """The file is broken here, and nobody can say where the next value begins."""


class BrokenValueError(Exception):
    """One value cannot be read; the next one can. The message says why, for people."""


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _number(written: str) -> float | str:
    """A number, or its text if the number would be another one or lose a digit."""
    value = float(written)
    exact = math.isfinite(value) and (repr(value) == written or "e" in written.lower())
    return value if exact else written


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its keys and values, with both values, in a list, of a key that is there twice.

    >>> object_of([("a", 1), ("b", 2), ("a", 3)])
    {'a': [1, 3], 'b': 2}
    """
    values = dict(pairs)
    if len(values) < len(pairs):
        every: dict[str, list[Any]] = {}
        for key, value in pairs:
            every.setdefault(key, []).append(value)
        values = {key: found if len(found) > 1 else found[0] for key, found in every.items()}
    return values


_DECODER = json.JSONDecoder(
    parse_int=_integer,
    parse_float=_number,
    parse_constant=_constant,
    object_pairs_hook=object_of,
)


@overload
def load_value(text: str, *, partly: Literal[False] = False) -> object: ...
@overload
def load_value(text: str, *, partly: Literal[True]) -> tuple[object, int]: ...
def load_value(text: str, *, partly: bool = False) -> object:
    """The JSON value at the beginning of a text; `partly` allows more behind it and says where.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        value, end = _DECODER.raw_decode(text)
    except ValueError as error:
        repaired = _SPARE_COMMA.sub(lambda match: match[1] or " ", text)
        if repaired == text:
            raise
        try:
            value, end = _DECODER.raw_decode(repaired)
        except ValueError:
            raise error from None
        # A spare comma became a space, so places are the same.
    if partly:
        return value, end
    if text[end:].strip():
        raise json.JSONDecodeError("Extra data", text, end)
    return value


def broken_bytes_in(value: object, *, depth: int = 0) -> bool:
    """Whether a value decoded with `surrogateescape` holds bytes that were not in its encoding.

    Escapes such as `\\udc80` in JSON look the same and are as broken.
    """
    if isinstance(value, str):
        return not value.isascii() and _BROKEN_BYTE.search(value) is not None
    if depth >= _MOST_DEPTH:
        return False
    if isinstance(value, Mapping):
        return any(
            broken_bytes_in(key, depth=depth + 1) or broken_bytes_in(item, depth=depth + 1)
            for key, item in value.items()
        )
    if isinstance(value, list):
        return any(broken_bytes_in(item, depth=depth + 1) for item in value)
    return False


class JsonCursor:
    """A place in a stream of JSON, which only moves on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._before = 0

    def where(self) -> str:
        """The place, for people."""
        return f"at character {self._before + self._at + 1:,}"

    def peek(self) -> str:
        """The next character that is not white space; "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill(_CHUNK):
                return ""

    def skip(self, mark: str) -> bool:
        """Go behind a character, if it is the next one."""
        if self.peek() != mark:
            return False
        self._at += 1
        return True

    def expect(self, mark: str) -> None:
        """Go behind a character.

        Raises:
            BrokenJsonError: another one is here.
        """
        if not self.skip(mark):
            raise BrokenJsonError(f"{mark!r} is missing {self.where()}")

    def value(self) -> object:
        """The next value.

        Raises:
            BrokenValueError: it cannot be read; the cursor is behind it.
            BrokenJsonError: it cannot be read, and its end cannot be found.
        """
        if not self.peek():
            raise BrokenJsonError("the file ends too early")
        more = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if (whole := self._end()) is not None:
                    return self._mended(whole, error)
                if len(self._text) - self._at >= MOST_LINE_CHARS:
                    self.skip_value()
                    raise BrokenValueError(
                        f"It has more than {MOST_LINE_CHARS:,} characters and is left out; split "
                        "it, or move its long values into files."
                    ) from None
                if not self._fill(more):
                    raise BrokenJsonError(str(error)) from None
                more *= 2
            else:
                # A number at the end of what was read may go on.
                if (
                    end == len(self._text)
                    and not isinstance(value, dict | list)
                    and self._fill(more)
                ):
                    continue
                self._at = end
                return value

    def _mended(self, end: int, error: Exception) -> object:
        """The value up to `end` without spare commas."""
        text, self._at = self._text[self._at : end], end
        try:
            return load_value(text)
        except (ValueError, RecursionError):
            raise BrokenValueError(f"It is not valid JSON ({error}); mend it.") from None

    def _end(self) -> int | None:
        """Where the value that begins here ends; None if that is not in what was read."""
        if self._text[self._at] not in '{["':
            match = _SCALAR_END.search(self._text, self._at)
            return match.start() if match else None
        depth = 0
        for token in _TOKEN.finditer(self._text, self._at):
            mark = token[0]
            if mark == '"':
                return None
            depth += (mark in "{[") - (mark in "}]")
            if depth <= 0:
                return token.end()
        return None

    def skip_value(self) -> None:
        """Go behind the next value, however long it is, without keeping it.

        Raises:
            BrokenJsonError: the file ends before it does.
        """
        if self.peek() not in ("{", "[", '"'):
            self.value()
            return
        depth, quoted = 0, False
        while True:
            position = self._at
            while found := (_IN_TEXT if quoted else _BETWEEN_TEXTS).search(self._text, position):
                position = found.end()
                mark = found[0][0]
                if mark == '"':
                    quoted = not quoted
                elif not quoted:
                    depth += (mark in "{[") - (mark in "}]")
                if depth == 0 and not quoted:
                    self._at = position
                    return
            # A backslash at the very end belongs to what follows.
            self._at = len(self._text) - (quoted and self._text.endswith("\\", position))
            if not self._fill(_CHUNK):
                raise BrokenJsonError("the file ends within a value")

    def _fill(self, count: int) -> bool:
        read = self._stream.read(count)
        self._before += self._at
        self._text, self._at = self._text[self._at :] + read, 0
        return bool(read)
