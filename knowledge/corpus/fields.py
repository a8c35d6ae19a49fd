"""Labelled values → lines of a document's text, each with the span that a `Field` needs.

Every reader of records ends here: tables, JSON, sidecars, front matter, photo metadata and
archives' formats give pairs of a label and a value, in the order in which a person reads them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.corpus.text import as_text, fact_line, one_line
from knowledge.documents import Field

Pair = tuple[str, object]
"""A label and its value as a file holds it: a text, a number, a list, a mapping."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a record.

    Attributes:
        text: one line a label, or a value where its values cannot stand in one line.
        fields: each value, with the span of its line in `text`.
    """

    text: str = ""
    fields: tuple[Field, ...] = ()


def write_lines(pairs: Iterable[Pair]) -> Lines:
    """A sentence for each pair that says something.

    >>> write_lines([("photographer", "A. Example"), ("box", None), ("year", 1912)]).text
    'Photographer: A. Example.\\nYear: 1912.'
    """
    lines: list[str] = []
    fields: list[Field] = []
    at = 0
    for label, value in pairs:
        if not (said := one_line(as_text(value))):
            continue
        line = fact_line(label, said)
        fields.append(Field(label, said, at, at + len(line)))
        lines.append(line)
        at += len(line) + 1
    return Lines("\n".join(lines), tuple(fields))


def placed(fields: Sequence[Field], at: int) -> tuple[Field, ...]:
    """The fields of lines that begin at `at` of a document's text."""
    return tuple(replace(each, start=each.start + at, end=each.end + at) for each in fields)
