"""RDF/XML: descriptions of things, with the labels of what they refer to."""

from collections.abc import Mapping, Sequence

from knowledge.corpus.labels import readable
from knowledge.corpus.records import vocabulary
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
_HELPERS_TEXT = """
    Agent Place TimeSpan Concept WebResource Aggregation Proxy EuropeanaAggregation License
    ConceptScheme Service Organization Person
"""
_HELPERS = frozenset(_HELPERS_TEXT.split())
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
_ADDRESSES = frozenset(
    {*_STATED_BY_AGGREGATION, "license", "identifier", "relation", "source", "isPartOf"}
)
_SILENT = frozenset(
    {"type", "sameAs", "hasType", "ugc", "aggregatedCHO", "proxyFor", "proxyIn", "europeanaProxy"}
)
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


def read_thing(thing: Element, names: Mapping[str, str], beside: Sequence[Element] = ()) -> Record:
    """The record of a thing.

    Args:
        thing: its element.
        names: what the things that it refers to are called, by their address.
        beside: what else describes it: Europeana's proxies and aggregations.
    """
    record = Record()
    address = about(thing)
    record.id = address
    for element in (thing, *beside):
        is_aggregation = local(element).endswith("Aggregation")
        for part in children(element):
            if not is_aggregation or local(part) in _STATED_BY_AGGREGATION:
                _add_statement(record, part, names)
    if is_web_address(address):
        record.add_address(address)
    if not record.has(vocabulary.IDENTIFIER) and address and not is_web_address(address):
        record.add(vocabulary.IDENTIFIER, address.lstrip("#"))
    return record


def _add_statement(record: Record, part: Element, names: Mapping[str, str]) -> None:
    name = local(part)
    if name in _SILENT:
        return
    inner = next(children(part), None)
    reference = attribute(part, "resource", "nodeID")
    text = text_of(part)
    if inner is not None:
        reference = reference or about(inner)
        text = label_in(inner) or names.get(reference, "") or text
    elif not text and reference:
        text = names.get(reference) or _word_of(reference, name)
    if name in _NAMES_OF_THINGS:
        add_value(record, _NAMES_OF_THINGS[name], text, language_of(part))
    elif text:
        add_statement(record, part, text)


def _word_of(reference: str, name: str) -> str:
    """What a reference to a thing that is not in the file says: its last word, if it is one.

    Addresses of pages, pictures and licences say where to look, so they stay.
    """
    if name in _ADDRESSES:
        return reference
    if not is_web_address(reference):
        return "" if reference.startswith(("#", "_:")) else reference
    word = reference.rstrip("/").rpartition("/")[2].rpartition("#")[2]
    return readable(word) if word.isalpha() and len(word) > 2 else ""
