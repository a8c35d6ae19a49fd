"""From a network's scores to answers: the best words of each sentence, and how sure it is.

Knows scores and sentences; no question, no wording.
"""

import math
import re
from dataclasses import dataclass

import numpy as np

from knowledge.documents import Passage
from vlm.readers.extractive.network import Floats, Scores
from vlm.readers.extractive.windows import Window

_LONGEST_ANSWER = 48
"""Tokens."""
_BREAK = re.compile(r"[;；，]|, |\b(?:but|and|aber|mais|pero)\b")
_TRIMMED = " \t\r\n:：,，;；.。、"


@dataclass(frozen=True, slots=True)
class Found:
    """The best words of one sentence.

    Attributes:
        window: where the sentence was read.
        scores: what the network said of the window.
        passage, start, end: the sentence, `passage.text[start:end]`.
        first, last: the words, `passage.text[first:last]`.
        span: logit of the words, `starts[i] + ends[j]`.
        margin: how much the words are preferred to nothing; above 0 they are likelier.
    """

    window: Window
    scores: Scores
    passage: Passage
    start: int
    end: int
    first: int
    last: int
    span: float
    margin: float

    @property
    def sentence(self) -> str:
        """The sentence, which is what is quoted."""
        return self.passage.text[self.start : self.end]

    @property
    def clause(self) -> str:
        """The clause of the sentence that has the words."""
        text = self.passage.text
        start = max((m.end() for m in _BREAK.finditer(text, self.start, self.first)), default=0)
        found = _BREAK.search(text, self.last, self.end)
        return text[max(start, self.start) : found.start() if found else self.end]

    @property
    def words(self) -> str:
        """The words that answer."""
        return self.passage.text[self.first : self.last]


def find_spans(window: Window, scores: Scores) -> list[Found]:
    """The best words of each sentence of a window that has any tokens, best first."""
    found = []
    offsets = scores.offsets
    for passage, (start, end), (at, to) in window.sentences():
        low = int(np.searchsorted(offsets[:, 1], at, "right"))
        high = int(np.searchsorted(offsets[:, 0], to, "left"))
        if low >= high:
            continue
        i, j, span = _best(scores.starts[low:high], scores.ends[low:high])
        # A token may begin with the white space or the mark before the sentence.
        first = max(int(offsets[low + i, 0]) - at + start, start)
        last = min(int(offsets[low + j, 1]) - at + start, end)
        first, last = _trimmed(passage.text, first, last)
        if first < last:
            margin = margin_of(scores, span)
            found.append(Found(window, scores, passage, start, end, first, last, span, margin))
    return sorted(found, key=lambda each: -each.span)


def margin_of(scores: Scores, span: float) -> float:
    """How much words with the logit `span` are preferred to nothing."""
    over = span - scores.nothing
    return over if scores.answerable is None else over / 2 + scores.answerable


def probability(logit: float) -> float:
    """A logit as a probability."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def _best(starts: Floats, ends: Floats) -> tuple[int, int, float]:
    """First and last token of the best words, and their logit.

    >>> _best(np.array([0.0, 3.0, 0.0]), np.array([2.0, 0.0, 1.0]))
    (1, 2, 4.0)
    """
    scores = starts[:, None] + ends[None, :]
    apart = np.arange(len(starts))[None, :] - np.arange(len(starts))[:, None]
    scores = np.where((apart >= 0) & (apart < _LONGEST_ANSWER), scores, -np.inf)
    first, last = divmod(int(np.argmax(scores)), len(starts))
    return first, last, float(scores[first, last])


def _trimmed(text: str, first: int, last: int) -> tuple[int, int]:
    while first < last and text[first] in _TRIMMED:
        first += 1
    while first < last and text[last - 1] in _TRIMMED:
        last -= 1
    return first, last
