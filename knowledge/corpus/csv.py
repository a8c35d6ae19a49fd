"""CSV and its relatives → rows: delimiter, quotes, encodings and broken rows.

Does not know what columns mean.
"""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from knowledge.corpus.encoding import detect_encoding
from knowledge.corpus.limits import MOST_COLUMNS, MOST_LINE_CHARS
from knowledge.corpus.regular_files import open_text
from knowledge.corpus.rows import BadRow, Row, Table, bounded_lines, count_rows, has_broken_bytes
from knowledge.corpus.text import one_line
from knowledge.errors import CorpusError

_DELIMITERS = ",\t;|"
_SAMPLE_LINES = 200
_MAX_RECORD_LINES = 20_000
_FREE_LINES = 100_000
_LINES_AGAIN = 4
"""Lines that may be read again for each line of the file, and at its beginning: where quotation
marks are opened line by line and never closed, each record would else read 20,000 lines ahead."""


def open_csv(file: Path) -> Table:
    """A table with a header line, whatever its delimiter.

    Raises:
        CorpusError: it has no header and rows, or is in no known encoding.
        OSError: it cannot be read.
    """
    csv.field_size_limit(MOST_LINE_CHARS)
    encoding = detect_encoding(file)
    with _open(file, encoding) as stream:
        delimiter, _ = _sniff(list(islice(bounded_lines(stream), _SAMPLE_LINES)))
    columns = _header(file, encoding, delimiter)
    rows = partial(_rows, file, encoding, delimiter, columns)
    return Table(columns, rows, size=count_rows(file, rows))


def looks_like_csv(file: Path) -> bool:
    """Whether the first lines of a text file all have the same number of fields, at least two.

    Raises:
        CorpusError: it is in no known encoding.
        OSError: it cannot be read.
    """
    with _open(file, detect_encoding(file)) as stream:
        lines = list(islice(bounded_lines(stream), _SAMPLE_LINES))
    _, consistent = _sniff(lines)
    return len(lines) >= 3 and consistent


@contextmanager
def _open(file: Path, encoding: str) -> Iterator[TextIO]:
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with open_text(file, encoding, errors=errors, newline="") as stream:
        yield stream


def _sniff(lines: Sequence[str]) -> tuple[str, bool]:
    """The delimiter with which most rows have as many fields as the header; whether all have.

    If no delimiter fits, it is a comma, and the table has a single column.
    """
    best, best_score, consistent = ",", 0.0, False
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _parse(lines, delimiter) if row]
        if not widths or widths[0] < 2:
            continue
        if len(lines) == _SAMPLE_LINES and len(widths) > 1:
            widths.pop()  # the sample may end within a quoted field
        share = widths.count(widths[0]) / len(widths)
        if share * (widths[0] - 1) > best_score:
            best, best_score, consistent = delimiter, share * (widths[0] - 1), share == 1.0
    return best, consistent


