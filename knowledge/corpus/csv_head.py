"""Where the names of a CSV file's columns stand, and what is above and between them and the rows.

Reports and spreadsheets put titles above the names, groups of columns over them, and the names that
a program uses below them; some files have no names at all. Sees the first records alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from knowledge.corpus.photos import PICTURE_SUFFIXES
from knowledge.corpus.text import one_line
from knowledge.corpus.usual_names import usual_in
from knowledge.identifiers import is_web_address

Record = tuple[int, list[str]]
"""The line where a record begins, and its fields."""

_LOOKED_AT = 40
"""Records among which the names are."""
_FILLED = 0.6
"""Share of the columns that a line of names has names for."""
_MOST_ROWS = 0.8
"""Share of the rows that must have more fields than there are names, before names are missing."""
_LONGEST_NAME = 80
_SHOWN = 60
"""Characters of a line that a message repeats."""

_VALUE = re.compile(r"[-+(]?[\d.,/: %$€£-]*\d[\d.,/: %$€£)-]*")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_FOR_PROGRAMS = re.compile(r"[A-Za-z_][A-Za-z0-9]*(?:[_.:/-][A-Za-z0-9]+)*")
_TOTAL = re.compile(
    r"(?:grand |sub)?-?totals?|sums?|summe|gesamt(?:summe)?|insgesamt|total(?:e|es|en)?|totaal"
    r"|somme|suma|totale|合计|总计|小计|总数",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the rows.

    Attributes:
        names: of the columns, as they are written; a name may be empty.
        last_line: the line where the last record before the rows begins; 0 if rows come first.
        pads: whether rows leave out empty fields at their end.
        problems: what is left out.
    """

    names: tuple[str, ...]
    last_line: int
    pads: bool = False
    problems: tuple[str, ...] = ()


def numbered(position: int) -> str:
    """What a column without a name is called, by its position from 1."""
    return f"column {position}"


def find_head(
    records: Sequence[Record], *, unit: str = "Line", name_of: Callable[[int], str] = numbered
) -> Head:
    """The names of the columns, by the first records; at least one record is needed.

    Args:
        records: the first ones; those that are blank left out.
        unit: what a record takes in the file, to name in a problem, as *Line* or *Row*.
        name_of: what the caller calls a column without a name, by its position from 1.
    """
    width = _usual_width(records)
    at = _names_at(records[:_LOOKED_AT], width)
    line, names = records[at]
    above, below = records[:at], records[at + 1 :]
    groups = above[-1] if above and _is_over(above[-1][1], names, width) else None
    if groups is not None:
        above = above[:-1]
        names = _with_groups(groups[1], names)
    problems = []
    if above:
        problems.append(_left_above(above, unit))
    wider = [fields for _, fields in below if len(_trimmed(fields)) > len(names)]
    if len(wider) > 1 and len(wider) >= _MOST_ROWS * len(below) and not _is_row(names, wider):
        problems.append(
            f"{unit} {line} has names for {len(names)} of {width} columns; name the others, which "
            f"are called {name_of(len(names) + 1)!r} and so on."
        )
        names = [*names, *[""] * (width - len(names))]
    head = Head(tuple(names), line, problems=tuple(problems))
    if _is_row(names, [fields for _, fields in below]):
        unnamed = ("",) * max(width, len(names))
        why = (
            f"The table has no {unit.lower()} with the columns' names, so they are called "
            f"{name_of(1)!r}, {name_of(2)!r} and so on; put one above the rows."
        )
        return Head(unnamed, line - 1, problems=(*problems, why))
    if below and _repeats_for_programs(below[0][1], names, [f for _, f in below[1:]]):
        why = f"{unit} {below[0][0]} holds the columns' names once more and is left out."
        head = replace(head, last_line=below[0][0], problems=(*problems, why))
        below = below[1:]
    return replace(head, pads=_pads([fields for _, fields in below], len(_trimmed(names))))


def is_total(fields: Sequence[str]) -> bool:
    """Whether a row sums up the others: it begins with such a word, and little else is in it."""
    filled = [field.strip() for field in fields if field.strip()]
    if not filled or len(filled) > max(2, len(fields) / 2):
        return False
    return _TOTAL.fullmatch(filled[0].split(":")[0].strip()) is not None and len(fields) > 1


def is_ruled(fields: Sequence[str]) -> bool:
    """Whether a record is a line drawn below the names (`---,----`)."""
    filled = [field.strip() for field in fields if field.strip()]
    return len(filled) > 1 and all(set(field) <= set("-=_+:") for field in filled)


def _usual_width(records: Sequence[Record]) -> int:
    """How many fields most records have; lines of a single one count only if there are no others.

    Of two widths that are as frequent, the larger.
    """
    counted = Counter(len(fields) for _, fields in records)
    wide = {width: count for width, count in counted.items() if width > 1} or counted
    return max(wide, key=lambda width: (wide[width], width))


