"""EAD 2002 and EAD3: a finding aid as records, one for each component and one for the whole.

A component's record has the titles of what it is in (fonds, series, file). Components are given
one by one as the file is read, so that a large finding aid need not fit into memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.corpus.labels import readable
from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.languages import language_name
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.relators import relator
from knowledge.corpus.records.xml_source import (
    MOST_RECORD_CHARS,
    Element,
    Prolog,
    attribute,
    child,
    children,
    descendants,
    local,
    paragraphs,
    put_in_entities,
    text_of,
    weight,
    within,
)
from knowledge.identifiers import is_web_address

_COMPONENTS = frozenset({"c", *(f"c{number:02}" for number in range(1, 13))})
_LEVELS = {
    "fonds": vocabulary.FONDS,
    "collection": vocabulary.COLLECTION,
    "recordgrp": "Record group",
    "series": vocabulary.SERIES,
    "subseries": "Subseries",
    "subfonds": "Subfonds",
    "subgrp": "Subgroup",
    "file": "File",
}
_NOTES = {
    "abstract": vocabulary.ABSTRACT,
    "scopecontent": vocabulary.SCOPE,
    "bioghist": vocabulary.HISTORY,
    "odd": vocabulary.NOTE,
    "note": vocabulary.NOTE,
    "didnote": vocabulary.NOTE,
    "arrangement": "Arrangement",
    "custodhist": vocabulary.PROVENANCE,
    "acqinfo": "Acquisition",
    "accessrestrict": vocabulary.ACCESS,
    "legalstatus": "Legal status",
    "userestrict": vocabulary.RIGHTS,
    "prefercite": vocabulary.CITATION,
    "relatedmaterial": vocabulary.RELATED,
    "separatedmaterial": "Separated material",
    "originalsloc": "Originals",
    "altformavail": "Copies",
    "otherfindaid": "Other finding aid",
    "phystech": "Physical condition",
    "materialspec": "Details of the material",
    "physloc": vocabulary.LOCATION,
    "bibliography": "Bibliography",
    "processinfo": "Processing",
    "appraisal": "Appraisal",
    "accruals": "Accruals",
    "fileplan": "File plan",
}
_TERMS = {
    "subject": vocabulary.SUBJECT,
    "geogname": vocabulary.PLACE,
    "persname": vocabulary.NAME,
    "corpname": vocabulary.NAME,
    "famname": vocabulary.NAME,
    "name": vocabulary.NAME,
    "genreform": vocabulary.FORM,
    "occupation": "Occupation",
    "function": "Function",
    "title": "Work",
}
_INHERITED = (vocabulary.REPOSITORY, vocabulary.CONTAINER, vocabulary.RIGHTS, vocabulary.ACCESS)
_LONGEST_INHERITED = 600
_OF_OTHERS = frozenset({"dsc", "eadheader", "frontmatter", "control", "did", "archdesc"})
_MOST_ELEMENTS = 100_000
"""In a component, without those inside of it."""


@dataclass(slots=True)
class _Open:
    """A component that has not ended, and what those inside of it have from it.

    Attributes:
        elements: how many it has so far.
        chars: how many characters these have.
        passed: what it hands down; None before it was looked at.
    """

    element: Element
    elements: int = 0
    chars: int = 0
    passed: "_Passed | None" = None


@dataclass(frozen=True, slots=True)
class _Passed:
    """What components have from the one they are in: their place in the hierarchy, and values."""

    hierarchy: tuple[tuple[str, str], ...] = ()
    inherited: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Aid:
    """What the header says about the whole finding aid."""

    id: str = ""
    title: str = ""
    language: str = ""
    address: str = ""


def read_ead(
    reading: Iterator[tuple[str, Element]], root: Element, prolog: Prolog
) -> Iterator[Record | UnusableRecordError]:
    """The records of a finding aid: the components as they end, then what holds them.

    Args:
        reading: the events after the start of `root`; taken up to its end.
        root: the element `ead`.
        prolog: what is declared before it.
    """
    aid = _Aid()
    opened: list[_Open] = []
    for event, element in reading:
        name = local(element)
        if event == "start":
            if name in _COMPONENTS or name == "archdesc":
                opened.append(_Open(element))
            elif opened:
                opened[-1].elements += 1
            continue
        if opened:
            opened[-1].chars += weight(element)
            if opened[-1].elements > _MOST_ELEMENTS or opened[-1].chars > MOST_RECORD_CHARS:
                yield UnusableRecordError(
                    f"The component has more than {_MOST_ELEMENTS:,} elements or "
                    f"{MOST_RECORD_CHARS:,} characters of its own; the finding aid is left out "
                    "from here on. Split it."
                )
                return
        if name in ("eadheader", "control"):
            aid = _read_header(element)
        elif opened and element is opened[-1].element:
            try:
                put_in_entities(element, prolog)
                yield _component(opened, aid)
            except UnusableRecordError as error:
                yield error
            opened.pop()
            element.clear(keep_tail=True)
            _remove_ended(element)
        if element is root:
            return


def _remove_ended(element: Element) -> None:
    """Free the components before one that has ended; its own text may still be written to."""
    before = element.getprevious()
    while before is not None and local(before) in _COMPONENTS:
        element.getparent().remove(before)
        before = element.getprevious()


def _read_header(header: Element) -> _Aid:
    identifier = child(header, "eadid", "recordid")
    codes = [
        attribute(language, "langcode", "lang")
        for language in descendants(header, "language", "languagedeclaration")
    ]
    address = "" if identifier is None else attribute(identifier, "url", "instanceurl")
    return _Aid(
        id=text_of(identifier)
        or ("" if identifier is None else attribute(identifier, "identifier")),
        title=text_of(next(descendants(header, "titleproper"), None)),
        language=next(filter(None, codes), ""),
        address=address if is_web_address(address) else "",
    )


def _component(opened: list[_Open], aid: _Aid) -> Record:
    """The record of the innermost component."""
    for above, this in pairwise(opened):
        if this.passed is None:
            this.passed = _pass_down(above)
    this = opened[-1]
    passed = this.passed or _Passed()
    element = this.element
    record = _described(element, aid)
    if local(element) == "archdesc":
        record.id = aid.id or "finding aid"
        record.add_address(aid.address)
        if not record.has(vocabulary.TITLE):
            record.add(vocabulary.TITLE, aid.title)
    else:
        own = attribute(element, "id")
        number = own or record.first(vocabulary.IDENTIFIER)
        record.id = "/".join(filter(None, (aid.id, number))) if number else ""
        record.unique = bool(own)
    for label, title in passed.hierarchy:
        record.add(label, title)
    for label, values in passed.inherited.items():
        if not record.has(label):
            record.add_all(label, values)
    title = record.first(vocabulary.TITLE)
    if sum(map(str.isalpha, title)) < 2:  # none, or a number that says nothing by itself
        record.remove(vocabulary.TITLE)
        record.add(vocabulary.TITLE, _title_from_around(record, passed, title))
    return record


def _title_from_around(record: Record, passed: _Passed, own: str) -> str:
    """A title for a component without words: that of what it is in, with its date or number."""
    around = passed.hierarchy[-1][1] if passed.hierarchy else ""
    own = own or record.first(vocabulary.DATE) or record.first(vocabulary.IDENTIFIER)
    return ", ".join(filter(None, (around, own)))


def _pass_down(above: _Open) -> _Passed:
    """What is handed down by a component whose own description has been read."""
    passed = above.passed or _Passed()
    record = _described(above.element, _Aid())
    title = record.first(vocabulary.TITLE) or record.first(vocabulary.DATE)
    hierarchy = passed.hierarchy
    if title:
        hierarchy = (*hierarchy, (_level_label(above.element), title))
    inherited = dict(passed.inherited)
    for label in _INHERITED:
        values = [text for text in record.all(label) if len(text) <= _LONGEST_INHERITED]
        if values:
            inherited[label] = values
    return _Passed(hierarchy, inherited)


def _level_label(element: Element) -> str:
    level = attribute(element, "level")
    if level in _LEVELS:
        return _LEVELS[level]
    return vocabulary.COLLECTION if local(element) == "archdesc" else vocabulary.PART_OF


def _described(element: Element, aid: _Aid) -> Record:
    """What a component says about itself."""
    record = Record(language=aid.language)
    did = child(element, "did")
    for part in children(did):
        _add_did(record, part)
    level = attribute(element, "level")
    if level == "otherlevel":
        level = attribute(element, "otherlevel")
    for part in children(element):
        _add_part(record, part)
    if level:
        record.add(vocabulary.LEVEL, readable(level))
    return record


def _add_did(record: Record, part: Element) -> None:
    match local(part):
        case "unittitle":
            title = text_of(part)
            for date in descendants(part, "unitdate"):
                _add_date(record, date)
            is_first = not record.has(vocabulary.TITLE)
            record.add(
                vocabulary.TITLE if is_first else vocabulary.OTHER_TITLE, title.rstrip(" ,;:")
            )
        case "unitdate" | "unitdatestructured":
            _add_date(record, part)
        case "unitid":
            number = text_of(part)
            if is_web_address(number):
                record.add_address(number)
            elif not number.startswith("/") or "uri" not in attribute(part, "type"):
                record.add(vocabulary.IDENTIFIER, number)
        case "origination":
            names = [inner for inner in children(part) if local(inner) in _TERMS]
            for name in names or [part]:
                role = attribute(name, "role", "relator") or attribute(part, "label")
                record.add(_creator_label(role), _name(name))
        case "physdesc" | "physdescset":
            record.add(vocabulary.EXTENT, "; ".join(_pieces(part)))
        case "physdescstructured":
            record.add(vocabulary.EXTENT, _structured_extent(part))
        case "container":
            kind = attribute(part, "type", "localtype") or attribute(part, "label")
            word = readable(kind.split(" (")[0].split(" [")[0]) if kind else ""
            text = text_of(part)
            known = text.casefold().startswith(word.casefold())
            record.add(vocabulary.CONTAINER, text if known else f"{word} {text}")
        case "repository":
            name = next(descendants(part, "corpname", "name"), part)
            record.add(vocabulary.REPOSITORY, _name(name))
        case "langmaterial":
            languages = list(descendants(part, "language"))
            for language in languages:
                said = text_of(language) or language_name(attribute(language, "langcode"))
                record.add(vocabulary.LANGUAGE, said)
            if not languages:
                record.add(vocabulary.LANGUAGE, text_of(part))
        case "dao" | "daogrp" | "daoset":
            _add_dao(record, part)
        case name if name in _NOTES:
            record.add(_NOTES[name], _prose(part))


def _add_part(record: Record, part: Element) -> None:
    match local(part):
        case "controlaccess":
            for term in descendants(part, *_TERMS):
                role = attribute(term, "role", "relator")
                label = _TERMS[local(term)]
                if label == vocabulary.NAME and role and len(role) > 3 and not is_web_address(role):
                    label = readable(role.partition(" (")[0])
                record.add(label, _name(term))
        case "dao" | "daogrp" | "daoset":
            _add_dao(record, part)
        case "descgrp":
            for inner in children(part):
                _add_part(record, inner)
        case name if name in _NOTES:
            record.add(_NOTES[name], _prose(part))


def _prose(part: Element) -> str:
    """The paragraphs without their heading, which says what the label says."""
    return paragraphs(part, without=("head",)) or text_of(part)


def _name(element: Element) -> str:
    """A name; the parts of EAD3 are parted as the rules of headings have it."""
    parts = [text_of(part) for part in children(element, "part")]
    return ", ".join(filter(None, parts)) if parts else text_of(element)


def _creator_label(role: str) -> str:
    role = role.partition(" (")[0].strip(" :")
    if not role:
        return vocabulary.CREATOR
    if is_web_address(role) or len(role) <= 3:
        return relator(role) or vocabulary.CREATOR
    generic = ("creator", "source", "origination", "provenance", "author", "provenienz")
    return vocabulary.CREATOR if role.casefold() in generic else relator(readable(role))


def _pieces(part: Element) -> list[str]:
    """Extent, dimensions and so on, each by itself; else the whole text."""
    inner = list(children(part))
    own = [text_of(child) for child in inner]
    loose = [part.text or "", *((child.tail or "") for child in inner)]
    if inner and not any(map(str.strip, loose)):
        return [text for text in own if text]
    return [text_of(part)]


def _structured_extent(part: Element) -> str:
    quantity, unit = child(part, "quantity"), child(part, "unittype")
    rest = [text_of(inner) for inner in children(part) if inner not in (quantity, unit)]
    main = " ".join(filter(None, (text_of(quantity), text_of(unit))))
    return "; ".join(filter(None, (main, *rest)))


def _add_date(record: Record, date: Element) -> None:
    text, normal = text_of(date), attribute(date, "normal")
    if local(date) == "unitdatestructured":
        spans = []
        for span in descendants(date, "daterange", "datesingle"):
            ends = [text_of(end) for end in children(span, "fromdate", "todate")]
            spans.append("–".join(filter(None, ends)) or text_of(span))
        text = "; ".join(filter(None, spans))
    if attribute(date, "type", "unitdatetype") == "bulk" and text:
        text = text if "bulk" in text.casefold() else f"mostly {text}"
    record.add(vocabulary.DATE, text or normal)
    earliest, _, latest = normal.partition("/")
    normal = earliest if earliest == latest else normal
    if normal and normal != text:
        record.add(vocabulary.NORMALISED_DATE, normal)


def _add_dao(record: Record, part: Element) -> None:
    found = [part, *descendants(part, "dao", "daoloc")]
    for digital in found:
        if reference := attribute(digital, "href", "entityref"):
            record.pictures.append(reference)
            record.add_address(reference)
    title = record.first(vocabulary.TITLE)
    for described in within(part, "daodesc"):
        text = paragraphs(described)
        if not title or not text.startswith(title):  # which says no more than the date
            record.add(vocabulary.NOTE, text)
