"""Which of some documents a question calls by name."""

from collections.abc import Iterable
from functools import lru_cache

from knowledge.documents import Document
from knowledge.language import fold, is_han

_MIN_LATIN = 4
_MIN_HAN = 2
"""Shorter names (`Big`, `塔`) occur in questions about anything."""


def documents_named(question: str, documents: Iterable[Document]) -> list[str]:
    """Ids of the documents whose title or alias stands in the question, longest name first.

    A name in Latin letters must stand as whole words; a Chinese one anywhere, since Chinese has no
    spaces. A name that is part of a longer matched name does not count: `Frauenkirche Dresden`
    is not a mention of `Dresden`.
    """
    folded = f" {fold(question)} "
    found: list[tuple[str, str]] = []
    for document in documents:
        names = [_folded(name) for name in (document.title, *document.aliases)]
        matched = [name for name in names if _stands_in(name, folded)]
        if matched:
            found.append((max(matched, key=len), document.document_id))
    found.sort(key=lambda item: (-len(item[0]), item[1]))
    longest: list[tuple[str, str]] = []
    for name, document_id in found:
        if not any(name != other and name in other for other, _ in longest):
            longest.append((name, document_id))
    return [document_id for _, document_id in longest]


_folded = lru_cache(maxsize=16_384)(fold)
"""The same names are looked for in every question."""


def _stands_in(name: str, folded_question: str) -> bool:
    if name not in folded_question:  # what is so of nearly every name, told quickly
        return False
    if any(is_han(character) for character in name):
        return len(name) >= _MIN_HAN
    return len(name) >= _MIN_LATIN and f" {name} " in folded_question
