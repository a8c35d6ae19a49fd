"""Records → the rows of a `Table`: ids that differ, one language first, pictures that are there.

Knows no format.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from urllib.parse import unquote, urlsplit

from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.pictures import Pictures
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.rows import BadRow, Row, Table
from knowledge.identifiers import MAX_ID_CHARS, is_web_address, visible

Records = Callable[[], Iterable[Record | UnusableRecordError]]
"""Gives the records of a file from its beginning, as often as it is called."""

_SAYS_NOTHING = frozenset({"manifest", "manifest.json", "info.json"})
_ROLES: Mapping[str, str] = vocabulary.ROLES
_FOUND_BY_LABEL = frozenset({"creator", "date", "place", "rights"})
_MOST_PICTURES = 1_000
_SAMPLE_ROWS = 1_000


def table_of(
    records: Records, pictures: Pictures, *, stem: str, has_own_labels: bool = False
) -> Table:
    """A table of records with labels of ours.

    Args:
        records: what to read.
        pictures: where the files of their pictures are looked for.
        stem: the file's path without its ending, for a record without an id.
        has_own_labels: whether people who describe choose labels of their own, so that makers,
            dates and places may have any.
    """

    def rows() -> Iterator[Row | BadRow]:
        yield from _rows(records(), pictures, stem)

    columns, roles = dict.fromkeys(vocabulary.ROLES), dict(_ROLES)
    if has_own_labels:
        columns |= dict.fromkeys(_labels_of(rows()))
        roles = {label: role for label, role in roles.items() if role not in _FOUND_BY_LABEL}
    return Table(tuple(columns), rows, roles=roles, silent=vocabulary.HIDDEN)


def _labels_of(rows: Iterator[Row | BadRow]) -> list[str]:
    return [
        label for row in islice(rows, _SAMPLE_ROWS) if isinstance(row, Row) for label in row.values
    ]


def plain_table_of(records: Records, pictures: Pictures, *, stem: str) -> Table:
    """A table of records whose labels are those of the file; what they hold is found from them."""

    def rows() -> Iterator[Row | BadRow]:
        yield from _rows(records(), pictures, stem)

    columns = _labels_of(rows())
    known = (vocabulary.RECORD_ID, vocabulary.PHOTOS, vocabulary.TEXT_LANGUAGE)
    roles = {label: vocabulary.ROLES[label] for label in known}
    return Table(
        tuple(dict.fromkeys((*columns, *known))),
        rows,
        roles=roles,
        silent=vocabulary.HIDDEN & {*known},
    )


def _rows(
    records: Iterable[Record | UnusableRecordError], pictures: Pictures, stem: str
) -> Iterator[Row | BadRow]:
    times: dict[str, int] = {}
    language = ""
    for number, record, is_alone in _numbered(records):
        where = f"record {number}"
        if isinstance(record, UnusableRecordError):
            yield BadRow(number, where, str(record))
            continue
        own = record.own_language()
        language = language or own
        values = record.values(own or language)
        id_ = readable_id(record.id) or (stem if is_alone else f"{stem}-{number}")
        if not record.unique or not record.id:
            times[id_] = times.get(id_, 0) + 1
            if times[id_] > 1:
                id_ = f"{id_}~{times[id_]}"
        values[vocabulary.RECORD_ID] = id_
        if citation := record.cite():
            values[vocabulary.CITATION] = citation
        if own:
            values[vocabulary.TEXT_LANGUAGE] = own
        found = pictures.find_all(record.pictures)
        if not found and is_alone:  # a record beside a picture of its name, or a folder of them
            found = pictures.named(stem)
        if found:
            values[vocabulary.PHOTOS] = found[:_MOST_PICTURES]
        yield Row(number, where, values)


def _numbered(
    records: Iterable[Record | UnusableRecordError],
) -> Iterator[tuple[int, Record | UnusableRecordError, bool]]:
    """The records that say something, each with its number and whether it is the only one."""
    number = 0
    waiting: Record | UnusableRecordError | None = None
    for record in records:
        if isinstance(record, Record) and record.is_empty:
            continue
        if waiting is not None:
            number += 1
            yield number, waiting, False
        waiting = record
    if waiting is not None:
        yield number + 1, waiting, number == 0


def readable_id(said: str) -> str:
    """An id that a document may have, out of what a format has for one: addresses lose their site.

    >>> readable_id("https://example.org/iiif/ms-17/manifest.json"), readable_id("oai:x:1//2")
    ('iiif/ms-17', 'oai:x:1/2')
    """
    said = visible(said)
    parts = said.split("/")
    if is_web_address(said):
        split = urlsplit(said)
        parts = unquote(split.path).split("/")
        if any(part for part in parts if part not in _SAYS_NOTHING):
            parts = [part for part in parts if part not in _SAYS_NOTHING]
        else:
            parts = [split.netloc, *parts]
        parts += [visible(split.query), visible(split.fragment)]
    kept = [part.strip() for part in map(visible, parts) if part.strip() not in ("", ".", "..")]
    return "/".join(kept)[:MAX_ID_CHARS].strip("/ ")
