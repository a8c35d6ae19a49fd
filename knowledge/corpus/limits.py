"""How large what a corpus holds may be, and the check of a document against it.

Far above what archives hold: they stop files that were made to fill memory or time. What exceeds a
limit is named in the report and left out, and the rest is indexed (docs/corpora.md lists them).
"""

from knowledge.documents import Document
from knowledge.errors import FieldTooLongError

MOST_TEXT_BYTES = 32 * 2**20
"""Of a text file, a Markdown file or a sidecar."""
MOST_TEXT_CHARS = 10_000_000
"""Of one document; a thick book has 3 million."""
MOST_NAME_CHARS = 1_000
"""Of a title, an alias, a place or a tag."""
MOST_SOURCE_CHARS = 5_000
MOST_NAMES = 1_000
"""Aliases, or tags, of one document."""
MOST_PATTERNS = 1_000
"""Photos or globs that one document names."""
MOST_PATTERN_CHARS = 1_000
MOST_COLUMNS = 2_000
"""Of a table, or keys of one JSON object in it."""
MOST_ROWS = 10_000_000
MOST_LINE_CHARS = 32 * 2**20
"""Of a line of CSV or JSON Lines, a field of CSV or an item of a JSON array."""


def check_lengths(document: Document) -> Document:
    """The document itself.

    Raises:
        FieldTooLongError: one of its fields is too long.
    """
    for field, value in (
        ("title", document.title),
        ("place", document.place or ""),
        *(("aliases", alias) for alias in document.aliases),
        *(("tags", tag) for tag in document.tags),
    ):
        _check(field, len(value), MOST_NAME_CHARS)
    for field, names in (("aliases", document.aliases), ("tags", document.tags)):
        if len(names) > MOST_NAMES:
            raise FieldTooLongError(
                field, f"has {len(names):,} entries, more than {MOST_NAMES:,}; leave some out."
            )
    _check("source", len(document.source), MOST_SOURCE_CHARS)
    _check("rights", len(document.rights), MOST_SOURCE_CHARS)
    _check("text", len(document.text), MOST_TEXT_CHARS)
    return document


def _check(field: str, length: int, most: int) -> None:
    if length > most:
        advice = "split the document" if field == "text" else "shorten it"
        raise FieldTooLongError(
            field, f"has {length:,} characters, more than the {most:,} it may have; {advice}."
        )
