"""LIDO: a record of a museum's object."""

from knowledge.corpus.labels import readable
from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.record import Record
from knowledge.corpus.records.xml_source import (
    Element,
    attribute,
    child,
    children,
    descendants,
    language_of,
    local,
    paragraphs,
    text_of,
    within,
)

_MAKING_TEXT = """
    production creation making design herstellung entstehung produktion schaffung entwurf
    aufnahme fotografie hergestellt aufgenommen gezeichnet gemalt verfasst geschrieben
    gedruckt fotografiert geschaffen erbaut errichtet gebaut entworfen gefertigt fabrication
    création conception exécution réalisation production/creation vervaardiging vervaardigd
    productie ontwerp ontwerpen produzione creazione realizzazione producción creación
    fabricación produção criação
"""
_MAKING = frozenset(_MAKING_TEXT.split())
_MAKING_CODES = ("lido00007", "lido00012", "lido00224", "lido00032")
"""Production, creation, designing, planning, in LIDO's own list of events."""
_MEDIA = frozenset({"IMAGE", "TEXT", "3D", "SOUND", "VIDEO"})
"""What portals ask to be told about files; no classification."""
_MOST_SUBJECTS = 500


def read_lido(element: Element) -> Record:
    """The record in an element `lido`."""
    record = Record()
    record.id = text_of(child(element, "lidoRecID"))
    for described in children(element, "descriptiveMetadata"):
        record.language = record.language or language_of(described)
        _add_object(record, described)
        for event in descendants(described, "event"):
            _add_event(record, event)
        for subject in list(descendants(described, "subjectSet"))[:_MOST_SUBJECTS]:
            _add_subject(record, subject)
        for related in within(
            described, "objectRelationWrap", "relatedWorksWrap", "relatedWorkSet"
        ):
            _add_related(record, related)
    for managed in children(element, "administrativeMetadata"):
        _add_rights(record, managed)
    return record


def _add(record: Record, label: str, part: Element | None) -> None:
    if part is not None:
        record.add(label, text_of(part), language_of(part))


def _add_object(record: Record, described: Element) -> None:
    for kind in descendants(described, "objectWorkType"):
        _add_terms(record, vocabulary.TYPE, kind)
    for kind in within(described, "objectClassificationWrap", "classificationWrap"):
        for classification in children(kind, "classification"):
            said = attribute(classification, "type").rpartition("/")[2]
            if "language" not in said:
                _add_terms(record, "Classification", classification)
    identified = list(children(described, "objectIdentificationWrap"))
    for titles in (inner for part in identified for inner in within(part, "titleWrap", "titleSet")):
        for title in children(titles, "appellationValue"):
            other = "alternat" in attribute(title, "pref") or (
                record.has(vocabulary.TITLE) and "preferred" not in attribute(title, "pref")
            )
            label = vocabulary.OTHER_TITLE if other and not language_of(title) else vocabulary.TITLE
            _add(record, label, title)
    for part in identified:
        for repository in within(part, "repositoryWrap", "repositorySet"):
            _add_repository(record, repository)
        for note in within(part, "objectDescriptionWrap", "objectDescriptionSet"):
            for value in children(note, "descriptiveNoteValue"):
                record.add(vocabulary.DESCRIPTION, paragraphs(value), language_of(value))
        for size in descendants(part, "displayObjectMeasurements"):
            _add(record, "Measurements", size)
        if not record.has("Measurements"):
            for size in descendants(part, "measurementSet"):
                record.add("Measurements", " ".join(text_of(one) for one in children(size)))
        for text in descendants(part, "inscriptionTranscription", "inscriptionDescription"):
            _add(record, vocabulary.INSCRIPTION, text)
        _add(record, vocabulary.EDITION, next(descendants(part, "displayEdition"), None))


