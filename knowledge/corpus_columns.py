"""Which column of a table is what. Knows names of columns, no row and no file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of a table's columns; what is not named is guessed from well-known names.

    Attributes:
        id: unique in the table.
        title: the subject's name.
        text: prose; several columns become paragraphs, in this order.
        source: the citation a reader is shown.
        url: where the source can be read.
        photo: paths of photos relative to the table's folder, separated by `;` or `|`.
    """

    id: str | None = None
    title: str | None = None
    text: tuple[str, ...] = ()
    source: str | None = None
    url: str | None = None
    photo: str | None = None


NO_COLUMNS = Columns()
"""Everything is guessed."""
