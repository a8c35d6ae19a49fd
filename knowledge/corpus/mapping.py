"""Mapping files: what the columns of one table hold, as a person has corrected it.

`snapcite index --explain sites.csv` prints one; saved as `sites.csv.mapping.yaml` beside the table
it is used from then on. It is YAML: roles and the columns that have them.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from knowledge.corpus.columns import NO_COLUMNS, Columns, Roles
from knowledge.corpus.encoding import read_text
from knowledge.corpus.plain_yaml import parse_yaml
from knowledge.corpus.text import clean
from knowledge.errors import CorpusError

_ENDING = ".mapping.yaml"
_PLAIN = re.compile(r"[^\W\d](?:[\w .-]*\w)?")
"""A name that needs no quotation marks in YAML."""
_LISTS = frozenset({"text", "more_photos", "aliases", "creator", "date", "place", "left_out"})
_MEANINGS = {
    "id": "unique in the table; without one, rows are numbered",
    "title": "the subject's name",
    "aliases": "its other names",
    "text": "prose, each column a paragraph",
    "creator": "who made it",
    "date": "when",
    "place": "where, the narrowest first",
    "source": "the citation that a reader sees",
    "rights": "who owns it, what others may do",
    "url": "where the source can be read",
    "photo": "paths of photos beside the table",
    "more_photos": "further columns with photos",
    "left_out": "not read at all",
}


def mapping_file(table: Path) -> Path:
    """Where a table's mapping file is, or would be."""
    return table.with_name(table.name + _ENDING)


def read_mapping(table: Path) -> Columns:
    """What the mapping file beside a table says; `NO_COLUMNS` without one.

    A role that the file names without a column is had by none, and is not guessed.

    Raises:
        CorpusError: the file cannot be used.
    """
    file = mapping_file(table)
    if not file.is_file():
        return NO_COLUMNS
    what = f"mapping file {file.name!r}"
    values = parse_yaml(clean(read_text(file)), what=what)
    said: dict[str, str | tuple[str, ...]] = {}
    for role, value in values.items():
        if role not in _MEANINGS:
            keys = ", ".join(_MEANINGS)
            raise CorpusError(f"The {what} has a key {role!r}; the keys are {keys}.")
        listed = value if isinstance(value, list) else [] if value in (None, "") else [value]
        columns = [str(column) for column in listed if isinstance(column, str) and column]
        if len(columns) < len(listed):
            raise CorpusError(f"The {what} must give {role!r} names of columns, as texts.")
        if role in _LISTS:
            said[role] = tuple(dict.fromkeys(columns))
        elif len(columns) > 1:
            raise CorpusError(f"The {what} gives {role!r} several columns; give it one.")
        elif columns:
            said[role] = columns[0]
    return replace(NO_COLUMNS, **said, settled=frozenset(map(str, values)))  # type: ignore[arg-type]


def joined(options: Columns, mapping: Columns) -> Columns:
    """The columns that options of the command name, and for the other roles those of the mapping
    file."""
    said = {
        each.name: getattr(options, each.name)
        for each in fields(Columns)
        if getattr(options, each.name)
    }
    return replace(mapping, **said, settled=options.settled | mapping.settled)


def mapping_yaml(table: str, roles: Roles, *, comments: Sequence[str] = ()) -> str:
    """A mapping file for a table, with remarks that are not read.

    Args:
        table: the file's name.
        roles: what its columns hold.
        comments: lines below the roles.
    """
    columns = roles.columns
    named = columns.named()
    lines = [
        f"# What the columns of {clean(table)} hold. To change it, edit this text and save it",
        f"# beside the table as {clean(table)}{_ENDING}",
    ]
    for role, meaning in _MEANINGS.items():
        value = getattr(columns, role)
        shown = value if isinstance(value, tuple) else value or ""
        written = (
            f"[{', '.join(map(_quoted, shown))}]"
            if isinstance(shown, tuple)
            else _quoted(shown)
            if shown
            else ""
        )
        lines.append(f"{f'{role}: {written}':<44}  # {meaning}".rstrip())
    others = [name for name in roles.names if name not in named]
    if others:
        lines += ["", "# Each of the others becomes a line of the text:"]
        lines += [f"#   {clean(name)}" for name in others]
    lines += [f"# {line}".rstrip() for line in comments]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    """A column's name as a YAML text; JSON's are texts of YAML too."""
    if _PLAIN.fullmatch(name) and name.casefold() != "null":
        return name
    return json.dumps(name, ensure_ascii=False)
