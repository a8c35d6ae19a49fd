"""CSV and its relatives → rows: delimiter, quotes, encodings, lines that are no rows, broken rows.

Does not know what columns mean; `knowledge.corpus.csv_head` finds their names.
"""

import csv
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

from knowledge.corpus.csv_head import Head, find_head, is_ruled, is_total
from knowledge.corpus.encoding import detect_encoding
from knowledge.corpus.limits import MOST_COLUMNS, MOST_LINE_CHARS
from knowledge.corpus.regular_files import open_text
from knowledge.corpus.rows import BadRow, Row, Table, bounded_lines, count_rows, has_broken_bytes
from knowledge.corpus.text import one_line
from knowledge.corpus.usual_names import usual_in
from knowledge.errors import CorpusError
from knowledge.language import fold

_LOAD_FILE = "\x14"
"""Between fields in load files of review programs, which put `þ` around values."""
_DELIMITERS = ",\t;|^~" + _LOAD_FILE
_SAID = re.compile(r'\ufeff?"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_LONGEST_SAID = 16
_ESCAPED = re.compile(r'[^",;|\t\\]\\"(?!\s*(?:[,;|\t\r\n]|$))')
_DOUBLED = re.compile(r'[^,;|\t\s"]""')
_UNRULY = 0.1
"""What a delimiter counts by which quotation marks stand where none may."""
_NULL = "\\N"
"""What databases write for no value."""
_NULL_FIELD = re.compile(r"(?<![^,;|\t])\\N(?![^,;|\t\r\n])")
_TOO_LONG = f"A value has more than {MOST_LINE_CHARS:,} characters; shorten it or split the row."
_SAMPLE_LINES = 200
_LABELS = frozenset({"field", "key", "property", "attribute", "label", "element", "feld", "champ"})
_VALUES = frozenset({"value", "values", "content", "wert", "inhalt", "valeur"})
"""Names of the columns of a table that is one record, a value a line."""
_MAX_RECORD_LINES = 20_000
_FREE_LINES = 100_000
_LINES_AGAIN = 4
"""Lines that may be read again for each line of the file, and at its beginning: where quotation
marks are opened line by line and never closed, each record would else read 20,000 lines ahead."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How fields are told from each other; `escape` stands before a quotation mark in a field."""

    delimiter: str
    escape: str | None = None


def open_csv(file: Path) -> Table:
    """A table with a line of column names, whatever its delimiter and whatever stands above it.

    Raises:
        CorpusError: it has no line that could be one, or is in no known encoding.
        OSError: it cannot be read.
    """
    csv.field_size_limit(MOST_LINE_CHARS)
    encoding = detect_encoding(file)
    with _open(file, encoding) as lines:
        sample = list(islice(lines, _SAMPLE_LINES))
    dialect = _Dialect(_said(file, encoding) or _sniff(sample)[0], _escape_in(sample))
    head = _head(file, encoding, dialect)
    columns = _column_names(head.names)
    rows = partial(_rows, file, encoding, dialect, head, columns)
    if (record := _one_record(columns, rows)) is not None:
        return Table(tuple(record), partial(_only, record), size=1, problems=head.problems)
    return Table(columns, rows, size=count_rows(file, rows), problems=head.problems)


def _one_record(
    columns: Sequence[str], rows: Callable[[], Iterator[Row | BadRow]]
) -> dict[str, object] | None:
    """The record that a table of two columns describes, a line for each of its labels."""
    names = [fold(name) for name in columns]
    if len(names) != 2 or names[0] not in _LABELS or names[1] not in _VALUES:
        return None
    found: dict[str, object] = {}
    for row in islice(rows(), MOST_COLUMNS + 1):
        if isinstance(row, BadRow) or len(found) >= MOST_COLUMNS:
            return None
        label, value = map(str, row.values.values())
        if not label.strip():
            return None
        found[label] = f"{found[label]}; {value}" if label in found else value
    return found if usual_in(found) >= 2 else None


def _only(record: dict[str, object]) -> Iterator[Row | BadRow]:
    yield Row(1, "record", record)


def looks_like_csv(file: Path) -> bool:
    """Whether the first lines of a text file all have the same number of fields, at least two.

    Raises:
        CorpusError: it is in no known encoding.
        OSError: it cannot be read.
    """
    with _open(file, detect_encoding(file)) as stream:
        lines = list(islice(stream, _SAMPLE_LINES))
    _, consistent = _sniff(lines)
    return len(lines) >= 3 and consistent


@contextmanager
def _open(file: Path, encoding: str) -> Iterator[Iterator[str]]:
    """The lines of a file; one that names the delimiter for a spreadsheet is blank here."""
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with open_text(file, encoding, errors=errors, newline="") as stream:
        lines = bounded_lines(stream)
        first = next(lines, "")
        yield chain(["\n" if _SAID.fullmatch(first) else first] if first else [], lines)


def _said(file: Path, encoding: str) -> str | None:
    """The delimiter that the file's first line names (`sep=;`)."""
    with open_text(file, encoding, errors="replace", newline="") as stream:
        match = _SAID.fullmatch(stream.readline(_LONGEST_SAID))
    return match[1] if match else None


def _sniff(lines: Sequence[str]) -> tuple[str, bool]:
    """The delimiter with which most lines have equally many fields; whether all have.

    If no delimiter fits, it is a comma, and the table has a single column.
    """
    best, best_score, consistent = ",", 0.0, False
    for delimiter in _DELIMITERS:
        widths = _widths(lines, delimiter)
        if len(lines) == _SAMPLE_LINES and len(widths) > 1:
            widths.pop()  # the sample may end within a quoted field
        counted = Counter(width for width in widths if width > 1)
        if not counted:
            continue
        width, count = max(counted.items(), key=lambda each: (each[1] * (each[0] - 1), each[0]))
        score = count / len(widths) * (width - 1)
        if not _obeys(lines, delimiter):
            score *= _UNRULY
        if score > best_score:
            all_fit = widths[0] == width and count == len(widths)
            best, best_score, consistent = delimiter, score, all_fit
    return best, consistent


def _widths(lines: Sequence[str], delimiter: str) -> list[int]:
    """How many fields each record has, up to one whose value is too long."""
    widths: list[int] = []
    with suppress(csv.Error):
        widths.extend(len(row) for row in _parse(lines, _Dialect(delimiter)) if row)
    return widths


def _obeys(lines: Sequence[str], delimiter: str) -> bool:
    """Whether quotation marks stand where they may, as they do with the right delimiter."""
    try:
        for _ in _parse(lines, _Dialect(delimiter), strict=True):
            pass
    except csv.Error as error:
        return len(lines) == _SAMPLE_LINES and "unexpected end" in str(error)
    return True


def _escape_in(lines: Sequence[str]) -> str | None:
    """A backslash, if quotation marks in fields are written with one and never doubled."""
    text = "".join(lines)
    return "\\" if _ESCAPED.search(text) and not _DOUBLED.search(text) else None


def _parse(lines: Iterable[str], dialect: _Dialect, *, strict: bool = False) -> Iterator[list[str]]:
    if dialect.escape is not None:
        lines = (_NULL_FIELD.sub("", line) for line in lines)
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar="þ" if dialect.delimiter == _LOAD_FILE else '"',
        escapechar=dialect.escape,
        doublequote=dialect.escape is None,
        skipinitialspace=True,
        strict=strict,
    )


