"""Rows of a table, each with its place in the file. Knows no format."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TextIO

from knowledge.corpus.limits import MOST_LINE_CHARS

_COUNTED_BYTES = 256 << 20

_BROKEN_BYTE = re.compile("[\udc80-\udcff]")


class Row(NamedTuple):
    """A row: its number (from 1), where it stands (`line 7`), and its values by column."""

    number: int
    where: str
    values: Mapping[str, object]


class BadRow(NamedTuple):
    """A row that cannot be used, and why; it has a `number`, so that later rows keep theirs."""

    number: int
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be read again and again, a few rows in memory at a time.

    Attributes:
        columns: names, in order; of JSON those of the first rows, and later rows may have more.
        rows: yields them in order; a bad row raises nothing, and the rest is read if possible.
        size: how many rows it has, if that was cheap to find out.
        skipped: columns of bytes, which are left out of every row.
        problems: what of the file was left out that is in no row.
        roles: column → its role in `Columns`, or `language`, where the format says so.
        silent: columns that make no line of a text.
    """

    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row | BadRow]]
    size: int | None = None
    skipped: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


def bounded_lines(stream: TextIO) -> Iterator[str]:
    """Lines with their ends; of a line that is too long only the beginning.

    A file without a line end would otherwise fill the memory. The row that a cut line makes breaks
    the rules of its format, so it is reported as any other broken row.
    """
    cut = False
    while line := stream.readline(MOST_LINE_CHARS):
        if not cut:
            yield line
        cut = len(line) == MOST_LINE_CHARS and not line.endswith("\n")


def has_broken_bytes(text: str) -> bool:
    """Whether text decoded with `surrogateescape` holds bytes that were not in its encoding."""
    return _BROKEN_BYTE.search(text) is not None


def count_rows(file: Path, rows: Callable[[], Iterator[Row | BadRow]]) -> int | None:
    """How many rows a text file has; None if the file is large, as counting takes parsing it."""
    return sum(1 for _ in rows()) if file.stat().st_size <= _COUNTED_BYTES else None
