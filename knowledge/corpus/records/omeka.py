"""Omeka: exports of Omeka Classic as CSV, and items of Omeka S as JSON-LD."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge.corpus.labels import readable
from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.dublin_core import add_value, label_of
from knowledge.corpus.records.json_source import objects
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.rows import BadRow, Row

_COLUMN = re.compile(r"(Dublin Core|Item Type Metadata|[A-Z][\w ]{1,40})\s*:\s*(\S.*)")
_BETWEEN = "^^"
_FILES = frozenset({"file", "files", "filename", "fileurls", "file url", "itemfiles"})
_ID = ("omeka id", "item id", "itemid", "item_id", "identifier", "id")
_ADDRESS = ("item uri", "item url", "itemuri", "url", "uri")
_SILENT = frozenset({"public", "featured", "owner", "record type", "recordtype", "item id"})


def is_classic(columns: Sequence[str]) -> bool:
    """Whether these are the columns of an export of Omeka Classic.

    >>> is_classic(["Item Id", "Dublin Core:Title"]), is_classic(["id", "title"])
    (True, False)
    """
    return any(re.match(r"Dublin Core\s*:\s*\w", column.strip("\ufeff\"' ")) for column in columns)


def read_classic(rows: Iterator[Row | BadRow]) -> Iterator[Record | UnusableRecordError]:
    """The records in the rows of an export; several values of a field are parted by `^^`."""
    for row in rows:
        if isinstance(row, BadRow):
            yield UnusableRecordError(f"{row.where}: {row.reason}")
            continue
        record = Record(unique=False)
        said = {
            column.strip("\ufeff\"' "): str(value or "") for column, value in row.values.items()
        }
        folded = {column.casefold(): value.strip() for column, value in said.items()}
        for column, value in said.items():
            _add_column(record, column, value)
        own = next((folded[name] for name in _ID[:4] if folded.get(name)), "")
        record.id = own or record.first(vocabulary.IDENTIFIER)
        record.unique = bool(own)
        for name in _ADDRESS:
            record.add_address(folded.get(name))
        yield record


def _add_column(record: Record, column: str, value: str) -> None:
    values = [part.strip() for part in value.split(_BETWEEN)]
    name = column.casefold()
    found = _COLUMN.fullmatch(column)
    if name in _FILES:
        record.pictures += [part for one in values for part in re.split(r"[,\n|]\s*", one) if part]
    elif found and found[1] == "Dublin Core":
        for text in values:
            if text:
                add_value(record, _term_of(found[2]), text)
    elif name == "collection":
        record.add_all(vocabulary.COLLECTION, values)
    elif name == "tags":
        record.add_all("Tags", (tag.strip() for one in values for tag in one.split(",")))
    elif name in ("itemtype", "item type"):
        record.add_all(vocabulary.TYPE, values)
    elif name not in _SILENT and name not in (*_ID, *_ADDRESS):
        label = found[2] if found else column
        record.add_all(readable(label) if " " not in label else label, values)


def _term_of(name: str) -> str:
    """The local name of an element of Dublin Core by its label.

    >>> _term_of("Date Created"), _term_of("Title")
    ('created', 'title')
    """
    words = name.split()
    camel = words[0].lower() + "".join(word.capitalize() for word in words[1:]) if words else ""
    if (
        camel.startswith("date")
        and label_of(camel[4:].lower()) == vocabulary.DATE
        and len(camel) > 4
    ):
        return camel[4:].lower()
    return {
        "spatialCoverage": "spatial",
        "temporalCoverage": "temporal",
        "alternativeTitle": ("alternative"),
    }.get(camel, camel)


def is_omeka_s(value: Any) -> bool:  # noqa: ANN401
    """Whether a JSON value is an item, an item set or a medium of Omeka S."""
    return (
        isinstance(value, dict)
        and "o:id" in value
        and ("o:is_public" in value or "o:title" in value or any(":" in key for key in value))
    )


def read_omeka_s(value: Mapping[str, Any]) -> Record:
    """The record of an item."""
    kinds = value.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    kind = next(
        (str(k).removeprefix("o:").lower() for k in kinds if str(k).startswith("o:")), "item"
    )
    record = Record(id=f"{kind}-{value['o:id']}" if kind != "item" else str(value["o:id"]))
    for key, statements in value.items():
        prefix, _, name = key.partition(":")
        if prefix in ("o", "@context", "@id", "@type", "@reverse") or not name or "o-" in prefix:
            continue
        for statement in objects(statements):
            _add_statement(record, prefix, name, statement)
    if not record.has(vocabulary.TITLE) and isinstance(value.get("o:title"), str):
        record.add(vocabulary.TITLE, value["o:title"])
    for key in ("o:item_set", "o:site"):
        for whole in objects(value.get(key)):
            title = whole.get("o:title") or whole.get("display_title")
            record.add(vocabulary.COLLECTION, title if isinstance(title, str) else "")
    for media in [value, *objects(value.get("o:media"))]:
        for key in ("o:source", "o:filename", "o:original_url"):
            if isinstance(media.get(key), str):
                record.pictures.append(media[key])
    if isinstance(value.get("@id"), str):
        record.add_address(value["@id"])
    return record


def _add_statement(record: Record, prefix: str, name: str, statement: Mapping[str, Any]) -> None:
    text = next(
        (
            str(statement[key])
            for key in ("@value", "display_title", "o:label", "@id")
            if statement.get(key) not in (None, "")
        ),
        "",
    )
    language = statement.get("@language")
    tag = language if isinstance(language, str) else ""
    if prefix in ("dcterms", "dc"):
        add_value(record, name, text, tag)
    else:
        shown = statement.get("property_label")
        record.add(shown if isinstance(shown, str) else readable(name), text, tag)
    if statement.get("@id") and statement.get("o:label"):
        record.pictures.append(str(statement["@id"]))
