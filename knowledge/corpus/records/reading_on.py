"""XML that is not well-formed is read on behind the record that is broken.

Knows where a record begins by the start of its tag; no format.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.xml_source import (
    BrokenXMLError,
    Element,
    Prolog,
    in_real_encoding,
    local,
    read_prolog,
)
from knowledge.corpus.regular_files import open_regular

_MOST_BREAKS = 100
_MOST_HEAD = 1 << 20
_CHUNK = 1 << 20
_OVERLAP = 200


@dataclass(slots=True)
class Place:
    """Where reading is; the reader of records keeps it up to date.

    Attributes:
        tag: the start of the tag of records, as it is written; "" before the first.
        begun: how many such tags there were since `offset`.
        first: which of such tags in the file begins the first record, from 1.
        offset: where the file is read from.
        head: what stands before the first record, to be read before each later part.
        breaks: how many records were broken so far.
        streamed: whether a reader that cannot be resumed is at work.
        is_inside: whether a record has begun and not ended.
    """

    tag: str = ""
    begun: int = 0
    first: int = 1
    offset: int = 0
    head: bytes = b""
    breaks: int = 0
    streamed: bool = False
    is_inside: bool = False


Found = Iterator[Record | UnusableRecordError]


def read_on(file: Path, read_from: Callable[[Prolog, Place], Found]) -> Found:
    """The records of a file, in order, those behind a broken one too.

    Args:
        file: to read.
        read_from: reads the records from a place on, and notes in it how far it came.

    Raises:
        CorpusError: it declares entities that are refused.
        OSError: it cannot be read.
    """
    prolog = read_prolog(file)
    place = Place()
    while True:
        try:
            yield from read_from(prolog, place)
            return
        except BrokenXMLError as error:
            mended = in_real_encoding(file, prolog, error)
            if mended is not None and place.tag and not place.streamed:
                prolog = mended  # and the record is read again
                again = place.begun if place.is_inside else place.begun + 1
                _go_to(file, place, _find_tag(file, place.tag, place.offset, again))
                continue
            place.breaks += 1
            following = None
            if place.tag and not place.streamed and place.breaks <= _MOST_BREAKS:
                following = _find_tag(file, place.tag, place.offset, place.begun + 1)
            if following is None:
                yield UnusableRecordError(
                    f"The XML is not well-formed from here on ({error.reason}); mend it to read "
                    "the rest."
                )
                return
            yield UnusableRecordError(
                f"The record's XML is not well-formed ({error.reason}); mend it."
            )
            _go_to(file, place, following)


def written(element: Element) -> str:
    """The name of an element as it stands in its tag."""
    return f"{element.prefix}:{local(element)}" if element.prefix else local(element)


def _go_to(file: Path, place: Place, offset: int | None) -> None:
    place.head = place.head or _head(file, place)
    place.offset = offset or place.offset
    # Tags in the head are read again, and are not behind the offset.
    place.begun = 1 - place.first if place.head else 0
    place.is_inside = False


def _find_tag(file: Path, tag: str, offset: int, count: int) -> int | None:
    """Where the `count`th tag that begins so stands, from `offset` on; None if there are fewer."""
    pattern = re.compile(re.escape(f"<{tag}".encode()) + rb"[\s>/]")
    with open_regular(file) as stream:
        stream.seek(offset)
        start, rest = offset, b""
        while chunk := stream.read(_CHUNK):
            data = rest + chunk
            position = 0
            for found in pattern.finditer(data):
                count -= 1
                if not count:
                    return start + found.start()
                position = found.end()
            kept = max(position, len(data) - _OVERLAP)
            start, rest = start + kept, data[kept:]
    return None


def _head(file: Path, place: Place) -> bytes:
    first = _find_tag(file, place.tag, 0, place.first) or 0
    with open_regular(file) as stream:
        return stream.read(first) if first <= _MOST_HEAD else b""
