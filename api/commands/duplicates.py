"""`snapcite duplicates`: which pictures an index holds twice."""

import csv
import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from api.commands.options import IndexOption, JsonOption, print_json, stderr, stdout
from api.commands.progress_bar import progress_bar
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
    with (
        open_as_made(settings) as target,
        progress_bar(console, "comparing", counted="photos", apart=_LINE_EVERY) as on_progress,
    ):
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
