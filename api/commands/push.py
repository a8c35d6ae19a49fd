"""`snapcite push`: copies an index into another, for instance into a Qdrant server."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from api.commands.options import IndexOption, JsonOption, print_json, stderr
from api.commands.progress_bar import progress_bar
from api.settings import load_settings
from api.wiring.pipeline import build_server_options, open_as_made
from knowledge.credentials import without_credentials
from knowledge.errors import QueryError
from knowledge.index import copy_index, open_index

_LINE_EVERY = 20_000
"""Points between two lines of progress where stderr is not a terminal."""


def push(
    target: Annotated[
        str,
        typer.Argument(
            help="The target: http(s)://host:port, with /collection behind it or not; or a folder."
        ),
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
        progress_bar(console, "pushing", counted="points", apart=_LINE_EVERY) as show,
    ):
        done = copy_index(
            source,
            there,
            replace=replace,
            on_progress=lambda state: show(state.sent + state.same, state.total),
        )
    if as_json:
        print_json(json.dumps(asdict(done), indent=2))
    console.print(
        f"{without_credentials(target)}: {done.total:,} points verified; {done.sent:,} sent, "
        f"{done.same:,} there before, {done.removed:,} removed",
        highlight=False,
    )
