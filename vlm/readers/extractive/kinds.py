"""What a text may call its subject: the kinds of thing it is, and its names."""

import re
from dataclasses import dataclass

from vlm.readers.extractive.events import Analysis
from vlm.readers.extractive.lexicon import lexicon, words_of

_VAGUE_KINDS = frozenset(
    {"site", "city", "mountain", "exhibition", "street", "square", "train", "island"}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """How a text may call its subject.

    Attributes:
        types: concepts that name it (a church, a tower) and their like.
        names: stems of its title and aliases.
    """

    types: frozenset[str]
    names: frozenset[str]


def subject_of(names: tuple[str, ...], opening: Analysis | None) -> Subject:
    """What the subject may be called, from its title and aliases and the text's first sentence."""
    kinds: set[str] = set()
    for name in names:
        for form in re.split(r"[,，(（)）]", name):
            found = [word.concepts & lexicon().types for word in words_of(form)]
            kinds |= next((types for types in reversed(found) if types), set())
    if opening is not None:
        kinds |= _predicate_kinds(opening)
    kinds = kinds - _VAGUE_KINDS or kinds
    kin = {kind for family in lexicon().families if family & kinds for kind in family}
    stems = frozenset(word.stem for name in names for word in words_of(name))
    return Subject(frozenset(kinds | kin) or frozenset({"building"}), stems)


def _predicate_kinds(opening: Analysis) -> set[str]:
    """Kinds in *X is a railway terminal in …*, 是……: the nouns that no other noun follows."""
    copula = re.search(r"\b(?:is|are|was|were)\b|是", opening.text)
    if copula is None:
        return set()
    rest = opening.text[copula.end() :]
    end = re.search(r"\b(?:in|on|at|that|which|near|beside|held|inside)\b|[,，。]", rest)
    limit = copula.end() + end.start() if end else len(opening.text)
    inside = [word for word in opening.words if copula.end() <= word.start < limit]
    kinds: set[str] = set()
    for word, following in zip(inside, [*inside[1:], None], strict=True):
        if following is None or not following.concepts & lexicon().types:
            kinds |= word.concepts & lexicon().types
    return kinds
