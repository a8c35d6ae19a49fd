"""The names in a question: which documents it calls by name, and which names it may misspell.

Knows no ranking. A name that stands in no document stays in the question as it is written, since
*Marlin Church* is as likely a church that is not indexed as a slip for *Martin Church*.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from knowledge.documents import Document
from knowledge.index.layout import DocumentNames
from knowledge.language import fold, is_han
from search.query import MAX_QUESTION_CHARS

Named = Document | DocumentNames
"""A document, or what it is called."""

_MIN_LATIN = 4
_MIN_HAN = 2
"""Shorter names (`Big`, `塔`) occur in questions about anything."""


def documents_named(question: str, documents: Iterable[Named]) -> list[str]:
    """Ids of the documents whose title or alias stands in the question, longest name first; those
    with names of one length stay in their order.

    A name in Latin letters must stand as whole words; a Chinese one anywhere, since Chinese has no
    spaces. A name that is part of a longer matched name does not count: `Frauenkirche Dresden`
    is not a mention of `Dresden`.
    """
    folded = f" {fold(question[:MAX_QUESTION_CHARS])} "
    found: list[tuple[str, str]] = []
    for document in documents:
        names = [_folded(name) for name in (document.title, *document.aliases)]
        matched = [name for name in names if _stands_in(name, folded)]
        if matched:
            found.append((max(matched, key=len), document.document_id))
    found.sort(key=lambda item: -len(item[0]))
    longest: list[tuple[str, str]] = []
    for name, document_id in found:
        if not any(name != other and name in other for other, _ in longest):
            longest.append((name, document_id))
    return [document_id for _, document_id in longest]


def documents_written(lines: Sequence[str], documents: Iterable[Named]) -> list[str]:
    """Ids of the documents whose title or alias stands in lines read from a photo, as
    `documents_named`. A name of one word has to be a line of its own: a sign may say *Station*
    about anything.

    >>> bridge = Document("c", "b", "Albert Bridge", "", "en")
    >>> eltham = Document("c", "e", "Eltham", "", "en")
    >>> documents_written(["ALBERT BRIDGE", "Repaired at Eltham"], [bridge, eltham])
    ['c/b']
    """
    whole = {fold(line) for line in lines}
    plain = [
        document
        for document in documents
        if any(
            " " in (name := _folded(each)) or name in whole or _is_long_han(name)
            for each in (document.title, *document.aliases)
        )
    ]
    return documents_named("\n".join(lines), plain)


def _is_long_han(name: str) -> bool:
    """Whether a name is in Chinese, which has no spaces, and too long to be a common word."""
    return len(name) > _MIN_HAN and is_han(name[0])


_folded = lru_cache(maxsize=16_384)(fold)
"""The same names are looked for in every question."""


def _stands_in(name: str, folded_question: str) -> bool:
    if name not in folded_question:  # true of nearly every name, and quick to see
        return False
    if any(is_han(character) for character in name):
        return len(name) >= _MIN_HAN
    return len(name) >= _MIN_LATIN and f" {name} " in folded_question


_WORD = re.compile(r"[A-Z][a-zA-Z]{5,}")
"""What may be a misspelt name: a capitalised word in Latin letters, of six and more, since *Stock*
is as near to *Stick* as to *Stork*."""
_LONG = 11
"""Letters from which on two slips may be suggested; *Colossus* is two from *Colosseum*."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A question with the names that it may misspell spelt as the documents spell them.

    Attributes:
        question: the whole question, respelt.
        words: (as written, as the documents have it) of each respelt word.
        is_slip: the words differ by nothing but slips of the hand: neighbouring letters swapped, a
            letter doubled or one of a double left out. A word with another letter, one more or one
            less may be another name, so it is suggested and never read as the document's.
    """

    question: str
    words: tuple[tuple[str, str], ...]
    is_slip: bool

    def names_of(self, document: Named) -> tuple[str, ...]:
        """The document's names as the question spells them, where it spells one otherwise.

        >>> spelling = Spelling("Is the Eiffel Tower old?", (("Eifefl", "Eiffel"),), is_slip=True)
        >>> spelling.names_of(Document("c", "e", "Eiffel Tower", "", "en", aliases=("La Tour",)))
        ('Eifefl Tower',)
        """
        names = (document.title, *document.aliases)
        written = (_replaced(name, self.words) for name in names)
        return tuple(new for new, name in zip(written, names, strict=True) if new != name)


def check_spelling(
    question: str, documents: Iterable[Named], texts: Iterable[str]
) -> Spelling | None:
    """How the documents spell the names that a question may misspell; None if it has no such name.

    Args:
        question: what is asked.
        documents: those found, whose titles and aliases are the spellings.
        texts: passages found by words; what they hold is not misspelt.

    >>> tower = Document("c", "e", "Eiffel Tower", "", "en")
    >>> check_spelling("When was the Eifefl Tower built?", [tower], []).question
    'When was the Eiffel Tower built?'
    """
    doubtful = [match for match in _WORD.finditer(question) if match.start() > 0]
    if not doubtful:
        return None
    names = {
        word
        for document in documents
        for name in (document.title, *document.aliases)
        for word in re.findall(r"[^\W\d_]+", name)
        if word.isascii()
    }
    known = {fold(word) for word in names} | {w for text in texts for w in fold(text).split()}
    parts, words, end = [], [], 0
    for match in doubtful:
        word = match.group()
        if fold(word) in known:
            continue
        # Of *Building* and *building*, which sort in this order, the capitalised one is kept.
        likely = {
            fold(name): name
            for name in sorted(names, reverse=True)
            if _is_near(fold(word), fold(name))
        }
        if len(likely) == 1:
            (name,) = likely.values()
            parts += [question[end : match.start()], name]
            words.append((word, name))
            end = match.end()
    if not words:
        return None
    return Spelling(
        question="".join([*parts, question[end:]]),
        words=tuple(words),
        is_slip=all(_is_slip(fold(written), fold(name)) for written, name in words),
    )


def _is_near(word: str, name: str) -> bool:
    """Whether one letter of a word, two in a long one, is more, less, other or swapped than in a
    name, and the first is the same. *Victorian* is not near *Victoria*: it goes on."""
    most = 2 if len(name) >= _LONG else 1
    if word[0] != name[:1] or len(name) < len("Eiffel"):
        return False
    if word.startswith(name) or name.startswith(word):
        return False
    return OSA.distance(word, name, score_cutoff=most) <= most


def _is_slip(word: str, name: str) -> bool:
    """Whether the two have the same letters in the same number, or the same but for doubles.

    >>> _is_slip("eifefl", "eiffel"), _is_slip("coloseum", "colosseum")
    (True, True)
    >>> _is_slip("marlin", "martin")
    False
    """
    return sorted(word) == sorted(name) or _without_doubles(word) == _without_doubles(name)


def _without_doubles(word: str) -> str:
    return re.sub(r"(.)\1", r"\1", word)


def _replaced(name: str, words: Iterable[tuple[str, str]]) -> str:
    for written, spelt in words:
        name = re.sub(rf"\b{re.escape(spelt)}\b", written, name, flags=re.IGNORECASE)
    return name
