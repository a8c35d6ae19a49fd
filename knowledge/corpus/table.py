"""Rows of a table → documents. Does not know how a format is read.

Over 500 lines, since what a column is for decides on title, lines, photos and citation of a row
alike.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from knowledge.corpus.closing import closed, closing_key, closing_of, without_closing
from knowledge.corpus.columns import (
    NO_COLUMNS,
    Columns,
    Roles,
    assign_roles,
    columns_of_format,
)
from knowledge.corpus.csv import looks_like_csv, open_csv
from knowledge.corpus.fields import Lines, label_of, language_of_label, lines_of, placed, told
from knowledge.corpus.json import open_json
from knowledge.corpus.labels import is_well_known, rank_of
from knowledge.corpus.limits import (
    MOST_NAME_CHARS,
    MOST_NAMES,
    MOST_PATTERNS,
    MOST_ROWS,
    MOST_SOURCE_CHARS,
    check_lengths,
)
from knowledge.corpus.mapping import joined, mapping_file, read_mapping
from knowledge.corpus.parquet import open_parquet
from knowledge.corpus.photo_names import PhotoNames, best_column, keys_of
from knowledge.corpus.photos import PHOTO_ENDING, find_photos
from knowledge.corpus.regular_files import is_file, is_folder, open_regular
from knowledge.corpus.rows import BadRow, Row, Table
from knowledge.corpus.text import clean, one_line, same_id, title_of_file
from knowledge.corpus.values import expand, says_nothing_at_all, says_unknown, split_values
from knowledge.dates import DateColumn
from knowledge.document_dates import (
    date_columns,
    dates_of_row,
    days_written_out,
    is_epoch,
)
from knowledge.documents import Document, Photo, Problem
from knowledge.errors import CorpusError, InputError
from knowledge.identifiers import checked_id, has_visible, is_web_address, visible
from knowledge.language import fold, guess_language
from knowledge.sentences import split_sentences

_SAMPLE_ROWS = 500
_LONGEST_GUESSED_TITLE = 80
_LONGEST_TITLE = 300
"""Characters; the whole of a longer one stands in the text."""
_LONGEST_PLACE = 60
"""Characters of a place that is put behind a title which many rows have."""
_LEAST_TELLING = 4
"""Letters and digits of an id that people would look for."""
_BLANK_LINES = re.compile(r"\n{3,}")
_BETWEEN_PHOTOS = re.compile(r"[;|\n]")

Record = Mapping[str, Sequence[str]]
"""A row's values by label, each as a text."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table that is ready to be read.

    Attributes:
        file: the table's file; photos are found from its folder on.
        table: its rows.
        roles: what its columns hold.
        photo_folder: subfolder that the photo column's paths start from, "" for the file's own.
        problems: what is wrong with whole columns.
        root: the folder that the file and its photos are named from; None for the file's own.
        names: the folder's photos by name, if the cells name them in any way; None if by path.
        taken: what the cells name, as `keys_of` gives it.
        dated: its columns of dates, and how each is written.
    """

    file: Path
    table: Table
    roles: Roles
    photo_folder: str
    problems: tuple[str, ...]
    root: Path | None = None
    names: PhotoNames | None = None
    taken: frozenset[str] = frozenset()
    dated: Mapping[str, DateColumn] = field(default_factory=dict)

    @property
    def base(self) -> Path:
        """The folder that paths of photos are relative to."""
        return self.root or self.file.parent

    @property
    def name(self) -> str:
        """What the table is called in problems and citations."""
        return clean(self.file.relative_to(self.base).as_posix())


def open_table(file: Path, columns: Columns) -> OpenTable:
    """Find out what a table's columns hold and where its photos lie.

    Raises:
        CorpusError: it cannot be read, has no rows, or lacks a column that was named.
        OSError: it cannot be read.
    """
    return use_table(file, open_rows(file), columns)


def open_rows(file: Path) -> Table:
    """The rows of a table, whatever its format.

    Raises:
        CorpusError: it cannot be read.
        OSError: it cannot be read.
    """
    with open_regular(file) as stream:
        parquet = stream.read(4) == b"PAR1"
    if parquet:
        return open_parquet(file)
    if file.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        return open_json(file)
    return open_csv(file)


def use_table(
    file: Path,
    table: Table,
    columns: Columns,
    *,
    root: Path | None = None,
    names: PhotoNames | None = None,
) -> OpenTable:
    """Find out what the columns of a table hold that a reader of its format has opened.

    The mapping file beside the table, if there is one, says what `columns` leaves open; then what
    the format says of itself counts.

    Args:
        file: where the rows stand.
        table: the rows.
        columns: what was said.
        root: the folder that the file and its photos are named from; None for the file's own.
        names: the folder's photos, if the cells may name them in any way.

    Raises:
        CorpusError: it has no rows, lacks a column that was named, or its mapping file is wrong.
        OSError: it cannot be read.
    """
    mapping = read_mapping(file)
    rows = list(islice(table.rows(), _SAMPLE_ROWS))
    if not rows:
        what = (
            "holds no records; check that it is the right file"
            if table.roles
            else ("has column names and no rows; add some")
        )
        raise CorpusError(f"{file.name!r} {what}.")
    table = replace(
        table, columns=tuple(name for name in table.columns if closing_key(name) is None)
    )
    sample = [without_closing(row.values) for row in rows if isinstance(row, Row)]
    said = joined(joined(columns, mapping), columns_of_format(table.roles))
    try:
        roles = assign_roles(said, table.columns, sample)
    except CorpusError as error:
        if mapping == NO_COLUMNS:
            raise
        raise CorpusError(f"{error} ({mapping_file(file).name!r} is used.)") from error
    problems = [*table.problems]
    problems += [
        f"The column {column!r} holds bytes and is left out of every row; save its photos as files "
        "beside the table and name them in a column."
        for column in table.skipped
    ]
    roles = replace(
        roles, spoken_for=roles.spoken_for | table.silent, silent=frozenset(table.silent)
    )
    expanded = [expand(values).values for values in sample]
    opened = OpenTable(
        file, table, roles, "", tuple(problems), root=root,
        dated=date_columns(expanded, roles.columns.date),
    )  # fmt: skip
    if "photo" in table.roles.values():  # their paths are those of files that are there
        return opened
    if names is not None:
        return _beside(replace(opened, names=names), expanded)
    paths = [path for values in expanded for path in _split_photos(values, roles)[0]]
    folder = _photo_folder(file.parent, paths)
    if folder is None and not (columns.photo or mapping.photo):
        problems.append(
            f"None of the photos that the column {roles.columns.photo!r} names is beside the "
            "table, so it was taken for text; put the photos there."
        )
        roles = roles.without_photo()
    return replace(opened, roles=roles, photo_folder=folder or "", problems=tuple(problems))


def _beside(opened: OpenTable, rows: Sequence[Mapping[str, Sequence[str]]]) -> OpenTable:
    """The table with the column whose cells name photos of its folder, if there is one."""
    names, roles = opened.names, opened.roles
    assert names is not None
    if roles.columns.photo is not None and any(
        names.find("; ".join(row.get(roles.columns.photo, ()))).paths for row in rows
    ):
        column: str | None = roles.columns.photo
    else:
        likely = [roles.columns.id] if roles.columns.id else []
        column = best_column(names, [*likely, *opened.table.columns], rows)
        roles = roles.without_photo() if column != roles.columns.photo else roles
        roles = replace(roles, columns=replace(roles.columns, photo=column))
    if column is None:
        return replace(opened, roles=roles, names=None)
    taken = frozenset(
        key
        for row in opened.table.rows()
        if isinstance(row, Row)
        for cell in expand({column: row.values.get(column)}).values.get(column, ())
        for key in keys_of(cell)
    )
    return replace(opened, roles=roles, taken=taken)


def _named_photos(opened: OpenTable, record: Record) -> tuple[list[str], list[str]]:
    """Paths of the photos that a row names, and what to say of the others."""
    columns = opened.roles.columns
    paths: dict[str, None] = {}
    unfound: list[str] = []
    for column in filter(None, (columns.photo, *columns.more_photos)):
        cells = [text for text in record.get(column, ()) if not says_nothing_at_all(text)]
        if not cells or opened.names is None:
            continue
        named = opened.names.find("\n".join(cells), taken=opened.taken)
        paths |= dict.fromkeys(named.paths)
        if rank_of(column, "photo") is not None or PHOTO_ENDING.search(" ".join(cells)):
            unfound += [
                f"There is no photo {name!r} in the folder; add it, or correct the name."
                for name in named.missing
            ]
        unfound += [
            f"{name!r} may be {one!r} or {other!r}; write the path of the right one."
            for name, one, other in named.unclear
        ]
    return list(paths), unfound


def looks_like_table(file: Path) -> bool:
    """Whether a text file is CSV: it has fields, and a column has a well-known name.

    Raises:
        CorpusError: it is in no known encoding.
        OSError: it cannot be read.
    """
    if not looks_like_csv(file):
        return False
    return any(map(is_well_known, open_csv(file).columns))


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
    name = opened.name
    for row in table.rows():
        path = clean(f"{name}, {row.where}")
        record = expand({} if isinstance(row, BadRow) else without_closing(row.values))
        if row.number > MOST_ROWS:
            yield Problem(path, f"A table may have {MOST_ROWS:,} rows; split it to read the rest.")
            return
        id_ = _id(row, record.values, roles)
        document_id = f"{corpus}/{id_}" if id_ else None
        if isinstance(row, BadRow):
            yield Problem(path, row.reason, document_id)
            continue
        if not record.values:
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
        if where_of.get(id_, row.where) != row.where and table.part:
            id_ = f"{_first(record.values, table.part)}/{id_}"
            document_id = f"{corpus}/{id_}"
        if (where := where_of.setdefault(id_, row.where)) != row.where:
            yield Problem(path, same_id(id_, where), document_id)
        else:
            paths, addresses = _split_photos(record.values, roles)
            if opened.names is not None:
                paths, unfound = _named_photos(opened, record.values)
                for reason in unfound:
                    yield Problem(path, reason, document_id)
            photos = []
            for photo in paths[:MOST_PATTERNS]:
                try:
                    location = posixpath.normpath(posixpath.join(opened.photo_folder, photo))
                    for found in find_photos(opened.base, location):
                        if isinstance(found, Photo):
                            photos.append(found)
                        else:
                            yield Problem(path, found, document_id)
                except InputError as error:
                    yield Problem(path, str(error), document_id)
            if len(paths) > MOST_PATTERNS:
                reason = f"The row names {len(paths):,} photos; {MOST_PATTERNS:,} are read."
                yield Problem(path, reason, document_id)
            if record.is_cut:
                reason = "It has more values, or is nested deeper, than is read; write it flat."
                yield Problem(path, reason, document_id)
            document = _document(
                days_written_out(record.values, opened.dated),
                roles,
                corpus=corpus,
                id=id_,
                table=name,
                language=_language(record.values, table.roles) or language,
                photos=photos,
                addresses=addresses,
            )
            if not document.text and not document.photos:
                reason = "There is nothing in the row that can be read; write what is known."
                yield Problem(path, reason, document_id)
                continue
            document = replace(document, dates=dates_of_row(record.values, opened.dated))
            document = closed(document, closing_of(row.values))
            try:
                yield check_lengths(document)
            except CorpusError as error:
                yield Problem(path, str(error), document_id)


def _id(row: Row | BadRow, record: Record, roles: Roles) -> str:
    """The row's id; "" if it has no id or cannot be read."""
    if roles.columns.id is None:
        return f"row-{row.number}"
    return visible(_first(record, roles.columns.id))


