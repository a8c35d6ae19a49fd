"""Reads the tables of date forms. A line: form, EDTF, bounds, other values of the form's column.

Bounds are written where the library `edtf` computes none or others from the EDTF string, and for
the forms that everyone uses: `1932/1933-05`, an empty side being open.
"""

from dataclasses import dataclass
from pathlib import Path

from knowledge.dates import Day, column_of, dated_from_edtf, read_date
from knowledge.dates.dated import days_in

HERE = Path(__file__).parents[1] / "knowledge/dates"


@dataclass(frozen=True)
class Form:
    """A line of a table. `bounds`: `1932/1933-05`, an empty side is open; None: those of `edtf`."""

    text: str
    edtf: str
    bounds: str | None
    column: tuple[str, ...]

    @property
    def expected(self) -> tuple[str, Day | None, Day | None]:
        if self.bounds is None:
            dated = dated_from_edtf(self.edtf)
            return self.edtf, dated.earliest, dated.latest
        first, _, last = self.bounds.partition("/")
        return self.edtf, _first(first), _last(last)

    @property
    def read(self) -> tuple[str, Day | None, Day | None] | None:
        found = read_date(self.text, column=column_of(self.column))
        return None if found is None else (found.edtf, found.earliest, found.latest)


def read_forms(name: str) -> list[Form]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [
        Form(
            row[0],
            row[1],
            row[2] if len(row) > 2 and row[2] else None,
            tuple(row[3].split(";")) if len(row) > 3 else (),
        )
        for row in rows
    ]


def _numbers(text: str) -> list[int]:
    sign = -1 if text.startswith("-") else 1
    year, *rest = text.removeprefix("-").split("-")
    return [sign * int(year), *map(int, rest)]


def _first(text: str) -> Day | None:
    return Day(*[*_numbers(text), 1, 1][:3]) if text else None


def _last(text: str) -> Day | None:
    if not text:
        return None
    match _numbers(text):
        case [year]:
            return Day(year, 12, 31)
        case [year, month]:
            return Day(year, month, days_in(year, month))
        case [year, month, day]:
            return Day(year, month, day)
    raise ValueError(text)
