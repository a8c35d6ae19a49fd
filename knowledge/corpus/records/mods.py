"""MODS: a record of a library or an archive."""

from knowledge.corpus.labels import readable
from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.languages import language_name
from knowledge.corpus.records.record import Record
from knowledge.corpus.records.relators import relator
from knowledge.corpus.records.xml_source import (
    Element,
    attribute,
    child,
    children,
    descendants,
    language_of,
    local,
    text_of,
    within,
)
from knowledge.identifiers import is_web_address

_DATES = {
    "dateCreated": vocabulary.DATE,
    "dateIssued": "Date of publication",
    "copyrightDate": "Date of copyright",
    "dateOther": vocabulary.DATE,
    "displayDate": vocabulary.DATE,
}
_ABOUT = {"approximate": "ca. {}", "questionable": "{}?", "inferred": "[{}]"}
_SUBJECTS = {
    "topic": vocabulary.SUBJECT,
    "occupation": vocabulary.SUBJECT,
    "genre": vocabulary.SUBJECT,
    "geographic": vocabulary.PLACE,
    "geographicCode": "",
    "hierarchicalGeographic": vocabulary.PLACE,
    "temporal": vocabulary.PERIOD,
    "name": vocabulary.NAME,
    "titleInfo": vocabulary.SUBJECT,
    "cartographics": vocabulary.COORDINATES,
}
_NOTES = {
    "content": vocabulary.DESCRIPTION,
    "ownership": vocabulary.REPOSITORY,
    "preferred citation": vocabulary.CITATION,
    "biographical/historical": vocabulary.HISTORY,
    "biographical": vocabulary.HISTORY,
}
_HOSTS = {"host": vocabulary.COLLECTION, "series": vocabulary.SERIES}


def read_mods(element: Element) -> Record:
    """The record in an element `mods`."""
    record = Record(unique=False)
    for part in children(element):
        _add(record, part)
    for information in children(element, "recordInfo"):
        record.id = record.id or text_of(child(information, "recordIdentifier"))
        record.unique = record.unique or bool(record.id)
        terms = within(information, "languageOfCataloging", "languageTerm")
        record.language = record.language or next(map(text_of, terms), "")
    if not record.id:
        record.id = record.first(vocabulary.IDENTIFIER) or attribute(element, "ID")
    return record


def _add(record: Record, part: Element) -> None:
    shown, language = attribute(part, "displayLabel").strip(" :"), language_of(part)
    match local(part):
        case "titleInfo":
            other = attribute(part, "type") or record.has(vocabulary.TITLE)
            label = vocabulary.OTHER_TITLE if other else vocabulary.TITLE
            record.add(label, title_of(part), language)
        case "name":
            record.add(_name_label(part), name_of(part), language)
        case "originInfo":
            _add_origin(record, part)
        case "physicalDescription":
            for detail in children(part, "extent", "form", "note"):
                label = vocabulary.EXTENT if local(detail) == "extent" else vocabulary.FORM
                record.add(vocabulary.NOTE if local(detail) == "note" else label, text_of(detail))
        case "abstract":
            record.add(shown or vocabulary.ABSTRACT, text_of(part), language)
        case "tableOfContents":
            record.add(vocabulary.CONTENTS, text_of(part), language)
        case "note":
            kind = attribute(part, "type").casefold()
            label = shown or _NOTES.get(kind) or readable(kind) or vocabulary.NOTE
            record.add(label, text_of(part), language)
        case "subject":
            _add_subject(record, part)
        case "genre":
            record.add(vocabulary.FORM, text_of(part), language)
        case "typeOfResource":
            record.add(vocabulary.TYPE, text_of(part))
        case "language":
            terms = list(children(part, "languageTerm"))
            words = [term for term in terms if attribute(term, "type") == "text"]
            for term in words or terms:
                record.add(vocabulary.LANGUAGE, language_name(text_of(term)))
        case "identifier":
            _add_identifier(record, part, shown)
        case "location":
            _add_location(record, part)
        case "accessCondition":
            access = "restriction" in attribute(part, "type")
            text = text_of(part) or attribute(part, "href")
            record.add(
                shown or (vocabulary.ACCESS if access else vocabulary.RIGHTS), text, language
            )
        case "relatedItem":
            _add_related(record, part)
        case "classification":
            record.add("Classification", text_of(part))
        case "targetAudience":
            record.add("Audience", text_of(part))


def title_of(part: Element) -> str:
    """A title with its subtitle and the number and name of its part."""
    before = text_of(child(part, "nonSort"))
    title = text_of(child(part, "title"))
    joint = "" if before.endswith(("'", "’", "-")) or not before else " "
    title = f"{before}{joint}{title}"
    for subtitle in children(part, "subTitle"):
        title = ": ".join(filter(None, (title.rstrip(" :"), text_of(subtitle))))
    parts = [text_of(detail) for detail in children(part, "partNumber", "partName")]
    return ". ".join(filter(None, (title.rstrip(" ."), *parts))) if parts else title


def name_of(part: Element) -> str:
    """A name as a heading has it: family name, given name, dates."""
    if shown := text_of(child(part, "displayForm")):
        return shown
    by_type: dict[str, list[str]] = {}
    for name in children(part, "namePart"):
        by_type.setdefault(attribute(name, "type"), []).append(text_of(name))
    whole = " ".join(by_type.get("", []))
    parts = [whole, *by_type.get("family", []), " ".join(by_type.get("given", []))]
    parts += [*by_type.get("termsOfAddress", []), *by_type.get("date", [])]
    return ", ".join(text.strip(" ,") for text in parts if text.strip(" ,"))


