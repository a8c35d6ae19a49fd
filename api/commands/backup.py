"""`snapcite backup`: copies an embedded index; the copy is an index itself."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import IndexOption, JsonOption, print_json, stderr
from api.settings import load_settings
from api.wiring.pipeline import open_as_made


def backup(
    place: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy an embedded index that no process has open. Of a running server: POST /v1/backups."""
    settings = load_settings(index=index)
    with open_as_made(settings) as source:
        size = source.store.back_up(place)
    if as_json:
        print_json(json.dumps({"path": str(place), "bytes": size}))
    stderr().print(
        f"{place}: {size / 1e6:,.1f} MB, opened and counted. It is an index: use it with --index, "
        "or copy it to where the index was.",
        highlight=False,
    )
