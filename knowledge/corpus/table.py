"""Rows of a table → documents. Does not know how a format is read."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from knowledge.corpus.columns import NO_COLUMNS, Columns, Roles, assign_roles
from knowledge.corpus.csv import looks_like_csv, open_csv
from knowledge.corpus.json import open_json
from knowledge.corpus.limits import MOST_PATTERNS, MOST_ROWS, check_lengths
from knowledge.corpus.parquet import open_parquet
from knowledge.corpus.photos import find_photo
from knowledge.corpus.regular_files import is_folder, open_regular
from knowledge.corpus.rows import BadRow, Row, Table
from knowledge.corpus.text import as_text, clean, fact_line, humanise, one_line, same_id
from knowledge.dates import DateColumn
from knowledge.document_dates import date_columns, dates_of_row
from knowledge.documents import Document, Photo, Problem
from knowledge.errors import CorpusError, InputError
from knowledge.identifiers import checked_id, has_visible, is_web_address, visible
from knowledge.language import guess_language
from knowledge.sentences import split_sentences

_SAMPLE_ROWS = 200
_LONGEST_GUESSED_TITLE = 80
_BLANK_LINES = re.compile(r"\n{3,}")
_BETWEEN_PHOTOS = re.compile(r"[;|\n]")


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table that is ready to be read.

    Attributes:
        file: the table's file; photos are found from its folder on.
        table: its rows.
        roles: what its columns hold.
        photo_folder: subfolder that the photo column's paths start from, "" for the file's own.
        problems: what is wrong with whole columns.
        dated: its columns of dates, and how each is written.
    """

    file: Path
    table: Table
    roles: Roles
    photo_folder: str
    problems: tuple[str, ...]
    dated: Mapping[str, DateColumn] = field(default_factory=dict)


def open_table(file: Path, columns: Columns) -> OpenTable:
    """Find out what a table's columns hold and where its photos lie.

    Raises:
        CorpusError: it cannot be read, has no rows, or lacks a column that was named.
        OSError: it cannot be read.
    """
    with open_regular(file) as stream:
        parquet = stream.read(4) == b"PAR1"
    if parquet:
        table = open_parquet(file)
    elif file.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        table = open_json(file)
    else:
        table = open_csv(file)
    rows = list(islice(table.rows(), _SAMPLE_ROWS))
    if not rows:
        raise CorpusError(f"{file.name!r} has column names and no rows; add some.")
    sample = [row.values for row in rows if isinstance(row, Row)]
    roles = assign_roles(columns, table.columns, sample)
    dated = date_columns(table.columns, sample)
    problems = [
        f"The column {column!r} holds bytes and is left out of every row; save its photos as files "
        "beside the table and name them in a column."
        for column in table.skipped
    ]
    paths = [path for values in sample for path in _split_photos(values, roles)[0]]
    folder = _photo_folder(file.parent, paths)
    if folder is None and not columns.photo:
        problems.append(
            f"None of the photos that the column {roles.columns.photo!r} names is beside the "
            "table, so it was taken for text; put the photos there."
        )
        roles = roles.without_photo()
    return OpenTable(file, table, roles, folder or "", tuple(problems), dated)


def looks_like_table(file: Path) -> bool:
    """Whether a text file is CSV: it has fields, and a column has a well-known name.

    Raises:
        CorpusError: it is in no known encoding.
        OSError: it cannot be read.
    """
    if not looks_like_csv(file):
        return False
    names = open_csv(file).columns
    return assign_roles(NO_COLUMNS, names, ()).columns != NO_COLUMNS


