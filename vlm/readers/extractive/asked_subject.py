"""Which subject a question is about: a candidate, a part of it, or another thing its text names.

First decides which candidate the question means: the one it names, or the first that retrieval
found; and whether it names something that no candidate is. Then finds a part or a neighbour of the
candidate that the question asks about (*Do the two water towers of the Crystal Palace still
stand?*, 九龙车站的钟楼还在吗); the sentences about it are then read as a text of their own. Knows
no year and no answer.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.language import is_han
from vlm.readers.extractive.events import ACTIONS
from vlm.readers.extractive.lexicon import (
    CHINESE_FUNCTION_WORDS,
    ENGLISH_STOP,
    Word,
    lexicon,
    words_of,
)
from vlm.readers.extractive.parsed_text import ParsedText, Sentence, SubjectText, parse_text
from vlm.readers.extractive.questions import Question, Sought
from vlm.readers.extractive.standing import standing
from vlm.readers.extractive.topics import Topic

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


def name_span(question: str, source: SubjectText) -> tuple[int, int] | None:
    """Where the question uses a whole name of the subject, the longest one; None if nowhere."""
    folded = _fold(question)
    best: tuple[int, int] | None = None
    for name in _names(source):
        start = folded.find(name)
        while start >= 0:
            end = start + len(name)
            longer = best is None or end - start > best[1] - best[0]
            whole = _stands_alone(folded, name, start, end) and not _goes_on(question, end)
            if longer and whole and not _is_common(name):
                best = start, end
            start = folded.find(name, start + 1)
    return best


def naming(question: str, source: SubjectText) -> float:
    """How far the question names the subject: 1 by a whole name, less by a part, 0 not at all."""
    if name_span(question, source) is not None:
        return 1.0
    folded = _fold(question)
    there = {word.stem for word in words_of(folded)}
    return max((_named_share(folded, there, name) for name in _names(source)), default=0.0)


def in_order(
    question: Question, texts: tuple[SubjectText, ...], *, with_photo: bool
) -> list[SubjectText]:
    """The texts in the order to be read: first the one that the question names, then the others.

    Without a photo, part of a name is enough.
    """
    spans = [name_span(question.text, source) for source in texts]
    chosen = 0
    for index, span in enumerate(spans):
        if span is not None and (spans[chosen] is None or _contains(span, spans[chosen])):
            chosen = index
    if spans and spans[chosen] is None and not with_photo:
        parts = [naming(question.text, source) for source in texts]
        chosen = next((index for index, part in enumerate(parts) if part >= PARTLY_NAMED), 0)
    return [*texts[chosen : chosen + 1], *texts[:chosen], *texts[chosen + 1 :]]


def _contains(longer: tuple[int, int], shorter: tuple[int, int] | None) -> bool:
    """Whether one name holds the other and more: *Berlin Palace Hotel* holds *Berlin Palace*."""
    return (
        shorter is not None
        and longer != shorter
        and longer[0] <= shorter[0]
        and longer[1] >= shorter[1]
    )


def is_about(question: Question, parsed: ParsedText, *, with_photo: bool) -> bool:
    """Whether the question can mean this subject.

    With a photo it means what is shown, unless it names a stranger. Without one it has to name the
    subject or to describe it in words that its text holds.
    """
    named = naming(question.text, parsed.source)
    if named >= PARTLY_NAMED:
        in_text = frozenset(parsed.concept_counts)
        return named == 1.0 or with_photo or _is_of_kind(question, parsed.types | in_text)
    foreign = question.language != parsed.source.language
    if with_photo and (question.points or foreign):
        return True
    if any(_is_stranger(word, parsed, foreign) for word in question.sought):
        return False
    opening = parsed.sentences[0].concepts if parsed.sentences else frozenset()
    if not with_photo and not _is_of_kind(question, parsed.types | opening):
        return False
    if not foreign and _has_unknown_chinese_name(question, parsed):
        return False
    if with_photo:
        return True
    described = [word for word in question.sought if not word.concepts & {"begin", "finish"}]
    total = sum(word.weight for word in described)
    held = sum(word.weight for word in described if holds(parsed, word))
    return total == 0 or held / total >= _COVERED


_NO_KIND = frozenset({"site", "building", "city", "street", "ruin", "mountain", "island", "train"})


def _is_of_kind(question: Question, known: frozenset[str]) -> bool:
    """Whether a kind of thing that the question names is among those known, if it names any."""
    kinds = {kind for word in question.sought for kind in word.concepts & lexicon().types}
    kinds -= _NO_KIND
    return not kinds or not kinds.isdisjoint(known)


def _has_unknown_chinese_name(question: Question, parsed: ParsedText) -> bool:
    """Whether a name before a kind of building (崇文 in 崇文门) stands nowhere in the text."""
    words = words_of(question.text)
    known = "".join(parsed.source.names)
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
        if unknown and core not in known and not any(core in s.text for s in parsed.sentences):
            return True
    return False


def _is_open(word: Word) -> bool:
    """A word that can be part of a Chinese name: in no vocabulary, and no function word."""
    return not word.concepts and word.stem not in CHINESE_FUNCTION_WORDS


def _is_stranger(word: Sought, parsed: ParsedText, foreign: bool) -> bool:
    """Whether a word names something that the subject's names and text do not know.

    In English a capital letter shows a name; in Chinese a word that is in no vocabulary may be one,
    and in a text of the other language it could not be found.
    """
    if holds(parsed, word):
        return False
    unknown_chinese = not word.stem.isascii() and not word.concepts and len(word.stem) > 1
    return (word.is_name and not word.concepts) or (foreign and unknown_chinese)


def holds(parsed: ParsedText, word: Sought) -> bool:
    """Whether the subject's names or text hold the word or its meaning."""
    return (
        word.stem in parsed.names
        or word.stem in parsed.stem_counts
        or any(concept in parsed.concept_counts for concept in word.concepts)
    )


