"""The kind `museum`: records of institutions that the reader was not trained on.

Reads `museum_whitney.jsonl` and `museum_nypl.jsonl` of the question files. Each record becomes a
row of a table, and its questions name the record where they say only *it*.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from kinds.corpus import about, label, read_lines, write_lines

FILES = ("museum_whitney", "museum_nypl")

_EXTENT, _COUNT = "Physical Description Extent", "Number of Items"
_ITEMS = re.compile(r"How many items|多少件")


def make_museum(qa: Path, out: Path, *, most: int, seed: int) -> list[str]:
    """Write a table a file, and `most` questions in all.

    Returns:
        What is to be indexed and asked: the corpora's names.

    Raises:
        OSError: a question file is missing.
    """
    tables: dict[str, dict[str, dict[str, str]]] = {}
    questions = []
    for name in FILES:
        table = tables.setdefault(name, {})
        ids: dict[str, str] = {}
        for row in read_lines(qa / f"{name}.jsonl"):
            fields = fields_of(row["context"])
            title = next(iter(fields.values()))
            id_ = ids.setdefault(row["context"], f"{name}_{len(ids) + 1}")
            table[id_] = {"id": id_, **fields}
            language = row["language_question"]
            questions.append(
                label(
                    row["id"], about(title, row["question"], language), language, document=id_,
                    values=_accepted(row, fields),
                )
            )  # fmt: skip
    for name, table in tables.items():
        write_lines(out / name / f"{name}.jsonl", _complete(list(table.values())))
    drawn = Random(seed).sample(questions, min(most, len(questions)))
    write_lines(out / "questions" / "testset.jsonl", drawn)
    return [f"{name}/{name}.jsonl" for name in FILES]


def _accepted(row: Mapping[str, Any], fields: Mapping[str, str]) -> list[str]:
    """The labelled texts, and both counts where a question asks for items or pages."""
    values = [answer["text"] for answer in row["answers"]]
    counted = values and row["field"] == _EXTENT and _ITEMS.search(row["question"])
    return [*values, fields[_COUNT]] if counted and _COUNT in fields else values


def fields_of(context: str) -> dict[str, str]:
    """The fields of a record that is written as `Field: value.` lines.

    >>> fields_of("Title: Gate.\\nDate: 1890.")
    {'Title': 'Gate', 'Date': '1890'}
    """
    pairs = (line.partition(": ") for line in context.splitlines())
    return {name: value.removesuffix(".") for name, _, value in pairs}


def _complete(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The rows, the first with every column of the table, since columns are named by first rows."""
    columns = dict.fromkeys(name for row in rows for name in row)
    return [dict.fromkeys(columns, "") | rows[0], *rows[1:]]
