"""Labelled values → lines of a document's text, each with the span that a `Field` needs.

Every reader of records ends here: tables, JSON, sidecars, front matter, photo metadata and
archives' formats give pairs of a label and a value, in the order in which a person reads them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.corpus.labels import rank_of, readable
from knowledge.corpus.text import fact_line
from knowledge.corpus.values import (
    BETWEEN_VALUES,
    expand,
    says_nothing_at_all,
    says_unknown,
    split_values,
)
from knowledge.documents import Document, Field
from knowledge.language import fold, is_han

_SHORT = 80
"""Characters of a value that is kept in memory for the rows that follow."""

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


def write_lines(pairs: Iterable[Pair], *, worded: Mapping[str, str] | None = None) -> Lines:
    """A sentence for each label that says something.

    Several values of one label stand in one line. Left out is what stands for no value (`-`,
    `n/a`), and *unknown*, except of a creator or of an end: that nobody knows who took a
    photograph, or when a house was demolished, is worth knowing.

    `worded` is as for `lines_of`.

    >>> write_lines([("dc:photographer", "A. Example"), ("box", None), ("year", 1912)]).text
    'Photographer: A. Example.\\nYear: 1912.'
    >>> [field.value for field in write_lines([("subject", "towns; mountains")]).fields]
    ['towns', 'mountains']
    """
    expanded = [expand({name: value}) for name, value in pairs]
    labelled = ((label, texts) for each in expanded for label, texts in each.values.items())
    return replace(lines_of(labelled, worded=worded), is_cut=any(each.is_cut for each in expanded))


def lines_of(
    labelled: Iterable[tuple[str, Sequence[str]]], *, worded: Mapping[str, str] | None = None
) -> Lines:
    """`write_lines` of values that `knowledge.corpus.values.expand` has read already.

    `worded`: label → how its line begins instead; the field keeps its label.
    """
    lines: list[str] = []
    fields: list[Field] = []
    at = 0
    for name, texts in labelled:
        values, said = told(name, texts)
        if not values:
            continue
        label = readable(name)
        line = fact_line((worded or {}).get(name, label), said)
        end = at + len(line)
        fields += [Field(label, each, at, end) for each in values]
        lines.append(line)
        at = end + 1
    return Lines("\n".join(lines), tuple(fields))


_LABELS: Mapping[str, Mapping[str, str]] = {
    "title": {"en": "Title", "zh": "题名", "de": "Titel", "fr": "Titre", "es": "Título"},
    "photo": {
        "en": "Photograph", "zh": "照片", "de": "Fotografie", "fr": "Photographie",
        "es": "Fotografía",
    },
    "place": {"en": "Place", "zh": "地点", "de": "Ort", "fr": "Lieu", "es": "Lugar"},
    "file": {
        "en": "Photo file", "zh": "照片文件", "de": "Fotodatei", "fr": "Fichier photo",
        "es": "Archivo de foto",
    },
}  # fmt: skip
"""Labels of lines that a document gets where its text does not say what is known of it, by the
document's language. `file`: a title that was made of a file's name. `photo`: how the line of a
photograph's title begins: the bundled reader answers *What does this photo show?* from it, and not
from *Title*."""


def label_of(role: str, language: str) -> str:
    """A label in a language, English where it is not known in that one.

    >>> label_of("place", "zh-Hant"), label_of("place", "fi")
    ('地点', 'Place')
    """
    labels = _LABELS[role]
    return labels.get(language.partition("-")[0], labels["en"])


def tells_only_its_file(document: Document) -> bool:
    """Whether all that a document's text says is the name of its photo's file."""
    names = _LABELS["file"].values()
    (only,) = document.fields if len(document.fields) == 1 else (None,)
    return only is not None and only.label in names and only.end >= len(document.text)


def language_of_label(label: str) -> str | None:
    """The language whose word for a title a label is; None for another label.

    >>> language_of_label("dc:Titre"), language_of_label("Name") is None
    ('fr', True)
    """
    word = fold(readable(label))
    return next((tag for tag, title in _LABELS["title"].items() if fold(title) == word), None)


def says_all(text: str, value: str) -> bool:
    """Whether a text has all words and numbers of a value, in any order.

    >>> says_all("The Corn Exchange fell in 1961.", "Corn Exchange")
    True
    >>> says_all("It stood in Weston.", "Corn Exchange, demolished 1961"), says_all("桥在。", "桥")
    (False, True)
    """
    said = fold(text)
    words = set(said.split())
    return all(word in said if is_han(word[0]) else word in words for word in fold(value).split())


def told(label: str, texts: Sequence[str]) -> tuple[list[str], str]:
    """The values of a label that say something, and the words of its line.

    >>> told("Photographer", ["unknown"]), told("Material", ["unknown", "-"])
    ((['unknown'], 'unknown'), ([], ''))
    """
    if len(texts) == 1 and len(texts[0]) <= _SHORT:
        values, said = _told_of_one(label, texts[0])
        return list(values), said
    return _told(label, texts)


@lru_cache(maxsize=4096)  # the columns of a table say the same in most rows
def _told_of_one(label: str, text: str) -> tuple[tuple[str, ...], str]:
    values, said = _told(label, [text])
    return tuple(values), said


def _told(label: str, texts: Sequence[str]) -> tuple[list[str], str]:
    keeps_unknown = _keeps_unknown(label)
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


@lru_cache(maxsize=1024)
def _keeps_unknown(label: str) -> bool:
    return rank_of(label, "creator") is not None or rank_of(label, "end") is not None


def placed(fields: Sequence[Field], at: int) -> tuple[Field, ...]:
    """The fields of lines that begin at `at` of a document's text."""
    if not at:
        return tuple(fields)
    return tuple(Field(each.label, each.value, each.start + at, each.end + at) for each in fields)
