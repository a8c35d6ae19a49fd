"""Put labelled questions to a pipeline and note what came of each.

Three systems answer the same questions with the same reader: the full pipeline, and two baselines
that show what it adds: a search box (the question's keywords alone) and a lookalike search (the
nearest photo alone).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from knowledge.errors import ImageError
from search.citation import year_stands_in
from search.evaluation.testset import LabelledQuestion
from search.fusion import WEIGHTS
from search.pipeline import Asked, Pipeline
from search.query import Query
from vlm.images import decode_image

DEPTH = 20
"""Subjects asked for, so that recall can be measured beyond what a person is shown."""


@dataclass(frozen=True, slots=True)
class System:
    """A way of answering: which rankings it uses, and whether it looks at the photo."""

    name: str
    weights: Mapping[str, float]
    uses_photo: bool = True


SYSTEMS = (
    System("full", WEIGHTS),
    System("keywords_only", {"bm25": 1.0}, uses_photo=False),
    System("nearest_photo", {"image": 1.0}),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system made of a question.

    Attributes:
        question: with its right answer.
        rank: of the right subject, from 1; None if not found or there is none.
        abstained: whether no answer was given.
        exists_right: None where existence was not asked for.
        year_right: None where no year was asked for.
        source_right: whether the cited document is the right one; None when abstained.
        citation_valid: whether the quotation stands in its document and holds the year; None when
            abstained.
        seconds: from the decoded query to the answer.
    """

    question: LabelledQuestion
    rank: int | None
    abstained: bool
    exists_right: bool | None
    year_right: bool | None
    source_right: bool | None
    citation_valid: bool | None
    seconds: float

    @property
    def right(self) -> bool:
        """All that was asked for is right, source included; for the unanswerable, an abstention."""
        if not self.question.answerable:
            return self.abstained
        return bool(self.source_right) and False not in (self.exists_right, self.year_right)


def run_questions(
    questions: Sequence[LabelledQuestion],
    pipeline: Pipeline,
    *,
    on_progress: Callable[[int], None] = lambda done: None,
) -> dict[str, list[Outcome]]:
    """Put every question to every system.

    Args:
        questions: what to ask.
        pipeline: its index, encoder and reader are used by all systems.
        on_progress: told how many questions are done.

    Returns:
        system name → outcomes, in the order of the questions.
    """
    pipelines = [
        (
            system,
            Pipeline(pipeline.index, pipeline.encoder, pipeline.reader, weights=system.weights),
        )
        for system in SYSTEMS
    ]
    outcomes: dict[str, list[Outcome]] = {system.name: [] for system in SYSTEMS}
    for done, (question, query) in enumerate(_queries(questions, pipeline), start=1):
        for system, asked_of in pipelines:
            asked_query = query if system.uses_photo else replace(query, photos=())
            started = time.perf_counter()
            asked = asked_of.ask(asked_query)
            seconds = time.perf_counter() - started
            outcomes[system.name].append(_outcome(question, asked, asked_of, seconds))
        on_progress(done)
    return outcomes


def _queries(
    questions: Sequence[LabelledQuestion], pipeline: Pipeline
) -> Iterator[tuple[LabelledQuestion, Query]]:
    side = pipeline.encoder.card.decode_side
    for question in questions:
        photos: tuple[Image.Image, ...] = ()
        if question.photo is not None:
            try:
                photos = (decode_image(question.photo.read_bytes(), max_side=side).pixels,)
            except ImageError as error:
                raise type(error)(f"{question.photo}: {error}") from error
        yield question, Query(question.question, photos, language=question.language, k=DEPTH)


def _outcome(
    question: LabelledQuestion, asked: Asked, pipeline: Pipeline, seconds: float
) -> Outcome:
    answer = asked.answer
    rank = next(
        (s.rank for s in asked.subjects if _is(question.document, s.document.document_id)), None
    )
    source_right = citation_valid = None
    if answer.source is not None:
        source_right = _is(question.document, answer.source.document_id)
        text = pipeline.index.document(answer.source.document_id)[0].text
        stands = text[answer.source.start : answer.source.end] == answer.source.quote
        citation_valid = stands and (
            answer.year is None or year_stands_in(answer.year, answer.source.quote)
        )
    return Outcome(
        question=question,
        rank=rank,
        abstained=answer.abstained,
        exists_right=answer.exists == question.exists if asks_existence(question) else None,
        year_right=answer.year == question.year if asks_year(question) else None,
        source_right=source_right,
        citation_valid=citation_valid,
        seconds=seconds,
    )


def asks_existence(question: LabelledQuestion) -> bool:
    """Whether the answer's `exists` is what was asked for, or has to be known to answer."""
    return question.kind in ("exists", "demolished") and question.exists is not None


def asks_year(question: LabelledQuestion) -> bool:
    """Whether a year was asked for and the document states it."""
    return question.answerable and question.year is not None


def _is(document: str | None, document_id: str) -> bool:
    """Whether an index's document is the labelled one; a namesake of another corpus counts."""
    return document is not None and document_id.split("/", 1)[1] == document
