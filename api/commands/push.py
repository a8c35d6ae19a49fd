"""`snapcite push`: copies an index into another, for instance into a Qdrant server."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.options import IndexOption, JsonOption, print_json, stderr
from api.settings import load_settings
from api.wiring.pipeline import build_server_options, open_as_made
from knowledge.credentials import without_credentials
from knowledge.errors import QueryError
from knowledge.index import Transfer, copy_index, open_index

_LINE_EVERY = 20_000
"""Points between two lines of progress where stderr is not a terminal."""


def push(
    target: Annotated[
        str, typer.Argument(help="The target: http(s)://host:port[/collection], or a folder.")
    ],
    index: IndexOption = None,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Replace corpora of the same name that came from another place."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy the index to a Qdrant server or a folder; run it again to continue."""
    settings = load_settings(index=index)
    if target.rstrip("/") == settings.index.rstrip("/"):
        raise QueryError(f"{without_credentials(target)} is the index itself; give another target.")
    key = settings.qdrant_api_key
    console = stderr()
    with (
        open_as_made(settings) as source,
        open_index(
            target,
            source.fingerprint,
            create=True,
            api_key=key.get_secret_value() if key else None,
            server=build_server_options(settings),
        ) as there,
        _Display(console) as display,
    ):
        done = copy_index(source, there, replace=replace, on_progress=display)
    if as_json:
        print_json(json.dumps(asdict(done), indent=2))
    console.print(
        f"{without_credentials(target)}: {done.total:,} points verified; {done.sent:,} sent, "
        f"{done.same:,} there before, {done.removed:,} removed",
        highlight=False,
    )


class _Display:
    """A progress bar on a terminal, lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said = 0
        self._bar = Progress(
            TextColumn("[bold]pushing"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("pushing", total=None)

    def __enter__(self) -> "_Display":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, state: Transfer) -> None:
        done = state.sent + state.same
        self._bar.update(self._task, completed=done, total=state.total)
        if not self._console.is_terminal and done - self._said >= _LINE_EVERY:
            self._said = done
            self._console.print(f"{done:,} of {state.total:,} points", highlight=False)
