"""XMP: RDF in XML, inside of photos and in files beside them, from Adobe's and all later programs.

Read with `defusedxml`, which refuses entities. Pillow's `getxmp` makes nested dictionaries of any
XML and knows nothing of RDF: one value, a list and a list by language look different there, and so
do an element and an attribute, which mean the same. Here each is a list of texts.
"""

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.corpus.photo_metadata.statements import (
    Property,
    Statement,
    joined_place,
    place_statements,
)
from knowledge.errors import CorpusError
from knowledge.exif import read_moment

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_XMP_BYTES = 16 * 2**20
"""Photoshop has been seen to write a few million bytes of history."""
_MOST_STATEMENTS = 10_000

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DESCRIPTION, _LI = f"{_RDF}Description", f"{_RDF}li"
_CONTAINERS = (f"{_RDF}Alt", f"{_RDF}Bag", f"{_RDF}Seq")

_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_TIFF = "{http://ns.adobe.com/tiff/1.0/}"

_PROPERTIES: dict[str, Property] = {
    f"{_DC}title": "title",
    f"{_PHOTOSHOP}Headline": "headline",
    f"{_DC}description": "caption",
    f"{_CORE}AltTextAccessibility": "description",
    f"{_CORE}ExtDescrAccessibility": "description",
    f"{_TIFF}ImageDescription": "caption",
    f"{_EXIF}UserComment": "comment",
    f"{_EXT}PersonInImage": "people",
    "{http://xmp.gettyimages.com/gift/1.0/}Personality": "people",
    f"{_EXT}OrganisationInImageName": "organisations",
    f"{_EXT}Event": "event",
    f"{_DC}date": "date",
    f"{_DC}coverage": "coverage",
    f"{_DC}creator": "photographer",
    f"{_TIFF}Artist": "photographer",
    f"{_PHOTOSHOP}AuthorsPosition": "photographer_role",
    f"{_DC}contributor": "contributor",
    f"{_DC}identifier": "reference",
    f"{_PHOTOSHOP}TransmissionReference": "reference",
    f"{_PHOTOSHOP}Credit": "credit",
    "{http://creativecommons.org/ns#}attributionName": "credit",
    f"{_PHOTOSHOP}Source": "source",
    f"{_DC}source": "source",
    f"{_DC}publisher": "publisher",
    f"{_DC}rights": "rights",
    f"{_TIFF}Copyright": "rights",
    f"{_RIGHTS}Owner": "rights_owner",
    f"{_RIGHTS}UsageTerms": "usage",
    f"{_RIGHTS}WebStatement": "license",
    "{http://creativecommons.org/ns#}license": "license",
    f"{_PHOTOSHOP}Instructions": "instructions",
    f"{_PHOTOSHOP}CaptionWriter": "caption_writer",
    f"{_DC}subject": "keyword",
}
_MOMENTS: dict[str, Property] = {
    f"{_PHOTOSHOP}DateCreated": "taken",
    f"{_EXIF}DateTimeOriginal": "exposed",
    f"{_EXIF}DateTimeDigitized": "digitised",
    f"{_XMP}CreateDate": "digitised",
}
_HIERARCHIES = {
    "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject": "|",
    "{http://www.digikam.org/ns/1.0/}TagsList": "/",
    "{http://ns.microsoft.com/photo/1.0/}LastKeywordXMP": "/",
    "{http://ns.microsoft.com/photo/1.0}LastKeywordXMP": "/",
    "{http://ns.iview-multimedia.com/mediapro/1.0/}CatalogSets": "|",
}
_PEOPLE = frozenset(
    {"people", "persons", "person", "faces", "personen", "menschen", "leute", "gesichter"}
    | {"personnes", "visages", "persone", "volti", "personas", "caras", "pessoas", "mensen"}
    | {"люди", "人物", "人", "人们", "人脸"}
)
"""First words of keywords in levels under which programs file the people in a picture."""
_INTERNAL = "darktable"
"""First word of keywords in levels that a program keeps for itself."""

_WORKS: dict[str, Property] = {
    "AOTitle": "work",
    "AOCreator": "work_creator",
    "AODateCreated": "work_date",
    "AOCircaDateCreated": "work_date",
    "AOSource": "work_source",
    "AOSourceInvNo": "work_number",
    "AOCopyrightNotice": "work_rights",
}
_RIGHTS_HOLDERS: dict[str, Property] = {
    "CopyrightOwnerName": "rights_owner",
    "ImageCreatorName": "photographer",
    "ImageSupplierName": "source",
}
_DIGITISED_FROM = re.compile(
    r"(?:negativeFilm|positiveFilm|print|softwareImage/scan)$", re.IGNORECASE
)

