"""Questions that repeat a sentence of a prose text and ask for some of its words.

*The king stands 9.4 cm high* becomes *the king stands how many cm high?*, and 主料用猪肋排 becomes
主料用什么? So prose without headings and dates can be asked as well, without a model that would
write questions. What is asked for is a number, or the words after a preposition (in Chinese after
用, 是, 为, …) up to the end of their clause. Knows no document and no store.
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

_NUMBER = re.compile(r"(?<![\w.,/:-])\d+(?:[.,]\d+)*(?![\w/:-]|[.,]\d)")
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_AFTER = re.compile(
    r"(?P<before>\b(?:by|from|in|at|on|of|with|for|as|into|near|under|behind|between|to)\s+)"
    r"(?P<words>(?:(?:the|a|an)\s+)?[^\W_]+(?:[ '’-][^\W_]+){0,4})(?P<end>\s*(?:[,;.!?]|$))"
)
_HAN_NUMBER = re.compile(
    r"(?<![\d第〇零一二三四五六七八九十百千万两])"
    r"(?:\d+(?:\.\d+)?|[一二三四五六七八九十百千万两半]{2,})(?![\d〇零一二三四五六七八九十百千万两半])"
)
_HAN_AFTER = re.compile(r"(?<=[用是为在由叫])(?P<words>[一-鿿]{2,8})(?=[，。；！,;])")
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
    number = _NUMBER.search(sentence)
    if number is not None:
        before, after = sentence[: number.start()], sentence[number.end() :]
        is_year = bool(_YEAR.fullmatch(number.group()))
        asked = _as_question(before, "which year" if is_year else "how many", after)
        return (asked, "number", number.group()) if asked else None
    matches = list(_AFTER.finditer(sentence))
    if not matches:
        return None
    found = matches[-1]
    asked = _as_question(sentence[: found.start("words")], "what", sentence[found.end("words") :])
    value = re.sub(r"^(?:the|an|a)\s+", "", found["words"])
    return (asked, "words", value) if asked else None


def _as_question(before: str, asked: str, after: str) -> str | None:
    words = f"{before}{asked}{after}".strip().rstrip(".!?…")
    if len((before + after).split()) < _LEAST_LEFT:
        return None
    return f"{words[:1].lower()}{words[1:]}?"


def _of_chinese(sentence: str) -> tuple[str, str, str] | None:
    if not _FEWEST_HAN <= sum(map(is_han, sentence)) <= _MOST_HAN:
        return None
    number, phrase = _HAN_NUMBER.search(sentence), _HAN_AFTER.search(sentence)
    found = number or phrase
    if found is None:
        return None
    start, end = found.span() if number else found.span("words")
    # Only the clause that is asked is repeated: a Chinese sentence runs through many.
    first = max(sentence.rfind(mark, 0, start) for mark in "，；,;：") + 1
    ends = [at for mark in "，；。！,;" if (at := sentence.find(mark, end)) >= 0]
    clause = sentence[first : min(ends, default=len(sentence))]
    asked = clause[: start - first] + ("多少" if number else "什么") + clause[end - first :]
    if sum(map(is_han, clause)) - sum(map(is_han, found.group())) < _LEAST_LEFT:
        return None
    return f"{asked}?", "number" if number else "words", sentence[start:end]
