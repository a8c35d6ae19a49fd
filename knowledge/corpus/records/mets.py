"""METS: a digital object with its description (MODS, Dublin Core, MARC) and its files."""

from collections.abc import Callable

from knowledge.corpus.labels import readable
from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.record import Record
from knowledge.corpus.records.xml_source import (
    Element,
    attribute,
    children,
    descendants,
    local,
    text_of,
    within,
)

_BEST = ("MAX", "DEFAULT", "MASTER", "ARCHIVE", "PRESENTATION", "REFERENCE", "ACCESS")
"""Uses of groups of files, the one with the best pictures first."""


def read_mets(element: Element, read_described: Callable[[Element], Record | None]) -> Record:
    """The record in an element `mets`.

    Args:
        element: to read.
        read_described: reads an element of another format, or gives None.
    """
    sections = {attribute(part, "ID"): part for part in children(element, "dmdSec")}
    records: dict[str, Record] = {}
    for name, section in sections.items():
        for data in within(section, "mdWrap", "xmlData"):
            for inner in ([data], list(children(data)), list(descendants(data))[:50]):
                found = next(filter(None, map(read_described, inner)), None)
                if found is not None and not found.is_empty:
                    records.setdefault(name, found)
                    break
    main = _main_section(element, records)
    record = records.get(main) or next(iter(records.values()), Record())
    if not record.has(vocabulary.TITLE):
        titled = (other for other in records.values() if other.has(vocabulary.TITLE))
        record.add(vocabulary.TITLE, next((t.first(vocabulary.TITLE) for t in titled), ""))
        record.add(vocabulary.TITLE, attribute(element, "LABEL"))
    own = attribute(element, "OBJID")
    if own:
        record.id = record.id or own
        record.add(vocabulary.IDENTIFIER, own)
    record.add(vocabulary.TYPE, readable(attribute(element, "TYPE")))
    for agent in within(element, "metsHdr", "agent"):
        if attribute(agent, "ROLE") in ("CUSTODIAN", "IPOWNER") and not record.has(
            vocabulary.REPOSITORY
        ):
            record.add(vocabulary.REPOSITORY, text_of(next(children(agent, "name"), None)))
    for rights in descendants(element, "RightsDeclaration", "owner", "license"):
        label = vocabulary.REPOSITORY if local(rights) == "owner" else vocabulary.RIGHTS
        if not record.has(label):
            record.add(label, text_of(rights))
    record.pictures += _files(element)
    return record


def _main_section(element: Element, records: dict[str, Record]) -> str:
    """The id of the description of the whole object, which the outermost division names."""
    maps = sorted(
        children(element, "structMap"), key=lambda part: attribute(part, "TYPE") != "LOGICAL"
    )
    for division in (part for one in maps for part in descendants(one, "div")):
        named = [name for name in attribute(division, "DMDID").split() if name in records]
        titled = [name for name in named if records[name].has(vocabulary.TITLE)]
        if titled or named:
            return (titled or named)[0]
    return ""


def _files(element: Element) -> list[str]:
    """What the files of pictures are called, those of the best group alone where groups differ."""
    groups: dict[str, list[str]] = {}
    for group in descendants(element, "fileGrp"):
        for file in children(group, "file"):
            kind = attribute(file, "MIMETYPE")
            if kind and not kind.startswith("image/"):
                continue
            use = attribute(group, "USE") or attribute(file, "USE")
            for place in children(file, "FLocat"):
                if reference := attribute(place, "href"):
                    groups.setdefault(use.upper(), []).append(reference)
    best = next((use for use in _BEST if use in groups), None)
    if best is not None:
        others = [name for use, names in groups.items() if use != best for name in names]
        return [*groups[best], *others]
    return [name for names in groups.values() for name in names]
