"""What an index run did: its counts and its problems, and how a person sees them grow.

A person sees a bar on a terminal and plain lines elsewhere; a program reads JSON.
"""

import time
from collections import deque
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from knowledge.documents import Note, Problem

_LINE_EVERY_S = 5.0
_RATED_FROM_S = 1.0
"""Seconds that a run takes at least for its rate to be worth saying."""
_RATE_OVER_S = 30.0
"""Seconds over which the rate is taken."""


@dataclass(slots=True)
class IndexReport:
    """What an index run did.

    Attributes:
        corpus: its name.
        new, changed, unchanged: documents of the corpus that are now in the index.
        removed: documents that the corpus no longer has.
        kept: documents that were not removed, as something unreadable may be one of them.
        withheld: documents that are gone and were not removed, as too many are gone at once.
        photos_embedded, passages_embedded: what was encoded; the index had the others already.
        photos_with_text: photos in which text was read in this run.
        reused: photos and passages whose vectors were copied from documents of other names.
        hashed: photos that the index had without a hash and that have one now.
        seconds: wall time.
        problems: what in the corpus could not be used.
        notes: what a person should know besides.
    """

    corpus: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    withheld: int = 0
    photos_embedded: int = 0
    passages_embedded: int = 0
    photos_with_text: int = 0
    reused: int = 0
    hashed: int = 0
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """Documents read from the corpus and now in the index."""
        return self.new + self.changed + self.unchanged

    @property
    def ok(self) -> bool:
        """Whether everything in the corpus could be used."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """Plain data, one key a field."""
        return asdict(self)

    def summary(self) -> str:
        """One line for people."""
        parts = [
            f"{self.new} new",
            f"{self.changed} changed",
            f"{self.unchanged} unchanged",
            f"{self.removed} removed",
        ]
        text = (
            f"{self.corpus}: {_plural(self.documents, 'document')} ({', '.join(parts)}); "
            f"{_plural(self.photos_embedded, 'photo')} and "
            f"{_plural(self.passages_embedded, 'passage')} embedded in {self.seconds:.1f} s"
        )
        if self.seconds >= _RATED_FROM_S:
            text += f", {self.documents / self.seconds:,.0f} documents/s"
        if self.photos_with_text:
            text += f"; text in {_plural(self.photos_with_text, 'photo')}"
        if self.reused:
            text += f", {self.reused:,} taken over from renamed documents"
        if self.hashed:
            text += f"; {_plural(self.hashed, 'photo')} hashed"
        if self.problems:
            text += f"; {_plural(len(self.problems), 'problem')}, see the report"
        return text


class ProgressDisplay:
    """Shows the progress of one corpus's run: a context manager, to be called with each report."""

    def __init__(self, corpus: str, size: int | None, console: Console) -> None:
        """`size`: how many documents there will be, if known."""
        self._corpus = corpus
        self._size = size
        self._console = console
        self._last_line = time.monotonic()
        self._passed = deque([(self._last_line, 0)])
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", style="bold", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[detail]}", markup=False),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task(corpus, total=size, detail="")

    def __enter__(self) -> "ProgressDisplay":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def _rate(self, report: IndexReport) -> float:
        """Documents a second, over the last half minute or so."""
        now = time.monotonic()
        self._passed.append((now, report.documents))
        while len(self._passed) > 2 and now - self._passed[1][0] >= _RATE_OVER_S:
            self._passed.popleft()
        began, before = self._passed[0]
        return (report.documents - before) / (now - began) if now > began else 0.0

    def __call__(self, report: IndexReport) -> None:
        """Show how far the run is."""
        detail = f"{report.photos_embedded:,} photos, {report.passages_embedded:,} passages"
        detail += f", {self._rate(report):,.0f} documents/s"
        if report.problems:
            detail += f", {len(report.problems)} problems"
        if self._bar:
            self._bar.update(self._task, completed=report.documents, detail=detail)
        elif time.monotonic() - self._last_line >= _LINE_EVERY_S:
            self._last_line = time.monotonic()
            of = f" of {self._size:,}" if self._size is not None else ""
            self._console.print(
                f"{self._corpus}: {report.documents:,}{of} documents, {detail}", highlight=False
            )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