def _head(file: Path, encoding: str, dialect: _Dialect) -> Head:
    """What stands before the rows.

    Raises:
        CorpusError: the file has no line with fields, or they are too many.
    """
    with _open(file, encoding) as stream:
        found = list(islice(_records(stream, dialect, width=None), _SAMPLE_LINES))
    records = [(line, fields) for line, fields in found if not isinstance(fields, str)]
    if not records:
        if found:
            raise CorpusError(f"The header of {file.name!r} cannot be read: {found[0][1]}")
        raise CorpusError(f"{file.name!r} is empty; a table needs a line of column names and rows.")
    head = find_head(records)
    if len(head.names) > MOST_COLUMNS:
        raise CorpusError(
            f"{file.name!r} has {len(head.names):,} columns, more than {MOST_COLUMNS:,}; "
            "leave some out."
        )
    return head


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
    file: Path, encoding: str, dialect: _Dialect, head: Head, columns: tuple[str, ...]
) -> Iterator[Row | BadRow]:
    names = [name.strip().casefold() for name in head.names]
    with _open(file, encoding) as stream:
        records = _records(stream, dialect, width=len(columns), pads=head.pads)
        number = 0
        for line, fields in records:
            if line <= head.last_line or (not isinstance(fields, str) and is_ruled(fields)):
                continue
            number += 1
            where = f"line {line}"
            if isinstance(fields, str):
                yield BadRow(number, where, fields)
            elif any(map(has_broken_bytes, fields)):
                reason = "The row has bytes that are not UTF-8; save the table as UTF-8."
                yield BadRow(number, where, reason)
            elif any(names) and [field.strip().casefold() for field in fields] == names:
                reason = "The line holds the columns' names once more; it is left out."
                yield BadRow(number, where, reason)
            elif is_total(fields):
                reason = "The line sums up the rows and is none itself; it is left out."
                yield BadRow(number, where, reason)
            else:
                values = ["" if field == _NULL else field for field in fields]
                yield Row(number, where, dict(zip(columns, values, strict=True)))