_DEGREES = re.compile(
    r"\s*(\d{1,3}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?)?\s*([NSEW])\s*",
    re.IGNORECASE,
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#x?0*[0-9a-f]{1,2};", re.IGNORECASE
)
_PACKET_END = b"\0 \t\r\n"
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How a packet of more than one byte a character begins."""


def xmp_statements(data: bytes) -> list[Statement]:
    """The statements of an XMP packet or file.

    Raises:
        CorpusError: it is too large, is not XMP, or defines entities, which no photo needs and
            which can be made to fill the memory.
    """
    statements: list[Statement] = []
    place: dict[str, str] = {}
    position: dict[str, str] = {}
    for name, value in _properties(_parse(data)):
        texts = _texts(value)
        if len(statements) + len(texts) > _MOST_STATEMENTS:
            raise CorpusError(
                f"The XMP says more than {_MOST_STATEMENTS:,} things of one photo; leave some out."
            )
        if about := _PROPERTIES.get(name):
            statements += [Statement(about, text, language) for text, language in texts]
        elif moment := _MOMENTS.get(name):
            statements += [Statement(moment, _moment(text)) for text, _ in texts[:1]]
        elif separator := _HIERARCHIES.get(name):
            statements += [_filed(text, separator) for text, _ in texts]
        elif name in _PLACES and texts:
            place.setdefault(_PLACES[name], texts[0][0])
        elif name in (f"{_EXIF}GPSLatitude", f"{_EXIF}GPSLongitude") and texts:
            position.setdefault(name, texts[0][0])
        elif name == f"{_EXT}DigitalSourceType" and _DIGITISED_FROM.search("".join(*texts[:1])):
            statements.append(Statement("scanned", "yes"))
        else:
            statements += _nested(name, value)
    if not any(statement.about == "place" for statement in statements):
        parts = (place.get(part, "") for part in ("Location", "City", "State", "Country"))
        statements += place_statements(*parts)
    latitude, longitude = (position.get(f"{_EXIF}GPS{part}") for part in ("Latitude", "Longitude"))
    north, east = _degrees(latitude), _degrees(longitude)
    if north is not None and east is not None and (north or east):
        statements.append(Statement("position", f"{north},{east}"))
    return [statement for statement in statements if statement.value.strip()]


_PLACES = {
    f"{_CORE}Location": "Location",
    f"{_PHOTOSHOP}City": "City",
    f"{_PHOTOSHOP}State": "State",
    f"{_PHOTOSHOP}Country": "Country",
}


def _parse(data: bytes) -> "Element":
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(data) > MOST_XMP_BYTES:
        raise CorpusError(
            f"The XMP has {len(data) / 1e6:.1f} MB, more than the {MOST_XMP_BYTES / 1e6:.0f} MB it "
            "may have; save the photo's metadata anew."
        )
    encoding = next((name for start, name in _WIDE if data.startswith(start)), "")
    packet = data.decode(encoding, errors="replace") if encoding else data.strip(_PACKET_END)
    try:
        try:
            root: Element = fromstring(packet, forbid_dtd=True)
        except (ParseError, ValueError):
            # Programs leave control characters and broken letters in captions.
            text = packet if isinstance(packet, str) else packet.decode("utf-8-sig", "replace")
            root = fromstring(_CONTROLS.sub("", text), forbid_dtd=True)
    except DefusedXmlException as error:
        raise CorpusError(
            "The XMP defines entities or a document type, which is refused: it could fill the "
            "memory; save the photo's metadata anew."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise CorpusError(
            f"The XMP is damaged ({error}); save the photo's metadata anew."
        ) from error
    return root


def _properties(root: "Element") -> "Iterator[tuple[str, Element | str]]":
    """All properties of the photo, from attributes and elements alike."""
    for rdf in root.iter(f"{_RDF}RDF"):
        for described in rdf.findall(_DESCRIPTION):
            yield from _fields(described)


def _fields(element: "Element") -> "Iterator[tuple[str, Element | str]]":
    """The fields of a structure, which may be wrapped in a description of its own."""
    for body in (element, *element.findall(_DESCRIPTION)):
        for name, value in body.attrib.items():
            if not name.startswith(_RDF) and name != _LANGUAGE:
                yield name, value
        for child in body:
            if not isinstance(child.tag, str) or child.tag in (_DESCRIPTION, *_CONTAINERS):
                continue
            yield child.tag, child


def _members(value: "Element | str") -> "list[Element]":
    """The items of a list; what is no list is its own only item."""
    if isinstance(value, str):
        return []
    containers = [child for child in value if child.tag in _CONTAINERS]
    return [item for each in containers for item in each.findall(_LI)] if containers else [value]


def _texts(value: "Element | str") -> list[tuple[str, str]]:
    """Texts with their languages."""
    if isinstance(value, str):
        return [(value, "")] if value.strip() else []
    texts = []
    for member in _members(value):
        inner = member.find(f"{_RDF}value")
        if inner is None and (body := member.find(_DESCRIPTION)) is not None:
            inner = body.find(f"{_RDF}value")
            text = body.get(f"{_RDF}value", "") if inner is None else inner.text or ""
        else:
            text = (member.text if inner is None else inner.text) or ""
        if text := text.strip() or member.get(f"{_RDF}resource", ""):
            texts.append((text, member.get(_LANGUAGE, "")))
    return texts


def _structures(value: "Element | str") -> "Iterator[dict[str, Element | str]]":
    """The structures of a list, their fields by name without namespace."""
    for member in _members(value):
        yield {name.rpartition("}")[2]: field for name, field in _fields(member)}


def _nested(name: str, value: "Element | str") -> Iterator[Statement]:
    """The statements of properties that are structures."""
    local = name.rpartition("}")[2]
    match local:
        case "Regions":  # of the Metadata Working Group, and Apple's
            for regions in _structures(value):
                for region in _structures(regions.get("RegionList", "")):
                    kind = _first(region, "Type") or "Face"
                    if kind.casefold() in ("face", "pet"):
                        yield Statement("people", _first(region, "Name"))
        case "RegionInfo":  # Microsoft's
            for regions in _structures(value):
                for region in _structures(regions.get("Regions", "")):
                    yield Statement("people", _first(region, "PersonDisplayName"))
        case "PersonInImageWDetails":
            for person in _structures(value):
                yield from _of_field(person, "PersonName", "people")
        case "LocationShown":
            for place in _structures(value):
                yield from place_statements(
                    _first(place, "Sublocation") or _first(place, "LocationName"),
                    _first(place, "City"),
                    _first(place, "ProvinceState"),
                    _first(place, "CountryName"),
                )
        case "LocationCreated":
            for place in _structures(value):
                parts = ("Sublocation", "City", "ProvinceState", "CountryName")
                stood = joined_place(*(_first(place, part) for part in parts))
                yield Statement("camera_place", stood)
        case "ArtworkOrObject":
            for work in _structures(value):
                for field, about in _WORKS.items():
                    yield from _of_field(work, field, about)
        case "CopyrightOwner" | "ImageCreator" | "ImageSupplier":
            for holder in _structures(value):
                for field, about in _RIGHTS_HOLDERS.items():
                    yield from _of_field(holder, field, about)


def _of_field(
    fields: "dict[str, Element | str]", name: str, about: Property
) -> Iterator[Statement]:
    for text, language in _texts(fields.get(name, "")):
        yield Statement(about, text, language)


def _first(fields: "dict[str, Element | str]", name: str) -> str:
    texts = _texts(fields.get(name, ""))
    return next((text for text, language in texts if language == "x-default"), "") or (
        texts[0][0] if texts else ""
    )


def _filed(text: str, separator: str) -> Statement:
    """`People|Anna` → the person; `Places|France|Paris` → the keyword `Paris`."""
    levels = [level for part in text.split(separator) if (level := part.strip())]
    if not levels or levels[0] == _INTERNAL:
        return Statement("keyword", "")
    person = len(levels) > 1 and levels[0].casefold() in _PEOPLE
    return Statement("people" if person else "keyword", levels[-1])


def _moment(text: str) -> str:
    """A date of XMP: ISO 8601, or words, which are kept."""
    text = text.strip()
    zone = re.search(r"T[\d:.]+(Z|[+-]\d\d:\d\d)$", text)
    offset = "" if zone is None else zone[1].replace("Z", "+00:00")
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?", text):
        return read_moment(text, offset)
    return read_moment(text) if re.fullmatch(r"[\d:]{10}( [\d:]+)?", text) else text


def _degrees(text: str | None) -> float | None:
    """`48,51.504N` → 48.8584."""
    found = _DEGREES.fullmatch(text or "")
    if found is None:
        return None
    degrees, minutes, seconds = (float(part or 0) for part in found.groups()[:3])
    value = round(degrees + minutes / 60 + seconds / 3600, 7)
    most = 90 if found[4].upper() in "NS" else 180
    if value > most:
        return None
    return -value if found[4].upper() in "SW" else value
