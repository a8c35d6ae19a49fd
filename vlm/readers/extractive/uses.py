"""What the subject, or the place where it was, is used for today, and the words that say so."""

import re
from dataclasses import dataclass

from vlm.readers.extractive.questions import Question
from vlm.readers.extractive.relevance import Relevance
from vlm.readers.extractive.sentences import Sentence, Story
from vlm.readers.extractive.standing import Standing

_LEAST = 0.3
_KIND_OF_PLACE = (
    r"(?:museum|monument|church|mosque|temple|park|hotel|attraction|destination|sight|site|shrine|"
    r"gurdwara|station|office|library|theatre|theater|school|square|garden|place|memorial|market|"
    r"lot|tomb|palace|residence|university|road|centre)s?"
)
_USED = re.compile(
    r"\b(?:is|are) (?:(?:now|still|today|mainly|also|therefore) )*used (?:\w+ )?(?:for|as|by)\b|"
    r"\b(?:serves?|functions?|furnished|kept|run|runs it|keeps it|shown) (?:\w+ )?as\b|"
    r"\b(?:houses?|hosts?|holds?|carries) (?:an?\b|the\b|\w+s\b)|\bhome (?:to|of)\b|"
    r"\bin (?:full |active |daily )?use\b|\bno other use\b|\bopen (?:to|as|for)\b|"
    r"\bvisitors? (?:today |now )?(?:can|may|ride|climb|walk|come|go|see|take)\b|\bto visitors\b|"
    r"\b(?:is|are) (?:given|held|visited)\b|\bvisit it\b|\bstill live\b|\bworship continues\b|"
    r"\b(?:is|are) (?:(?:now|today|still|also) )?(?:an?|part|the|one) (?:[\w-]+ ){0,8}"
    rf"{_KIND_OF_PLACE}\b|"
    r"用作|用于|用来|作为|供|现在是|现为|成为|改为|改作|开放|举行|"
    r"是.{0,16}(?:景点|博物馆|场所|公园|酒店|广场|古迹|车站|馆)",
    re.IGNORECASE,
)
_PLAINLY = re.compile(
    r"\bused (?:\w+ )?(?:for|as)\b|\bserves? as\b|\bin (?:\w+ )?use\b|\bas an? \w+|用作|用于|用来",
    re.IGNORECASE,
)
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
_NO_LONGER = re.compile(r"\bno longer\b|不再", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Use:
    """The sentence that tells of a use, the words of it that do, and how plainly (0 to 1)."""

    sentence: Sentence
    words: str
    plain: float


_SUCCESSION = re.compile(
    r"\breplaced\b|\b(?:took|taken) (?:its|the|their) place\b|"
    r"\bin (?:the )?place of\b|取代|代替"
)
_REPLACED_BY = re.compile(
    r"\breplaced by\b|\b(?:took|taken|takes|take) (?:its|their) place\b|\bin (?:its|their) place\b|"
    r"被[^。]{1,20}(?:取代|代替)|原址"
)


def current_use(
    question: Question, story: Story, relevance: Relevance, state: Standing
) -> Use | None:
    """The sentence that tells best of today's use, or None where nothing of the kind is said."""
    best: Use | None = None
    told = 0.4 * min(1.0, relevance.besides)
    for index, sentence in enumerate(story.sentences):
        late = 0.2 * (index + 1) / len(story.sentences)
        plain = _plainness(sentence.text, state) + late + told * relevance.share(index)
        if _SUCCESSION.search(question.text):  # *What replaced it?*
            replaced = _REPLACED_BY.search(sentence.text)
            plain += 1.0 if replaced else -0.4 * (_SITE.search(sentence.text) is None)
        if best is None or plain > best.plain:
            best = Use(sentence, _words_of_use(sentence.text), plain)
    if best is None or best.plain < _LEAST:
        return None
    return Use(best.sentence, best.words, min(1.0, best.plain))


def _plainness(text: str, state: Standing) -> float:
    """How plainly a sentence tells of a use today; named parts, each a sign for or against."""
    used, now, site = _USED.search(text), _NOW.search(text), _SITE.search(text)
    plain = 0.4 * bool(used) + 0.25 * bool(now) + 0.1 * bool(_PLAINLY.search(text))
    if state.exists is False:
        plain += 0.35 if site else -0.1
    elif site and not used:
        plain -= 0.1
    if not now:
        # a present use is told in the present and without dates
        past = bool(_PAST.search(text)) + any(character.isdigit() for character in text)
        plainly = _PLAINLY.search(text) or (site and state.exists is False)
        ago = 0.1 if plainly else 0.2
        plain += 0.1 if not past else -ago * past
    if _SHUT.search(text) or _NO_LONGER.search(text):
        plain -= 0.2
    return plain


def _words_of_use(text: str) -> str:
    """The part of the sentence from the clause that tells the use on, without its full stop."""
    told = _USED.search(text) or _SITE.search(text) or _NOW.search(text)
    start = 0
    if told is not None:
        breaks = re.finditer(r"[,，;；]\s*(?:and |but )?", text[: told.start()])
        start = max((match.end() for match in breaks), default=0)
    return text[start:].strip().rstrip(".。")
