"""Dublin Core, simple and qualified, in whatever element holds it."""

from knowledge.corpus.records import labels
from knowledge.corpus.records.languages import language_name
from knowledge.corpus.records.record import Record
from knowledge.corpus.records.xml_source import (
    Element,
    attribute,
    children,
    language_of,
    local,
    namespace,
    text_of,
)
from knowledge.identifiers import is_web_address

NAMESPACES = (
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/terms/",
    "http://purl.org/dc/elements/1.0/",
)

_LABELS = {
    "title": labels.TITLE,
    "alternative": labels.OTHER_TITLE,
    "creator": labels.CREATOR,
    "contributor": labels.CONTRIBUTOR,
    "publisher": labels.PUBLISHER,
    "date": labels.DATE,
    "created": labels.DATE,
    "issued": "Date of publication",
    "dateCopyrighted": "Date of copyright",
    "temporal": labels.PERIOD,
    "spatial": labels.PLACE,
    "coverage": "Coverage",
    "subject": labels.SUBJECT,
    "type": labels.TYPE,
    "format": "Format",
    "extent": labels.EXTENT,
    "medium": labels.MATERIAL,
    "identifier": labels.IDENTIFIER,
    "source": labels.SOURCE,
    "language": labels.LANGUAGE,
    "relation": labels.RELATED,
    "isPartOf": labels.COLLECTION,
    "references": labels.RELATED,
    "isReferencedBy": "Mentioned in",
    "rights": labels.RIGHTS,
    "license": labels.RIGHTS,
    "accessRights": labels.ACCESS,
    "rightsHolder": "Rights holder",
    "provenance": labels.PROVENANCE,
    "description": labels.DESCRIPTION,
    "abstract": labels.ABSTRACT,
    "tableOfContents": labels.CONTENTS,
    "bibliographicCitation": labels.CITATION,
}
_OF_THE_FILE = frozenset({"modified", "dateSubmitted", "available", "valid", "dateAccepted"})
_EXTRA = {
    "dataProvider": labels.REPOSITORY,
    "provider": "Provider",
    "isShownAt": labels.WEB_ADDRESS,
    "isShownBy": labels.PHOTOS,
    "object": labels.PHOTOS,
    "hasView": labels.PHOTOS,
    "currentLocation": labels.LOCATION,
    "year": labels.DATE,
    "rights": labels.RIGHTS,
}
"""Elements of the Europeana formats that stand beside Dublin Core."""


def is_dublin_core(element: Element) -> bool:
    """Whether an element is one of Dublin Core's."""
    return namespace(element) in NAMESPACES and local(element) in _LABELS


def label_of(name: str) -> str:
    """The label of an element of Dublin Core or Europeana by its local name; readable for others.

    >>> label_of("spatial"), label_of("hasMet")
    ('Place', 'Has met')
    """
    return _LABELS.get(name) or _EXTRA.get(name) or labels.readable(name)


def read_dublin_core(element: Element) -> Record:
    """The record whose values are the children of an element."""
    record = Record(unique=False)
    for part in children(element):
        add_statement(record, part)
    record.id = record.first(labels.IDENTIFIER) or record.first(labels.WEB_ADDRESS)
    return record


def add_statement(record: Record, part: Element, text: str = "") -> None:
    """Add one element as a value; `text` stands for what the element refers to."""
    name = local(part)
    text = text or text_of(part) or attribute(part, "resource")
    if not text or name in _OF_THE_FILE:
        return
    add_value(record, name, text, language_of(part))


def add_value(record: Record, name: str, text: str, language: str = "") -> None:
    """Add a value by the local name of its element."""
    label = label_of(name)
    if label == labels.PHOTOS:
        record.pictures.append(text)
    elif label == labels.IDENTIFIER and is_web_address(text):
        record.add_address(text)
        record.pictures.append(text)
    elif label == labels.WEB_ADDRESS:
        record.add_address(text)
    elif label == labels.LANGUAGE:
        record.add(label, language_name(text))
    else:
        if label in (labels.IDENTIFIER, labels.RELATED, labels.SOURCE):
            record.pictures.append(text)
        record.add(label, text, language)
