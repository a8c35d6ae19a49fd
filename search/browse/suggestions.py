"""Questions that the indexed documents can answer: of each its kind and the name it asks about.

The page has the sentences, in its language.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from knowledge.documents import Document
from knowledge.language import is_han
from vlm.chronology import Chronology

_T = TypeVar("_T")

Kind = Literal["built", "demolished", "exists"]

_ASKED_BY: dict[str, Kind] = {
    "built": "built",
    "begun": "built",
    "demolished": "demolished",
    "destroyed": "demolished",
}
"""A dated event of a document → the kind of question that asks for it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind of question about a document; `name` is in the asker's script if any of its is."""

    kind: Kind
    document_id: str
    name: str


def suggest(
    documents: Sequence[Document],
    chronologies: Mapping[str, Chronology],
    *,
    language: str,
    n: int,
) -> list[Suggestion]:
    """At most `n` questions whose answers the documents' texts hold.

    One for each document, kinds taking turns, then another for each, while there are more.

    Args:
        documents: what to ask about.
        chronologies: document id → what its text says over time.
        language: of the asker; chooses the name of each document.
        n: how many questions.
    """
    used: Counter[Kind] = Counter()
    left = [(each, _kinds(chronologies[each.document_id])) for each in documents]
    suggestions: list[Suggestion] = []
    while left and len(suggestions) < n:
        for document, kinds in left[: n - len(suggestions)]:
            kind = min(kinds, key=lambda kind: used[kind])
            kinds.remove(kind)
            used[kind] += 1
            name = _name(document, language)
            suggestions.append(Suggestion(kind, document.document_id, name))
        left = [(document, kinds) for document, kinds in left if kinds]
    return suggestions


def _kinds(chronology: Chronology) -> list[Kind]:
    """What a document can be asked: the events that it dates, and whether its subject exists."""
    dated: set[Kind] = {
        _ASKED_BY[event.kind] for event in chronology.events if event.kind in _ASKED_BY
    }
    return [*sorted(dated), "exists"]


def _name(document: Document, language: str) -> str:
    """The first of its names in the language's script; its title if no name is."""
    for name in (document.title, *document.aliases):
        if any(map(is_han, name)) == (language == "zh"):
            return name
    return document.title


def spread(items: Sequence[_T], n: int) -> list[_T]:
    """At most `n` items, evenly spread over all.

    >>> spread("abcdefgh", 3)
    ['a', 'c', 'f']
    """
    n = min(n, len(items))
    return [items[index * len(items) // n] for index in range(n)]
