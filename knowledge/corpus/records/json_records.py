"""Files of JSON → tables, each by what it holds, not by its name.

Recognises IIIF, Wikidata, Omeka S and GeoJSON. Objects of no such kind are a table as they are
(`knowledge.corpus.json`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from knowledge.corpus.limits import MOST_COLUMNS
from knowledge.corpus.records import geojson, iiif, omeka, wikidata
from knowledge.corpus.records.json_source import (
    BrokenJSONError,
    head_of,
    items,
    load,
)
from knowledge.corpus.records.pictures import Pictures
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.record_rows import table_of
from knowledge.corpus.rows import BadRow, Row, Table
from knowledge.errors import CorpusError

_FEATURES = re.compile(r'"type"\s*:\s*"FeatureCollection"')
_MARKS = ("iiif.io", "shared-canvas", "sc:", "Manifest", "o:id", "labels", "claims", "Feature")
_SAMPLE_ROWS = 1_000


def is_known_json(file: Path) -> bool:
    """Whether a file of JSON holds records of a format that has a name.

    Raises:
        CorpusError: it is in no known encoding.
        OSError: it cannot be read.
    """
    head = head_of(file)
    if _holds_features(head):
        return True
    if not any(mark in head for mark in _MARKS):
        return False
    try:
        first = next(items(file), None)
    except BrokenJSONError:
        return False
    return any(
        check(first)
        for check in (iiif.is_iiif, wikidata.is_entity, omeka.is_omeka_s, geojson.is_geojson)
    )


def is_iiif_file(file: Path) -> bool:
    """Whether a file is a manifest or a collection that can be read whole."""
    try:
        head = head_of(file)
        if not head.startswith("{") or not any(mark in head for mark in _MARKS[:4]):
            return False
        return iiif.is_iiif(load(file))
    except (CorpusError, OSError):
        return False  # said where its records are read


def open_json_records(
    file: Path, pictures: Pictures, *, stem: str, collections: iiif.Collections
) -> Table | None:
    """A file of JSON as a table of records; None if it is of no kind that is known here.

    Args:
        file: to read.
        pictures: where the files of pictures are looked for.
        stem: the file's path without its ending.
        collections: what collections in other files say of manifests.

    Raises:
        CorpusError: it is of a known kind and cannot be read.
        OSError: it cannot be read.
    """
    head = head_of(file)
    if not head:
        return None
    if _holds_features(head):
        return _plain_table(partial(_features, file))
    try:
        first = next(items(file), None)
    except (BrokenJSONError, CorpusError):
        return None
    if iiif.is_iiif(first):
        read = partial(_each, file, partial(_read_iiif, collections))
        return table_of(read, pictures, stem=stem, has_own_labels=True)
    if wikidata.is_entity(first):
        return table_of(partial(_entities, file), pictures, stem=stem)
    if omeka.is_omeka_s(first):
        return table_of(partial(_each, file, _read_item), pictures, stem=stem)
    if geojson.is_geojson(first):
        return _plain_table(partial(_features, file))
    return None


def _holds_features(head: str) -> bool:
    """Whether a file that begins like this is a collection of features, which may be large."""
    return head.startswith("{") and bool(_FEATURES.search(head[:5_000])) and "iiif" not in head


def _each(
    file: Path, read: Callable[[Mapping[str, Any]], Iterable[Record]]
) -> Iterator[Record | UnusableRecordError]:
    try:
        for item in items(file):
            if isinstance(item, dict):
                yield from read(item)
            else:
                yield UnusableRecordError(
                    f"This is not a JSON object but of type {type(item).__name__}; write {{…}}."
                )
    except BrokenJSONError as error:
        yield _broken(error)


def _broken(error: BrokenJSONError) -> UnusableRecordError:
    return UnusableRecordError(
        f"The file is not valid JSON from here on ({error}); mend it to read the rest."
    )


def _read_iiif(collections: iiif.Collections, value: Mapping[str, Any]) -> Iterator[Record]:
    if iiif.is_iiif(value):
        yield from collections.join(iiif.read_iiif(value))


def _read_item(value: Mapping[str, Any]) -> Iterator[Record]:
    if omeka.is_omeka_s(value):
        yield omeka.read_omeka_s(value)


def _entities(file: Path) -> Iterator[Record | UnusableRecordError]:
    """Entities, with the names of those that they refer to from a reading before."""
    names: dict[str, str] = {}
    try:
        for value in items(file):
            for entity in wikidata.entities_in(value):
                if len(names) < wikidata.MOST_NAMES:
                    names[str(entity.get("id", ""))] = wikidata.name_of(entity)
    except BrokenJSONError:
        pass  # said where the entities are read
    try:
        for value in items(file):
            for entity in wikidata.entities_in(value):
                if found := wikidata.read_entity(entity, names):
                    yield found
    except BrokenJSONError as error:
        yield _broken(error)


def _features(file: Path) -> Iterator[Mapping[str, Any] | UnusableRecordError]:
    key = "features" if _holds_features(head_of(file)) else None
    try:
        some_have_ids = any(
            map(geojson.has_id, islice(items(file, key, keep_both=True), _SAMPLE_ROWS))
        )
    except BrokenJSONError:
        some_have_ids = True  # what is broken is said below
    try:
        for number, item in enumerate(items(file, key, keep_both=True), start=1):
            if isinstance(item, dict):
                otherwise = f"feature-{number}" if some_have_ids else ""
                yield geojson.values_of(item, otherwise=otherwise)
            else:
                yield UnusableRecordError("This is not a feature; write an object.")
    except BrokenJSONError as error:
        yield _broken(error)


def _plain_table(
    read: Callable[[], Iterable[Mapping[str, Any] | UnusableRecordError]],
) -> Table:
    """A table of values with labels of their own; what they hold is found out from them."""

    def rows() -> Iterator[Row | BadRow]:
        for number, values in enumerate(read(), start=1):
            where = f"item {number}"
            if isinstance(values, UnusableRecordError):
                yield BadRow(number, where, str(values))
            elif len(values) > MOST_COLUMNS:
                reason = f"It has {len(values):,} keys, more than {MOST_COLUMNS:,}; leave some out."
                yield BadRow(number, where, reason)
            else:
                yield Row(number, where, values)

    sample = [row for row in islice(rows(), _SAMPLE_ROWS) if isinstance(row, Row)]
    columns = dict.fromkeys(key for row in sample for key in row.values)
    return Table(tuple(columns), rows)