def read_table(
    opened: OpenTable, *, corpus: str, language: str | None
) -> Iterator[Document | Problem]:
    """A document for each row, in order, after the problems found in it.

    Args:
        opened: what to read.
        corpus: its name.
        language: of the rows; None guesses it for each.
    """
    table, roles = opened.table, opened.roles
    where_of: dict[str, str] = {}
    untold = list(opened.problems)
    for row in table.rows():
        path = clean(f"{opened.file.name}, {row.where}")
        if row.number > MOST_ROWS:
            yield Problem(path, f"A table may have {MOST_ROWS:,} rows; split it to read the rest.")
            return
        id_ = _id(row, roles)
        document_id = f"{corpus}/{id_}" if id_ else None
        if isinstance(row, BadRow):
            yield Problem(path, row.reason, document_id)
            continue
        if not any(map(as_text, row.values.values())):
            continue
        while untold:
            yield Problem(path, untold.pop(0), document_id)
        if not id_:
            reason = f"There is nothing in the id column {roles.columns.id!r}; give the row an id."
            yield Problem(path, reason)
            continue
        try:
            checked_id(id_)
        except CorpusError as error:
            yield Problem(path, str(error))
            continue
        if (where := where_of.setdefault(id_, row.where)) != row.where:
            yield Problem(path, same_id(id_, where), document_id)
        else:
            paths, addresses = _split_photos(row.values, roles)
            photos = []
            for photo in paths[:MOST_PATTERNS]:
                try:
                    location = posixpath.normpath(posixpath.join(opened.photo_folder, photo))
                    photos.append(find_photo(opened.file.parent, location))
                except InputError as error:
                    yield Problem(path, str(error), document_id)
            if len(paths) > MOST_PATTERNS:
                reason = f"The row names {len(paths):,} photos; {MOST_PATTERNS:,} are read."
                yield Problem(path, reason, document_id)
            document = _document(
                row,
                roles,
                corpus=corpus,
                id=id_,
                table=clean(opened.file.name),
                language=language,
                photos=photos,
                addresses=addresses,
            )
            document = replace(document, dates=dates_of_row(row.values, opened.dated))
            try:
                yield check_lengths(document)
            except CorpusError as error:
                yield Problem(path, str(error), document_id)


def _id(row: Row | BadRow, roles: Roles) -> str:
    """The row's id; "" if it has no id or cannot be read."""
    if roles.columns.id is None:
        return f"row-{row.number}"
    return "" if isinstance(row, BadRow) else visible(as_text(row.values.get(roles.columns.id)))


def _document(
    row: Row,
    roles: Roles,
    *,
    corpus: str,
    id: str,
    table: str,
    language: str | None,
    photos: Sequence[Photo],
    addresses: Sequence[str],
) -> Document:
    columns = roles.columns
    values = {name: as_text(value) for name, value in row.values.items()}
    source = one_line(values.get(columns.source or "", ""))
    said = one_line(values.get(columns.url or "", ""))
    url = next(filter(is_web_address, (said, source)), None)
    silent = roles.spoken_for if said == url else roles.spoken_for - {columns.url}
    lines = {name: one_line(text) for name, text in values.items() if name not in silent}
    facts = [fact_line(name, line) for name, line in lines.items() if line and line != url]
    facts += [fact_line(columns.photo or "", address) for address in addresses]
    prose = [_BLANK_LINES.sub("\n\n", values.get(name, "")) for name in columns.text]
    title = one_line(values.get(columns.title or "", ""))
    if not has_visible(title):
        title = _guess_title(photos, prose) or id
    text = "\n\n".join(filter(None, [*prose, "\n".join(facts)]))
    return Document(
        corpus=corpus,
        id=id,
        title=title,
        text=text if text or photos else title,
        language=language or guess_language(f"{title}\n{text}"),
        source=source or f"{table}, {id}",
        url=url,
        photos=tuple(photos),
    )


def _split_photos(values: Mapping[str, object], roles: Roles) -> tuple[list[str], list[str]]:
    """The paths in a row's photo column, and the web addresses in it, which are not fetched."""
    value = values.get(roles.columns.photo) if roles.columns.photo else None
    cells = value if isinstance(value, list | tuple) else [value]
    parts = [part.strip() for cell in cells for part in _BETWEEN_PHOTOS.split(as_text(cell))]
    names = list(dict.fromkeys(filter(None, parts)))
    # Exports of websites write `/images/a.jpg` for what lies in `images` beside the table.
    paths = [n.replace("\\", "/").lstrip("/") for n in names if not is_web_address(n)]
    return paths, [name for name in names if is_web_address(name)]


def _photo_folder(root: Path, paths: Sequence[str]) -> str | None:
    """The folder that holds some of the photos: "", or one beside the table; None if none does.

    Published tables often name photos without the folder that they lie in.
    """
    if not paths:
        return ""
    folders = sorted(entry for entry in root.iterdir() if is_folder(entry))
    for folder in (root, *folders):
        if any(_is_file(folder / path) for path in paths):
            return "" if folder == root else folder.name
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long to be a path, or with characters that none has
        return False


def _guess_title(photos: Sequence[Photo], prose: Sequence[str]) -> str:
    """The name of the first photo, if most of it is letters; otherwise the text's beginning."""
    if photos:
        stem = PurePosixPath(photos[0].path).stem
        if sum(map(str.isalpha, stem)) > len(stem) / 2:
            return humanise(stem)
    text = next(filter(None, prose), "")
    if not text:
        return ""
    start, end = split_sentences(text)[0]
    first = one_line(text[start:end]).rstrip(" .。")
    if len(first) <= _LONGEST_GUESSED_TITLE:
        return first
    return first[: _LONGEST_GUESSED_TITLE - 1].rstrip() + "…"
