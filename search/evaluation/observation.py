"""What a system said to a question, without any judgement: plain values that go to JSON and back.

Judging is apart (`judge.py`), so a run that is cached can be judged anew by other rules.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from knowledge.index import Index
from search.citation import year_stands_in
from search.pipeline import Asked
from search.subjects import Subject

_EVIDENCE_KEPT = 4
"""Subjects whose scores and passages a report can show."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A subject that was found, for a person to look at. `scores`: by name, higher is better."""

    document_id: str
    title: str
    scores: Mapping[str, float]
    photo_id: str | None
    passage: str | None


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of a question.

    Attributes:
        ranked: ids of the subjects found, best first.
        seen: the first of them, in more detail.
        citation_valid: whether the quotation stands in the stored document at its span and holds
            the year; None when abstained. Checked again here, from the document itself.
        signals: what the confidence was made of.
        timings: stage → seconds.
    """

    ranked: tuple[str, ...]
    seen: tuple[Seen, ...]
    abstained: bool
    reason: str | None
    exists: bool | None
    year: int | None
    current_use: str | None
    text: str
    quote: str | None
    source: str | None
    confidence: float
    citation_valid: bool | None
    signals: Mapping[str, float] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> "Observation":
        """The inverse of `to_json`. Raises TypeError or KeyError where a field is amiss."""
        values = dict(raw)
        values["ranked"] = tuple(values["ranked"])
        values["seen"] = tuple(Seen(**seen) for seen in values["seen"])
        return Observation(**values)


def observe(asked: Asked, index: Index, *, timings: Mapping[str, float]) -> Observation:
    """Note what a system answered, and check its citation against the stored document.

    `timings`: stage → seconds of the answer.
    """
    answer = asked.answer
    valid = None
    if answer.source is not None:
        text = index.document(answer.source.document_id)[0].text
        quote = answer.source.quote
        stands = bool(quote) and text[answer.source.start : answer.source.end] == quote
        valid = stands and (answer.year is None or year_stands_in(answer.year, quote))
    return Observation(
        ranked=tuple(subject.document.document_id for subject in asked.subjects),
        seen=tuple(_seen(subject) for subject in asked.subjects[:_EVIDENCE_KEPT]),
        abstained=answer.abstained,
        reason=answer.reason,
        exists=answer.exists,
        year=answer.year,
        current_use=answer.current_use,
        text=answer.text,
        quote=answer.source.quote if answer.source else None,
        source=answer.source.document_id if answer.source else None,
        confidence=answer.confidence,
        citation_valid=valid,
        signals=dict(answer.signals),
        timings=dict(timings),
    )


def _seen(subject: Subject) -> Seen:
    return Seen(
        document_id=subject.document.document_id,
        title=subject.document.title,
        scores={name: round(score, 4) for name, score in subject.scores.items()},
        photo_id=subject.photo.id if subject.photo else None,
        passage=subject.passages[0].text if subject.passages else None,
    )
