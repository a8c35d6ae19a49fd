"""What a question is about where that is not the subject itself: a part or neighbour of it, or
another thing that its text names.

*Do the two water towers of the Crystal Palace still stand?*, 九龙车站的钟楼还在吗, *When was the
July Column inaugurated?*: the text is read as one about that thing, and only its sentences that
name the thing are read. Knows one question and one candidate; no year and no answer.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

from vlm.readers.base import Candidate
from vlm.readers.extractive.actions import ACTIONS
from vlm.readers.extractive.lexicon import ENGLISH_STOP, Word, lexicon, words_of
from vlm.readers.extractive.questions import Question
from vlm.readers.extractive.sentences import Sentence, Story, tell
from vlm.readers.extractive.standing import standing
from vlm.readers.extractive.subjects import PARTLY_NAMED, is_beginning, name_span, naming
from vlm.readers.extractive.topics import Topic

_NAME = r"[A-Z][\w'’.-]*(?:\s(?:(?:of|de|du|des|la|le)\s(?:the\s)?)?(?:[A-Z][\w'’.-]*|\d+))*"
_NAMED_THING = re.compile(
    rf"\b(?i:was|were|is|are|has|have|does)\s(?:the\s)?(?:new\s|old\s)?({_NAME})|"
    rf"\bdid\s(?:the\s)?(?:new\s|old\s)?({_NAME})\s(?:[a-z]+\s)?"
    r"(?:open|close|collapse|fall|burn|begin|start)\b|"
    rf"^(?:Who|What)\s(?:\w+ed|built|made|drew|wrote)\s(?:the\s)?({_NAME})\W*$|"
    r"^([\u4e00-\u9fff\d]{3,12}?)(?=[是于在]?(?:哪|何|什么时候|几时|现在|如今|今天|还))"
)
"""What a question asks about, where it calls it by a name; in Chinese, by what may be one."""
_PLACE = re.compile(r"\s(?:at|in|near|by|on)\s")
_OF = re.compile(
    r"\s(?:of|in|at|from|beside|near|behind|inside|(?:on|at) the (?:site|place|spot) of)\s"
    r"(?:the\s)?$"
)
_PHRASE = re.compile(
    r"\b(?:was|were|is|are|do|does|did|has|have|had|can|could)\s(?:(?:the|any|an?|its|both)\s)?"
    r"((?:[\w-]+\s){0,3}[\w-]+)$",
    re.IGNORECASE,
)
_CHINESE_PART = re.compile(
    r"的?([\u4e00-\u9fff]{1,6}?)(?=[是在于有还仍现今如目被建毁拆重后什哪何几怎多最,,??]|$)"
)
_NO_PART = frozenset({"building", "ruin", "whole", "site", "part", "city", "half"})
_FOLLOWS = re.compile(r"(?:It|They|Its|Their)\b|[现今]?[在天]?[它其]")


@dataclass(frozen=True, slots=True)
class Theme:
    """What a question is about beside the subject: its words as the question has them.

    `is_part`: it is told to be of the subject, which is named with it.
    """

    name: str
    is_part: bool


def theme_of(question: Question, candidate: Candidate) -> Theme | None:
    """The part, the neighbour or the other thing that is asked about; None for the subject."""
    of_another = is_beginning(question.text, candidate)
    if of_another or naming(question.text, candidate) < PARTLY_NAMED:
        return _named_thing(question, candidate)
    if question.wanted != "exists":
        return None  # a year is told from another by all words of the question (dating.py)
    name = _part(question, candidate)
    if name is not None and _is_part(name, candidate):
        return Theme(name, is_part=True)
    called = _called(question, candidate)
    theme = Theme(called, is_part=True)
    return theme if called and standing(about(theme, candidate)).exists is not None else None


def _called(question: Question, candidate: Candidate) -> str:
    """The name by which the question calls the subject, where it is not its title's."""
    span = name_span(question.text, candidate)
    called = question.text[slice(*span)] if span else ""
    return "" if called in candidate.title or called in candidate.title.lower() else called


def about(theme: Theme, candidate: Candidate) -> Story:
    """The candidate's text as one about the theme: the sentences that name it, and what follows."""
    story = tell(replace(candidate, title=theme.name, aliases=()))
    telling = _telling(theme.name)
    chosen: list[Sentence] = []
    last = -2
    for index, sentence in enumerate(story.sentences):
        names = all(_holds(sentence, word) for word in telling)
        if names or (last == index - 1 and _FOLLOWS.match(sentence.text)):
            topics: list[Topic] = ["main" for _ in sentence.topics]
            chosen.append(replace(sentence, topic="main", topics=tuple(topics)))
            last = index
    return replace(
        story,
        sentences=tuple(chosen),
        stem_counts=Counter(stem for sentence in chosen for stem in sentence.stems),
        concept_counts=Counter(concept for sentence in chosen for concept in sentence.concepts),
        is_theme=True,
    )


def _named_thing(question: Question, candidate: Candidate) -> Theme | None:
    match = _NAMED_THING.search(question.text)
    if match is None:
        return None
    name = next(filter(None, match.groups()))
    if question.language == "zh":
        told = any(name in sentence.text for sentence in tell(candidate).sentences)
        return Theme(name, is_part=False) if told else None
    if name.endswith(("'s", "’s")):
        return None  # *Kurokawa's tower*: a description
    telling = {word.stem for word in _telling(name)}
    names = (_PLACE.split(called)[0] for called in (candidate.title, *candidate.aliases))
    if any(telling <= {word.stem for word in words_of(called)} for called in names):
        return None
    return Theme(name, is_part=False)


def _part(question: Question, candidate: Candidate) -> str | None:
    """The words that say of what of the named subject the question asks."""
    text = question.text
    span = name_span(text, candidate)
    if question.language == "zh":
        at = span[1] if span else text.find("的")
        if span is None and naming(text[: max(0, at)], candidate) == 0:
            return None
        after = _CHINESE_PART.match(text, at)
        return after[1] if after else None
    before = text[: span[0]] if span else ""
    joint = _OF.search(f"{before.rstrip()} ")
    phrase = _PHRASE.search(before[: joint.start()]) if joint else None
    return phrase[1] if phrase else None


def _is_part(name: str, candidate: Candidate) -> bool:
    """Whether the words name a thing: neither the subject by its kind, nor what happened to it."""
    words = _telling(name)
    if not words or any(word.concepts & ACTIONS for word in words):
        return False
    head = words[-1]
    if not head.concepts & (lexicon().types | lexicon().parts) or head.concepts & _NO_PART:
        return False
    story = tell(candidate)
    names = (candidate.title, *candidate.aliases)
    if any(called.lower().endswith(name.lower()) for called in names):
        return False
    told = any(name in sentence.text for sentence in story.sentences)
    return told or not head.concepts & story.types


def _telling(name: str) -> list[Word]:
    """The words of a name that a sentence about the thing has to hold."""
    return [
        word for word in words_of(name) if word.stem not in ENGLISH_STOP and not _is_count(word)
    ]


def _is_count(word: Word) -> bool:
    return word.stem in {"two", "three", "four", "five", "six", "seven", "eight", "many", "both"}


def _holds(sentence: Sentence, word: Word) -> bool:
    return word.stem in sentence.stems
