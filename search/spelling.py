"""A question's misspelt names, put right by the names of the documents that its other words found.

English alone, one word at a time. Only a capitalised word that nothing retrieved knows is looked
at, so what is spelt as the documents spell it is never changed.
"""

import re
from collections.abc import Iterable

from knowledge.documents import Document
from knowledge.language import fold

_WORD = re.compile(r"[A-Z][a-zA-Z]{5,}")
"""Shorter words are too near to one another: *Stock* and *Stork*."""
_LONG = 11
"""Letters from which on two slips are let pass; *Colossus* is two from *Colosseum*."""


def respelt(question: str, documents: Iterable[Document], texts: Iterable[str]) -> str:
    """The question with each misspelt name as the documents have it.

    Args:
        question: what is asked.
        documents: those found, whose titles and aliases are the spellings.
        texts: passages found by words; what they hold is not misspelt.

    >>> tower = Document("c", "e", "Eiffel Tower", "", "en")
    >>> respelt("When was the Eifefl Tower built?", [tower], [])
    'When was the Eiffel Tower built?'
    """
    doubtful = [match for match in _WORD.finditer(question) if match.start() > 0]
    if not doubtful:
        return question
    names = {
        word
        for document in documents
        for name in (document.title, *document.aliases)
        for word in re.findall(r"[^\W\d_]+", name)
        if word.isascii()
    }
    known = {fold(word) for word in names} | {w for text in texts for w in fold(text).split()}
    parts, end = [], 0
    for match in doubtful:
        word = match.group()
        if fold(word) in known:
            continue
        likely = {fold(name): name for name in names if _is_slip_of(fold(word), fold(name))}
        if len(likely) == 1:
            parts += [question[end : match.start()], *likely.values()]
            end = match.end()
    return "".join([*parts, question[end:]])


def _is_slip_of(word: str, name: str) -> bool:
    """Whether a word is a name with a slip: one letter, two in a long one, more, less, other or
    swapped, and the first as it should be. *Victorian* is no slip of *Victoria*."""
    most = 2 if len(name) >= _LONG else 1
    if word[0] != name[:1] or abs(len(word) - len(name)) > most or len(name) < len("Eiffel"):
        return False
    if word.startswith(name) or name.startswith(word):
        return False
    return distance(word, name) <= most


def distance(first: str, second: str) -> int:
    """Letters to add, drop, change or swap with their neighbour (optimal string alignment).

    >>> distance("eifefl", "eiffel"), distance("colosseum", "colossus")
    (1, 2)
    """
    before: list[int] = []
    last = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        row = [i]
        for j, b in enumerate(second, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