def _add_terms(record: Record, label: str, part: Element) -> None:
    """Add the terms of a concept, or where it has none those of its labels (`prefLabel`)."""
    for term in descendants(part, "term", "prefLabel"):
        if attribute(term, "addedSearchTerm") != "yes" and text_of(term) not in _MEDIA:
            _add(record, label, term)


def _add_repository(record: Record, repository: Element) -> None:
    former = "former" in attribute(repository, "type")
    for body in children(repository, "repositoryName"):
        for name in within(body, "legalBodyName", "appellationValue"):
            _add(record, "Former repository" if former else vocabulary.REPOSITORY, name)
    if former:
        return
    for number in children(repository, "workID"):
        record.add(vocabulary.IDENTIFIER, text_of(number))
    for place in children(repository, "repositoryLocation"):
        _add(record, vocabulary.LOCATION, next(descendants(place, "appellationValue"), None))


def _add_event(record: Record, event: Element) -> None:
    kinds = [
        text_of(term)
        for kind in children(event, "eventType")
        for term in descendants(kind, "term", "prefLabel")
    ]
    codes = [text_of(code) for code in descendants(child(event, "eventType"), "conceptID")]
    words = {word for kind in kinds for word in kind.casefold().replace(",", " ").split()}
    about = next((attribute(concept, "about") for concept in descendants(event, "Concept")), "")
    is_making = bool(words & _MAKING) or any(
        code.endswith(_MAKING_CODES) for code in (*codes, about) if code
    )
    kind = "" if is_making or not kinds else readable(kinds[0].lower())
    for wrap in children(event, "eventActor"):
        shown = [text_of(text) for text in children(wrap, "displayActorInRole")]
        for actor in within(wrap, "actorInRole"):
            _add_actor(record, actor, kind)
            shown = []
        record.add_all(kind or vocabulary.CREATOR, shown)
    for date in children(event, "eventDate"):
        label = f"{kind}, date" if kind else vocabulary.DATE
        shown = list(children(date, "displayDate"))
        for text in shown:
            _add(record, label, text)
        for span in children(date, "date"):
            ends = [text_of(end) for end in children(span, "earliestDate", "latestDate")]
            text = "/".join(dict.fromkeys(filter(None, ends)))
            if not shown:
                record.add(label, text.replace("/", "–") if len(text) == 9 else text)
            elif not kind and text not in record.all(label):
                record.add(vocabulary.NORMALISED_DATE, text)
    for place in children(event, "eventPlace"):
        label = f"{kind}, place" if kind else vocabulary.PLACE
        names = list(descendants(place, "appellationValue"))
        for text in list(children(place, "displayPlace")) or names[:3]:
            _add(record, label, text)
    for material in children(event, "eventMaterialsTech"):
        shown = list(children(material, "displayMaterialsTech"))
        for text in shown or list(descendants(material, "term")):
            _add(record, vocabulary.MATERIAL, text)
    for culture in children(event, "culture", "periodName"):
        _add_terms(record, "Culture" if local(culture) == "culture" else vocabulary.PERIOD, culture)
    for note in descendants(event, "descriptiveNoteValue"):
        record.add(kind or vocabulary.NOTE, paragraphs(note), language_of(note))
    for name in within(event, "eventName", "appellationValue"):
        record.add("Event", text_of(name), language_of(name))


def _add_actor(record: Record, part: Element, kind: str) -> None:
    names = [
        name
        for name in descendants(part, "appellationValue")
        if "alternat" not in attribute(name, "pref")
    ]
    if not names:
        return
    roles = [
        term
        for role in children(part, "roleActor")
        for term in descendants(role, "term", "prefLabel")
    ]
    dates = [
        text_of(end)
        for life in descendants(part, "vitalDatesActor")
        for end in children(life, "earliestDate", "latestDate")
    ]
    text = text_of(names[0])
    if any(dates) and not any(character.isdigit() for character in text):
        text = f"{text} ({'–'.join(dates)})"
    for qualifier in children(part, "attributionQualifierActor"):
        text = f"{text} ({text_of(qualifier)})"
    label = kind or vocabulary.CREATOR
    if roles and not kind:
        label = text_of(roles[0])[:60] or label
        label = label[:1].upper() + label[1:]
        if label.casefold() in ("hersteller", "maker", "creator", "producer", "artist/maker"):
            label = vocabulary.CREATOR
    record.add(label, text, language_of(names[0]))


