"""The sentence that answers a question for anything but a year: who, how many, what, yes or no.

A number must stand by the thing that is counted, a person's name must be there when a person is
asked for; a sentence that merely shares words with the question is not enough.
"""

import re
from dataclasses import dataclass

from vlm.extractive.lexicon import words_of
from vlm.extractive.questions import Question, Sought
from vlm.extractive.relevance import Relevance
from vlm.extractive.sentences import Sentence, Story

_NUMBER = re.compile(
    r"\d[\d,.]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|"
    r"fifty|sixty|hundred|thousand|million|dozen)s?\b|[一二三四五六七八九十百千万两多]+(?=[座个层米人次根块扇间口种条道门面])",
    re.IGNORECASE,
)
_UNITS: dict[str, frozenset[str]] = {
    "high": frozenset({"metre", "high", "kilometre"}),
    "long": frozenset({"metre", "long", "kilometre"}),
    "wide": frozenset({"metre", "wide"}),
    "deep": frozenset({"metre", "deep"}),
    "weigh": frozenset({"weigh"}),
    "area_size": frozenset({"area_size"}),
}
_HEAD_ENGLISH = re.compile(
    r"\bhow\s(?:many|much|tall|high|long|wide|deep|large|big|heavy|far|often|old|thick|fast)\b\s*"
    r"(?:of\s)?((?:\w+\s?){0,2})|\bwhat (?:is|was|are|were) (?:the|its) ((?:\w+\s){0,2}\w+)|\bwhat did (.*) cost",
    re.IGNORECASE,
)
_HEAD_CHINESE = re.compile(
    r"(?:多少|几)[个座层次根块扇间口名位种条道颗]?(\w{1,6})|多([高长宽深重大厚远])|(租金|造价|票价|面积)"
)


_DURATION_ASKED = re.compile(
    r"\bhow many (?:years|months|days)\b|\bhow long (?:did|was|were|has|have|does)\b|多少年|几年|多久|多长时间",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:\d+|\w+) (?:years|months|days)\b|历时|用了|\d+多?年(?:间|之久|时间|的时间)|[一二三四五六七八九十百]+多?年(?!代)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and how far it answers, 0 to 1."""

    sentence: Sentence
    share: float
    score: float
    rivals: float = 0.0


def best_sentence(question: Question, story: Story, relevance: Relevance) -> Told | None:
    """The sentence that answers best, or None where none has what is asked for."""
    told: list[Told] = []
    for index, sentence in enumerate(story.sentences):
        share = relevance.share(index)
        form = _form(question, story, sentence)
        if share > 0 and form > 0:
            told.append(Told(sentence, share, share * form))
    if not told:
        return None
    best = max(told, key=lambda found: found.score)
    others = [found.score for found in told if found.sentence is not best.sentence]
    return Told(best.sentence, best.share, best.score, max(others, default=0.0) / best.score)


def _form(question: Question, story: Story, sentence: Sentence) -> float:
    """How far the sentence has the form of answer that is asked for, 0 to 1."""
    if question.wanted == "quantity":
        return 1.0 if _counts(question, sentence) else 0.0
    if question.wanted == "who":
        return 1.0 if _has_name(sentence, story) else 0.5
    if question.wanted == "period":
        dated = sentence.analysis.years or sentence.analysis.periods
        return 1.0 if dated or "dynasty" in sentence.concepts else 0.4
    return 1.0


def _counts(question: Question, sentence: Sentence) -> bool:
    """Whether a number that is no year stands near what is to be counted."""
    analysis = sentence.analysis
    years = {position for year in analysis.years for position in range(year.start, year.end)}
    numbers = [match for match in _NUMBER.finditer(analysis.text) if match.start() not in years]
    if not numbers:
        return False
    if _DURATION_ASKED.search(question.text):
        return bool(_DURATION.search(analysis.text))
    heads = _heads(question)
    if not heads:
        return False
    for head in heads:
        wanted = set(head.concepts)
        for concept in head.concepts:
            wanted |= _UNITS.get(concept, frozenset())
        places = [
            word.start
            for word in analysis.words
            if word.stem == head.stem or word.concepts & wanted
        ]
        if any(abs(place - number.end()) <= 24 for place in places for number in numbers):
            return True
    return False


def _heads(question: Question) -> list[Sought]:
    """The words that say what is counted or measured."""
    pattern = _HEAD_CHINESE if question.language == "zh" else _HEAD_ENGLISH
    spans = []
    for match in pattern.finditer(question.text):
        spans.append(match.span())
    return [
        word for word in question.sought if any(start <= word.start < end for start, end in spans)
    ]


def _has_name(sentence: Sentence, story: Story) -> bool:
    """Whether a name that is not the subject's own stands in the sentence."""
    text = sentence.text
    if any("\u4e00" <= character <= "\u9fff" for character in text):
        return bool(re.search(r"·", text)) or any(
            not word.concepts and word.stem not in story.names and not word.stem.isascii()
            for word in sentence.analysis.words
        )
    return any(
        text[word.start].isupper()
        and not word.concepts
        and word.stem not in story.names
        and len(word.stem) > 2
        for word in words_of(text)
        if word.start > 0 or not word.concepts
    )