def _name_label(part: Element) -> str:
    terms = list(within(part, "role", "roleTerm"))
    words = [term for term in terms if attribute(term, "type") != "code"]
    role = next(filter(None, map(text_of, words or terms)), "")
    if not role:
        return vocabulary.CREATOR
    return relator(role) or vocabulary.CREATOR


def _add_origin(record: Record, part: Element) -> None:
    publisher = [text_of(name) for name in children(part, "publisher", "agent")]
    record.add_all(vocabulary.PUBLISHER, publisher)
    published = bool(publisher) or "publication" in attribute(part, "eventType")
    for place in children(part, "place"):
        terms = list(children(place, "placeTerm"))
        words = [term for term in terms if attribute(term, "type") != "code"]
        label = vocabulary.PLACE_OF_PUBLICATION if published else vocabulary.PLACE
        record.add_all(label, map(text_of, words))
    record.add(vocabulary.EDITION, text_of(child(part, "edition")))
    for kind, label in _DATES.items():
        dates = list(children(part, kind))
        only_date = label != vocabulary.DATE and not record.has(vocabulary.DATE) and not publisher
        for text, normal in _spans(dates):
            shown = vocabulary.DATE if only_date and kind == "dateIssued" else label
            record.add(shown, text or normal)
            if normal and text:
                record.add(vocabulary.NORMALISED_DATE, normal)


def _spans(dates: list[Element]) -> list[tuple[str, str]]:
    """Dates in words with the same in a code; the two ends of a span are one date."""
    words: list[str] = []
    codes: list[str] = []
    for coded in (False, True):
        start = ""
        for date in dates:
            is_coded = bool(attribute(date, "encoding"))
            text = text_of(date)
            if is_coded != coded or not text:
                continue
            text = _ABOUT.get(attribute(date, "qualifier"), "{}").format(text)
            found = codes if coded else words
            if attribute(date, "point") == "start":
                start = text
                found.append(text)
            elif attribute(date, "point") == "end" and start:
                found[-1] = (
                    start if text == start else f"{start}/{text}" if coded else (f"{start}–{text}")
                )
                start = ""
            else:
                found.append(text)
    if not words:
        return [(code.replace("/", "–") if len(code) == 9 else code, "") for code in codes]
    pairs = [(word, "") for word in words]
    if len(words) == len(codes) == 1 and words[0] != codes[0]:
        return [(words[0], codes[0])]
    return pairs


def _add_subject(record: Record, part: Element) -> None:
    heading: list[str] = []
    for term in children(part):
        name = local(term)
        label = _SUBJECTS.get(name, vocabulary.SUBJECT)
        match name:
            case "name":
                text = name_of(term)
            case "titleInfo":
                text = title_of(term)
            case "hierarchicalGeographic":
                text = ", ".join(reversed([text_of(level) for level in children(term)]))
            case "cartographics":
                text = text_of(child(term, "coordinates"))
                record.add("Scale", text_of(child(term, "scale")))
            case _:
                text = text_of(term)
        if not label or not text:
            continue
        if label in (vocabulary.SUBJECT, vocabulary.PERIOD):
            heading.append(text)
            if label == vocabulary.PERIOD and len(list(children(part))) == 1:
                record.add(label, text)
                heading.pop()
        else:
            record.add(label, text, language_of(term))
    if heading:
        record.add(vocabulary.SUBJECT, " – ".join(heading), language_of(part))


def _add_identifier(record: Record, part: Element, shown: str) -> None:
    text, kind = text_of(part), attribute(part, "type")
    if is_web_address(text):
        record.add_address(text)
    elif attribute(part, "invalid") != "yes":
        known = not kind or kind in ("local", "uri", "uuid", "hdl", "doi", "ark")
        label = shown or (vocabulary.IDENTIFIER if known else f"{vocabulary.IDENTIFIER}, {kind}")
        record.add(label, text)
        if not record.has(vocabulary.IDENTIFIER):
            record.add(vocabulary.IDENTIFIER, text)
            record.remove(label)
    record.pictures.append(text)


def _add_location(record: Record, part: Element) -> None:
    for place in children(part, "physicalLocation"):
        coded = attribute(place, "authority") or attribute(place, "type") == "code"
        text = text_of(place)
        if text and not (coded and len(text) < 12 and record.has(vocabulary.REPOSITORY)):
            record.add(vocabulary.REPOSITORY, text)
    for shelf in descendants(part, "shelfLocator"):
        record.add("Call number", text_of(shelf))
    for address in children(part, "url"):
        text = text_of(address)
        if attribute(address, "access") in ("raw object", "preview"):
            record.pictures.append(text)
        else:
            record.add_address(text)


def _add_related(record: Record, part: Element) -> None:
    titles = [title_of(title) for title in children(part, "titleInfo")]
    label = _HOSTS.get(attribute(part, "type"), vocabulary.RELATED)
    if label == vocabulary.COLLECTION:
        shown = attribute(part, "displayLabel").casefold()
        label = next((known for word, known in _SHOWN if word in shown), label)
    record.add_all(label, titles[:1])
    for shelf in descendants(part, "shelfLocator"):
        record.add("Call number", text_of(shelf))
    if label == vocabulary.COLLECTION:
        for place in within(part, "location", "physicalLocation"):
            record.add(vocabulary.REPOSITORY, text_of(place))


_SHOWN = (("series", vocabulary.SERIES), ("fonds", vocabulary.FONDS))
