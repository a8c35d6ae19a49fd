"""Labelled values → lines of a document's text, each with the span that a `Field` needs.

Every reader of records ends here: tables, JSON, sidecars, front matter, photo metadata and
archives' formats give pairs of a label and a value, in the order in which a person reads them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.corpus.labels import rank_of, readable
from knowledge.corpus.text import fact_line
from knowledge.corpus.values import (
    BETWEEN_VALUES,
    expand,
    says_nothing_at_all,
    says_unknown,
    split_values,
)
from knowledge.documents import Field
from knowledge.language import guess_language

Pair = tuple[str, object]
"""A label and its value as a file holds it: a text, a number, a list, a mapping."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a record.

    Attributes:
        text: one line a label.
        fields: each value, with the span of its line in `text`.
        is_cut: whether there was more, or was nested deeper, than is read.
    """

    text: str = ""
    fields: tuple[Field, ...] = ()
    is_cut: bool = False


def write_lines(pairs: Iterable[Pair]) -> Lines:
    """A sentence for each label that says something.

    Several values of one label stand in one line. Left out is what stands for no value (`-`,
    `n/a`), and *unknown*, except of a creator or of an end: that nobody knows who took a
    photograph, or when a house was demolished, is worth knowing.

    >>> write_lines([("dc:photographer", "A. Example"), ("box", None), ("year", 1912)]).text
    'Photographer: A. Example.\\nYear: 1912.'
    >>> [field.value for field in write_lines([("subject", "towns; mountains")]).fields]
    ['towns', 'mountains']
    """
    expanded = [expand({name: value}) for name, value in pairs]
    labelled = ((label, texts) for each in expanded for label, texts in each.values.items())
    return replace(lines_of(labelled), is_cut=any(each.is_cut for each in expanded))


def lines_of(labelled: Iterable[tuple[str, Sequence[str]]]) -> Lines:
    """`write_lines` of values that `knowledge.corpus.values.expand` has read already."""
    lines: list[str] = []
    fields: list[Field] = []
    at = 0
    for name, texts in labelled:
        values, said = told(name, texts)
        if not values:
            continue
        label = readable(name)
        line = fact_line(label, said)
        end = at + len(line)
        fields += [Field(label, each, at, end) for each in values]
        lines.append(line)
        at = end + 1
    return Lines("\n".join(lines), tuple(fields))


def title_line(title: str, *, language: str | None, from_file: bool = False) -> Lines:
    """A title as a line of its own, for what has no text that says it.

    Args:
        title: the title.
        language: of the label; None takes the title's.
        from_file: whether the title was made of a file's name.
    """
    chinese = (language or guess_language(title)).partition("-")[0] == "zh"
    label = (
        ("文件名" if chinese else "File name") if from_file else ("题名" if chinese else "Title")
    )
    return lines_of([(label, [title])])


def told(label: str, texts: Sequence[str]) -> tuple[list[str], str]:
    """The values of a label that say something, and the words of its line.

    >>> told("Photographer", ["unknown"]), told("Material", ["unknown", "-"])
    ((['unknown'], 'unknown'), ([], ''))
    """
    keeps_unknown = rank_of(label, "creator") is not None or rank_of(label, "end") is not None
    parts = [part for text in texts for part in split_values(text)]
    values = [
        part
        for part in dict.fromkeys(parts)
        if not says_nothing_at_all(part) and (keeps_unknown or not says_unknown(part))
    ]
    as_written = " ".join(texts[0].split()) if len(texts) == 1 else ""
    if as_written and values == parts and not BETWEEN_VALUES.search(texts[0]):
        return values, as_written
    hard_to_part = len(texts) == 1 or any("," in each or ";" in each for each in values)
    return values, ("; " if hard_to_part else ", ").join(values)


def placed(fields: Sequence[Field], at: int) -> tuple[Field, ...]:
    """The fields of lines that begin at `at` of a document's text."""
    return tuple(replace(each, start=each.start + at, end=each.end + at) for each in fields)
