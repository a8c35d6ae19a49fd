"""Which candidate a question is about: named in the question, or the first that retrieval found.

Also says whether a question that names its subject names one that no candidate is.
"""

import re
from functools import lru_cache

from knowledge.language import is_han
from vlm.readers.base import Candidate
from vlm.readers.extractive.lexicon import (
    CHINESE_FUNCTION_WORDS,
    ENGLISH_STOP,
    Word,
    lexicon,
    words_of,
)
from vlm.readers.extractive.questions import Question, Sought
from vlm.readers.extractive.sentences import Story

PARTLY_NAMED = 0.6
_LEAST_CHINESE = 3
"""Characters of a Chinese name that have to stand in the question for it to be named by a part."""
_COVERED = 0.6
"""Share of a description's words that the subject's text has to hold."""
_POINTED = re.compile(
    r"(?:\b(?:this|these|an?)(?:\s\w+)?\s|这[座个处些道里片块][^,，。]{0,3}|那[座个])$",
    re.IGNORECASE,
)

_CAPITAL = re.compile(r" ([A-Z][a-z]+)")


def name_span(question: str, candidate: Candidate) -> tuple[int, int] | None:
    """Where the question calls the candidate by a whole name of its, the longest one."""
    folded = _fold(question)
    best: tuple[int, int] | None = None
    for name in _names(candidate):
        start = folded.find(name)
        while start >= 0:
            end = start + len(name)
            longer = best is None or end - start > best[1] - best[0]
            whole = _stands_alone(folded, name, start, end) and not _goes_on(question, end)
            if longer and whole and not _is_common(name):
                best = start, end
            start = folded.find(name, start + 1)
    return best


def naming(question: str, candidate: Candidate) -> float:
    """How far the question calls the candidate by its name: 1 by a whole name, less by a part."""
    if name_span(question, candidate) is not None:
        return 1.0
    folded = _fold(question)
    there = {word.stem for word in words_of(folded)}
    return max((_part(folded, there, name) for name in _names(candidate)), default=0.0)


def in_order(
    question: Question, candidates: tuple[Candidate, ...], *, with_photo: bool
) -> list[Candidate]:
    """The candidates in the order to be read: one that the question names, then as they came.

    Part of a name is enough where there is no photo to go by.
    """
    spans = [name_span(question.text, candidate) for candidate in candidates]
    chosen = 0
    for index, span in enumerate(spans):
        if span is not None and (spans[chosen] is None or _contains(span, spans[chosen])):
            chosen = index
    if spans and spans[chosen] is None and not with_photo:
        parts = [naming(question.text, candidate) for candidate in candidates]
        chosen = next((index for index, part in enumerate(parts) if part >= PARTLY_NAMED), 0)
    return [*candidates[chosen : chosen + 1], *candidates[:chosen], *candidates[chosen + 1 :]]


def _contains(longer: tuple[int, int], shorter: tuple[int, int] | None) -> bool:
    """Whether one name holds the other and more: *Berlin Palace Hotel* holds *Berlin Palace*."""
    return (
        shorter is not None
        and longer != shorter
        and longer[0] <= shorter[0]
        and longer[1] >= shorter[1]
    )


def is_about(question: Question, story: Story, *, with_photo: bool) -> bool:
    """Whether the question can mean this subject.

    With a photo it means what is shown, unless it names a stranger. Without one it has to name the
    subject or to describe it in words that its text holds.
    """
    named = naming(question.text, story.candidate)
    if named >= PARTLY_NAMED:
        told = frozenset(story.concept_counts)
        return named == 1.0 or with_photo or _is_of_kind(question, story.types | told)
    foreign = question.language != story.candidate.language
    if with_photo and (question.points or foreign):
        return True
    if any(_is_stranger(word, story, foreign) for word in question.sought):
        return False
    opening = story.sentences[0].concepts if story.sentences else frozenset()
    if not with_photo and not _is_of_kind(question, story.types | opening):
        return False
    if not foreign and _has_unknown_chinese_name(question, story):
        return False
    if with_photo:
        return True
    described = [word for word in question.sought if not word.concepts & {"begin", "finish"}]
    total = sum(word.weight for word in described)
    held = sum(word.weight for word in described if holds(story, word))
    return total == 0 or held / total >= _COVERED


_NO_KIND = frozenset({"site", "building", "city", "street", "ruin", "mountain", "island", "train"})


def _is_of_kind(question: Question, known: frozenset[str]) -> bool:
    """Whether a kind of thing that the question names is among those known, if it names any."""
    kinds = {kind for word in question.sought for kind in word.concepts & lexicon().types}
    kinds -= _NO_KIND
    return not kinds or not kinds.isdisjoint(known)


