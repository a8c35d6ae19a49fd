"""`snapcite index --watch`: keeps the index as the corpora are, until it is stopped."""

import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from api.plain_output import escaped
from indexer.report import IndexReport
from indexer.watch import Patience, check_installed, follow
from knowledge.errors import SnapCiteError

MOST_GONE = 0.5
"""Share of a corpus's documents that may vanish at once; more look like a disk that is away."""


def keep_up(
    paths: Sequence[Path],
    index_once: Callable[[], list[IndexReport]],
    *,
    patience: Patience,
    console: Console,
) -> None:
    """Index now and whenever files have changed, until it is stopped.

    An error is said and tried again at the next look: the store may be away for a while, or a
    corpus empty because its disk is not mounted.

    Args:
        paths: of the corpora.
        index_once: makes the index hold them, and says what was done.
        patience: how long is waited.
        console: where it is said.

    Raises:
        ConfigurationError: a package is not installed.
        KeyboardInterrupt: by Ctrl-C or SIGTERM; what was done is kept.
    """
    check_installed()

    def say(text: str) -> None:
        console.print(escaped(text, one_line=True), highlight=False)

    said: list[str] = []

    def work() -> bool:
        try:
            reports = index_once()
        except SnapCiteError as error:
            if said != [str(error)]:  # once, not at every look
                say(f"held: {error} Nothing is removed; `snapcite remove NAME` removes a corpus.")
            said[:] = [str(error)]
            return False
        said.clear()
        for report in reports:
            if report.withheld:
                say(
                    f"held: {report.withheld} documents of {report.corpus} are gone at once, more "
                    "than half of it; they stay until the files are back. If they are to go, run "
                    "`snapcite index` once without --watch, or give --allow-emptying."
                )
        return True

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        say(f"watching {', '.join(map(str, paths))}; Ctrl-C stops it")
        follow(paths, work, patience=patience, stop=threading.Event(), say=say)
    finally:
        signal.signal(signal.SIGTERM, before)
