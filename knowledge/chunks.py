"""Text → passages that fit into an encoder. Of a tokenizer it knows only the count of tokens."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.documents import Passage
from knowledge.sentences import Span, split_sentences

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_CLAUSE_END = re.compile(r"[,;:)\]—–](?=\s)|[，、；：）】」』》”—](?![，、；：）】」』》”—])")
_SPACE = re.compile(r"\s+")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_BISECTIONS = 4
_MAX_MARKS = 16


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence or a part of one that fits the budget.

    Attributes:
        tokens: without special tokens, so that they add up; at least 1, so that a passage has no
            more pieces than tokens.
        new_paragraph: whether a blank line stands before it.
    """

    start: int
    end: int
    tokens: int
    new_paragraph: bool


def chunk(
    document_id: str,
    text: str,
    *,
    max_tokens: int,
    count_tokens: Callable[[str], int],
) -> list[Passage]:
    """Cut a document's text into passages of whole sentences that fit a budget.

    Every character that is not white space is in exactly one passage, in order. A passage that is
    at least half full ends with its paragraph. A sentence over the budget is cut after a clause,
    else between words, else between characters. A passage is over the budget only if it is a
    single character that is.

    Args:
        document_id: whose text it is.
        text: the text that `Passage.start` and `Passage.end` are positions in.
        max_tokens: most tokens of a passage.
        count_tokens: tokens of a text, special tokens included. It is called a few times for each
            sentence or passage, never with a text longer than about two passages.

    Raises:
        ValueError: `max_tokens` leaves no room beside the special tokens.
    """
    special = count_tokens("")
    if max_tokens <= special:
        raise ValueError(f"max_tokens must be more than the {special} special ones: {max_tokens}.")

    @lru_cache(maxsize=4)  # a piece is measured to be cut and again to be counted
    def size(start: int, end: int) -> int:
        return count_tokens(text[start:end])

    pieces = list(_pieces(text, size, max_tokens, special))
    passages: list[Passage] = []
    first = 0
    while first < len(pieces):
        after = _fill(pieces, first, max_tokens - special)
        # Tokens of joined pieces rarely add up to more than their sum; where they do, give back.
        given_back = 1
        while after - first > 1 and size(pieces[first].start, pieces[after - 1].end) > max_tokens:
            after = max(first + 1, after - given_back)
            given_back *= 2
        start, end = pieces[first].start, pieces[after - 1].end
        passages.append(Passage(document_id, len(passages), text[start:end], start, end))
        first = after
    return passages


def _pieces(
    text: str, size: Callable[[int, int], int], max_tokens: int, special: int
) -> Iterator[_Piece]:
    """Sentences; a sentence over the budget in parts."""
    previous_end = 0
    for start, end in split_sentences(text):
        new_paragraph = _BLANK_LINE.search(text, previous_end, start) is not None
        for a, b in _cut(text, start, end, size, max_tokens):
            yield _Piece(a, b, max(1, size(a, b) - special), new_paragraph and a == start)
        previous_end = end


def _fill(pieces: Sequence[_Piece], first: int, budget: int) -> int:
    """The position after the last piece of the passage that begins with piece `first`."""
    tokens = 0
    border = None  # where the last paragraph ended that leaves the passage at least half full
    for position in range(first, len(pieces)):
        piece = pieces[position]
        if piece.new_paragraph and position > first and 2 * tokens >= budget:
            border = position
        tokens += piece.tokens
        if tokens > budget and position > first:
            return border or position
    return len(pieces)


def _cut(
    text: str, start: int, end: int, size: Callable[[int, int], int], max_tokens: int
) -> Iterator[Span]:
    """Spans of `text[start:end]` that fit the budget; a single one if all of it fits."""
    guess = max_tokens * 4  # characters
    while start < end:
        stop = _longest(start, end, guess, lambda a, b: size(a, b) <= max_tokens)
        guess = max(1, stop - start)
        if stop < end:
            stop = _break_before(text, start, stop)
            while stop - start > 1 and size(start, stop) > max_tokens:
                stop = start + (stop - start) // 2
        last = stop
        while text[last - 1].isspace():
            last -= 1
        yield start, last
        start = stop
        while start < end and text[start].isspace():
            start += 1


def _longest(start: int, end: int, guess: int, fits: Callable[[int, int], bool]) -> int:
    """About the farthest stop, at least one character on, with `fits(start, stop)`.

    Doubles a guess until it no longer fits and halves the rest a few times. The exact position
    does not matter, as the cut is made at a break before it, and every call may be slow.
    """
    good, bad = start + 1, end + 1
    stop = min(end, start + max(1, guess))
    while bad > end and good < end:
        if fits(start, stop):
            good = stop
            stop = min(end, start + 2 * (stop - start))
        else:
            bad = stop
    for _ in range(_BISECTIONS):
        middle = (good + bad) // 2
        if not good < middle < bad:
            break
        if fits(start, middle):
            good = middle
        else:
            bad = middle
    return good


def _break_before(text: str, start: int, stop: int) -> int:
    """The best place at or before `stop`, and after `start`, to cut a sentence."""
    half = (start + stop) // 2
    clauses = [m.end() for m in _CLAUSE_END.finditer(text, half, min(len(text), stop + 1))]
    if clauses := [place for place in clauses if start < place <= stop]:
        return clauses[-1]
    spaces = [m.start() for m in _SPACE.finditer(text, start + 1, stop + 1)]
    if spaces := [place for place in spaces if place <= stop]:
        return spaces[-1]
    for place in range(stop, max(start, stop - _MAX_MARKS), -1):
        if not _joins(text[place - 1], text[place]):
            return place
    return stop


def _joins(before: str, after: str) -> bool:
    """Whether two characters make one sign, as a letter and its accent do."""
    return after in _JOINERS or before == "\u200d" or unicodedata.category(after)[0] == "M"