def _has_unknown_chinese_name(question: Question, story: Story) -> bool:
    """Whether a name before a kind of building (崇文 in 崇文门) stands nowhere in the text."""
    words = words_of(question.text)
    known = "".join((story.candidate.title, *story.candidate.aliases))
    for index, word in enumerate(words):
        if not word.concepts & lexicon().types or not is_han(word.stem[0]):
            continue
        start = index
        while (
            start > 0 and words[start - 1].end >= words[start].start and words[start - 1].concepts
        ):
            start -= 1
        while (
            start > 0 and words[start - 1].end >= words[start].start and _is_open(words[start - 1])
        ):
            start -= 1
        core = question.text[words[start].start : word.start]
        unknown = any(not part.concepts for part in words[start:index])
        if unknown and core not in known and not any(core in s.text for s in story.sentences):
            return True
    return False


def _is_open(word: Word) -> bool:
    """A word that can be part of a Chinese name: in no vocabulary, and no function word."""
    return not word.concepts and word.stem not in CHINESE_FUNCTION_WORDS


def _is_stranger(word: Sought, story: Story, foreign: bool) -> bool:
    """Whether a word names something that the subject's names and text do not know.

    In English a capital letter shows a name; in Chinese a word that is in no vocabulary may be one,
    and in a text of the other language it could not be found.
    """
    if holds(story, word):
        return False
    unknown_chinese = not word.stem.isascii() and not word.concepts and len(word.stem) > 1
    return (word.is_name and not word.concepts) or (foreign and unknown_chinese)


def holds(story: Story, word: Sought) -> bool:
    """Whether the subject's names or text hold the word or its meaning."""
    return (
        word.stem in story.names
        or word.stem in story.stem_counts
        or any(concept in story.concept_counts for concept in word.concepts)
    )


def _fold(text: str) -> str:
    """Lower case with plain quotes and dashes; every character keeps its place."""
    folded = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return folded.translate(str.maketrans("’–—·", "'-- "))


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


@lru_cache(maxsize=1024)
def _is_common(name: str) -> bool:
    """Whether a name is one common noun (*gate*, 石窟) and so names nothing in particular."""
    words = words_of(name)
    return len(words) == 1 and bool(words[0].concepts & (lexicon().types | lexicon().parts))


def _stands_alone(folded: str, name: str, start: int, end: int) -> bool:
    """Whether a match is a name: whole words, and not what *this* or 这座 describes."""
    if name[0].isascii():
        if start > 0 and folded[start - 1].isalnum() and folded[start - 1].isascii():
            return False
        if end < len(folded) and folded[end].isalnum() and folded[end].isascii():
            return False
    return not _POINTED.search(folded[:start])


def is_beginning(question: str, candidate: Candidate) -> bool:
    """Whether the question calls something else by a longer name: *the Taj Mahal Palace*."""
    folded = _fold(question)
    name = max((name for name in _names(candidate) if name in folded), key=len, default="")
    return bool(name) and _goes_on(question, folded.find(name) + len(name))


def _goes_on(question: str, end: int) -> bool:
    follows = _CAPITAL.match(question, end)
    return follows is not None and any(
        word.concepts & lexicon().types for word in words_of(follows[1])
    )


def _part(folded: str, there: set[str], name: str) -> float:
    """Share of a name that stands in the question, below 1."""
    if _is_common(name):
        start = folded.find(name)
        named = start >= 0 and _stands_alone(folded, name, start, start + len(name))
        return PARTLY_NAMED if named else 0.0
    if is_han(name[0]):
        shared = _longest_common(folded, name)
        if len(shared) < _LEAST_CHINESE or not _is_telling(shared):
            return 0.0
        return 0.9 if name.endswith(shared) else 0.9 * len(shared) / len(name)
    wanted = [word for word in words_of(name) if len(word.stem) > 2 and _is_telling(word.stem)]
    if not wanted:
        return 0.0
    return 0.9 * sum(word.stem in there for word in wanted) / len(wanted)


def _is_telling(name: str) -> bool:
    """Whether part of a name tells it from others of its kind."""
    vocabulary = lexicon()
    plain = (
        vocabulary.types | vocabulary.parts | vocabulary.places | {"old", "new", "first", "most"}
    )
    return any(
        not word.concepts & plain and word.stem not in ENGLISH_STOP for word in words_of(name)
    )


def _longest_common(first: str, second: str) -> str:
    best = ""
    for start in range(len(second)):
        while second[start : start + len(best) + 1] in first and start + len(best) < len(second):
            best = second[start : start + len(best) + 1]
    return best