def _add_subject(record: Record, part: Element) -> None:
    shown = list(children(part, "displaySubject"))
    for text in shown:
        _add(record, vocabulary.SUBJECT, text)
    for subject in children(part, "subject"):
        for concept in children(subject, "subjectConcept"):
            _add_terms(record, vocabulary.SUBJECT, concept)
        for actor in children(subject, "subjectActor"):
            for name in list(descendants(actor, "appellationValue", "displayActor"))[:1]:
                _add(record, "Depicted person", name)
        for place in children(subject, "subjectPlace"):
            for name in list(descendants(place, "displayPlace", "appellationValue"))[:1]:
                _add(record, "Depicted place", name)
        for date in children(subject, "subjectDate"):
            dates = [text_of(end) for end in descendants(date, "displayDate", "earliestDate")]
            record.add("Depicted date", next(iter(dates), ""))
        for event in children(subject, "subjectEvent"):
            for name in list(descendants(event, "displayEvent", "appellationValue", "term"))[:1]:
                _add(record, "Depicted event", name)
        for thing in children(subject, "subjectObject"):
            for name in list(descendants(thing, "displayObject"))[:1]:
                _add(record, vocabulary.SUBJECT, name)


def _add_related(record: Record, part: Element) -> None:
    text = next((text_of(shown) for shown in descendants(part, "displayObject")), "")
    kinds = [
        text_of(term).casefold()
        for kind in children(part, "relatedWorkRelType")
        for term in descendants(kind, "term", "prefLabel")
    ]
    is_part = any("part of" in kind or "teil von" in kind for kind in kinds)
    is_kept = any("collection" in kind or "sammlung" in kind for kind in kinds)
    label = (
        vocabulary.COLLECTION if is_kept else vocabulary.PART_OF if is_part else vocabulary.RELATED
    )
    record.add(label, text)


def _add_rights(record: Record, managed: Element) -> None:
    for rights in within(managed, "rightsWorkWrap", "rightsWorkSet"):
        _add_terms(record, vocabulary.RIGHTS, rights)
        for holder in within(rights, "rightsHolder", "legalBodyName", "appellationValue"):
            _add(record, "Rights holder", holder)
        _add(record, vocabulary.CREDIT, child(rights, "creditLine"))
    for wrap in children(managed, "recordWrap"):
        for number in children(wrap, "recordID"):
            record.id = record.id or text_of(number)
        for name in within(wrap, "recordSource", "legalBodyName", "appellationValue"):
            if not record.has(vocabulary.REPOSITORY):
                _add(record, vocabulary.REPOSITORY, name)
        for link in descendants(wrap, "recordInfoLink"):
            record.add_address(text_of(link))
    for resource in within(managed, "resourceWrap", "resourceSet"):
        for link in descendants(resource, "linkResource"):
            record.pictures.append(text_of(link))
        for rights in children(resource, "rightsResource"):
            for term in descendants(rights, "term", "prefLabel"):
                _add(
                    record,
                    vocabulary.RIGHTS
                    if not record.has(vocabulary.RIGHTS)
                    else ("Rights of the picture"),
                    term,
                )
            for concept in descendants(rights, "Concept", "conceptID"):
                address = attribute(concept, "about") or text_of(concept)
                if not record.has(vocabulary.RIGHTS):
                    record.add(vocabulary.RIGHTS, address)
            _add(record, "Credit of the picture", child(rights, "creditLine"))
        for number in children(resource, "resourceID"):
            record.pictures.append(text_of(number))
