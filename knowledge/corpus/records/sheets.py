"""Spreadsheets (`.xlsx`, `.xlsm`, `.xlsb`, `.xls`, `.ods`) → rows, each sheet with its own header.

Calamine reads them, in a process of its own: its code is not ours and the files are strangers'.
Does not know what columns mean.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from knowledge.corpus.csv_head import find_head, is_ruled, is_total
from knowledge.corpus.limits import MOST_COLUMNS
from knowledge.corpus.records.archive_size import check_archive
from knowledge.corpus.rows import BadRow, Row, Table
from knowledge.corpus.text import as_text, one_line
from knowledge.errors import CorpusError
from knowledge.isolation import IsolationError, Result, Workers

_BATCH = 1_000
_SECONDS = 120.0
"""That opening a workbook, or one batch of rows, may take."""
_MEMORY_BYTES = 3 * 2**30
_SAMPLE_ROWS = 100
_MOST_SHEETS = 500
_SHEET = "Sheet"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_old_workbook(head: bytes) -> bool:
    """Whether a file that begins like this may be an `.xls` of the years before 2007."""
    return head.startswith(_OLE)


def open_sheets(file: Path) -> Table:
    """A workbook as a table; with several sheets, each row says which one it is in.

    Raises:
        CorpusError: it is damaged, locked, too large, or has no rows.
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        is_packed = stream.read(2) == b"PK"
    if is_packed:
        check_archive(file)
    try:
        sheets = _run("_describe", file=str(file.absolute())).values["sheets"]
    except CorpusError as error:
        raise CorpusError(
            f"{file.name!r} cannot be read as a spreadsheet ({error}); open it in its program and "
            "save it again, or export it as CSV."
        ) from error
    headers: list[tuple[str, int, list[str]]] = []
    problems: list[str] = []
    for name, rows, sample in sheets:
        start, header, said = find_header(sample)
        if header and rows > start:
            headers.append((name, start, header))
            problems += [f"{name}: {one}" for one in said] if len(sheets) > 1 else said
        elif header:
            problems.append(f"The sheet {name!r} has no rows below its first and is left out.")
    if not headers:
        raise CorpusError(
            f"{file.name!r} has no sheet with a row of column names and rows below it; add some."
        )
    columns = list(dict.fromkeys(name for _, _, header in headers for name in header))
    if len(columns) > MOST_COLUMNS:
        raise CorpusError(
            f"{file.name!r} has {len(columns):,} columns, more than {MOST_COLUMNS:,}; leave some "
            "out."
        )
    if len(headers) > 1 and _SHEET not in columns:
        columns.append(_SHEET)
    rows_of = {name: rows for name, rows, _ in sheets}
    size = sum(rows_of[name] - start for name, start, _ in headers)
    return Table(
        tuple(columns),
        partial(_rows, str(file.absolute()), headers),
        size=size,
        problems=tuple(problems),
        part=_SHEET if len(headers) > 1 else "",
    )


def find_header(sample: Sequence[Sequence[object]]) -> tuple[int, list[str], list[str]]:
    """The index of the first row below the names, the columns' names, and what is left out.

    The names are found as in CSV, since titles and merged cells stand above them as often.

    >>> find_header([["Register of 1901", ""], ["No.", "Name"], [1, "Gate"], [2, "Mill"]])[:2]
    (2, ['No.', 'Name'])
    """
    records = [(line, [as_text(cell) for cell in row]) for line, row in enumerate(sample, start=1)]
    filled = [(line, row) for line, row in records if any(row) and not is_ruled(row)]
    if not filled:
        return 0, [], []
    head = find_head(filled, unit="Row", name_of=_lettered)
    return head.last_line, _names(head.names), list(head.problems)


def _names(row: Sequence[object]) -> list[str]:
    """Names of columns, each once; a column without a name is called by its letter."""
    names: list[str] = []
    for index, cell in enumerate(row):
        name = one_line(as_text(cell)) or _lettered(index + 1)
        count = 1
        while name in names:
            count += 1
            name = f"{one_line(as_text(cell))} {count}"
        names.append(name)
    return names


