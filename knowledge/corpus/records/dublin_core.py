"""Dublin Core, simple and qualified, in whatever element holds it."""

from knowledge.corpus.labels import readable
from knowledge.corpus.records import vocabulary
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
from knowledge.dates import read_date
from knowledge.identifiers import is_web_address

NAMESPACES = (
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/terms/",
    "http://purl.org/dc/elements/1.0/",
)

_LABELS = {
    "title": vocabulary.TITLE,
    "alternative": vocabulary.OTHER_TITLE,
    "creator": vocabulary.CREATOR,
    "contributor": vocabulary.CONTRIBUTOR,
    "publisher": vocabulary.PUBLISHER,
    "date": vocabulary.DATE,
    "created": vocabulary.DATE,
    "issued": "Date of publication",
    "dateCopyrighted": "Date of copyright",
    "temporal": vocabulary.PERIOD,
    "spatial": vocabulary.PLACE,
    "coverage": "Coverage",
    "subject": vocabulary.SUBJECT,
    "type": vocabulary.TYPE,
    "format": "Format",
    "extent": vocabulary.EXTENT,
    "medium": vocabulary.MATERIAL,
    "identifier": vocabulary.IDENTIFIER,
    "source": vocabulary.SOURCE,
    "language": vocabulary.LANGUAGE,
    "relation": vocabulary.RELATED,
    "isPartOf": vocabulary.COLLECTION,
    "references": vocabulary.RELATED,
    "isReferencedBy": "Mentioned in",
    "rights": vocabulary.RIGHTS,
    "license": vocabulary.RIGHTS,
    "accessRights": vocabulary.ACCESS,
    "rightsHolder": "Rights holder",
    "provenance": vocabulary.PROVENANCE,
    "description": vocabulary.DESCRIPTION,
    "abstract": vocabulary.ABSTRACT,
    "tableOfContents": vocabulary.CONTENTS,
    "bibliographicCitation": vocabulary.CITATION,
}
_OF_THE_FILE = frozenset({"modified", "dateSubmitted", "available", "valid", "dateAccepted"})
_EXTRA = {
    "dataProvider": vocabulary.REPOSITORY,
    "provider": "Provider",
    "isShownAt": vocabulary.WEB_ADDRESS,
    "isShownBy": vocabulary.PHOTOS,
    "object": vocabulary.PHOTOS,
    "hasView": vocabulary.PHOTOS,
    "currentLocation": vocabulary.LOCATION,
    "year": vocabulary.DATE,
    "rights": vocabulary.RIGHTS,
}
"""Elements of the Europeana formats that stand beside Dublin Core."""


def is_dublin_core(element: Element) -> bool:
    """Whether an element is one of Dublin Core's."""
    return namespace(element) in NAMESPACES and local(element) in _LABELS


def label_of(name: str) -> str:
    """The label of an element of Dublin Core or Europeana by its local name; readable for others.

    >>> label_of("spatial"), label_of("hasMet")
    ('Place', 'Has Met')
    """
    return _LABELS.get(name) or _EXTRA.get(name) or readable(name)


def read_dublin_core(element: Element) -> Record:
    """The record whose values are the children of an element."""
    record = Record(unique=False)
    for part in children(element):
        add_statement(record, part)
    record.id = record.first(vocabulary.IDENTIFIER) or record.first(vocabulary.WEB_ADDRESS)
    return record


def add_statement(record: Record, part: Element, text: str = "") -> None:
    """Add one element as a value; `text` stands for what the element refers to."""
    name = local(part)
    text = text or text_of(part) or attribute(part, "resource")
    if not text or name in _OF_THE_FILE:
        return
    add_value(record, name, text, language_of(part))


def _label_of_coverage(text: str) -> str:
    """Coverage is a time or a place; what has digits or marks (`northlimit=1;`) may be either."""
    if read_date(text) is not None:
        return vocabulary.PERIOD
    is_name = not any(character.isdigit() or character in "=;" for character in text)
    return vocabulary.PLACE if is_name and not is_web_address(text) else _LABELS["coverage"]


def add_value(record: Record, name: str, text: str, language: str = "") -> None:
    """Add a value by the local name of its element."""
    label = _label_of_coverage(text) if name == "coverage" else label_of(name)
    if label == vocabulary.PHOTOS:
        record.pictures.append(text)
    elif label == vocabulary.IDENTIFIER and is_web_address(text):
        record.add_address(text)
        record.pictures.append(text)
    elif label == vocabulary.WEB_ADDRESS:
        record.add_address(text)
    elif label == vocabulary.LANGUAGE:
        record.add(label, language_name(text))
    else:
        if label in (vocabulary.IDENTIFIER, vocabulary.RELATED, vocabulary.SOURCE):
            record.pictures.append(text)
        record.add(label, text, language)
