"""Files of XML → records, each by what it holds, not by its name.

Finds the elements that are records and gives each to the reader of its format. A file that is not
well-formed is read on behind the record that is broken.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from lxml import etree

from knowledge.corpus.records import rdf
from knowledge.corpus.records.dublin_core import is_dublin_core, read_dublin_core
from knowledge.corpus.records.ead import read_ead
from knowledge.corpus.records.lido import read_lido
from knowledge.corpus.records.marc import from_xml
from knowledge.corpus.records.mets import read_mets
from knowledge.corpus.records.mods import read_mods
from knowledge.corpus.records.plain_xml import read_plain
from knowledge.corpus.records.reading_on import Place, read_on, written
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.xml_source import (
    MOST_RECORD_CHARS,
    BrokenXMLError,
    Element,
    Prolog,
    children,
    descendants,
    events,
    forget,
    local,
    namespace,
    put_in_entities,
    read_prolog,
    text_of,
    weight,
)

OAI = "http://www.openarchives.org/OAI/2.0/"

_LOOKED_AT = 5_000
"""Elements in which a format is looked for."""
_MOST_ELEMENTS = 200_000
"""In one record."""
_MOST_LOOSE = 20_000
"""Elements outside of records that are kept in memory."""
_MOST_NAMES = 500_000
"""Things of RDF whose names are kept for those that refer to them."""
_MOST_BESIDE = 256 * 2**20
"""Bytes of what describes the things of RDF elsewhere in the file."""

_MARC_PARTS = ("leader", "controlfield", "datafield")
_NAMED = {"mods": "MODS", "mets": "METS", "lido": "LIDO"}


def find_format(file: Path) -> str | None:
    """The name of the format of a file's first record; None if it is none of those read here.

    Raises:
        CorpusError: it declares entities that are refused.
        BrokenXMLError: it is not well-formed before any record.
        OSError: it cannot be read.
    """
    prolog = read_prolog(file)
    count = chars = 0
    for event, element in events(file, prolog=prolog):
        if event != "start":
            chars += weight(element)
            if chars > MOST_RECORD_CHARS:
                break
            continue
        count += 1
        if found := _format_at(element):
            return found[0]
        if local(element) == "OAI-PMH":
            return "OAI-PMH"
        if count > _LOOKED_AT:
            break
    return None


def _format_at(element: Element) -> tuple[str, Element] | None:
    """The format of the record that begins at, or is now seen to have begun around, an element."""
    name = local(element)
    parent = element.getparent()
    if name in _NAMED:
        return _NAMED[name], element
    if name == "ead":
        return "EAD", element
    if name == "RDF" and namespace(element) == rdf.RDF:
        return "RDF", element
    if name == "record" and namespace(element) == OAI:
        return "OAI", element
    if name == "error" and namespace(element) == OAI:
        return "OAI error", element
    if parent is None:
        return None
    if local(parent) == "record" and name == "header":
        return "OAI", parent
    if local(parent) == "record" and name in _MARC_PARTS:
        return "MARCXML", parent
    return ("Dublin Core", parent) if is_dublin_core(element) else None


def read_xml(file: Path) -> Iterator[Record | UnusableRecordError]:
    """The records of a file, in order.

    Raises:
        CorpusError: it declares entities that are refused.
        OSError: it cannot be read.
    """
    yield from read_on(file, partial(_read_from, file))


def _read_from(file: Path, prolog: Prolog, place: Place) -> Iterator[Record | UnusableRecordError]:
    current: Element | None = None
    kind = ""
    count = loose = chars = 0
    reading = events(
        file,
        prefix=place.head if place.offset else b"",
        skip=place.offset,
        prolog=prolog,
    )
    for event, element in reading:
        if event == "start":
            if place.tag and written(element) == place.tag:
                place.begun += 1
            if current is not None:
                count += 1
                continue
            found = _format_at(element)
            if found is None:
                continue
            kind, current = found
            count = chars = 0
            place.is_inside = True
            if not place.tag:
                place.tag, place.begun = written(current), 1
            if kind in ("EAD", "RDF"):
                place.streamed = True
                if kind == "EAD":
                    yield from read_ead(reading, current, prolog)
                else:
                    yield from _read_rdf(file, reading, current, prolog)
                place.streamed = False
                forget(current)
                current = None
                place.is_inside = False
            continue
        chars += weight(element)
        if element is current:
            yield from _read_one(element, kind, prolog)
            forget(element)
            current, chars = None, 0
            place.is_inside = False
        elif current is None:
            loose += 1
            if loose > _MOST_LOOSE or chars > MOST_RECORD_CHARS:
                forget(element)
        elif count > _MOST_ELEMENTS or chars > MOST_RECORD_CHARS:
            yield UnusableRecordError(
                f"The record has more than {_MOST_ELEMENTS:,} elements or {MOST_RECORD_CHARS:,} "
                "characters; the file is left out from here on. Split the record."
            )
            return


def _read_one(
    element: Element, kind: str, prolog: Prolog
) -> Iterator[Record | UnusableRecordError]:
    try:
        put_in_entities(element, prolog)
        match kind:
            case "OAI":
                yield from _read_oai(element, prolog)
            case "OAI error":
                code = element.get("code") or ""
                if code != "noRecordsMatch":
                    yield UnusableRecordError(
                        f"The answer of the OAI server is an error ({code}: {text_of(element)}); "
                        "harvest it again."
                    )
            case _:
                found = read_described(element)
                if found is not None:
                    yield found
    except UnusableRecordError as error:
        yield error


def read_described(element: Element) -> Record | None:
    """The record in an element of a known format; None for another element."""
    match local(element):
        case "mods":
            return read_mods(element)
        case "mets":
            return read_mets(element, read_described)
        case "lido":
            return read_lido(element)
        case "RDF":
            return next(_things(element), None)
        case "record" if next(children(element, *_MARC_PARTS), None) is not None:
            return from_xml(element)
    if any(map(is_dublin_core, children(element))):
        return read_dublin_core(element)
    return None


def _read_oai(element: Element, prolog: Prolog) -> Iterator[Record | UnusableRecordError]:
    header = next(children(element, "header"), None)
    if header is not None and header.get("status") == "deleted":
        return
    identifier = text_of(next(children(header, "identifier"), None))
    sets = [text_of(part) for part in children(header, "setSpec")]
    for metadata in children(element, "metadata"):
        inner = next(children(metadata), None)
        if inner is not None and local(inner) == "ead":
            yield from read_ead(iter(etree.iterwalk(inner, events=("start", "end"))), inner, prolog)
            continue
        found = None
        for part in (inner, metadata):
            found = found or (read_described(part) if part is not None else None)
        if found is None and inner is not None:
            found = next(
                filter(None, map(read_described, list(descendants(inner))[:50])), None
            ) or read_plain(inner)
        if found is None or found.is_empty:
            continue
        found.id, found.unique = (identifier, True) if identifier else (found.id, found.unique)
        found.add_all("Set", [name for name in sets if _says_something(name)])
        yield found


def _says_something(name: str) -> bool:
    """Whether the name of a set is a word rather than a number of the server's."""
    return sum(map(str.isalpha, name)) >= 4 and not name.startswith(
        ("hdl", "com_", "col_", "driver")
    )


