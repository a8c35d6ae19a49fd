"""Measure with an index's own questions how carefully its texts are read, and keep the figures.

At most so many questions are asked, in at most so many seconds, each twice (`asking`). What is kept
are the confidences, so that the figures can be told for any threshold, for each encoder, reader and
model apart. Where the reader has a fit of its own they are shown and decide nothing: docs/trust.md
has the measurement that a threshold moved by them answers no better on material that was left out.
A model without one is believed as far as it read them rightly (`search.confidence.READ_RIGHTLY`).
"""

import datetime
import logging
import time
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.index import Index, layout
from knowledge.viewer import ANYBODY
from search.confidence import Fit, sureness
from search.evidence import stored_chronologies
from search.own_questions.asking import Drafted, OwnReply, ask_twice
from search.own_questions.making import OwnQuestion, Source, questions_of, spread
from search.pipeline import Pipeline
from vlm.readers import LookingReader

logger = logging.getLogger(__name__)

METHOD = 2
"""Grows when questions, hiding or judging change, so that what was measured before is not shown."""

QUESTIONS, SECONDS = 100, 120.0
"""At most, where somebody asks for it."""

DOCUMENTS = 300
"""Documents that questions are made of: those that the store names first, in no order of theirs."""

FEWEST = 10
"""Of fewer questions no share is told."""

_FEWEST_BELIEVED = 4
"""Of fewer questions a model is not believed less or more. Those of sections do not count: they
say whether a reader understands what a section is."""

_HIDDEN_ASKED = 0.25
_RIGHT_BEFORE, _ANSWERED_BEFORE = 4.0, 5.0

_CHANGED = 0.2
_READERS_KEPT = 8


class Asked(BaseModel):
    """One question: the confidences of what was drafted, 0 where nothing was.

    Attributes:
        source: what the question was made of.
        there: with the answering lines there.
        right: whether that draft is right.
        hidden: with them hidden, when every draft is wrong.
    """

    model_config = ConfigDict(frozen=True)

    source: Source
    there: float = Field(ge=0, le=1)
    right: bool
    hidden: float = Field(ge=0, le=1)


class OwnFigures(BaseModel):
    """What an index's own questions say of one reader.

    Attributes:
        method: `METHOD` when they were asked.
        encoder: fingerprint of the encoder that the index was made with.
        text_encoder: of its text encoder, None without one.
        reader: the reader's name.
        model: which model it read with; empty where the name says it.
        fit: date of the fit that its confidences come from; None where they are its own.
        threshold: below which nothing was answered.
        documents: that the index had.
        sources: what questions were made of → how many.
        asked: the questions.
        left_out: questions that were made and not asked, for want of time or since another document
            has the same title.
        date: ISO 8601.
    """

    model_config = ConfigDict(frozen=True)

    method: int
    encoder: str
    text_encoder: str | None
    reader: str
    model: str
    fit: str | None
    threshold: float = Field(ge=0, le=1)
    documents: int = Field(ge=0)
    sources: dict[str, int]
    asked: tuple[Asked, ...]
    left_out: int = Field(ge=0)
    date: str

    @property
    def right(self) -> int:
        """Questions that were answered rightly with the lines there."""
        return sum(each.right and self._given(each.there) for each in self.asked)

    @property
    def wrong(self) -> int:
        """Questions that were answered wrongly with the lines there."""
        return sum(not each.right and self._given(each.there) for each in self.asked)

    @property
    def refused(self) -> int:
        """Questions that were not answered with the lines hidden."""
        return sum(not self._given(each.hidden) for each in self.asked)

    @property
    def read_rightly(self) -> float | None:
        """The share of right answers of those that it gives; None where too few were asked.

        A question whose lines are hidden counts a quarter: about as many of those that people ask
        have no answer in the text. It begins with five answers of which four are right, so that a
        few questions say little.
        """
        asked = tuple(each for each in self.asked if each.source != "section")
        if len(asked) < _FEWEST_BELIEVED:
            return None
        of = self.model_copy(update={"asked": asked})
        answered = of.right + of.wrong + _HIDDEN_ASKED * (len(asked) - of.refused)
        return (_RIGHT_BEFORE + of.right) / (_ANSWERED_BEFORE + answered)

    def _given(self, confidence: float) -> bool:
        return confidence > 0 and confidence >= self.threshold

    def is_of(self, reader: str, model: str) -> bool:
        """Whether a reader with its model was asked."""
        return (self.reader, self.model) == (reader, model)


