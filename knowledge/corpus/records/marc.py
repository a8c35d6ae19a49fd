"""MARC 21, binary or as MARCXML: a library's record.

pymarc reads the records; this says what their fields are called.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from pymarc import Field, Indicators, MARCReader, Subfield

from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.languages import language_name
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.relators import relator
from knowledge.corpus.records.xml_source import Element, attribute, children, local
from knowledge.corpus.regular_files import open_regular

_CHUNK = 1 << 18
_RECORD_ENDS = b"\x1d"
_MOST_RECORD_BYTES = 1 << 20
_LEADER = re.compile(rb"\s*\d{5}[ -~]{15}4500")
_MOST_FIELDS = 20_000

_ISBD_END = re.compile(r"\s*[/:;,=+]\s*$")
_NAMES = {
    "100": vocabulary.CREATOR,
    "110": vocabulary.CREATOR,
    "111": vocabulary.CREATOR,
    "700": vocabulary.CONTRIBUTOR,
    "710": vocabulary.CONTRIBUTOR,
    "711": vocabulary.CONTRIBUTOR,
    "720": vocabulary.CONTRIBUTOR,
}
_SUBJECTS = {
    "600": "Person as subject",
    "610": "Body as subject",
    "611": vocabulary.SUBJECT,
    "630": vocabulary.SUBJECT,
    "647": vocabulary.SUBJECT,
    "648": vocabulary.PERIOD,
    "650": vocabulary.SUBJECT,
    "651": vocabulary.PLACE,
    "653": vocabulary.SUBJECT,
    "655": vocabulary.FORM,
    "656": "Occupation",
    "690": vocabulary.SUBJECT,
    "691": vocabulary.PLACE,
}
_HEADINGS = ("100", "110", "111", "130", "150", "151", "155")
_FIELDS: dict[str, tuple[str, str]] = {
    "020": ("ISBN", "a"),
    "022": ("ISSN", "a"),
    "024": (vocabulary.IDENTIFIER, "a"),
    "028": ("Publisher's number", "ba"),
    "034": (vocabulary.COORDINATES, "defg"),
    "037": (vocabulary.IDENTIFIER, "a"),
    "050": ("Call number", "ab"),
    "084": ("Classification", "a"),
    "090": ("Call number", "ab"),
    "099": ("Call number", "ab"),
    "130": (vocabulary.OTHER_TITLE, "adfklmnoprst"),
    "210": (vocabulary.OTHER_TITLE, "a"),
    "240": (vocabulary.OTHER_TITLE, "adfklmnoprs"),
    "242": (vocabulary.OTHER_TITLE, "abnp"),
    "246": (vocabulary.OTHER_TITLE, "abnp"),
    "247": (vocabulary.OTHER_TITLE, "abnp"),
    "740": (vocabulary.OTHER_TITLE, "anp"),
    "250": (vocabulary.EDITION, "ab"),
    "255": ("Scale", "abc"),
    "300": (vocabulary.EXTENT, "abcefg"),
    "340": (vocabulary.MATERIAL, "abcdefghijklmnop"),
    "351": ("Arrangement", "abc"),
    "440": (vocabulary.SERIES, "anpv"),
    "490": (vocabulary.SERIES, "av"),
    "830": (vocabulary.SERIES, "anpv"),
    "500": (vocabulary.NOTE, "a"),
    "501": (vocabulary.NOTE, "a"),
    "502": (vocabulary.NOTE, "abcd"),
    "504": (vocabulary.NOTE, "a"),
    "505": (vocabulary.CONTENTS, "agrt"),
    "506": (vocabulary.ACCESS, "abcde"),
    "508": ("Credits", "a"),
    "510": ("Published in", "abc"),
    "511": ("Performers", "a"),
    "518": ("Place and time", "dop3a"),
    "520": (vocabulary.ABSTRACT, "ab"),
    "522": ("Area covered", "a"),
    "524": (vocabulary.CITATION, "a"),
    "530": ("Copies", "ad"),
    "533": ("Reproduction", "abcdefmn"),
    "534": ("Original", "abceflmnpt"),
    "535": ("Originals", "abcd"),
    "540": (vocabulary.RIGHTS, "abcd"),
    "541": ("Acquisition", "abcdefho"),
    "542": ("Copyright", "abcdefghijklmnopqrs"),
    "544": (vocabulary.RELATED, "abcden"),
    "545": (vocabulary.HISTORY, "ab"),
    "546": ("Note on the language", "ab"),
    "555": ("Other finding aid", "abcd"),
    "561": (vocabulary.PROVENANCE, "a"),
    "562": ("Copies", "abcde"),
    "563": ("Binding", "a"),
    "580": (vocabulary.NOTE, "a"),
    "581": ("Published in", "a"),
    "583": ("Processing", "abcdfhijklnouxz"),
    "585": ("Exhibitions", "a"),
    "752": (vocabulary.PLACE, "abcdfgh"),
    "773": (vocabulary.COLLECTION, "tg"),
    "774": (vocabulary.CONTENTS, "atg"),
    "780": ("Earlier title", "at"),
    "785": ("Later title", "at"),
}


def looks_like_marc(head: bytes) -> bool:
    """Whether a file that begins like this is binary MARC 21.

    >>> looks_like_marc(b"00714cam a2200205 a 4500001001300000")
    True
    """
    return _LEADER.match(head) is not None


def read_binary(file: Path) -> Iterator[Record | UnusableRecordError]:
    """The records of a binary file, told apart by their end marks, whatever length they claim.

    Raises:
        OSError: it cannot be read.
    """
    with open_regular(file) as stream:
        for data in _split(stream):
            if isinstance(data, bytes):
                if data.strip(b"\r\n \x1a\0"):
                    yield _read_one(data.lstrip(b"\r\n \x1a\0"))
            else:
                yield data


def _split(stream: BinaryIO) -> Iterator[bytes | UnusableRecordError]:
    rest = b""
    skipping = False
    for chunk in iter(partial(stream.read, _CHUNK), b""):
        *ended, rest = (rest + chunk).split(_RECORD_ENDS)
        for data in ended:
            if not skipping:
                yield data + _RECORD_ENDS
            skipping = False
        if len(rest) > _MOST_RECORD_BYTES:
            if not skipping:
                yield UnusableRecordError(
                    f"The record has more than {_MOST_RECORD_BYTES:,} bytes; split it."
                )
            rest, skipping = b"", True
    if rest.strip(b"\r\n \x1a\0") and not skipping:
        yield UnusableRecordError(
            "The file ends in the midst of the record; copy it again from its source."
        )


def _read_one(data: bytes) -> Record | UnusableRecordError:
    length = b"%05d" % min(len(data), 99_999)
    reader = MARCReader(BytesIO(length + data[5:]), to_unicode=True, permissive=True)
    quiet = logging.getLogger("pymarc")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)
    try:
        found = next(iter(reader), None)
    except Exception as error:  # whatever a library raises on bytes of strangers
        return _broken(error)
    finally:
        quiet.setLevel(level)
    if found is None or not found.fields:
        return _broken(reader.current_exception or "no field can be read")
    return _read_fields(found.fields)


def _broken(error: object) -> UnusableRecordError:
    return UnusableRecordError(f"The record is not valid MARC 21 ({error}); export it again.")


def from_xml(element: Element) -> Record:
    """The record in an element `record` of MARCXML."""
    fields: list[Field] = []
    for part in children(element):
        text = part.text or ""
        tag = attribute(part, "tag")
        match local(part):
            case "controlfield" if tag:
                fields.append(Field(tag=tag, data=text))
            case "datafield" if len(tag) == 3:
                subfields = [
                    Subfield(attribute(inner, "code")[:1] or " ", inner.text or "")
                    for inner in children(part, "subfield")
                ]
                marks = (part.get("ind1") or " ", part.get("ind2") or " ")
                fields.append(Field(tag=tag, indicators=Indicators(*marks), subfields=subfields))
    return _read_fields(fields)


def _read_fields(fields: Sequence[Field]) -> Record:
    """What the fields of a record say."""
    record = Record()
    fields = fields[:_MOST_FIELDS]
    for field in fields:
        _add(record, field)
    if not record.has(vocabulary.TITLE):  # an authority record is about its heading
        heading = next((field for field in fields if field.tag in _HEADINGS), None)
        if heading is not None:
            record.add(vocabulary.TITLE, _trim(_joined(heading, "abcdfnpqt")))
            record.remove(vocabulary.CREATOR)
    controls = {field.tag: field.data or "" for field in fields if field.control_field}
    fixed = controls.get("008", "")
    if not record.has(vocabulary.DATE) and (years := _years(fixed)):
        record.add(vocabulary.DATE, years)
    if not record.has(vocabulary.LANGUAGE) and fixed[35:38].strip(" |"):
        name = language_name(fixed[35:38])
        record.add(vocabulary.LANGUAGE, name if len(name) > 3 else "")
    number = controls.get("001", "").strip()
    record.id = number or record.first(vocabulary.IDENTIFIER)
    if number and not record.has(vocabulary.IDENTIFIER):
        record.add(vocabulary.IDENTIFIER, number)
    return record


def _years(fixed: str) -> str:
    kind, first, second = fixed[6:7], fixed[7:11], fixed[11:15]
    if not first[:2].isdigit():
        return ""
    if kind in ("i", "k", "m", "q", "c", "d") and second[:2].isdigit() and second != first:
        joint = " or between " if kind == "q" else "–"
        second = "" if second == "9999" else second
        return f"between {first} and {second}" if joint != "–" else f"{first}–{second}"
    return first


def _add(record: Record, field: Field) -> None:
    tag = field.tag
    if field.control_field:
        return
    if tag == "880":
        _add_other_script(record, field)
    elif tag == "245":
        record.add(vocabulary.TITLE, _trim(_joined(field, "abfghknps")))
        record.add_all(vocabulary.DATE, (_trim(text) for text in field.get_subfields("f", "g")))
        if responsible := _trim(_joined(field, "c")):
            record.add("Statement of responsibility", responsible)
    elif tag in _NAMES:
        _add_name(record, field)
    elif tag in _SUBJECTS:
        _add_subject(record, field)
    elif tag in ("260", "264"):
        _add_publication(record, field)
    elif tag == "041":
        for code in field.get_subfields("a"):
            for start in range(0, len(code), 3):
                record.add(vocabulary.LANGUAGE, language_name(code[start : start + 3]))
    elif tag == "040":
        record.language = next(iter(field.get_subfields("b")), "")
    elif tag in ("850", "851", "852"):
        record.add(vocabulary.REPOSITORY, _trim(", ".join(field.get_subfields("a", "b"))))
        record.add("Call number", _trim(" ".join(field.get_subfields("k", "h", "i", "j", "m"))))
        record.add(vocabulary.LOCATION, _trim(", ".join(field.get_subfields("c", "e", "n"))))
    elif tag == "856":
        for address in field.get_subfields("u"):
            record.add_address(address)
            record.pictures.append(address)
    elif tag in _FIELDS:
        label, codes = _FIELDS[tag]
        if label == vocabulary.COORDINATES:
            record.add(label, " ".join(_each(field, codes)))
        elif tag == "773" and not field.get_subfields("t"):
            record.add(label, _trim(_joined(field, "a")))
        elif tag == "752":
            record.add(label, ", ".join(reversed([_trim(p) for p in _each(field, codes)])))
        else:
            record.add(label, _trim(_joined(field, codes)))


def _add_other_script(record: Record, field: Field) -> None:
    """The same in another script: a title is another title, other values stand beside theirs."""
    linked = next(iter(field.get_subfields("6")), "")[:3]
    if linked == "245":
        record.add(vocabulary.OTHER_TITLE, _trim(_joined(field, "abfgknps")))
    elif linked in _NAMES:
        record.add(_NAMES[linked], _trim(_joined(field, "abcdq")))
    elif linked in _FIELDS:
        label, codes = _FIELDS[linked]
        record.add(label, _trim(_joined(field, codes)))


def _add_name(record: Record, field: Field) -> None:
    if field.get_subfields("t"):  # a work by somebody, not somebody who made this
        record.add(vocabulary.RELATED, _trim(_joined(field, "abcdqtfklmnop")))
        return
    roles = [relator(role) for role in field.get_subfields("e")]
    roles = roles or [relator(role) for role in field.get_subfields("4")]
    label = next(filter(None, roles), _NAMES[field.tag])
    record.add(label, _trim(_joined(field, "abcdnq")))


def _add_subject(record: Record, field: Field) -> None:
    label = _SUBJECTS[field.tag]
    codes = "abcdfklmnopqrst" if field.tag in ("600", "610", "611", "630") else "abcd"
    parts = [_trim(_joined(field, codes))]
    parts += [_trim(part) for part in field.get_subfields("v", "x", "y", "z")]
    record.add(label, " – ".join(filter(None, parts)))


def _add_publication(record: Record, field: Field) -> None:
    is_making = field.tag == "264" and field.indicators is not None and field.indicators[1] == "0"
    is_copyright = (
        field.tag == "264" and field.indicators is not None and field.indicators[1] == "4"
    )
    published = bool(field.get_subfields("b"))
    place = vocabulary.PLACE_OF_PUBLICATION if published and not is_making else vocabulary.PLACE
    for text in field.get_subfields("a", "e"):
        if not text.casefold().startswith("[s.l"):
            record.add(place, _trim(text).strip("[]()"))
    label = "Producer" if is_making else vocabulary.PUBLISHER
    record.add_all(label, (_trim(text) for text in field.get_subfields("b", "f")))
    dates = "Date of copyright" if is_copyright and record.has(vocabulary.DATE) else vocabulary.DATE
    for text in field.get_subfields("c", "g"):
        record.add(dates, _trim(text).rstrip("."))


def _each(field: Field, codes: str) -> list[str]:
    return [part.value for part in field.subfields if part.code in codes and part.value]


def _joined(field: Field, codes: str) -> str:
    return " ".join(" ".join(_each(field, codes)).split())


def _trim(text: str) -> str:
    """A value without the punctuation that parts it from the next one."""
    text = _ISBD_END.sub("", text.strip())
    words = text.split()
    ends_abbreviation = bool(words) and (len(words[-1]) <= 3 or words[-1].count(".") > 1)
    return text if ends_abbreviation else text.rstrip(".")
