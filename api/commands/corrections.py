"""`snapcite corrections`: list what readers propose, decide on it, write it out as questions."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.commands.options import IndexOption, JsonOption, print_json, stderr, stdout
from api.exports.files import check_place, refuse_another, replace_file
from api.plain_output import escaped
from api.settings import load_settings
from api.wiring.pipeline import open_as_made
from indexer.corrections import Corrections
from knowledge.corrections import STATES, Correction, State, as_question
from knowledge.errors import ConfigurationError

app = typer.Typer(
    name="corrections", help="Corrections that readers propose.", no_args_is_help=True
)

IdArgument = Annotated[str, typer.Argument(help="The correction's id, as `list` shows it.")]

_WHERE = {
    "gone": "its document is gone",
    "another": "another document has this id now",
}

REVIEWER = "operator"
"""Who decides at the command line."""


@app.command("list")
def list_(
    state: Annotated[
        str | None, typer.Option("--state", help=f"Only those that are: {', '.join(STATES)}.")
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the corrections, the oldest first."""
    wanted = next((each for each in STATES if each == state), None)
    if state is not None and wanted is None:
        raise ConfigurationError(f"No state is called {state!r}; they are {', '.join(STATES)}.")
    with open_as_made(load_settings(index=index)) as target:
        found = Corrections(target).all(target.whole, state=wanted)
    if as_json:
        print_json(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
        return
    for each in found:
        stdout().print(_line(each), soft_wrap=True)
    stderr().print(f"{len(found):,} corrections")


@app.command()
def approve(id: IdArgument, index: IndexOption = None) -> None:
    """Approve a correction: the next question is answered from it."""
    _decide(id, "approved", index)


@app.command()
def decline(id: IdArgument, index: IndexOption = None) -> None:
    """Decline a correction that nobody has approved."""
    _decide(id, "declined", index)


@app.command()
def withdraw(id: IdArgument, index: IndexOption = None) -> None:
    """Take a correction back: no question is answered from it any more."""
    _decide(id, "withdrawn", index)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="File of questions to write (JSON Lines).")],
    index: IndexOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it is there.")
    ] = False,
) -> None:
    """Write the approved corrections as questions of a test set, for `snapcite eval`."""
    check_place(file)
    if not overwrite:
        refuse_another(file)
    with open_as_made(load_settings(index=index)) as target:
        approved = Corrections(target).all(target.whole, state="approved")
        found = [each for each in approved if each.document_is == "there"]
        documents = target.whole.documents([each.document_id for each in found])
    lines = [as_question(each, documents[each.document_id]) for each in found]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    replace_file(file, text.encode("utf-8", errors="replace"))
    stderr().print(f"{len(lines):,} questions are in {escaped(str(file))}", highlight=False)
    if left := len(approved) - len(found):
        stderr().print(f"{left:,} were left out: their documents are gone, or other ones now")


def _decide(id: str, state: State, index: str | None) -> None:
    with open_as_made(load_settings(index=index)) as target:
        decided = Corrections(target).decide(target.whole, id, state, reviewer=REVIEWER)
    stderr().print(_line(decided), soft_wrap=True)


def _line(correction: Correction) -> Text:
    said = f"{correction.document_id}: {correction.what} = {correction.value}"
    where = " ".join(filter(None, (correction.evidence, correction.link)))
    by = correction.name or "a reader"
    line = Text(f"{correction.id}  {correction.state:9}  ")
    line.append(escaped(said, one_line=True), style="bold")
    line.append(escaped(f"  ({where}; {by}, {correction.proposed})", one_line=True))
    if correction.document_is != "there":
        line.append(f"  {_WHERE[correction.document_is]}", style="yellow")
    return line
