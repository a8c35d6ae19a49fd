"""Answers as the rows of a table: CSV, JSON lines or Parquet.

A text that a spreadsheet would take for a formula is written with an apostrophe before it in CSV:
titles and quotations are strangers' words (https://owasp.org/www-community/attacks/CSV_Injection).
JSON and Parquet hold the words as they are.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from knowledge.errors import InputError

COLUMNS: Mapping[str, str] = {
    "row": "int64",
    "photo": "string",
    "question": "string",
    "answer": "string",
    "value": "string",
    "year": "int64",
    "date": "string",
    "exists": "bool",
    "quotation": "string",
    "citation": "string",
    "page": "int64",
    "url": "string",
    "document_id": "string",
    "title": "string",
    "confidence": "float64",
    "verdict": "string",
    "reason": "string",
    "candidates": "string",
    "note": "string",
    "error": "string",
}
"""Columns of every table of answers, and what Arrow calls their types. The asked table's other
columns are texts."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MOST_IN_CELL = 32_767
"""Characters of a cell: of more, spreadsheets make two, and Python's `csv` refuses 131,072."""
Rows = Sequence[Mapping[str, Any]]


def kind_of_table(path: Path) -> str:
    """The ending that says how to write a table.

    Raises:
        InputError: it is none of those known.
    """
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        raise InputError(f"{path.name}: name a file that ends in {', '.join(_WRITERS)}.")
    return ending


def table_of(kind: str, rows: Rows, others: Sequence[str]) -> bytes:
    """A table as a file holds it.

    Args:
        kind: `.csv`, `.jsonl` or `.parquet`.
        rows: values by column; what is missing is empty.
        others: further columns, of texts, written after `row`; none is in `COLUMNS`.
    """
    first, *rest = COLUMNS
    return _WRITERS[kind](rows, [first, *others, *rest])


def columns_apart(names: Iterable[str]) -> dict[str, str]:
    """Columns of the asked table → what they are called beside those of an answer, each its own.

    >>> columns_apart(["shelf", "answer", "answer (asked)"])
    {'shelf': 'shelf', 'answer': 'answer (asked) 2', 'answer (asked)': 'answer (asked)'}
    """
    given = list(dict.fromkeys(names))
    apart = {name: name for name in given if name not in COLUMNS}
    taken = {*COLUMNS, *apart}
    for name in given:
        if name in COLUMNS:
            tries = (f"{name} (asked){f' {n}' if n > 1 else ''}" for n in count(1))
            apart[name] = next(each for each in tries if each not in taken)
            taken.add(apart[name])
    return {name: apart[name] for name in given}


def _csv(rows: Rows, columns: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([csv_cell(name) for name in columns])
    writer.writerows([csv_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue().encode("utf-8", errors="replace")


def csv_cell(value: object) -> object:
    """A value as a cell of CSV, which no spreadsheet takes for a formula or cuts in two."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    text = f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return text if len(text) <= _MOST_IN_CELL else f"{text[: _MOST_IN_CELL - 1]}…"


def _jsonl(rows: Rows, columns: Sequence[str]) -> bytes:
    lines = (
        json.dumps({name: row.get(name) for name in columns}, ensure_ascii=False) + "\n"
        for row in rows
    )
    return "".join(lines).encode("utf-8", errors="replace")


def _parquet(rows: Rows, columns: Sequence[str]) -> bytes:
    import pyarrow  # takes 30 MB, which no server of answers needs
    from pyarrow import parquet

    arrays = {
        name: pyarrow.array(
            [_storable(row.get(name)) for row in rows],
            type=pyarrow.type_for_alias(COLUMNS.get(name, "string")),
        )
        for name in columns
    }
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(arrays), out)
    return out.getvalue()


def _storable(value: object) -> object:
    """Texts without halves of characters, which no UTF-8 has."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


_WRITERS: Mapping[str, Callable[[Rows, Sequence[str]], bytes]] = {
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}