def _names_at(records: Sequence[Record], width: int) -> int:
    """Which record holds the names."""
    if width == 1:
        return next((n for n, (_, fields) in enumerate(records[:5]) if usual_in(fields)), 0)
    columns = max(len(_trimmed(fields)) for _, fields in records if len(fields) <= width)
    least = max(2, _FILLED * columns)
    full = (
        n
        for n, (_, fields) in enumerate(records)
        if len(fields) >= width and _filled(fields) >= least
    )
    first = next(full, 0)
    if not first:
        return 0
    usual = [usual_in(_trimmed(fields)) for _, fields in records[: first + 1]]
    if max(usual):
        return usual.index(max(usual))
    if _looks_like_names(records[first][1]):
        return first
    partly = [n for n in range(first) if _filled(records[n][1]) > 1]
    return partly[-1] if partly else first


def _looks_like_names(fields: Sequence[str]) -> bool:
    filled = [field.strip() for field in fields if field.strip()]
    return len(set(filled)) == len(filled) and not any(map(_is_value, filled))


def _is_value(field: str) -> bool:
    """Whether a field is a number, a date, an address, a file or prose, and so not a name."""
    return bool(_VALUE.fullmatch(field)) or _is_certain_value(field)


def _is_certain_value(field: str) -> bool:
    return (
        len(field) > _LONGEST_NAME
        or is_web_address(field)
        or PurePosixPath(field).suffix.lower() in PICTURE_SUFFIXES
    )


def _is_row(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether what should be names are the values of a first row."""
    filled = {n: name.strip() for n, name in enumerate(names) if name.strip()}
    if len(filled) < 2 or usual_in(filled.values()):
        return False
    if any(map(_is_certain_value, filled.values())):
        return True
    numbers = {n: name for n, name in filled.items() if _VALUE.fullmatch(name)}
    if not numbers or not rows or all(map(_YEAR.fullmatch, numbers.values())):
        return False  # years are names of columns that count something
    below = [row[n].strip() for n in numbers for row in rows if n < len(row) and row[n].strip()]
    return bool(below) and sum(map(bool, map(_VALUE.fullmatch, below))) >= 0.8 * len(below)


def _is_over(groups: Sequence[str], names: Sequence[str], width: int) -> bool:
    """Whether a record names groups of columns, as merged cells above the names do."""
    filled = _filled(groups)
    return (
        len(groups) == width
        and 2 <= filled < _filled(names)
        and _looks_like_names(groups)
        and _looks_like_names(names) | (usual_in(names) > 0)
    )


def _with_groups(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Names with their group's before them where two columns would else have one name."""
    copies = Counter(one_line(name) for name in names)
    group, found = "", []
    for n, name in enumerate(names):
        group = (groups[n].strip() if n < len(groups) else "") or group
        ambiguous = copies[one_line(name)] > 1 or not name.strip()
        found.append(f"{group} {name}".strip() if ambiguous else name)
    return found


def _repeats_for_programs(
    fields: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]]
) -> bool:
    """Whether the record below the names holds the names that a program uses for the columns."""
    filled = [field.strip() for field in fields if field.strip()]
    if len(filled) < max(2, _filled(names)) or len(set(filled)) < len(filled) or not rows:
        return False
    if not all(map(_FOR_PROGRAMS.fullmatch, filled)) or all(
        map(_FOR_PROGRAMS.fullmatch, (name.strip() for name in names if name.strip()))
    ):
        return False
    marked = sum(any(mark in field for mark in "_.:") for field in filled)
    others = sum(all(_FOR_PROGRAMS.fullmatch(f.strip()) for f in row if f.strip()) for row in rows)
    return marked >= len(filled) / 2 and not others


def _pads(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether rows are short because empty fields at their end were left out."""
    short = [row for row in rows if 1 < len(row) < width]
    return len(short) >= 3 and not any(len(_trimmed(row)) > width for row in rows)


def _left_above(records: Sequence[Record], unit: str) -> str:
    lines = [line for line, _ in records]
    which = f"{unit} {lines[0]}" if len(lines) == 1 else f"{unit}s {lines[0]} to {lines[-1]}"
    shown = one_line(" ".join(filter(None, map(str.strip, records[0][1]))))
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1].rstrip() + "…"
    rest = "stands above the columns' names and is no row; it is left out."
    if len(lines) > 1:
        rest = "stand above the columns' names and are no rows; they are left out."
    return f"{which} ({shown!r}) {rest}"


def _trimmed(fields: Sequence[str]) -> Sequence[str]:
    end = len(fields)
    while end and not fields[end - 1].strip():
        end -= 1
    return fields[:end]


def _filled(fields: Sequence[str]) -> int:
    return sum(bool(field.strip()) for field in fields)
