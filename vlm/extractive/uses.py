"""What the subject, or the place where it was, is used for today, and the words that say so."""

import re
from dataclasses import dataclass

from vlm.extractive.questions import Question
from vlm.extractive.relevance import Relevance
from vlm.extractive.sentences import Sentence, Story

_USED = re.compile(
    r"\b(?:is|are) (?:now |still |today |mainly |also |therefore )*used (?:for|as|by)\b|\b(?:now |still |also )?(?:serves?|houses?|"
    r"hosts?|functions?) (?:as\b|an?\b|the\b)|\bhome (?:to|of)\b|\bin use\b|\bno (?:other |longer )?(?:use|used)\b|"
    r"\bopen (?:to|as|for)\b|\bis (?:now |today |still )?an? (?:[\w-]+ ){0,5}(?:museum|monument|church|mosque|temple|park|hotel|"
    r"attraction|sight|site|shrine|gurdwara|station|office|library|theatre|school|square|garden|place)\b|"
    r"用作|用于|用来|作为|供|现在是|现为|成为|改为|改作|是.{0,12}(?:景点|博物馆|场所|公园|酒店|广场|古迹)|开放",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:now|today|still|currently|nowadays|at present|present)\b|现在|今天|如今|目前|现为|现是|仍|今",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"\b(?:its|the|this) (?:old )?(?:site|place|spot|area)\b|\bin its place\b|\bon the (?:site|spot)\b|\btaken? its place\b|"
    r"\boccup(?:y|ies)\b|原址|旧址|遗址|那里|这里|原来的地方",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:was|were|had been|used to|until)\b|曾|当时|后来")


@dataclass(frozen=True, slots=True)
class Use:
    """The sentence that tells of a use, the words of it that do, and how plainly (0 to 1)."""

    sentence: Sentence
    words: str
    plain: float


def current_use(
    question: Question, story: Story, relevance: Relevance, *, exists: bool | None
) -> Use | None:
    """The best sentence about today's use, or None where nothing of the kind is said."""
    best: Use | None = None
    count = len(story.sentences)
    for index, sentence in enumerate(story.sentences):
        text = sentence.text
        plain = 0.0
        used = _USED.search(text)
        if used:
            plain += 0.4
        if _NOW.search(text):
            plain += 0.25
        if _SITE.search(text):
            plain += 0.35 if exists is False else -0.1
        elif exists is False:
            plain -= 0.1
        if sentence.analysis.years and not _NOW.search(text):
            plain -= 0.2
        if _PAST.search(text) and not _NOW.search(text):
            plain -= 0.15
        if not used and not _NOW.search(text) and not _SITE.search(text):
            plain -= 0.1
        plain += 0.1 * (index + 1) / count
        plain += 0.4 * relevance.share(index)
        if best is None or plain > best.plain:
            best = Use(sentence, _clause_of_use(text), plain)
    if best is None or best.plain < 0.3:
        return None
    return Use(best.sentence, best.words, min(1.0, best.plain))


def _clause_of_use(text: str) -> str:
    """The part of the sentence from the clause that tells the use on, without its full stop."""
    used = _USED.search(text) or _NOW.search(text) or _SITE.search(text)
    start = 0
    if used is not None:
        breaks = [
            match.end() for match in re.finditer(r"[,，;；]\s*(?:and |but )?", text[: used.start()])
        ]
        start = breaks[-1] if breaks else 0
    return text[start:].strip().rstrip(".。")
