"""Word files (`.docx`) → one record: headings, paragraphs and tables as text.

python-docx reads them. Pictures inside are counted and left out, as a photo is a file.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from knowledge.corpus.limits import MOST_TEXT_CHARS
from knowledge.corpus.photos import PHOTO_SUFFIXES
from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.archive_size import check_archive
from knowledge.corpus.records.markup import one_line
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.errors import CorpusError

_PARTS = "word/document.xml"
_MOST_XML_BYTES = 64 * 2**20
_UNTITLED = "Word Document"
"""What python-docx says where a file has no properties."""


def is_word(names: list[str]) -> bool:
    """Whether an archive that holds these is a Word file."""
    return _PARTS in names


def read_word(file: Path) -> Iterator[Record | UnusableRecordError]:
    """The record of a Word file, and what was left out of it.

    Raises:
        CorpusError: it is damaged, locked or too large.
        OSError: it cannot be read.
    """
    names = check_archive(file)
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo(_PARTS).file_size
    if size > _MOST_XML_BYTES:
        raise CorpusError(
            f"{file.name!r} holds {size / 1e6:,.0f} MB of text and marks, more than the "
            f"{_MOST_XML_BYTES / 1e6:.0f} MB it may have; split it."
        )
    document = _opened(file)
    record = Record(id=file.stem)
    properties = document.core_properties
    lines: list[str] = []
    heading = ""
    chars = 0
    for kind, text in _blocks(document):
        chars += len(text)
        if chars > MOST_TEXT_CHARS:
            break
        if kind == "title" and not heading:
            heading = text
        else:
            lines.append(text)
    title = properties.title if properties.title != _UNTITLED else ""
    record.add(vocabulary.TITLE, heading or title)
    record.add(vocabulary.CREATOR, properties.author if properties.author != "python-docx" else "")
    record.add(vocabulary.TEXT, "\n\n".join(lines))
    record.add(vocabulary.SUBJECT, properties.subject)
    yield record
    pictures = [
        name
        for name in names
        if name.startswith("word/media/") and PurePosixPath(name).suffix.lower() in PHOTO_SUFFIXES
    ]
    if pictures:
        yield UnusableRecordError(
            f"It holds {len(pictures):,} picture(s), which are left out; save them as files beside "
            "it to search by photo."
        )


def _opened(file: Path) -> Any:  # noqa: ANN401 - python-docx has no types
    import docx

    try:
        return docx.Document(str(file))
    except Exception as error:  # whatever a library raises on bytes of strangers
        raise CorpusError(
            f"{file.name!r} cannot be read as a Word file ({one_line(str(error))[:200]}); open it "
            "in its program and save it again."
        ) from error


def _blocks(document: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """The kind (`title` or `text`) and the words of each paragraph and row, in order."""
    first = True
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in _rows(block):
                yield "text", row
            continue
        text = one_line(block.text)
        if not text:
            continue
        style = (block.style.name if block.style is not None else "") or ""
        is_title = style == "Title" or (first and style == "Heading 1")
        yield ("title" if is_title else "text"), text
        first = False


def _rows(table: Any) -> Iterator[str]:  # noqa: ANN401
    """Each row as `name: value`, by the names in the first row or the first column."""
    rows: list[list[str]] = []
    for row in table.rows:
        cells: list[Any] = []
        for cell in row.cells:
            if not cells or cell._tc is not cells[-1]._tc:  # a merged cell is given again
                cells.append(cell)
        rows.append([one_line(cell.text) for cell in cells])
    yield from rows_as_lines(rows)


def rows_as_lines(rows: list[list[str]]) -> Iterator[str]:
    """The rows of a table in a text, as lines that can be read and quoted by themselves.

    >>> list(rows_as_lines([["Year", "Event"], ["1889", "built"]]))
    ['Year: 1889; Event: built.']
    >>> list(rows_as_lines([["Built", "1889"], ["Gone", "1956"]]))
    ['Built: 1889.', 'Gone: 1956.']
    """
    rows = [row for row in rows if any(row)]
    wide = rows and len(rows[0]) >= 2 and len(rows) >= 2
    is_pairs = (
        bool(rows)
        and all(len(row) == 2 for row in rows)
        and (any(map(str.isdigit, rows[0][1][:4])) or len(rows[0][1]) > 40)
    )
    if is_pairs:
        for name, value in rows:
            yield _ended(f"{name.rstrip(': ')}: {value}" if name and value else name or value)
    elif wide and all(rows[0]):
        for row in rows[1:]:
            pairs = [f"{n}: {v}" if n != v else v for n, v in zip(rows[0], row, strict=False) if v]
            yield _ended("; ".join(pairs))
    else:
        for row in rows:
            yield _ended("; ".join(filter(None, row)))


def _ended(line: str) -> str:
    return line if line.endswith((".", "。", "!", "?")) else f"{line}."