def _parse(lines: Iterable[str], delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _header(file: Path, encoding: str, delimiter: str) -> tuple[str, ...]:
    with _open(file, encoding) as stream:
        for _, fields in _records(stream, delimiter, width=None):
            if isinstance(fields, str):
                raise CorpusError(f"The header of {file.name!r} cannot be read: {fields}")
            if len(fields) > MOST_COLUMNS:
                raise CorpusError(
                    f"{file.name!r} has {len(fields):,} columns, more than {MOST_COLUMNS:,}; "
                    "leave some out."
                )
            return _column_names(fields)
    raise CorpusError(f"{file.name!r} is empty; a table needs a line of column names and rows.")


def _column_names(fields: Sequence[str]) -> tuple[str, ...]:
    """Names without surrounding space; an empty name gets its position, a repeated one a number."""
    names: dict[str, None] = {}
    copies: Counter[str] = Counter()
    for position, field in enumerate(fields, start=1):
        base = name = one_line(field) or f"column {position}"
        while name in names:
            copies[base] += 1
            name = f"{base} {copies[base] + 1}"
        names[name] = None
    return tuple(names)


def _rows(
    file: Path, encoding: str, delimiter: str, columns: tuple[str, ...]
) -> Iterator[Row | BadRow]:
    with _open(file, encoding) as stream:
        records = _records(stream, delimiter, width=len(columns))
        next(records, None)  # the header
        for number, (line, fields) in enumerate(records, start=1):
            where = f"line {line}"
            if isinstance(fields, str):
                yield BadRow(number, where, fields)
            elif any(map(has_broken_bytes, fields)):
                reason = "The row has bytes that are not UTF-8; save the table as UTF-8."
                yield BadRow(number, where, reason)
            else:
                yield Row(number, where, dict(zip(columns, fields, strict=True)))


def _records(
    stream: TextIO, delimiter: str, *, width: int | None
) -> Iterator[tuple[int, list[str] | str]]:
    """Line number and fields of each record that is not blank, or what is wrong with it.

    A quotation mark that is never closed would swallow the rows after it. So a broken record ends
    at the first of its lines after which a record can begin, and reading goes on there.

    Args:
        stream: physical lines.
        delimiter: between fields.
        width: how many fields a record has; None allows any number.
    """
    lines = _Lines(bounded_lines(stream))
    number = 1
    while True:
        lines.taken, lines.ran_dry = [], False
        reason = ""
        fields: list[str] = []
        try:
            fields = next(_parse(lines, delimiter), [])
        except csv.Error as error:
            reason = f"The row cannot be read ({error}); mend it."
        taken = lines.taken
        if not taken:
            return
        if lines.ran_dry or not _quotes_are_sound(taken, delimiter):
            reason = "A quotation mark is opened here and not closed; close or remove it."
        elif any(map(str.strip, fields)) and width is not None:
            fields = _without_empty_tail(fields, width)
            reason = reason or _misfit(fields, width)
        if reason:
            fitting = (n for n, line in enumerate(taken) if n and _fits(line, delimiter, width))
            taken = taken[: next(fitting, len(taken))]
            lines.give_back(len(taken))
            yield number, reason
        elif any(map(str.strip, fields)):
            yield number, fields
        number += len(taken)


class _Lines:
    """Physical lines for one record after the other; lines can be given back for the next record.

    Attributes:
        taken: lines of the current record.
        ran_dry: whether the record asked for more lines than the file has, or than a record may
            have.
    """

    def __init__(self, stream: Iterable[str]) -> None:
        self._stream = iter(stream)
        self._ahead: deque[str] = deque()
        self._again = _FREE_LINES
        self.taken: list[str] = []
        self.ran_dry = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = None
        if len(self.taken) < max(1, min(_MAX_RECORD_LINES, self._again)):
            if self._ahead:
                line = self._ahead.popleft()
            elif (line := next(self._stream, None)) is not None:
                self._again += _LINES_AGAIN
        if line is None:
            self.ran_dry = True
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self, kept: int) -> None:
        """Keep the first `kept` lines of the record; yield the others again."""
        self._again -= len(self.taken) - kept
        self._ahead.extendleft(reversed(self.taken[kept:]))


def _quotes_are_sound(lines: Sequence[str], delimiter: str) -> bool:
    """Whether several lines are one record; in a single line quotes may stand anywhere.

    The next quotation mark in a later row closes one that was left open. The text behind that mark
    then breaks the rules of CSV, which shows the mistake.
    """
    if len(lines) == 1:
        return True
    try:
        return len(list(_parse(lines, delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _without_empty_tail(fields: list[str], width: int) -> list[str]:
    """Fields without the empty ones that spreadsheets write after the last column."""
    end = len(fields)
    while end > width and not fields[end - 1].strip():
        end -= 1
    return fields[:end]


def _misfit(fields: Sequence[str], width: int) -> str:
    if len(fields) == width:
        return ""
    return (
        f"The row has {len(fields)} fields where the header has {width}; put quotation marks "
        "around a value that holds a delimiter, or add what is missing."
    )


def _fits(line: str, delimiter: str, width: int | None) -> bool:
    return width is None or len(next(_parse([line], delimiter), [])) == width
