"""Progress of work that is counted: a bar on a terminal, and lines or nothing elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINES = 20


@contextmanager
def progress_bar(
    console: Console, doing: str, *, counted: str = "", apart: int | None = None, before: int = 0
) -> Iterator[Callable[[int, int], None]]:
    """Yields a function to call with what is done and how much there is.

    Args:
        console: where the bar stands, or the lines.
        doing: a verb in front of the bar.
        counted: ends a line (`40 of 800 photos`); without it there are no lines.
        apart: how much is done between two lines; by default a twentieth of all.
        before: what was done before this run.
    """
    columns = (TextColumn(f"[bold]{doing}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(doing, total=None, completed=before)
        said = before

        def show(done: int, total: int) -> None:
            nonlocal said
            bar.update(task, completed=done, total=total)
            if console.is_terminal or not counted:
                return
            # The last line stands only where others did: little work needs none.
            if done - said >= (apart or max(1, total // _LINES)) or before < said < done == total:
                said = done
                console.print(f"{done:,} of {total:,} {counted}", highlight=False)

        yield show