def _lettered(position: int) -> str:
    """What a column without a name is called: by its letter, as in the program.

    >>> _lettered(2), _lettered(28)
    ('Column B', 'Column AB')
    """
    letters = ""
    while position:
        position, left = divmod(position - 1, 26)
        letters = chr(65 + left) + letters
    return f"Column {letters}"


def _rows(file: str, headers: Sequence[tuple[str, int, list[str]]]) -> Iterator[Row | BadRow]:
    number = 0
    for sheet, start, header in headers:
        reading = uuid.uuid4().hex
        line = start
        while True:
            try:
                done = _run("_next_rows", file=file, sheet=sheet, reading=reading, start=line)
            except CorpusError as error:
                number += 1
                reason = f"The sheet cannot be read from here on ({error}); save it again."
                yield BadRow(number, f"{sheet}, row {line + 1}", reason)
                break
            rows = json.loads(done.blobs[0])
            if not rows:
                break
            for cells in rows:
                line += 1
                written = [as_text(cell) for cell in cells]
                if not any(written) or is_ruled(written):
                    continue
                number += 1
                where = f"{sheet}, row {line}" if len(headers) > 1 else f"row {line}"
                if is_total(written):
                    reason = "The row sums up the others and is none itself; it is left out."
                    yield BadRow(number, where, reason)
                    continue
                names = [*header, *map(_lettered, range(len(header) + 1, len(cells) + 1))]
                values = dict(zip(names, cells, strict=False))
                if len(headers) > 1:
                    values.setdefault(_SHEET, sheet)
                yield Row(number, where, values)


def _run(function: str, **arguments: object) -> Result:
    """One of the functions below, in the other process.

    Raises:
        CorpusError: it failed; the message says why in a few words.
    """
    name = f"knowledge.corpus.records.sheets:{function}"
    try:
        return _workers().run(name, arguments, seconds=_SECONDS)
    except IsolationError as error:
        raise CorpusError(error.reason) from None


@cache
def _workers() -> Workers:
    """A single process, as the sheets that are being read stay in it."""
    return Workers(1, memory_bytes=_MEMORY_BYTES)


# What follows runs in a process of its own.

_Answer = tuple[dict[str, Any], list[bytes]]

_open: dict[str, tuple[Iterator[list[object]], int]] = {}
"""Sheets that are being read, by the name that their readers gave them, and the next row."""


def _describe(_: list[bytearray], *, file: str) -> _Answer:
    """Each sheet that is shown: its name, how many rows it has, and the first ones."""
    book = _opened(file)
    sheets = []
    for about in book.sheets_metadata[:_MOST_SHEETS]:
        if str(about.typ).endswith("WorkSheet") and str(about.visible).endswith("Visible"):
            sheet = book.get_sheet_by_name(about.name)
            rows = sheet.iter_rows()
            sample = [_plain(row) for row in islice(rows, _SAMPLE_ROWS)]
            rows_in_all = sheet.end[0] + 1 if sheet.end else 0
            sheets.append([about.name, rows_in_all, sample])
    return {"sheets": sheets}, []


def _next_rows(_: list[bytearray], *, file: str, sheet: str, reading: str, start: int) -> _Answer:
    """The next rows of a sheet as JSON, from row `start` (from 0); empty at the end."""
    rows, at = _open.get(reading, (iter(()), -1))
    if at != start:  # the first call, or this process took another's place
        _open.clear()
        rows = iter(_opened(file).get_sheet_by_name(sheet).iter_rows())
        rows, at = islice(rows, start, None), start
    batch = [_plain(row) for row in islice(rows, _BATCH)]
    _open[reading] = rows, at + len(batch)
    return {}, [json.dumps(batch).encode()]


def _opened(file: str) -> Any:  # noqa: ANN401 - calamine's classes are not exported with types
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(file)
    except (python_calamine.CalamineError, OSError) as error:
        raise CorpusError(one_line(str(error))[:200] or "it is damaged") from error


def _plain(row: Sequence[object]) -> list[object]:
    """Numbers and texts as they are, dates and times in words."""
    return [cell if isinstance(cell, str | int | float) else as_text(cell) for cell in row]
