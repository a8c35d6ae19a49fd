"""A subject as the index would hold it without some of its lines. Knows no store."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from knowledge.documents import Document, Passage
from knowledge.language import fold
from search.evidence import Subject
from vlm.chronology import chronology_of

Span = tuple[int, int]


def without_lines(subject: Subject, lines: Sequence[Span]) -> Subject:
    """The subject with these spans of its text cut out of document, passages and chronology.

    How it was found stays as it was, as if the question's other words had found it.

    Args:
        subject: with whatever passages were found.
        lines: spans of `subject.document.text`, in order, none overlapping another.
    """
    cut = _Cut([_with_line_end(span, subject.document.text) for span in lines])
    document = _document_without(subject.document, cut)
    passages = tuple(
        shown for passage in subject.passages if (shown := _passage_without(passage, document, cut))
    )
    kept = {passage.ordinal for passage in passages}
    return replace(
        subject,
        document=document,
        passages=passages,
        passage_scores={n: s for n, s in subject.passage_scores.items() if n in kept},
        chronology=chronology_of(document, passages),
    )


def _with_line_end(span: Span, text: str) -> Span:
    """A span that fills its line, with the line's end, so that no blank line is left for it."""
    start, end = span
    whole = (start == 0 or text[start - 1] == "\n") and text[end : end + 1] == "\n"
    return (start, end + 1) if whole else span


class _Cut:
    """Where a character of a text stands once spans are cut out of it."""

    def __init__(self, lines: Sequence[Span]) -> None:
        self.lines = lines
        self._starts = [start for start, _ in lines]

    def text(self, text: str) -> str:
        """The text without the spans."""
        kept, last = [], 0
        for start, end in self.lines:
            kept.append(text[last:start])
            last = end
        return "".join([*kept, text[last:]])

    def moved(self, position: int) -> int:
        """The new position of a character; of one in a span, where the span was."""
        before = self.lines[: bisect_left(self._starts, position)]
        return position - sum(min(end, position) - start for start, end in before)


def _document_without(document: Document, cut: _Cut) -> Document:
    return replace(
        document,
        text=cut.text(document.text),
        fields=tuple(
            replace(each, start=cut.moved(each.start), end=cut.moved(each.end))
            for each in document.fields
            if not any(start <= each.start < end for start, end in cut.lines)
        ),
        pages=tuple(
            replace(each, start=cut.moved(each.start), end=cut.moved(each.end))
            for each in document.pages
        ),
        dates=(),
    )


def _passage_without(passage: Passage, document: Document, cut: _Cut) -> Passage | None:
    """What is left of a passage; None where nothing is."""
    start, end = cut.moved(passage.start), cut.moved(passage.end)
    text = document.text[start:end]
    stripped = text.strip()
    if not stripped or fold(stripped) == fold(document.title):
        return None  # a name alone says nothing, and answers as little as no passage
    start += len(text) - len(text.lstrip())
    return replace(passage, text=stripped, start=start, end=start + len(stripped))