def _language(record: Record, roles: Mapping[str, str]) -> str:
    """The language that a row says it is in, where its format has a column for that."""
    return next(
        (
            record[name][0]
            for name, role in roles.items()
            if (role == "language" and record.get(name))
        ),
        "",
    )


def _document(
    record: Record,
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
    prose = [_prose(record.get(name, ())) for name in columns.text]
    title, named_by = _title(record, roles, photos, prose)
    url, source = _address_and_source(record, columns)
    worded = {}
    if photos and columns.title and rank_of(columns.title, "title") in (0, 1):
        spoken = language_of_label(columns.title) or language or guess_language(columns.title)
        worded[columns.title] = label_of("photo", spoken)
    lines = lines_of(_labelled(record, roles, title, prose, url, addresses), worded=worded)
    if not lines.text and not any(prose):
        lines = _only_line(title, id, language, photos)
    text = "\n\n".join(filter(None, [*prose, lines.text]))
    rights = "; ".join(told("", record.get(columns.rights or "", ()))[0])
    places = (told(name, record.get(name, ()))[0] for name in columns.place)
    place = ", ".join(dict.fromkeys(part for parts in places for part in parts))
    names = [name for role in columns.aliases for name in told(role, record.get(role, ()))[0]]
    names += [one_line(each) for each in record.get(named_by or "", ())[1:]]
    return Document(
        corpus=corpus,
        id=id,
        title=title or id,
        text=text,
        language=language or guess_language(f"{title}\n{text}"),
        aliases=tuple(
            name for name in dict.fromkeys(names) if name != title and len(name) <= MOST_NAME_CHARS
        )[:MOST_NAMES],
        place=place if place and len(place) <= MOST_NAME_CHARS else None,
        source=source if source and len(source) <= MOST_SOURCE_CHARS else f"{table}, {id}",
        url=url,
        photos=tuple(photos),
        rights=rights if len(rights) <= MOST_SOURCE_CHARS else "",
        fields=placed(lines.fields, len(text) - len(lines.text)),
    )


def _labelled(
    record: Record,
    roles: Roles,
    title: str,
    prose: Sequence[str],
    url: str | None,
    addresses: Sequence[str],
) -> Iterator[tuple[str, Sequence[str]]]:
    """The lines of a record: title, who, when and where together, so that one passage has them;
    the other facts as the table has them; what names the record last."""
    columns = roles.columns
    named, id_, address = columns.title or "", columns.id or "", columns.url or ""
    if named in record and not _says(prose, title, record[named]):
        yield named, record[named]
    late = [columns.source or "", columns.rights or ""]
    facts = [name for name in record if name not in roles.spoken_for and name not in late]
    asked = (*columns.creator, *columns.date, *columns.place)
    facts.sort(key=lambda name: asked.index(name) if name in asked else len(asked))
    facts.sort(key=lambda name: is_web_address(record[name][0]))  # of no use to read
    facts += [name for name in late if name in record and name not in roles.spoken_for]
    if address in record:
        facts.append(address)
    for name in facts:
        texts = [text for text in record[name] if not is_epoch(name, text)]
        if url and name in (address, columns.source):
            texts = [part for text in texts for part in split_values(text) if part != url]
        if texts:
            yield name, texts
    if id_ in record and id_ not in roles.silent and _tells(record[id_][0], id_):
        yield id_, record[id_]
    if addresses and columns.photo:
        yield columns.photo, addresses


def _says(prose: Sequence[str], title: str, texts: Sequence[str]) -> bool:
    """Whether the prose has the title, and the title column has nothing more to say."""
    said = f" {fold(' '.join(prose))} "
    return all(f" {fold(text)} " in said for text in (title, *texts))


def _tells(id_: str, label: str) -> bool:
    """Whether people would look for an id: an inventory number, not a row's count."""
    is_number_of_record = rank_of(label, "id") in (2, 4)  # *inventory number*, *Fleet no.*
    long_enough = sum(map(str.isalnum, id_)) >= _LEAST_TELLING
    return is_number_of_record or (long_enough and any(map(str.isdigit, id_)))


def _only_line(title: str, id_: str, language: str | None, photos: Sequence[Photo]) -> Lines:
    """The one line of a row that says nothing else, so that its title can be found and quoted."""
    if not title or title == id_:
        return Lines() if photos else lines_of([("id", [id_])])
    role = "file" if photos else "title"
    return lines_of([(label_of(role, language or guess_language(title)), [title])])


def _address_and_source(record: Record, columns: Columns) -> tuple[str | None, str]:
    """The address of the source, and the citation, "" without one."""
    parts = [part for text in record.get(columns.url or "", ()) for part in split_values(text)]
    source = "; ".join(told(columns.source or "", record.get(columns.source or "", ()))[0])
    url = next(filter(is_web_address, (*parts, source)), None)
    if source and url != source and rank_of(columns.source or "", "source") in (1, 2):
        number = _first(record, columns.id) if columns.id else ""
        source = ", ".join(filter(None, (source, number)))  # *Museum of the Town, 1937.4*
    return url, source


def _first(record: Record, name: str | None) -> str:
    """A column's value, on one line."""
    return one_line("; ".join(record.get(name or "", ())))


def _prose(texts: Sequence[str]) -> str:
    said = [text for text in texts if not says_nothing_at_all(text) and not says_unknown(text)]
    return _BLANK_LINES.sub("\n\n", "\n\n".join(said))


def _title(
    record: Record, roles: Roles, photos: Sequence[Photo], prose: Sequence[str]
) -> tuple[str, str]:
    """A row's title and the column that it is from, "" where it was made up; "" for none."""
    stock = ("", "")
    for name in filter(None, (roles.columns.title, *roles.titles)):
        title = next((line for text in record.get(name, ()) if (line := one_line(text))), "")
        if not has_visible(title) or says_nothing_at_all(title) or says_unknown(title):
            continue
        if not roles.is_stock(title):
            return _shortened(title), name
        stock = stock if stock[0] else (_shortened(title), name)
    guessed = _title_of_photo(photos) or _beginning(prose)
    if guessed:
        return guessed, ""
    if stock[0]:
        places = (_first(record, name) for name in roles.columns.place)
        where = next((place for place in places if place and len(place) <= _LONGEST_PLACE), "")
        return ", ".join(filter(None, (stock[0], where))), stock[1]
    taken = {*roles.spoken_for, roles.columns.rights, roles.columns.source}
    for name, texts in record.items():
        is_code = " " not in texts[0] and any(c.isdigit() or c in "/:_" for c in texts[0])
        if name not in taken and any(map(str.isalpha, texts[0])) and not is_code:
            return _shortened(_numbered(one_line(texts[0]), record, roles.columns.id)), ""
    return "", ""


def _numbered(title: str, record: Record, id_: str | None) -> str:
    """A made-up title with the record's number, as its kind alone names many: *tram, No. 7*."""
    number = _first(record, id_)
    if id_ is None or not number or not _tells(number, id_):
        return title
    return f"{title}, {one_line(id_.replace('_', ' '))} {number}"


def _split_photos(record: Record, roles: Roles) -> tuple[list[str], list[str]]:
    """The paths in a row's photo columns, and the web addresses in them, which are not fetched."""
    columns = [name for name in (roles.columns.photo, *roles.columns.more_photos) if name]
    cells = [text for name in columns for text in record.get(name, ())]
    parts = [part.strip() for cell in cells for part in _BETWEEN_PHOTOS.split(cell)]
    names = [name for name in dict.fromkeys(parts) if name and not says_nothing_at_all(name)]
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
        if any(is_file(folder / path) for path in paths):
            return "" if folder == root else folder.name
    return None


def _title_of_photo(photos: Sequence[Photo]) -> str:
    """The name of the first photo, if most of it is letters."""
    return title_of_file(photos[0].path) if photos else ""


def _beginning(prose: Sequence[str]) -> str:
    """The first sentence of the text, or as much of it as a title holds."""
    text = next(filter(None, prose), "")
    if not text:
        return ""
    start, end = split_sentences(text)[0]
    return _shortened(one_line(text[start:end]).rstrip(" .。"), _LONGEST_GUESSED_TITLE)


def _shortened(title: str, most: int = _LONGEST_TITLE) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"
