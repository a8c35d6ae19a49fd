"""The sentence that answers a question for anything but a year: who, how many, why, what use.

A number must stand near the thing that is counted, and a name must be there when a person is asked
for; a sentence that only shares words with the question counts less or not at all. The second part
finds what the subject, or the place where it was, is used for today.
"""

import re
from dataclasses import dataclass

from knowledge.dates import MONTH
from vlm.readers.extractive.lexicon import ENGLISH_STOP, lexicon
from vlm.readers.extractive.parsed_text import ParsedText, Sentence
from vlm.readers.extractive.questions import Question, Sought
from vlm.readers.extractive.relevance import Relevance
from vlm.readers.extractive.standing import Standing

_FORMLESS = 0.45
"""A sentence that has not the form of answer that is asked for."""
_NOBODY = 0.25
"""The same where a person is asked for, and the sentence names nobody."""
_SOMEONE = 0.6
"""The same where people are named by what they are: *the princes*."""
_OFF_FOCUS = 0.6
_OFF_YEAR = 0.6
_COUNTED = 0.3
"""What a number beside the very thing counted is worth by itself, or a material."""
_ASIDE = 0.8
_NEAR = 24
"""Characters between a number and the thing that it counts."""
_NUMBER = re.compile(
    r"\d[\d,.]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|"
    r"forty|fifty|sixty|hundred|thousand|million|dozen)s?\b|"
    r"[一二三四五六七八九十百千万两多]+(?=[座个层米人次根块扇间口种条道门面])",
    re.IGNORECASE,
)
_UNITS: dict[str, frozenset[str]] = {
    "high": frozenset({"metre", "high", "kilometre"}),
    "long": frozenset({"metre", "long", "kilometre"}),
    "wide": frozenset({"metre", "wide"}),
    "deep": frozenset({"metre", "deep"}),
    "weigh": frozenset({"weigh"}),
    "tourist": frozenset({"tourist", "crowd"}),
}
_MONTH = re.compile(MONTH)
_HEAD_ENGLISH = re.compile(
    r"\bhow\s(?:many|much|tall|high|long|wide|deep|large|big|heavy|far|often|old|thick|fast)\b\s*"
    r"(?:of\s)?((?:\w+\s?){0,2})|\bwhat (?:is|was|are|were) (?:the|its) ((?:\w+\s){0,2}\w+)|"
    r"\bwhat did (.*) cost",
    re.IGNORECASE,
)
_HEAD_CHINESE = re.compile(
    r"(?:多少|几)[个座层次根块扇间口名位种条道颗栋]?(\w{1,6})|[多](?:少)?[高长宽深重大厚远]|"
    r"租金|造价|票价|面积"
)
_DURATION_ASKED = re.compile(
    r"\bhow many (?:years|months|days)\b|\bhow long (?:did|was|were|has|have|does)\b|"
    r"多少年|几年|多久|多长时间",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:\d+|[a-z]+) (?:years|months|days)\b|历时|用了|\d+多?年(?:间|之久|时间|的时间)|"
    r"[一二三四五六七八九十百]+多?年(?!代)",
    re.IGNORECASE,
)
_WHY = re.compile(r"\bwhy\b|为什么|为何|什么原因", re.IGNORECASE)
_REASON = re.compile(
    r"\b(?:because|so that|in order|since|due to|owing to|for fear|for this reason|therefore)\b|"
    r"因为|由于|为了|因此|所以|以便",
    re.IGNORECASE,
)
_MATERIAL = re.compile(
    r"\bwhat (?:\w+ )?(?:material|stone|metal|wood)s?\b|\bmade (?:of|from)\b|"
    r"什么(?:材料|石材|石头|石料|材质|建材)|用什么(?:建|造|做|修)",
    re.IGNORECASE,
)
_FOCUS = re.compile(
    r"\b(?:which|what)\s(?!is|was|are|were|did|do|does|year|happen)((?:[\w-]+\s)?[\w-]+)|"
    r"\bname of (?:the |its |this )?((?:[\w'’-]+\s){0,2}[\w'’-]+)|"
    r"([\u4e00-\u9fff]{2,5})(?:叫什么|是什么名字|的名字)|哪一?[位个座国]([\u4e00-\u9fff]{1,4})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """A sentence and how far it answers the question.

    Attributes:
        share: share of the question's words that it holds, 0 to 1.
        score: that, and whether it has the form asked for, 0 to 1; higher is better.
        rivals: how near the next sentence comes, 0 (far) to 1 (as good).
    """

    sentence: Sentence
    share: float
    score: float
    rivals: float = 0.0


def best_fact(question: Question, parsed: ParsedText, relevance: Relevance) -> FactAnswer | None:
    """The sentence that answers best, or None where none has what is asked for."""
    answers: list[FactAnswer] = []
    for index, sentence in enumerate(parsed.sentences):
        share = relevance.share(index)
        score = share * _form(question, parsed, sentence, relevance)
        plainly = asks_for_form(question) and _holds_heads(question, sentence)
        if score > 0 and plainly and not relevance.misses_a_deed():
            about = 1.0 if sentence.topic in ("main", "present") else _ASIDE
            score = min(1.0, (score + _COUNTED) * about)
        if score > 0:
            answers.append(FactAnswer(sentence, share, score))
    if not answers:
        return None
    best = max(answers, key=lambda found: found.score)
    others = [found.score for found in answers if found.sentence is not best.sentence]
    return FactAnswer(best.sentence, best.share, best.score, max(others, default=0.0) / best.score)


def asks_for_form(question: Question) -> bool:
    """Whether the form of the answer, a count or a material, says more than the words do."""
    return question.wanted == "quantity" or _MATERIAL.search(question.text) is not None


def _form(
    question: Question, parsed: ParsedText, sentence: Sentence, relevance: Relevance
) -> float:
    """How far the sentence has the form of answer that is asked for, 0 to 1."""
    form = 1.0
    if question.wanted == "quantity":
        form = 1.0 if _counts(question, sentence) else 0.0
    elif question.wanted == "who":
        form = _someone(question, parsed, sentence)
        if relevance.misses_a_deed():
            form *= _OFF_FOCUS  # *Who first climbed it?* of a text that knows of no climbing
    elif question.wanted == "period":
        dated = sentence.analysis.years or sentence.analysis.periods
        form = 1.0 if dated or "dynasty" in sentence.concepts else _FORMLESS
    elif _MATERIAL.search(question.text):
        form = 1.0 if sentence.concepts & lexicon().materials else 0.0
    elif _WHY.search(question.text):
        form = 1.0 if _REASON.search(sentence.text) else _FORMLESS
    focus = _focus(question)
    if focus and not any(
        word.stem in sentence.stems or word.concepts & sentence.concepts for word in focus
    ):
        form *= _OFF_FOCUS
    asked_years = [word.stem for word in question.sought if word.stem.isdigit()]
    if any(year not in sentence.stems for year in asked_years):
        form *= _OFF_YEAR
    return form


def _someone(question: Question, parsed: ParsedText, sentence: Sentence) -> float:
    """How far a sentence names somebody: a name of its own, people, the subject's name, nobody."""
    names = _names_in(sentence, question)
    if "·" in sentence.text or any(name not in parsed.names for name in names):
        return 1.0
    if sentence.concepts & lexicon().people:
        return _SOMEONE
    return _FORMLESS if names else _NOBODY


def _counts(question: Question, sentence: Sentence) -> bool:
    """Whether a number other than a year stands near the thing that the question counts."""
    analysis = sentence.analysis
    years = {position for year in analysis.years for position in range(year.start, year.end)}
    numbers = [match for match in _NUMBER.finditer(analysis.text) if match.start() not in years]
    if not numbers:
        return False
    if _DURATION_ASKED.search(question.text):
        return _DURATION.search(analysis.text) is not None
    for head in _heads(question):
        wanted = head.concepts.union(*(_UNITS.get(concept, ()) for concept in head.concepts))
        places = [
            word.start
            for word in analysis.words
            if word.stem == head.stem or word.concepts & wanted
        ]
        if any(abs(place - number.end()) <= _NEAR for place in places for number in numbers):
            return True
    return False


def _holds_heads(question: Question, sentence: Sentence) -> bool:
    """Whether it names all that is counted: *people* and *work* in *how many people work*."""
    return all(
        head.stem in sentence.stems
        or not head.concepts
        or head.concepts & sentence.concepts
        or any(_UNITS.get(concept, frozenset()) & sentence.concepts for concept in head.concepts)
        for head in _heads(question)
    )


def _heads(question: Question) -> list[Sought]:
    """The words that say what is counted or measured."""
    pattern = _HEAD_CHINESE if question.language == "zh" else _HEAD_ENGLISH
    return _within(question, [match.span() for match in pattern.finditer(question.text)])


def _focus(question: Question) -> list[Sought]:
    """The noun that is asked for: *which poet*, *the name of its governor*, 哪位神."""
    spans = [
        match.span(group)
        for match in _FOCUS.finditer(question.text)
        for group in range(1, 5)
        if match[group]
    ]
    return _within(question, spans)


def _within(question: Question, spans: list[tuple[int, int]]) -> list[Sought]:
    return [
        word for word in question.sought if any(start <= word.start < end for start, end in spans)
    ]


def _names_in(sentence: Sentence, question: Question) -> list[str]:
    """Stems of the names in a sentence that the question does not hold."""
    text = sentence.text
    asked = {word.stem for word in question.sought}
    return [
        word.stem
        for word in sentence.analysis.words
        if (not word.concepts or word.concepts & lexicon().names)
        and word.stem not in asked
        and not _MONTH.fullmatch(text, word.start, word.end)
        and (
            (word.stem.isascii() and text[word.start].isupper() and word.stem not in ENGLISH_STOP)
            or (not word.stem.isascii() and len(word.stem) > 1)
        )
    ]


_LEAST_USE = 0.3
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
class UseAnswer:
    """A sentence that states a use, its words for the use, and how plainly (0 to 1)."""

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
    question: Question, parsed: ParsedText, relevance: Relevance, state: Standing
) -> UseAnswer | None:
    """The sentence that states today's use most plainly, or None if no sentence does."""
    best: UseAnswer | None = None
    weight = 0.4 * min(1.0, relevance.besides)
    for index, sentence in enumerate(parsed.sentences):
        late = 0.2 * (index + 1) / len(parsed.sentences)
        plain = _plainness(sentence.text, state) + late + weight * relevance.share(index)
        if _SUCCESSION.search(question.text):  # *What replaced it?*
            replaced = _REPLACED_BY.search(sentence.text)
            plain += 1.0 if replaced else -0.4 * (_SITE.search(sentence.text) is None)
        if best is None or plain > best.plain:
            best = UseAnswer(sentence, _words_of_use(sentence.text), plain)
    if best is None or best.plain < _LEAST_USE:
        return None
    return UseAnswer(best.sentence, best.words, min(1.0, best.plain))