def ask_itself(
    pipeline: Pipeline,
    *,
    model: str = "",
    questions: int = QUESTIONS,
    seconds: float = SECONDS,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> OwnFigures | None:
    """Ask an index the questions that its own texts answer, and keep the figures with it.

    Args:
        pipeline: as the product answers, but for a second reader that stands in for the first.
        model: which model its reader reads with, where the reader's name does not say it.
        questions: how many are asked at most.
        seconds: how long is asked at most; the question that is being asked is finished.
        on_progress: called with the questions asked, and how many there are.

    Returns:
        What was kept; None where no question can be made or was asked, and nothing is changed then.

    Raises:
        StorageError: the index cannot be read or written.
        ModelError: the reader or the encoder failed; nothing is kept then.
    """
    began, index = time.monotonic(), pipeline.index
    chosen = _questions(index, questions)
    is_model = isinstance(pipeline.reader, LookingReader)
    fit = pipeline.fits.of(pipeline.reader.name, composed=not is_model)
    unfitted = 0.0 if is_model else 0.5  # as `search.confidence.weigh` has it
    asked: list[Asked] = []
    sources: dict[str, int] = {}
    withheld, pipeline.withholds = pipeline.withholds, False
    read_rightly, pipeline.read_rightly = pipeline.read_rightly, None  # it is measured anew
    try:
        for number, question in enumerate(chosen, start=1):
            if time.monotonic() - began > seconds:
                break
            reply = ask_twice(question, pipeline)
            if reply is not None:
                sources[reply.source] = sources.get(reply.source, 0) + 1
                there, hidden = (_confidence(draft, fit) for draft in (reply.there, reply.hidden))
                asked.append(
                    Asked(source=reply.source, there=there, right=reply.there.right, hidden=hidden)
                )
            on_progress(number, len(chosen))
    finally:
        pipeline.withholds, pipeline.read_rightly = withheld, read_rightly
    if not asked:
        return None
    made_with = index.fingerprint
    figures = OwnFigures(
        method=METHOD,
        encoder=made_with.encoder_fingerprint,
        text_encoder=made_with.text_encoder_fingerprint,
        reader=pipeline.reader.name,
        model=model,
        fit=None if fit is None else fit.date,
        threshold=unfitted if fit is None else fit.threshold,
        documents=index.store.count({"kind": "document"}),
        sources=sources,
        asked=tuple(asked),
        left_out=len(chosen) - len(asked),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )
    _keep(index, figures)
    return figures


def read_figures(index: Index) -> list[OwnFigures]:
    """What the index keeps of its own questions, that this program asked with the index's encoders,
    the latest first.

    Raises:
        StorageError: the index cannot be read.
    """
    content = index.whole.calibration(layout.OWN_QUESTIONS) or {}
    raw = content.get("readers")
    found = [_read(each) for each in raw] if isinstance(raw, list) else []
    made_with = index.fingerprint
    encoders = (made_with.encoder_fingerprint, made_with.text_encoder_fingerprint)
    return [each for each in found if each and (each.encoder, each.text_encoder) == encoders]


def has_grown(index: Index, figures: OwnFigures) -> bool:
    """Whether the index has grown or shrunk by a fifth since it was asked."""
    documents = index.store.count({"kind": "document"})
    return abs(documents - figures.documents) > _CHANGED * figures.documents


def drafts_of(pipeline: Pipeline, questions: int) -> list[OwnReply]:
    """What a pipeline that withholds nothing drafts for an index's own questions; keeps nothing.

    Raises:
        StorageError: the index cannot be read.
        ModelError: the reader or the encoder failed.
    """
    asked = (ask_twice(each, pipeline) for each in _questions(pipeline.index, questions))
    return [reply for reply in asked if reply is not None]


def _questions(index: Index, count: int) -> list[OwnQuestion]:
    view = index.seen_by(ANYBODY)  # as the questions are asked
    records = islice(view.store.scroll({"kind": "document"}), DOCUMENTS)
    documents = [layout.document_from_payload(record.payload) for record in records]
    chronologies = stored_chronologies(view, [each.document_id for each in documents])
    made = [questions_of(each, chronologies[each.document_id]) for each in documents]
    return spread(made, count)


def _confidence(draft: Drafted, fit: Fit | None) -> float:
    if not draft.signals:
        return 0.0
    return round(sureness(draft.signals, fit), 4)


def _keep(index: Index, figures: OwnFigures) -> None:
    others = [each for each in read_figures(index) if not each.is_of(figures.reader, figures.model)]
    kept = [figures, *others][:_READERS_KEPT]
    content: Mapping[str, Any] = {"readers": [each.model_dump(mode="json") for each in kept]}
    index.keep_calibration(content, layout.OWN_QUESTIONS)


def _read(raw: object) -> OwnFigures | None:
    """Figures as they were kept; None where another version of this program kept others."""
    try:
        found = OwnFigures.model_validate(raw)
    except ValidationError:
        return None
    return found if found.method == METHOD else None
