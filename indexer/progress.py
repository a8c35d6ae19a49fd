"""What a person sees of a long index run: a bar on a terminal, plain lines elsewhere."""

import time
from types import TracebackType

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

from indexer.report import IndexReport

_LINE_EVERY_S = 5.0


class ProgressDisplay:
    """Shows the reports of one corpus's run; use as a context manager and call it with each."""

    def __init__(self, corpus: str, size: int | None, console: Console) -> None:
        """`size`: how many documents there will be, if known."""
        self._corpus = corpus
        self._size = size
        self._console = console
        self._last_line = time.monotonic()
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("[bold]{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[detail]}"),
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

    def __call__(self, report: IndexReport) -> None:
        """Show how far the run is."""
        detail = f"{report.photos_embedded:,} photos, {report.passages_embedded:,} passages"
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
