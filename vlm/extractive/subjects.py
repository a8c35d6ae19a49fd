"""Which candidate a question is about: named in the question, or the first that retrieval found.

Also says whether a question that names its subject names one that no candidate is.
"""

import re
from functools import lru_cache

from vlm.extractive.lexicon import lexicon, words_of
from vlm.extractive.questions import Question, Sought
from vlm.extractive.sentences import Story
from vlm.reader import Candidate

NAMED = 0.99
"""`naming` of a candidate that the question calls by a whole name of its."""
_PARTLY_NAMED = 0.6
_COVERED = 0.6
"""Share of a description's words that the subject's text has to hold."""


def naming(question: str, candidate: Candidate) -> tuple[float, int]:
    """How far the question calls the candidate by its name, 0 to 1, and by how many characters."""
    best = (0.0, 0)
    folded = _fold(question)
    for name in _names(candidate):
        best = max(best, _named(folded, question, name))
    return best


def in_order(question: Question, candidates: tuple[Candidate, ...]) -> list[Candidate]:
    """The candidates in the order to be read: one that the question names, then as they came."""
    scores = [naming(question.text, candidate) for candidate in candidates]
    whole = [index for index, (score, _) in enumerate(scores) if score >= NAMED]
    ranked = sorted(
        range(len(candidates)),
        key=lambda index: (-scores[index][1] if index in whole else 0, index),
    )
    if not whole and scores and scores[0][0] < _PARTLY_NAMED:
        ranked.sort(key=lambda index: scores[index][0] < _PARTLY_NAMED)
    return [candidates[index] for index in ranked]


def is_about(question: Question, story: Story, *, with_photo: bool) -> bool:
    """Whether the question can mean this subject.

    A question that points (*this tower*) means what is shown. One that does not has to name the
    subject or to describe it in words that its text holds.
    """
    score, _ = naming(question.text, story.candidate)
    if score >= _PARTLY_NAMED:
        return True
    if question.points and (with_photo or not _strangers(question, story)):
        return True
    if question.language != story.candidate.language:
        return with_photo and not any(word.is_name for word in question.sought)
    if _strangers(question, story):
        return False
    described = [word for word in question.sought if not word.concepts & {"begin", "finish"}]
    total = sum(word.weight for word in described)
    held = sum(word.weight for word in described if holds(story, word))
    return total == 0 or held / total >= _COVERED


def holds(story: Story, word: Sought) -> bool:
    """Whether the subject's names or text hold the word or its meaning."""
    return (
        word.stem in story.names
        or word.stem in story.stem_counts
        or any(concept in story.concept_counts for concept in word.concepts)
    )


def _strangers(question: Question, story: Story) -> bool:
    """Whether the question holds a proper name that the subject's names and text do not."""
    if question.language != story.candidate.language:
        return False
    return any(word.is_name and not holds(story, word) for word in question.sought)


def _fold(text: str) -> str:
    text = text.casefold().replace("’", "'").replace("–", "-").replace("—", "-")
    return re.sub(r"'s\b|[·,，.\"“”「」]", " ", text).replace("  ", " ")


@lru_cache(maxsize=1024)
def _names(candidate: Candidate) -> tuple[str, ...]:
    """Title and aliases, each also without what stands in brackets or after a comma."""
    names: list[str] = []
    for name in (candidate.title, *candidate.aliases):
        bare = re.sub(r"\s*[(（][^)）]*[)）]", "", name)
        for form in (name, bare, re.split(r"[,，]", bare)[0]):
            folded = re.sub(r"^(?:the|a)\s", "", _fold(form)).strip()
            if len(folded) >= 2 and folded not in names:
                names.append(folded)
    return tuple(names)


def _named(folded: str, question: str, name: str) -> tuple[float, int]:
    if any("\u4e00" <= character <= "\u9fff" for character in name):
        if name in question:
            return (1.0, len(name)) if len(name) > 2 or not _is_common(name) else (0.5, len(name))
        length = _longest_common(question, name)
        return (0.9 * length / len(name) if length >= 3 else 0.0, length)
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded):
        return (1.0, len(name)) if not _is_common(name) else (0.5, len(name))
    wanted = [word for word in words_of(name) if not word.concepts and len(word.stem) > 2]
    if not wanted:
        return 0.0, 0
    there = {word.stem for word in words_of(folded)}
    hits = [word for word in wanted if word.stem in there]
    return 0.9 * len(hits) / len(wanted), sum(word.end - word.start for word in hits)


@lru_cache(maxsize=1024)
def _is_common(name: str) -> bool:
    """Whether a name is one common noun (*gate*, 石窟) and so names nothing in particular."""
    words = words_of(name)
    return len(words) == 1 and bool(words[0].concepts & (lexicon().types | lexicon().parts))


def _longest_common(first: str, second: str) -> int:
    best = 0
    for start in range(len(second)):
        while start + best < len(second) and second[start : start + best + 1] in first:
            best += 1
    return best
