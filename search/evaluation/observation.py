"""What a system said to a question, and the file that keeps it while a run goes on.

Observations are plain values, one JSON object a line, appended and flushed: a run that was stopped
goes on from there. The key of each says everything that it depends on, so nothing stale is read.
Judging is apart (`judge.py`), so a cached run can be judged by other rules.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from knowledge.errors import InputError
from knowledge.index import View
from search.citation import year_stands_in
from search.evidence import Subject
from search.pipeline import Asked

_EVIDENCE_KEPT = 4
"""Subjects whose scores and passages a report can show."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A subject that was found, as a report shows it. `scores`: by name, higher is better."""

    document_id: str
    title: str
    scores: Mapping[str, float]
    photo_id: str | None
    passage: str | None


@dataclass(frozen=True, slots=True)
class Observation:
    """A system's answer to a question, with what it found.

    Attributes:
        ranked: ids of the subjects found, best first.
        seen: the first of them, in more detail.
        citation_valid: whether the quotation stands in the stored document at its span and holds
            the year; None when abstained. Checked again here, from the document itself.
        value: the answer in the quotation's own few words, if it gives one.
        date: EDTF of the date that it gives.
        signals: the values that the confidence was computed from.
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
    value: str | None = None
    date: str | None = None
    signals: Mapping[str, float] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> "Observation":
        """The inverse of `to_json`. Raises TypeError or KeyError where a field is missing
        or unknown."""
        values = dict(raw)
        values["ranked"] = tuple(values["ranked"])
        values["seen"] = tuple(Seen(**seen) for seen in values["seen"])
        return Observation(**values)


def observe(asked: Asked, view: View, *, timings: Mapping[str, float]) -> Observation:
    """Record a system's answer, and check its citation against the stored document.

    `timings`: stage → seconds of the answer.
    """
    answer = asked.answer
    valid = None
    if answer.source is not None:
        text = view.document(answer.source.document_id)[0].text
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
        value=answer.value,
        date=answer.date,
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


def digest(*parts: Any) -> str:  # noqa: ANN401 - anything JSON can hold
    """A key for everything that is given.

    >>> digest("a", 1) == digest("a", 1) != digest("a", 2)
    True
    """
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Cache:
    """Key → observation, kept in a file, or with `path` None for this run. Close it when done."""

    def __init__(self, path: Path | None) -> None:
        """Read the file, if it exists.

        Raises:
            InputError: the file cannot be read or written.
        """
        self._known: dict[str, Observation] = {}
        self._file = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                self._read(path.read_text(encoding="utf-8"))
            self._file = path.open("a", encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The evaluation's cache {path} cannot be used: {error}.") from error

    def get(self, key: str) -> Observation | None:
        """The observation under this key, None if there is none."""
        return self._known.get(key)

    def put(self, key: str, observation: Observation) -> None:
        """Write an observation, at once."""
        self._known[key] = observation
        if self._file is not None:
            line = json.dumps({"key": key, **observation.to_json()}, ensure_ascii=False)
            # A newline in front, too: a line that a killed run left half written ends here.
            self._file.write(f"\n{line}\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> "Cache":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, text: str) -> None:
        for line in text.splitlines():
            try:
                raw = json.loads(line)
                key = raw.pop("key")
                self._known[key] = Observation.from_json(raw)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
