"""JSON Lines and JSON arrays → rows. Does not know what keys mean."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from knowledge.corpus.encoding import detect_encoding
from knowledge.corpus.limits import MOST_COLUMNS, MOST_LINE_CHARS
from knowledge.corpus.regular_files import open_text
from knowledge.corpus.rows import BadRow, Row, Table, bounded_lines, count_rows, has_broken_bytes
from knowledge.errors import CorpusError

_BETWEEN_ITEMS = frozenset(" \t\r\n,")
_CHUNK = 1 << 16
_SAMPLE_ROWS = 1_000


def open_json(file: Path) -> Table:
    """A table of JSON objects: one a line, or the items of one array.

    Raises:
        CorpusError: it holds neither.
        OSError: it cannot be read.
    """
    encoding = detect_encoding(file)
    with open_text(file, encoding, errors="surrogateescape") as stream:
        start = next((line.lstrip() for line in bounded_lines(stream) if line.strip()), "")
    rows = partial(_array_rows if start.startswith("[") else _line_rows, file, encoding)
    sample = [row for row in islice(rows(), _SAMPLE_ROWS) if isinstance(row, Row)]
    if not sample:
        raise CorpusError(
            f"{file.name!r} holds neither JSON objects one a line nor an array of them; write it "
            "as one or the other."
        )
    columns = dict.fromkeys(key for row in sample for key in row.values)
    return Table(tuple(columns), rows, size=count_rows(file, rows))


def _line_rows(file: Path, encoding: str) -> Iterator[Row | BadRow]:
    with open_text(file, encoding, errors="surrogateescape", newline="\n") as stream:
        numbered = enumerate(bounded_lines(stream), start=1)
        lines = ((line, text) for line, text in numbered if text.strip())
        for number, (line, text) in enumerate(lines, start=1):
            where = f"line {line}"
            if has_broken_bytes(text):
                reason = "The line has bytes that are not UTF-8; save the file as UTF-8."
                yield BadRow(number, where, reason)
                continue
            try:
                yield _row(number, where, json.loads(text))
            except (ValueError, RecursionError) as error:
                yield BadRow(number, where, f"The line is not valid JSON ({error}); mend it.")


def _array_rows(file: Path, encoding: str) -> Iterator[Row | BadRow]:
    number = 0
    with open_text(file, encoding, errors="replace") as stream:
        try:
            for number, item in enumerate(_items(stream), start=1):
                yield _row(number, f"item {number}", item)
        except (ValueError, RecursionError) as error:
            number += 1
            reason = f"The file is not valid JSON from here on ({error}); mend it to read the rest."
            yield BadRow(number, f"item {number}", reason)


def _items(stream: TextIO) -> Iterator[object]:
    """The items of an array, parsed one by one, so that it need not fit into memory.

    Raises:
        ValueError: it is broken where the next item should be.
        RecursionError: the next item is nested too deeply.
    """
    decoder = json.JSONDecoder()
    text = stream.read(_CHUNK).lstrip()
    position = 1  # after the bracket
    more = _CHUNK
    while True:
        while text[position : position + 1] in _BETWEEN_ITEMS:
            position += 1
        if text.startswith("]", position):
            return
        try:
            item, position = decoder.raw_decode(text, position)
        except ValueError:  # broken, or the item goes on behind what was read
            read = stream.read(more) if len(text) - position < MOST_LINE_CHARS else ""
            if not read:
                raise
            text, position, more = text[position:] + read, 0, more * 2
        else:
            yield item
            more = _CHUNK


def _row(number: int, where: str, item: object) -> Row | BadRow:
    if isinstance(item, dict):
        if len(item) > MOST_COLUMNS:
            reason = f"It has {len(item):,} keys, more than {MOST_COLUMNS:,}; leave some out."
            return BadRow(number, where, reason)
        return Row(number, where, item)
    kind = type(item).__name__
    return BadRow(number, where, f"This is not a JSON object but of type {kind}; write {{…}}.")
