"""Questions that repeat a sentence of a prose text and ask for some of its words.

*The king stands 9.4 cm high* becomes *the king stands how many cm high?*, and 主料用猪肋排 becomes
主料用什么? So prose without headings and dates can be asked as well, without a model that would
write questions. What is asked for is a year, a count, or the words after the last preposition of a
sentence (in Chinese after 是 and 用 in its first clause). Knows no document and no store.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.language import is_han
from knowledge.sentences import split_sentences

_FEWEST_WORDS, _MOST_WORDS = 5, 32
"""Of an English sentence; shorter ones are headings, longer ones no question."""
_FEWEST_HAN, _MOST_HAN = 8, 60
_LEAST_LEFT = 3
"""Words, or Chinese characters, that are left of the clause that is asked: fewer mean nothing."""

_YEAR = re.compile(
    r"\b(?:in|since|until|from|by|between|after|before)\s+(?P<value>1\d{3}|20\d{2})"
    r"(?![\w/:–-]|[.,]\d|\s+[a-z]+s\b)",
    re.IGNORECASE,
)
_LIKE_A_YEAR = re.compile(r"1\d{3}|20\d{2}")
_COUNT = re.compile(r"(?<![\w.,/:–-])(?P<value>\d+(?:[.,]\d+)*)(?=\s+[a-z]+)")
_NO_COUNT_AFTER = re.compile(
    r"\b(?:an?|the|type|number|no|nos|chapter|vol|part|class|room|page|grade|phase|jan|feb|mar|apr|may"
    r"|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december)\.?\s+$",
    re.IGNORECASE,
)
"""Words before a number that is a name, a day or a part of one."""
_LAST_WORDS = re.compile(
    r"\b(?:by|from|in|at|on|of|with|for|into|near|under|behind|between)\s+"
    r"(?P<value>(?:(?:the|a|an)\s+)?[^\W_]+(?:[ '’-][^\W_]+){0,4})(?=\s*[.!?…]*$)"
)
_ARTICLE = re.compile(r"^(?:the|an|a)\s+")
_BEGINS_SMALL = frozenset(
    """
    the a an in on at it its he his she her they their this these that those each every all some
    most many one two of from by with as after before while when since until there
    """.split()  # noqa: SIM905 - easier to read
)
"""Words that are written small within a sentence."""
_HAN_NUMBER = re.compile(
    r"(?<![\dA-Za-z.,–第〇零一二三四五六七八九十百千万两-])"
    r"(?P<value>\d+(?:\.\d+)?|[一二三四五六七八九十百千万两半]{2,})"
    r"(?![\dA-Za-z.,–〇零一二三四五六七八九十百千万两半-])"
)
_HAN_AFTER = re.compile(
    r"(?:(?<![也都还于但就可而不若凡正即或乃算只])是|(?<![使采利作应运引费信专共适通沿])用)"
    r"(?P<value>[一-鿿]{2,8})(?=[，。；！,;])"
)
_POINTS_BACK = frozenset("这那它他她其该此也因所以但而或并且又还则如若当在")
"""A clause that begins so says little without the one before."""
_ENGLISH = re.compile(r"\b(?:the|is|are|were|has|had|have|and|of)\b", re.IGNORECASE)
"""Words without which a sentence in Latin letters is taken for another language."""


@dataclass(frozen=True, slots=True)
class Echo:
    """A sentence that is asked for some of its words.

    Attributes:
        text: the question, without the name of what it is about.
        about: what is asked for: `number` or `words`.
        value: the words.
        line: span of the sentence in the text.
    """

    text: str
    about: str
    value: str
    line: tuple[int, int]


def echoes_of(text: str, *, chinese: bool) -> Iterator[Echo]:
    """One question at most of each sentence, in their order."""
    for start, end in split_sentences(text):
        sentence = text[start:end]
        found = None
        if "\n" not in sentence and ":" not in sentence and "：" not in sentence:
            found = _of_chinese(sentence) if chinese else _of_english(sentence)
        if found is not None:
            question, about, value = found
            yield Echo(question, about, value, (start, end))


def _of_english(sentence: str) -> tuple[str, str, str] | None:
    if not _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS or not _ENGLISH.search(sentence):
        return None
    if any(mark in sentence for mark in "()[]{};"):
        return None  # what is put in is easily taken for what is asked
    year = _YEAR.search(sentence)
    if year is not None:
        return _asking(sentence, year, "which year", "number")
    for count in _COUNT.finditer(sentence):
        if not (
            _LIKE_A_YEAR.fullmatch(count["value"])
            or _NO_COUNT_AFTER.search(sentence[: count.start()])
        ):
            return _asking(sentence, count, "how many", "number")
    last = _LAST_WORDS.search(sentence)
    return None if last is None else _asking(sentence, last, "what", "words")


def _asking(
    sentence: str, found: re.Match[str], asked: str, about: str
) -> tuple[str, str, str] | None:
    before, after = sentence[: found.start("value")], sentence[found.end("value") :]
    if len((before + after).split()) < _LEAST_LEFT:
        return None
    words = f"{before}{asked}{after}".strip().rstrip(".!?…")
    first, space, rest = words.partition(" ")
    if first.lower() in _BEGINS_SMALL:
        words = f"{first.lower()}{space}{rest}"
    return f"{words}?", about, _ARTICLE.sub("", found["value"])


def _of_chinese(sentence: str) -> tuple[str, str, str] | None:
    if not _FEWEST_HAN <= sum(map(is_han, sentence)) <= _MOST_HAN:
        return None
    if any(mark in sentence for mark in "()（）[]"):
        return None
    number = _HAN_NUMBER.search(sentence)
    found = number or _HAN_AFTER.search(sentence)
    if found is None:
        return None
    start, end = found.span("value")
    if number is None and (
        sentence[0] in _POINTS_BACK or any(mark in sentence[:start] for mark in "，；,;：")
    ):
        return None  # what is, or is used, is said in the first clause
    # Only the clause that is asked is repeated: a Chinese sentence runs through many.
    first = max(sentence.rfind(mark, 0, start) for mark in "，；,;：") + 1
    ends = [at for mark in "，；。！,;" if (at := sentence.find(mark, end)) >= 0]
    clause = sentence[first : min(ends, default=len(sentence))]
    if sum(map(is_han, clause)) - sum(map(is_han, found["value"])) < _LEAST_LEFT:
        return None
    before, after = sentence[first:start], clause[end - first :]
    asked = f"{before}{'多少' if number else '什么'}{after}?"
    return asked, "number" if number else "words", found["value"]
