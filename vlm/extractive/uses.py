"""What the subject, or the place where it was, is used for today, and the words that say so."""

import re
from dataclasses import dataclass

from vlm.extractive.relevance import Relevance
from vlm.extractive.sentences import Sentence, Story
from vlm.extractive.standing import Standing

_LEAST = 0.3
_KIND_OF_PLACE = (
    r"(?:museum|monument|church|mosque|temple|park|hotel|attraction|sight|site|shrine|gurdwara|"
    r"station|office|library|theatre|theater|school|square|garden|place|memorial|market|lot|tomb|"
    r"palace|tower|house|symbol|residence|university|road|station)"
)
_USED = re.compile(
    r"\b(?:is|are) (?:(?:now|still|today|mainly|also|therefore) )*used (?:for|as|by)\b|"
    r"\b(?:now |still |also )?(?:serves?|functions?) as\b|\b(?:houses?|hosts?|holds?|"
    r"carries) (?:an?\b|the\b|\w+s\b)|"
    r"\bhome (?:to|of)\b|\bin (?:full |active |daily )?use\b|\bno (?:other |longer )?(?:use|"
    r"used)\b|"
    r"\bopen (?:to|as|for)\b|\bvisitors? (?:can|may|ride|climb|walk|come|go|see|take)\b|"
    r"\b(?:is|are) (?:given|held|celebrated|visited)\b|\bvisit it\b|\bstill live\b|"
    rf"\b(?:is|are|become|became) (?:(?:now|today|still|also) )?(?:an?|part|the|"
    rf"one) (?:[\w-]+ ){{0,6}}{_KIND_OF_PLACE}\b|"
    r"用作|用于|用来|作为|供|现在是|现为|成为|改为|改作|是.{0,16}(?:景点|博物馆|场所|公园|酒店|"
    r"广场|古迹|车站|馆)|开放|举行",
    re.IGNORECASE,
)
_PLAINLY = re.compile(r"\bused (?:for|as)\b|\bserves? as\b|\bin (?:\w+ )?use\b|用作|用于|用来")
_NOW = re.compile(
    r"\b(?:now|today|still|currently|nowadays|at present)\b|现在|今天|如今|目前|现为|现是|仍|今",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"\b(?:its|the|this) (?:old )?(?:site|place|spot|area)\b|\bin its place\b|"
    r"\bon the (?:same )?(?:site|spot|ground)s?\b|"
    r"\btak(?:e|en|es) its place\b|\boccup(?:y|ies)\b|\bremains?\b|\b(?:its|the) ruins\b|原址|"
    r"旧址|遗址|那里|这里|原来的地方",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:was|were|had been|used to|until)\b|曾|当时|后来")
_SHUT = re.compile(r"\b(?:closed|shut|not allowed|may not)\b|不开放|禁止", re.IGNORECASE)
_STATE = re.compile(
    r"\b(?:still (?:stands?|exists?)|survives?|no longer|does not exist|not been rebuilt|"
    r"none of)\b|"
    r"不存在|仍然存在|没有重建",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Use:
    """The sentence that tells of a use, the words of it that do, and how plainly (0 to 1)."""

    sentence: Sentence
    words: str
    plain: float


def current_use(story: Story, relevance: Relevance, state: Standing) -> Use | None:
    """The sentence that tells best of today's use, or None where nothing of the kind is said."""
    best: Use | None = None
    told = 0.4 * min(1.0, relevance.besides)
    for index, sentence in enumerate(story.sentences):
        late = 0.2 * (index + 1) / len(story.sentences)
        plain = _plainness(sentence.text, state) + late + told * relevance.share(index)
        if best is None or plain > best.plain:
            best = Use(sentence, _words_of_use(sentence.text), plain)
    if best is None or best.plain < _LEAST:
        return None
    return Use(best.sentence, best.words, min(1.0, best.plain))


def _plainness(text: str, state: Standing) -> float:
    used, now, site = _USED.search(text), _NOW.search(text), _SITE.search(text)
    plain = 0.4 * bool(used) + 0.25 * bool(now) + 0.1 * bool(_PLAINLY.search(text))
    if state.exists is False:
        plain += 0.35 if site else -0.1
    elif site and not used:
        plain -= 0.1
    if not now:
        # a present use is told in the present and without dates
        past = bool(_PAST.search(text)) + any(character.isdigit() for character in text)
        plain += 0.1 if not past else -0.2 * past
    if _SHUT.search(text):
        plain -= 0.3
    if _STATE.search(text) and not used and not (site and state.exists is False):
        plain -= 0.25
    return plain


def _words_of_use(text: str) -> str:
    """The part of the sentence from the clause that tells the use on, without its full stop."""
    told = _USED.search(text) or _SITE.search(text) or _NOW.search(text)
    start = 0
    if told is not None:
        breaks = re.finditer(r"[,，;；]\s*(?:and |but )?", text[: told.start()])
        start = max((match.end() for match in breaks), default=0)
    return text[start:].strip().rstrip(".。")
