"""Put an index's own questions to its pipeline: with the answering lines there, and hidden.

The search is done once for both. What is hidden is hidden from the reader and from every check
after it. Knows no engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.language import fold
from search.answer import Answer
from search.evaluation.judge import same_value
from search.evidence import Subject
from search.own_questions.hiding import without_lines
from search.own_questions.making import OwnQuestion, Source
from search.pipeline import Found, Pipeline
from search.query import Query


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was drafted, whatever its confidence. `signals` are empty where nothing was."""

    signals: Mapping[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class OwnReply:
    """What came of one question.

    Attributes:
        source: what the question was made of.
        there: the draft with the lines there.
        hidden: the draft with the lines hidden; it is never right.
    """

    source: Source
    there: Drafted
    hidden: Drafted


def ask_twice(question: OwnQuestion, pipeline: Pipeline) -> OwnReply | None:
    """Ask with the answering lines there and hidden.

    Args:
        question: of a document of the pipeline's index.
        pipeline: withholds nothing, so that every draft is seen.

    Returns:
        None where another document of the same title was found, since it may answer too.

    Raises:
        StorageError: the index cannot be read.
        ModelError: the reader or the encoder failed.
    """
    query = Query(question.text, language=question.language)
    found = pipeline.search(query)
    titles = [fold(subject.document.title) for subject in found.subjects]
    own = [s for s in found.subjects if s.document.document_id == question.document_id]
    if own and titles.count(fold(own[0].document.title)) > 1:
        return None
    there = pipeline.answer(query, found).answer
    subjects = [
        without_lines(subject, question.lines) if subject in own else subject
        for subject in found.subjects
    ]
    hidden: Answer = pipeline.answer(query, _with(found, subjects)).answer
    return OwnReply(
        question.source,
        Drafted(there.signals, _is_right(there, question)),
        Drafted(hidden.signals, right=False),
    )


def _with(found: Found, subjects: Sequence[Subject]) -> Found:
    """What was found with these subjects: where one has no text left, the next comes first, as it
    would if that one were not in the index."""
    left = (subject for subject in subjects if subject.passages)
    return replace(
        found, subjects=[replace(each, rank=rank) for rank, each in enumerate(left, start=1)]
    )


def _is_right(answer: Answer, question: OwnQuestion) -> bool:
    """Whether an answer quotes the lines that answer, and says what stands there."""
    source = answer.source
    if source is None or source.document_id != question.document_id:
        return False
    if not any(source.start < end and start < source.end for start, end in question.lines):
        return False
    if not question.values:
        return True
    said = answer.value if answer.value is not None else answer.year
    return said is None or any(
        same_value(value, str(said)) or fold(value) in fold(str(said)) for value in question.values
    )
