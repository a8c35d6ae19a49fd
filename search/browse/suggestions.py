"""Questions that the indexed documents can answer, as a kind and a name. Words them not at all:
the page has the sentences, in its language.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from knowledge.documents import Document
from knowledge.language import is_han
from vlm.readers.extractive.timeline import timeline

_T = TypeVar("_T")

Kind = Literal["built", "demolished", "exists"]

_ASKED_BY: dict[str, Kind] = {"built": "built", "begun": "built", "demolished": "demolished"}
"""An event that a document dates → the kind of question that asks for it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to ask about which document; `name` is one in the asker's script, if it has one."""

    kind: Kind
    document_id: str
    name: str


def suggest(documents: Sequence[Document], *, language: str, n: int) -> list[Suggestion]:
    """At most `n` questions whose answers the documents' texts hold.

    One for each document, kinds taking turns, then another for each, while there are more.
    """
    used: Counter[Kind] = Counter()
    left = [(document, _kinds(document)) for document in documents]
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


def _kinds(document: Document) -> list[Kind]:
    """What a document can be asked: the dated events it tells, and whether its subject exists."""
    told: set[Kind] = {
        _ASKED_BY[each.event] for each in timeline(document) if each.event in _ASKED_BY
    }
    return [*sorted(told), "exists"]


def _name(document: Document, language: str) -> str:
    """The first of its names that is in the language's script, its title if there is none."""
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
