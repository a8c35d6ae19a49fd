"""The `snapcite` command: its commands, and how each ends.

Exit codes: 0 all went well; 1 something could not be done, said in one sentence; 2 wrong usage;
130 stopped with Ctrl-C.
"""

import sys

import typer

from api import (
    cli_ask,
    cli_backup,
    cli_bench,
    cli_doctor,
    cli_eval,
    cli_index,
    cli_keys,
    cli_models,
    cli_push,
    cli_serve,
)
from api.cli_options import stderr
from knowledge.errors import SnapCiteError

app = typer.Typer(
    name="snapcite",
    help="Ask about a photograph and get an answer with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("index")(cli_index.index)
app.command("remove")(cli_index.remove)
app.command("ask")(cli_ask.ask)
app.command("search")(cli_ask.search)
app.command("doctor")(cli_doctor.doctor)
app.command("backup")(cli_backup.backup)
app.command("push")(cli_push.push)
app.command("serve")(cli_serve.serve)
app.command("eval")(cli_eval.evaluate)
app.command("bench")(cli_bench.bench)
app.add_typer(cli_models.app)
app.add_typer(cli_keys.app)


def main() -> None:
    """Run the command line; errors of ours end as one sentence on stderr."""
    try:
        app()
    except SnapCiteError as error:
        stderr().print(f"error: {error}", highlight=False, markup=False)
        sys.exit(1)
