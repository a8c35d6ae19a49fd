"""Wikidata's entities: one, several under `entities`, an array, or one a line.

Names of other entities are taken from the same file; an entity that is not in it stays out, as its
number says nothing to a reader.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.json_source import objects
from knowledge.corpus.records.record import Record

MOST_NAMES = 500_000
_ENTITY = re.compile(r"[QPL][1-9]\d{0,11}")
_PREFERRED = ("en", "mul")
_PROPERTIES = {
    "P17": "Country",
    "P18": vocabulary.PHOTOS,
    "P19": "Place of birth",
    "P20": "Place of death",
    "P27": "Citizenship",
    "P31": vocabulary.TYPE,
    "P84": "Architect",
    "P88": "Commissioned by",
    "P106": "Occupation",
    "P112": "Founder",
    "P127": "Owner",
    "P131": vocabulary.PLACE,
    "P135": "Movement",
    "P137": "Operator",
    "P138": "Named after",
    "P149": "Architectural style",
    "P170": vocabulary.CREATOR,
    "P176": "Manufacturer",
    "P179": vocabulary.SERIES,
    "P180": "Depicts",
    "P186": vocabulary.MATERIAL,
    "P189": "Place of discovery",
    "P193": "Main contractor",
    "P195": vocabulary.COLLECTION,
    "P217": vocabulary.IDENTIFIER,
    "P276": vocabulary.LOCATION,
    "P281": "Postal code",
    "P361": vocabulary.PART_OF,
    "P366": "Use",
    "P373": "Commons category",
    "P528": vocabulary.IDENTIFIER,
    "P569": "Date of birth",
    "P570": "Date of death",
    "P571": "Built",
    "P575": "Discovered",
    "P576": "Demolished",
    "P577": "Date of publication",
    "P580": "Start",
    "P582": "End",
    "P585": vocabulary.DATE,
    "P625": vocabulary.COORDINATES,
    "P631": "Structural engineer",
    "P669": "Street",
    "P670": "House number",
    "P706": vocabulary.LOCATION,
    "P727": "Europeana id",
    "P729": "In service",
    "P730": "Out of service",
    "P793": "Significant event",
    "P825": "Dedicated to",
    "P856": vocabulary.WEB_ADDRESS,
    "P921": vocabulary.SUBJECT,
    "P973": vocabulary.WEB_ADDRESS,
    "P1101": "Floors",
    "P1103": "Platforms",
    "P1343": "Described in",
    "P1435": "Heritage designation",
    "P1448": vocabulary.OTHER_TITLE,
    "P1476": vocabulary.OTHER_TITLE,
    "P1559": vocabulary.OTHER_TITLE,
    "P1619": "Opened",
    "P1684": vocabulary.INSCRIPTION,
    "P1705": vocabulary.OTHER_TITLE,
    "P2043": "Length",
    "P2048": "Height",
    "P2049": "Width",
    "P3999": "Closed",
    "P5816": "State of conservation",
    "P6216": "Copyright status",
    "P6375": "Address",
}
_BEFORE = {7: "century", 6: "millennium"}


def is_entity(value: Any) -> bool:  # noqa: ANN401
    """Whether a JSON value is an entity of Wikidata, or holds some under `entities`."""
    if not isinstance(value, dict):
        return False
    entities = value.get("entities")
    if isinstance(entities, dict):
        return any(map(is_entity, list(entities.values())[:5]))
    return bool(_ENTITY.fullmatch(str(value.get("id", "")))) and (
        "labels" in value or "claims" in value
    )


def entities_in(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    """The entities in a JSON value."""
    if isinstance(value, dict) and isinstance(value.get("entities"), dict):
        yield from objects(list(value["entities"].values()))
    else:
        yield from objects(value)


def name_of(entity: Mapping[str, Any]) -> str:
    """What an entity is called, in English if it has an English name."""
    names = _texts(entity.get("labels"))
    return next(
        (text for tag, text in names for wanted in _PREFERRED if tag == wanted), ""
    ) or next((text for _, text in names), "")


def read_entity(entity: Mapping[str, Any], names: Mapping[str, str]) -> Record | None:
    """The record of an item; None of a property, and of an item that says nothing.

    Args:
        entity: the item.
        names: what entities are called, by their ids.
    """
    own = str(entity.get("id", ""))
    if not own.startswith("Q") or "missing" in entity:
        return None
    record = Record(id=own)
    for tag, text in _in_order(_texts(entity.get("labels"))):
        record.add(vocabulary.TITLE, text, tag)
    record.language = next(
        (
            tag
            for wanted in _PREFERRED[:1]
            for tag, _ in _texts(entity.get("labels"))
            if tag == wanted
        ),
        "",
    )
    for tag, text in _in_order(_texts(entity.get("descriptions"))):
        if tag == record.language or not record.has(vocabulary.DESCRIPTION):
            record.add(vocabulary.DESCRIPTION, text, tag)
    for tag, text in _texts(entity.get("aliases")):
        record.add(vocabulary.OTHER_TITLE, text, tag)
    claims = entity.get("claims")
    for name, statements in claims.items() if isinstance(claims, dict) else ():
        label = _PROPERTIES.get(name) or names.get(name)
        if label:
            for statement in _best(list(objects(statements))):
                _add_claim(record, label, statement, names)
    if record.is_empty:
        return None
    record.add(vocabulary.IDENTIFIER, own)
    record.add_address(f"https://www.wikidata.org/wiki/{own}")
    return record


def _in_order(values: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(values, key=lambda value: value[0] not in _PREFERRED[:1])


def _texts(value: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Language and text of each of the labels, descriptions or aliases."""
    found = []
    for inner in value.values() if isinstance(value, dict) else ():
        for text in objects(inner):
            if isinstance(text.get("value"), str):
                found.append((str(text.get("language", "")), text["value"]))
    return found


