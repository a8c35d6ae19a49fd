"""JSON from strangers: one value, or the items of an array in it, in bounded memory.

Knows no format.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from knowledge.corpus.encoding import detect_encoding
from knowledge.corpus.json_values import object_of
from knowledge.corpus.limits import MOST_LINE_CHARS
from knowledge.corpus.regular_files import open_regular, open_text
from knowledge.errors import CorpusError

MOST_WHOLE_BYTES = 64 * 2**20
"""Of a file that is read in one piece."""
MOST_DEPTH = 200
_CHUNK = 1 << 16
_BETWEEN = re.compile(r"[\s,]*")


class BrokenJSONError(Exception):
    """The file is not valid JSON from some place on; the message says what is wrong."""


def head_of(file: Path) -> str:
    """The beginning of a file of JSON, to recognise its format by; "" if it is no JSON.

    Raises:
        CorpusError: it is in no known encoding.
        OSError: it cannot be read.
    """
    with open_regular(file) as stream:
        start = stream.read(_CHUNK)
    if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) and not start.startswith(
        (b"\xff\xfe", b"\xfe\xff")
    ):
        return ""
    with open_text(file, detect_encoding(file), errors="replace") as stream_:
        return stream_.read(_CHUNK).lstrip("\ufeff \t\r\n")


def load(file: Path) -> Any:  # noqa: ANN401 - JSON holds anything
    """The whole value.

    Raises:
        CorpusError: it is too large, not valid, or nested too deeply.
        OSError: it cannot be read.
    """
    size = file.stat().st_size
    if size > MOST_WHOLE_BYTES:
        raise CorpusError(
            f"{file.name!r} has {size / 1e6:,.0f} MB, more than the "
            f"{MOST_WHOLE_BYTES / 1e6:.0f} MB that a single JSON value may have; split it."
        )
    with open_text(file, detect_encoding(file), errors="replace") as stream:
        text = stream.read(MOST_WHOLE_BYTES + 1).lstrip("\ufeff")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise CorpusError(f"{file.name!r} is not valid JSON ({what}); mend it.") from error
    return value


def items(file: Path, key: str | None = None, *, keep_both: bool = False) -> Iterator[Any]:
    """The items of an array, or the values in a file one after the other, parsed one by one.

    Args:
        file: to read.
        key: of the array in the object that the file is; None for an array, or for values that
            follow each other (one a line).
        keep_both: whether of a key that an object has twice both values are kept, in a list.

    Raises:
        BrokenJSONError: it is not valid from here on.
        CorpusError: it is in no known encoding.
        OSError: it cannot be read.
    """
    with open_text(file, detect_encoding(file), errors="replace") as stream:
        yield from _Items(stream, keep_both=keep_both).read(key)


class _Items:
    def __init__(self, stream: TextIO, *, keep_both: bool) -> None:
        self._stream = stream
        self._decoder = json.JSONDecoder(object_pairs_hook=object_of if keep_both else None)
        self._text = stream.read(_CHUNK).lstrip("\ufeff")
        self._at = 0

    def read(self, key: str | None) -> Iterator[Any]:
        in_array = self._open(key)
        more = _CHUNK
        while True:
            self._skip()
            if self._at >= len(self._text):
                if in_array:
                    raise BrokenJSONError("it ends in the midst of the array")
                return
            if in_array and self._text[self._at] == "]":
                return
            try:
                item, self._at = self._decoder.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise BrokenJSONError("it is nested too deeply") from error
            except ValueError as error:
                left = len(self._text) - self._at
                read = self._stream.read(more) if left < MOST_LINE_CHARS else ""
                if not read:
                    raise BrokenJSONError(str(error)) from error
                self._text, self._at = self._text[self._at :] + read, 0
                more *= 2
            else:
                yield item
                more = _CHUNK

    def _open(self, key: str | None) -> bool:
        """Go to the first item; whether it is in an array."""
        if key is None:
            self._skip()
            if self._text.startswith("[", self._at):
                self._at += 1
                return True
            return False
        pattern = re.compile(rf'"{re.escape(key)}"\s*:\s*\[')
        while True:
            if found := pattern.search(self._text):
                self._at = found.end()
                return True
            read = self._stream.read(_CHUNK)
            if not read:
                raise BrokenJSONError(f"it has no array {key!r}")
            self._text = self._text[-1_000:] + read

    def _skip(self) -> None:
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return
            read = self._stream.read(_CHUNK)
            if not read:
                return
            self._text, self._at = read, 0


def objects(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    """The objects in a value that is an object or a list of them."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def texts(value: Any) -> list[str]:  # noqa: ANN401
    """The texts and numbers in a value that is one or a list of them."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, int | float) and not isinstance(item, bool):
            found.append(str(item))
    return found