def _plainness(text: str, state: Standing) -> float:
    """How plainly a sentence states a use today: a sum of signs for and against."""
    used, now, site = _USED.search(text), _NOW.search(text), _SITE.search(text)
    plain = 0.4 * bool(used) + 0.25 * bool(now) + 0.1 * bool(_PLAINLY.search(text))
    if state.exists is False:
        plain += 0.35 if site else -0.1
    elif site and not used:
        plain -= 0.1
    if not now:
        # texts state a present use in the present tense and without dates
        past = bool(_PAST.search(text)) + any(character.isdigit() for character in text)
        plainly = _PLAINLY.search(text) or (site and state.exists is False)
        ago = 0.1 if plainly else 0.2
        plain += 0.1 if not past else -ago * past
    if _SHUT.search(text) or _NO_LONGER.search(text):
        plain -= 0.2
    return plain


def _words_of_use(text: str) -> str:
    """The sentence from the clause that states the use onwards, without its full stop."""
    found = _USED.search(text) or _SITE.search(text) or _NOW.search(text)
    start = 0
    if found is not None:
        breaks = re.finditer(r"[,，;；]\s*(?:and |but )?", text[: found.start()])
        start = max((match.end() for match in breaks), default=0)
    return text[start:].strip().rstrip(".。")
