"""Lines of a list for people and for `grep`: one line for each thing, and nothing is cut.

A table that fits itself to a terminal's width would cut the names that a person wants to copy; a
line that is too long is wrapped by the terminal itself.
"""

from collections.abc import Sequence

from rich.cells import cell_len

from api.plain_output import escaped

_GAP = "  "


def lines_of(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()
) -> list[str]:
    """A heading and a line for each row; the last column is as long as it is.

    Args:
        columns: their headings.
        rows: the cells; what a terminal would obey in them is escaped.
        right: columns whose cells end at the same place, as numbers do.

    >>> lines_of(["name", "MB"], [["a", "10"], ["other", "9"]], right=["MB"])
    ['name   MB', 'a      10', 'other   9']
    """
    cells = [list(columns), *([escaped(cell, one_line=True) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        padded = []
        for name, cell, width in zip(columns, row, widths, strict=True):
            fill = " " * (width - cell_len(cell))
            padded.append(fill + cell if name in right else cell + fill)
        lines.append(_GAP.join(padded).rstrip())
    return lines
