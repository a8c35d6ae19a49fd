"""The `snapcite` command: its subcommands and its exit codes.

Exit codes: 0 all went well; 1 an error, described in one sentence; 2 wrong usage; 130 stopped with
Ctrl-C.
"""

import logging
import sys

import typer

from api.commands import (
    ask,
    backup,
    bench,
    calibrate,
    corrections,
    doctor,
    duplicates,
    evaluate,
    index,
    keys,
    mcp,
    models,
    push,
    serve,
)
from api.commands.options import stderr
from api.plain_output import PlainLines, escaped
from knowledge.credentials import without_credentials
from knowledge.errors import SnapCiteError

app = typer.Typer(
    name="snapcite",
    help="Ask about a photograph and get an answer with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("index")(index.index)
app.command("remove")(index.remove)
app.command("calibrate")(calibrate.calibrate_index)
app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.command("duplicates")(duplicates.duplicates)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("push")(push.push)
app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)
app.command("eval")(evaluate.evaluate)
app.command("bench")(bench.bench)
app.add_typer(models.app)
app.add_typer(keys.app)
app.add_typer(corrections.app)


def main() -> None:
    """Run the command line; an error of ours ends it with one sentence on stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainLines())
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        app()
    except SnapCiteError as error:
        words = without_credentials(str(error))
        stderr().print(f"error: {escaped(words, one_line=True)}")
        sys.exit(1)
