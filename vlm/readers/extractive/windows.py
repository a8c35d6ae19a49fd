"""Which parts of the candidates the network reads for one question, and where their sentences are.

A window is a run of neighbouring passages of one candidate with the candidate's names above it.
Knows no network and no answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.documents import Passage
from knowledge.language import is_han
from knowledge.sentences import Span, split_sentences
from vlm.chronology import asks_existence
from vlm.chronology.lexicon import CONDITION
from vlm.readers.base import Candidate, Reading

WINDOW_TOKENS = 176
"""Of a window's text; the network was trained on texts of up to 210."""
MOST_TOKENS = 760
"""Of all windows of a question: what two cores read in about a tenth of a second."""
_FIRST_SHARE = 0.65
"""Of those, for the first candidate; what the others leave is added."""
_LONGEST_PASSAGE = 4_000
"""Characters of one passage that are read."""
_LONGEST_NAME = 120
_MOST_ALIASES = 2


@dataclass(frozen=True)
class Window:
    """A part of a candidate's text.

    Attributes:
        place: of the candidate in the reading, from 0.
        candidate: whose text it is.
        heading: the candidate's names, as a line above the text.
        passages: in the order of the document.
        asks_existence: whether that is what the question asks.
    """

    place: int
    candidate: Candidate
    heading: str
    passages: tuple[Passage, ...]
    asks_existence: bool = False

    @cached_property
    def text(self) -> str:
        """The passages, one a line; blanks for what says nothing of existence, if that is asked."""
        text = "\n".join(_beginning(passage) for passage in self.passages)
        if not self.asks_existence:
            return text
        return CONDITION.sub(lambda line: " " * len(line.group()), text)

    def sentences(self) -> Iterator[tuple[Passage, Span, Span]]:
        """Each passage's sentences: the passage, the span in it, and the span in `text`."""
        at = 0
        for passage in self.passages:
            text = _beginning(passage)
            for start, end in split_sentences(text):
                yield passage, (start, end), (at + start, at + end)
            at += len(text) + 1


def windows_of(reading: Reading, count_tokens: Callable[[str], int]) -> list[Window]:
    """The windows of a reading, the first candidate's first.

    Passages are taken in their order, the most fitting first, until the tokens are used up; the
    first candidate gets the larger share.
    """
    windows: list[Window] = []
    left = MOST_TOKENS
    existence = asks_existence(reading.question)
    for place, candidate in enumerate(reading.candidates):
        others = len(reading.candidates) - place - 1
        budget = (
            left if not others else int(left * (_FIRST_SHARE if place == 0 else 1 / (others + 1)))
        )
        heading = _heading(candidate, reading.question)
        chosen, used = _chosen(candidate.passages, budget, count_tokens)
        windows += [
            Window(place, candidate, heading, run, existence)
            for run in _runs(chosen, WINDOW_TOKENS)
        ]
        left -= used
    return windows


def _chosen(
    passages: Sequence[Passage], budget: int, count_tokens: Callable[[str], int]
) -> tuple[dict[Passage, int], int]:
    """The first passages that fit, at least one, with their tokens; and the tokens together."""
    chosen: dict[Passage, int] = {}
    used = 0
    for passage in passages:
        tokens = min(count_tokens(_beginning(passage)), WINDOW_TOKENS)
        if chosen and used + tokens > budget:
            break
        chosen[passage] = tokens
        used += tokens
    return chosen, used


def _runs(chosen: dict[Passage, int], most: int) -> Iterator[tuple[Passage, ...]]:
    """Neighbouring passages together, in the document's order, of at most `most` tokens."""
    run: list[Passage] = []
    tokens = 0
    for passage in sorted(chosen, key=lambda passage: passage.start):
        apart = run and passage.ordinal != run[-1].ordinal + 1
        if run and (apart or tokens + chosen[passage] > most):
            yield tuple(run)
            run, tokens = [], 0
        run.append(passage)
        tokens += chosen[passage]
    if run:
        yield tuple(run)


def _heading(candidate: Candidate, question: str) -> str:
    """The title, and those aliases first that are in the question or in its script."""
    asked = question.casefold()
    script = any(map(is_han, question))
    aliases = [each for each in candidate.aliases if 0 < len(each) <= _LONGEST_NAME]
    aliases = [
        each for each in aliases if each.casefold() in asked or any(map(is_han, each)) == script
    ]
    aliases.sort(key=lambda each: each.casefold() not in asked)
    title = candidate.title[:_LONGEST_NAME]
    return " / ".join(dict.fromkeys([title, *aliases[:_MOST_ALIASES]]))


def _beginning(passage: Passage) -> str:
    return passage.text[:_LONGEST_PASSAGE]