def _read_rdf(
    file: Path, reading: Iterator[tuple[str, Element]], root: Element, prolog: Prolog
) -> Iterator[Record | UnusableRecordError]:
    """The things in an RDF file, one by one; what they refer to is named in a reading before."""
    surroundings = _Surroundings()
    surroundings.read(file, prolog)
    if surroundings.is_full:
        yield UnusableRecordError(
            "The file describes more things than can be joined to the records that they belong to; "
            "split it."
        )
    for event, element in reading:
        if event == "end" and element.getparent() is root:
            try:
                put_in_entities(element, prolog)
                if not rdf.is_helper(element):
                    yield surroundings.thing(element)
            except UnusableRecordError as error:
                yield error
            forget(element)
        if event == "end" and element is root:
            return


class _Surroundings:
    """What the things of an RDF file are called, and what else describes them.

    Attributes:
        is_full: whether there was more than is kept.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._beside: dict[str, list[bytes]] = {}
        self._bytes = 0
        self.is_full = False

    def read(self, file: Path, prolog: Prolog) -> None:
        """Note all things of a file."""
        root = None
        try:
            for event, element in events(file, prolog=prolog):
                if event == "start":
                    if root is None and local(element) == "RDF":
                        root = element
                elif root is not None and element.getparent() is root:
                    self.note(element)
                    forget(element)
        except BrokenXMLError:
            pass  # said where the things are read

    def note(self, element: Element) -> None:
        """Note what a thing is called, or what it describes."""
        address = rdf.about(element)
        if self.is_full:
            return
        if address and (name := rdf.label_in(element)):
            self._names[address] = name
        for about in children(element, "aggregatedCHO", "proxyFor"):
            data = etree.tostring(element, with_tail=False)
            self._bytes += len(data)
            self._beside.setdefault(next(iter(about.attrib.values()), ""), []).append(data)
        self.is_full = len(self._names) > _MOST_NAMES or self._bytes > _MOST_BESIDE

    def thing(self, element: Element) -> Record:
        """The record of a thing, with what describes it elsewhere; proxies before aggregations."""
        beside = list(map(etree.fromstring, self._beside.get(rdf.about(element), [])))
        beside.sort(key=lambda one: local(one) != "Proxy")
        return rdf.read_thing(element, self._names, beside)


def _things(root: Element) -> Iterator[Record]:
    surroundings = _Surroundings()
    for element in children(root):
        surroundings.note(element)
    for element in children(root):
        if not rdf.is_helper(element):
            yield surroundings.thing(element)
