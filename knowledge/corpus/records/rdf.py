"""RDF/XML: descriptions of things, with the labels of what they refer to."""

from collections.abc import Mapping

from knowledge.corpus.records import labels
from knowledge.corpus.records.dublin_core import add_statement, add_value
from knowledge.corpus.records.record import Record
from knowledge.corpus.records.xml_source import (
    Element,
    attribute,
    children,
    language_of,
    local,
    text_of,
)
from knowledge.identifiers import is_web_address

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAMED_BY = ("prefLabel", "label", "name", "title", "notation")
_HELPERS = frozenset(
    "Agent Place TimeSpan Concept WebResource Aggregation Proxy EuropeanaAggregation License "
    "ConceptScheme Service Organization Person".split()
)
"""Things that a record refers to and that are no records themselves."""
_STATED_BY_AGGREGATION = (
    "dataProvider",
    "provider",
    "isShownAt",
    "isShownBy",
    "object",
    "hasView",
    "rights",
)
_SILENT = frozenset({"type", "sameAs", "hasType", "ugc", "aggregatedCHO", "proxyFor", "proxyIn"})
_NAMES_OF_THINGS = {"prefLabel": "title", "altLabel": "alternative", "label": "title"}


def label_in(thing: Element) -> str:
    """What a thing is called: in the language of its first name."""
    for name in _NAMED_BY:
        for part in children(thing, name):
            if text := text_of(part):
                return text
    return ""


def about(thing: Element) -> str:
    """The address or name by which others refer to a thing."""
    return attribute(thing, "about", "ID", "nodeID")


def is_helper(thing: Element) -> bool:
    """Whether a thing is only referred to: a person, a place, a file."""
    return _kind(thing) in _HELPERS


def _kind(thing: Element) -> str:
    if local(thing) != "Description":
        return local(thing)
    kinds = [attribute(kind, "resource") for kind in children(thing, "type")]
    return next((k.rpartition("#")[2].rpartition("/")[2] for k in kinds if k), "")


def read_thing(
    thing: Element, names: Mapping[str, str], aggregation: Element | None = None
) -> Record:
    """The record of a thing.

    Args:
        thing: its element.
        names: what the things that it refers to are called, by their address.
        aggregation: what Europeana says beside it about its provider and pictures.
    """
    record = Record()
    address = about(thing)
    record.id = address
    for part in children(thing):
        name = local(part)
        if name in _SILENT:
            continue
        inner = next(children(part), None)
        reference = attribute(part, "resource", "nodeID")
        text = text_of(part)
        if inner is not None:
            reference = reference or about(inner)
            text = label_in(inner) or names.get(reference, "") or text
        elif not text and reference:
            text = names.get(reference, reference)
        if name in _NAMES_OF_THINGS:
            add_value(record, _NAMES_OF_THINGS[name], text, language_of(part))
        elif text.startswith("#") and text not in names:
            continue
        else:
            add_statement(record, part, text)
    for part in children(aggregation, *_STATED_BY_AGGREGATION):
        said = text_of(part) or attribute(part, "resource")
        add_value(record, local(part), names.get(said, said), language_of(part))
    if is_web_address(address):
        record.add_address(address)
    if not record.has(labels.IDENTIFIER) and address and not is_web_address(address):
        record.add(labels.IDENTIFIER, address.lstrip("#"))
    return record