def _fold(text: str) -> str:
    """Lower case with plain quotes and dashes; every character keeps its place."""
    folded = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return folded.translate(str.maketrans("’–—·", "'-- "))


@lru_cache(maxsize=1024)
def _names(source: SubjectText) -> tuple[str, ...]:
    """Title and aliases, each also without what stands in brackets or after a comma."""
    names: list[str] = []
    for name in source.names:
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


def is_beginning(question: str, source: SubjectText) -> bool:
    """Whether the question calls something else by a longer name: *the Taj Mahal Palace*."""
    folded = _fold(question)
    name = max((name for name in _names(source) if name in folded), key=len, default="")
    return bool(name) and _goes_on(question, folded.find(name) + len(name))


def _goes_on(question: str, end: int) -> bool:
    follows = _CAPITAL.match(question, end)
    return follows is not None and any(
        word.concepts & lexicon().types for word in words_of(follows[1])
    )


def _named_share(folded: str, there: set[str], name: str) -> float:
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
    """Whether part of a name is enough to distinguish it from others of its kind."""
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


_NAME = r"[A-Z][\w'’.-]*(?:\s(?:(?:of|de|du|des|la|le)\s(?:the\s)?)?(?:[A-Z][\w'’.-]*|\d+))*"
_NAMED_THING = re.compile(
    rf"\b(?i:was|were|is|are|has|have|does)\s(?:the\s)?(?:new\s|old\s)?({_NAME})|"
    rf"\bdid\s(?:the\s)?(?:new\s|old\s)?({_NAME})\s(?:[a-z]+\s)?"
    r"(?:open|close|collapse|fall|burn|begin|start)\b|"
    rf"^(?:Who|What)\s(?:\w+ed|built|made|drew|wrote)\s(?:the\s)?({_NAME})\W*$|"
    r"^([\u4e00-\u9fff\d]{3,12}?)(?=[是于在]?(?:哪|何|什么时候|几时|现在|如今|今天|还))"
)
"""What a question asks about, where it calls it by a name; in Chinese, by what may be one."""
_PLACE_AFTER_NAME = re.compile(r"\s(?:at|in|near|by|on)\s")
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
class AskedThing:
    """What a question is about beside the subject: its words as the question has them.

    `is_part`: the question calls it a part of the subject, whose name stands beside it.
    """

    name: str
    is_part: bool