def _best(statements: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The preferred statements, or those that are not deprecated."""
    preferred = [one for one in statements if one.get("rank") == "preferred"]
    return preferred or [one for one in statements if one.get("rank") != "deprecated"]


def _add_claim(
    record: Record, label: str, statement: Mapping[str, Any], names: Mapping[str, str]
) -> None:
    snak = statement.get("mainsnak")
    text, tag = _value(snak if isinstance(snak, dict) else {}, names)
    if not text:
        return
    if label == vocabulary.PHOTOS:
        record.pictures += [text, text.replace(" ", "_")]
    elif label == vocabulary.WEB_ADDRESS:
        record.add_address(text)
    else:
        record.add(label, text, tag)


def _value(snak: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    """The value of a snak in words, and its language; "" for one without words."""
    data = snak.get("datavalue")
    value = data.get("value") if isinstance(data, dict) else None
    kind = data.get("type") if isinstance(data, dict) else ""
    if isinstance(value, str):
        return (value, "") if snak.get("datatype") != "external-id" else ("", "")
    if not isinstance(value, dict):
        return "", ""
    match kind:
        case "wikibase-entityid":
            number = f"Q{value.get('numeric-id', '')}"
            return names.get(str(value.get("id") or number), ""), ""
        case "time":
            return _date(value), ""
        case "monolingualtext":
            return str(value.get("text", "")), str(value.get("language", ""))
        case "globecoordinate":
            return f"{value.get('latitude')}, {value.get('longitude')}", ""
        case "quantity":
            unit = names.get(str(value.get("unit", "")).rpartition("/")[2], "")
            amount = str(value.get("amount", "")).lstrip("+")
            known = unit or str(value.get("unit")) == "1"
            return f"{amount} {unit}".strip() if known else "", ""
    return "", ""


def _date(value: Mapping[str, Any]) -> str:
    """A time as it is sure: a day, a month, a year, a decade or a century.

    >>> _date({"time": "+1889-00-00T00:00:00Z", "precision": 9})
    '1889'
    """
    found = re.fullmatch(r"([+-])0*(\d{1,9})-(\d\d)-(\d\d)T.*", str(value.get("time", "")))
    precision = value.get("precision")
    if not found or not isinstance(precision, int):
        return ""
    era = " BC" if found[1] == "-" else ""
    year = int(found[2])
    if precision >= 11 and not era:
        return f"{year:04}-{found[3]}-{found[4]}"
    if precision == 10 and not era:
        return f"{year:04}-{found[3]}"
    if precision == 8:
        return f"{year // 10 * 10}s{era}"
    if precision == 7:
        century = (year + 99) // 100
        last = {1: "st", 2: "nd", 3: "rd"}.get(century % 10, "th")
        return f"{century}{'th' if century % 100 in (11, 12, 13) else last} century{era}"
    return f"{year}{era}" if precision >= 9 else ""
