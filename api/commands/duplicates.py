"""`snapcite duplicates`: which pictures an index holds twice."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from api.commands.options import IndexOption, JsonOption, print_json, stderr, stdout
from api.exports.tables import csv_cell
from api.plain_output import escaped
from api.settings import load_settings
from api.wiring.pipeline import open_as_made
from search.held_twice import IndexedPhoto, Twice, pictures_held_twice
from vlm.likeness import INSTALL, is_installed

CsvOption = Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")]
_LINE_EVERY = 1_000
_HEAD = (
    "verdict", "first_document", "first_path", "first_photo",
    "second_document", "second_path", "second_photo", "edits", "verified",
)  # fmt: skip


def duplicates(
    index: IndexOption = None, as_csv: CsvOption = False, as_json: JsonOption = False
) -> None:
    """List the pictures that the index holds twice, across all its corpora."""
    settings = load_settings(index=index)
    console = stderr()
    if not is_installed():
        console.print(
            f"only files and hashes are compared: `{INSTALL}` finds cropped and turned copies too",
            style="yellow",
        )
    found = []
    with open_as_made(settings) as target, _progress(console) as on_progress:
        for each in pictures_held_twice(target, on_progress=on_progress):
            found.append(each)
    found.sort(key=lambda each: (each.verdict, each.first.document_id, each.first.path))
    if as_json:
        print_json(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    elif as_csv:
        table = csv.writer(sys.stdout)
        table.writerow(_HEAD)
        table.writerows(map(_row, found))
    else:
        for each in found:
            stdout().print(_line(each), soft_wrap=True)
        console.print(f"{len(found):,} pairs" if len(found) != 1 else "1 pair", highlight=False)


def _row(each: Twice) -> list[object]:
    cells: list[str] = [each.verdict]
    for photo in (each.first, each.second):
        cells += [photo.document_id, photo.path, photo.photo_id]
    cells += [" ".join(each.edits), "yes" if each.verified else "no"]
    return [csv_cell(cell) for cell in cells]


def _line(each: Twice) -> Text:
    what = "the same file" if each.verdict == "same_file" else "the same shot"
    if each.edits:
        what += f" ({', '.join(each.edits)})"
    if not each.verified:
        what += ", by its hash alone"
    line = Text()
    line.append(_place(each.first), style="bold")
    line.append("  and  ")
    line.append(_place(each.second), style="bold")
    line.append(f": {what}")
    return line


def _place(photo: IndexedPhoto) -> str:
    return escaped(f"{photo.document_id} {photo.path}", one_line=True)


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a line every thousand photos elsewhere."""
    if not console.is_terminal:

        def say(done: int, of: int) -> None:
            if done % _LINE_EVERY == 0:
                console.print(f"{done:,} of {of:,} photos", highlight=False)

        yield say
        return
    columns = (
        TextColumn("photos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("photos", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