def asked_thing(question: Question, source: SubjectText) -> AskedThing | None:
    """The part, the neighbour or the other thing that is asked about; None for the subject."""
    of_another = is_beginning(question.text, source)
    if of_another or naming(question.text, source) < PARTLY_NAMED:
        return _named_thing(question, source)
    if question.wanted != "exists":
        return None  # all words of the question decide between years: `year_answers`
    name = _asked_part(question, source)
    if name is not None and _is_part(name, source):
        return AskedThing(name, is_part=True)
    called = _called(question, source)
    thing = AskedThing(called, is_part=True)
    return thing if called and standing(text_about(thing, source)).exists is not None else None


def _called(question: Question, source: SubjectText) -> str:
    """The name by which the question calls the subject, where it is not its title's."""
    span = name_span(question.text, source)
    called = question.text[slice(*span)] if span else ""
    return "" if called in source.title or called in source.title.lower() else called


def text_about(thing: AskedThing, source: SubjectText) -> ParsedText:
    """The candidate's text as one about the thing: the sentences that name it, and what follows."""
    parsed = parse_text(replace(source, title=thing.name, aliases=()))
    telling = _required_words(thing.name)
    chosen: list[Sentence] = []
    last = -2
    for index, sentence in enumerate(parsed.sentences):
        names = all(_holds(sentence, word) for word in telling)
        if names or (last == index - 1 and _FOLLOWS.match(sentence.text)):
            topics: list[Topic] = ["main" for _ in sentence.topics]
            chosen.append(replace(sentence, topic="main", topics=tuple(topics)))
            last = index
    return replace(
        parsed,
        sentences=tuple(chosen),
        stem_counts=Counter(stem for sentence in chosen for stem in sentence.stems),
        concept_counts=Counter(concept for sentence in chosen for concept in sentence.concepts),
        is_about_part=True,
    )


def _named_thing(question: Question, source: SubjectText) -> AskedThing | None:
    match = _NAMED_THING.search(question.text)
    if match is None:
        return None
    name = next(filter(None, match.groups()))
    if question.language == "zh":
        stands = any(name in sentence.text for sentence in parse_text(source).sentences)
        return AskedThing(name, is_part=False) if stands else None
    if name.endswith(("'s", "’s")):
        return None  # *Kurokawa's tower*: a description
    telling = {word.stem for word in _required_words(name)}
    names = (_PLACE_AFTER_NAME.split(called)[0] for called in source.names)
    if any(telling <= {word.stem for word in words_of(called)} for called in names):
        return None
    return AskedThing(name, is_part=False)


def _asked_part(question: Question, source: SubjectText) -> str | None:
    """The words that say of what of the named subject the question asks."""
    text = question.text
    span = name_span(text, source)
    if question.language == "zh":
        at = span[1] if span else text.find("的")
        if span is None and naming(text[: max(0, at)], source) == 0:
            return None
        after = _CHINESE_PART.match(text, at)
        return after[1] if after else None
    before = text[: span[0]] if span else ""
    joint = _OF.search(f"{before.rstrip()} ")
    phrase = _PHRASE.search(before[: joint.start()]) if joint else None
    return phrase[1] if phrase else None


def _is_part(name: str, source: SubjectText) -> bool:
    """Whether the words name a thing: neither the subject by its kind, nor what happened to it."""
    words = _required_words(name)
    if not words or any(word.concepts & ACTIONS for word in words):
        return False
    head = words[-1]
    if not head.concepts & (lexicon().types | lexicon().parts) or head.concepts & _NO_PART:
        return False
    parsed = parse_text(source)
    names = source.names
    if any(called.lower().endswith(name.lower()) for called in names):
        return False
    stands = any(name in sentence.text for sentence in parsed.sentences)
    return stands or not head.concepts & parsed.types


def _required_words(name: str) -> list[Word]:
    """The words of a name that a sentence about the thing has to hold."""
    return [
        word for word in words_of(name) if word.stem not in ENGLISH_STOP and not _is_count(word)
    ]


def _is_count(word: Word) -> bool:
    return word.stem in {"two", "three", "four", "five", "six", "seven", "eight", "many", "both"}


def _holds(sentence: Sentence, word: Word) -> bool:
    return word.stem in sentence.stems