def _records(
    stream: Iterable[str], dialect: _Dialect, *, width: int | None, pads: bool = False
) -> Iterator[tuple[int, list[str] | str]]:
    """Line number and fields of each record that is not blank, or what is wrong with it.

    A quotation mark that is never closed would swallow the rows after it. So a broken record ends
    at the first of its lines after which a record can begin, and reading goes on there.

    Args:
        stream: physical lines.
        dialect: how fields are told from each other.
        width: how many fields a record has; None allows any number.
        pads: whether a record may leave out empty fields at its end.
    """
    lines = _Lines(stream)
    number = 1
    while True:
        lines.taken, lines.ran_dry = [], False
        reason = ""
        fields: list[str] = []
        try:
            fields = next(_parse(lines, dialect), [])
        except csv.Error as error:
            too_long = "field larger" in str(error)
            reason = _TOO_LONG if too_long else f"The row cannot be read ({error}); mend it."
        taken = lines.taken
        if not taken:
            return
        if len(taken[0]) >= MOST_LINE_CHARS:
            reason = _TOO_LONG
        elif reason != _TOO_LONG and (lines.ran_dry or not _quotes_are_sound(taken, dialect)):
            reason = "A quotation mark is opened here and not closed; close or remove it."
        elif any(map(str.strip, fields)) and width is not None:
            fields = _without_empty_tail(fields, width)
            if pads and 1 < len(fields) < width:
                fields += [""] * (width - len(fields))
            reason = reason or _misfit(fields, width)
        if reason:
            fitting = (n for n, line in enumerate(taken) if n and _fits(line, dialect, width))
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


def _quotes_are_sound(lines: Sequence[str], dialect: _Dialect) -> bool:
    """Whether several lines are one record; in a single line quotes may stand anywhere.

    The next quotation mark in a later row closes one that was left open. The text behind that mark
    then breaks the rules of CSV, which shows the mistake.
    """
    if len(lines) == 1:
        return True
    try:
        return len(list(_parse(lines, dialect, strict=True))) == 1
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
    count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
    return (
        f"The row has {count} where the header has {width}; put quotation marks "
        "around a value that holds a delimiter, or add what is missing."
    )


def _fits(line: str, dialect: _Dialect, width: int | None) -> bool:
    return width is None or len(next(_parse([line], dialect), [])) == width
