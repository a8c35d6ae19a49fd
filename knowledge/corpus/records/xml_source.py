"""XML from strangers: its elements one after the other, in bounded memory, and their text.

No entity is expanded by the parser, no DTD is loaded and nothing is fetched. Entities that stand
for a few characters are put in here; one that stands for a file, or for other entities, is refused.
Knows no format.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from knowledge.corpus.encoding import detect_encoding
from knowledge.corpus.records.markup import one_line
from knowledge.corpus.records.record import UnusableRecordError
from knowledge.corpus.regular_files import open_regular
from knowledge.errors import CorpusError

Element: TypeAlias = Any
"""An element of lxml, whose types say little about trees that are read by name."""

_CHUNK = 1 << 16
_MOST_PROLOG = 1 << 20
_MOST_ENTITY_CHARS = 1_000
_MOST_ENTITIES_USED = 100_000
_DECLARED = re.compile(
    rb"<!ENTITY\s+(%\s+)?([^\s\"'>]{1,200})\s+"
    rb"(?:(?:SYSTEM|PUBLIC)\b([^>]{0,2000})>|\"([^\"]*)\"|'([^']*)')"
)
_REFERENCE = re.compile(rb"[&%](?!#|amp;|lt;|gt;|quot;|apos;)[^\s;&%]{1,100};")
_BLOCKS_TEXT = """
    p list item defitem chronitem event head row tr li br lb div table tgroup blockquote
    address addressline bibref bibliography indexentry note unitdate dt dd h1 h2 h3 h4 legalstatus
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())


_UNDECLARED = re.compile(r"Namespace prefix ([\w.-]{1,60}) ")
_ROOT = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?(?:<\?[^>]{0,1000}>\s*|<!--(?:[^-]|-(?!->)){0,20000}-->\s*)*<[A-Za-z_][\w:.-]*"
)
_NAMESPACES = {
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "lido": "http://www.lido-schema.org",
    "mods": "http://www.loc.gov/mods/v3",
    "mets": "http://www.loc.gov/METS/",
    "marc": "http://www.loc.gov/MARC21/slim",
}
"""Of prefixes that are used so everywhere."""


class BrokenXMLError(Exception):
    """The file is not well-formed from some place on.

    Attributes:
        reason: what is wrong, and in which line.
        prefix: of a namespace that is used and not declared; "" if something else is wrong.
        is_of_encoding: whether its bytes are not in the encoding that it says.
    """

    def __init__(self, reason: str, *, prefix: str = "", is_of_encoding: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.prefix = prefix
        self.is_of_encoding = is_of_encoding


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before the root element.

    Attributes:
        entities: names that stand for a few characters.
        files: names that stand for files, which are not read.
        has_doctype: whether there is a document type at all.
        undeclared: prefixes that are used and that the file forgets to declare.
        encoding: of the file where it is not the one that it says; "" where it is.
    """

    entities: Mapping[str, str]
    files: frozenset[str]
    has_doctype: bool
    undeclared: tuple[str, ...] = ()
    encoding: str = ""


NO_PROLOG = Prolog({}, frozenset(), has_doctype=False)


_MOST_UNDECLARED = 20
_LOOKED_AT = 5_000


def read_prolog(file: Path) -> Prolog:
    """Read what is declared before the root element, and which prefixes are not.

    Raises:
        CorpusError: it declares entities that hold other entities, or more than may be.
        OSError: the file cannot be read.
    """
    prolog = _declared(file)
    while len(prolog.undeclared) < _MOST_UNDECLARED:
        try:
            chars = 0
            for event, element in islice(events(file, prolog=prolog), _LOOKED_AT):
                chars += weight(element) if event == "end" else 0
                if chars > MOST_RECORD_CHARS:
                    break
        except BrokenXMLError as error:
            if error.prefix and error.prefix not in prolog.undeclared:
                prolog = replace(prolog, undeclared=(*prolog.undeclared, error.prefix))
                continue
            if (mended := in_real_encoding(file, prolog, error)) is not None:
                prolog = mended
                continue
        break
    return prolog


def in_real_encoding(file: Path, prolog: Prolog, error: "BrokenXMLError") -> Prolog | None:
    """The prolog with the encoding that a file is really in; None if that is not what was wrong.

    Exports forget to say that they are in an old encoding, or say that they are UTF-8. A file with
    a few broken bytes stays UTF-8.

    Raises:
        OSError: it cannot be read.
    """
    if not error.is_of_encoding or prolog.encoding:
        return None
    try:
        encoding = detect_encoding(file)
    except CorpusError:
        return None
    if encoding.startswith("utf"):
        return None
    return replace(prolog, encoding={"cp1252": "windows-1252"}.get(encoding, encoding))


def _declared(file: Path) -> Prolog:
    with open_regular(file) as stream:
        head = stream.read(_MOST_PROLOG)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode()
    start = head.find(b"<!DOCTYPE")
    root = re.search(rb"<[A-Za-z_]", head)
    if start < 0 or (root and root.start() < start):
        return Prolog({}, frozenset(), has_doctype=False)
    inner = head.find(b"[", start)
    end = head.find(b">", start)
    if inner < 0 or (0 <= end < inner):
        return Prolog({}, frozenset(), has_doctype=True)
    close = re.search(rb"\]\s*>", head[inner:])
    if close is None:
        raise CorpusError(
            f"{file.name!r} declares more than {_MOST_PROLOG:,} bytes of entities before its first "
            "element; remove them."
        )
    entities: dict[str, str] = {}
    files: set[str] = set()
    for found in _DECLARED.finditer(head[inner : inner + close.start()]):
        name = found[2].decode(errors="replace")
        value = found[4] if found[4] is not None else found[5]
        if value is None:
            if b"NDATA" not in found[3]:
                files.add(name)
        elif not found[1]:
            if _REFERENCE.search(value) or len(value) > _MOST_ENTITY_CHARS:
                raise CorpusError(
                    f"{file.name!r} declares the entity {name!r}, which holds other entities or "
                    f"more than {_MOST_ENTITY_CHARS:,} characters; that can be made to fill the "
                    "memory and is not read. Write out what it stands for."
                )
            entities[name] = html.unescape(value.decode(errors="replace"))
    return Prolog(entities, frozenset(files), has_doctype=True)


def events(
    file: Path,
    *,
    prolog: Prolog = NO_PROLOG,
    prefix: bytes = b"",
    skip: int = 0,
    recover: bool = False,
) -> Iterator[tuple[str, Element]]:
    """`("start" | "end", element)` of every element, as the file is read.

    Whoever takes them removes elements that it no longer needs (`forget`).

    Args:
        file: to read.
        prolog: what is known of it.
        prefix: bytes to read before those of the file.
        skip: bytes of the file to leave out.
        recover: whether to guess what was meant where it is not well-formed.

    Raises:
        BrokenXMLError: it is not well-formed from here on.
        OSError: it cannot be read.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
        encoding=prolog.encoding or None,
    )
    try:
        if prefix:
            parser.feed(_declare(prefix, prolog.undeclared))
        with open_regular(file) as stream:
            stream.seek(skip)
            is_first = not skip
            while chunk := stream.read(_CHUNK):
                if is_first:
                    chunk, is_first = _declare(chunk, prolog.undeclared), False
                try:
                    parser.feed(chunk)
                finally:  # what was read before an error
                    yield from parser.read_events()
        parser.close()
        yield from parser.read_events()
    except etree.XMLSyntaxError as error:
        undeclared_ = _UNDECLARED.match(error.msg or "")
        raise BrokenXMLError(
            _what_is_wrong(error),
            prefix=undeclared_[1] if undeclared_ else "",
            is_of_encoding=error.code == etree.ErrorTypes.ERR_INVALID_ENCODING,
        ) from error


def _declare(start: bytes, prefixes: Sequence[str]) -> bytes:
    """The start of a file with prefixes of namespaces declared in its root element."""
    found = _ROOT.match(start) if prefixes else None
    if found is None:
        return start
    declared = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")}"'
        for prefix in prefixes
    )
    return start[: found.end()] + declared.encode() + start[found.end() :]


def _what_is_wrong(error: etree.XMLSyntaxError) -> str:
    message = error.msg or "it ends too early"
    if "xcessive depth" in message:
        message = "its elements are nested more than 256 deep"
    elif "too long" in message or "too big" in message.lower() or "huge" in message.lower():
        message = "a text or an attribute in it is larger than 10 MB"
    elif "amplification" in message or "entity reference loop" in message.lower():
        message = "its entities hold entities"
    return f"{message.rstrip('.')}" if "line" in message else f"{message}, line {error.lineno}"


MOST_RECORD_CHARS = 20_000_000
"""Of text and attributes in one record, or in what a format is looked for in."""


def weight(element: Element) -> int:
    """Characters that an element holds by itself, in its text and attributes."""
    return len(element.text or "") + sum(map(len, element.values()))


def forget(element: Element) -> None:
    """Free an element that has ended, and those before it beside it."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def put_in_entities(element: Element, prolog: Prolog) -> None:
    """Replace the entities in an element by what they stand for.

    Raises:
        UnusableRecordError: one stands for a file, or there are too many.
    """
    if not prolog.has_doctype:
        return
    for count, entity in enumerate(list(element.iter(etree.Entity))):
        name = entity.name
        if name in prolog.files:
            raise UnusableRecordError(
                f"The entity &{name}; stands for another file, which is not read; write out what "
                "it stands for."
            )
        if count > _MOST_ENTITIES_USED:
            raise UnusableRecordError(
                f"It uses more than {_MOST_ENTITIES_USED:,} entities; write out what they stand "
                "for."
            )
        text = prolog.entities.get(name)
        if text is None:
            text = html.unescape(f"&{name};")
        text += entity.tail or ""
        before, parent = entity.getprevious(), entity.getparent()
        if before is not None:
            before.tail = (before.tail or "") + text
        else:
            parent.text = (parent.text or "") + text
        entity.tail = None
        parent.remove(entity)


def local(element: Element) -> str:
    """An element's name without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of an element; "" for none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def attribute(element: Element, *names: str) -> str:
    """The first of these attributes that an element has, whatever their namespace; "" for none."""
    attributes = {str(key).rpartition("}")[2]: str(value) for key, value in element.items()}
    return next((attributes[name].strip() for name in names if attributes.get(name)), "")


def language_of(element: Element) -> str:
    """What `xml:lang` or `lang` of an element or the nearest around it says."""
    while element is not None:
        if said := element.get("{http://www.w3.org/XML/1998/namespace}lang") or element.get("lang"):
            return str(said)
        element = element.getparent()
    return ""


def text_of(element: Element | None) -> str:
    """The whole text in an element, on one line; "" for None."""
    return "" if element is None else one_line(" ".join(_texts(element)))


def _texts(element: Element) -> Iterator[str]:
    """The text in an element; between blocks there is a space, between other elements none."""
    parts: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        name = local(part)
        if event == "start":
            if name in _BLOCKS or not name:
                yield "".join(parts)
                parts = []
            if name:
                parts.append(part.text or "")
        elif part is not element:
            if name in _BLOCKS:
                yield "".join(parts)
                parts = []
            parts.append(part.tail or "")
    yield "".join(parts)


def paragraphs(element: Element | None, *, without: Iterable[str] = ()) -> str:
    """The text in an element, a line for each paragraph, list item, row or other block.

    Args:
        element: None gives "".
        without: local names of elements that are left out with all that is in them.
    """
    if element is None:
        return ""
    left_out = frozenset(without)
    lines: list[str] = []
    parts: list[str] = []
    hidden = 0
    for event, part in etree.iterwalk(element, events=("start", "end")):
        name = local(part)
        if event == "start":
            if name in left_out and part is not element:
                hidden += 1
            if hidden:
                continue
            if name in _BLOCKS:
                lines.append("".join(parts))
                parts = []
            elif parts and name in ("entry", "td", "th", "cell", "label"):
                parts.append(" ")
            parts.append((part.text or "") if name else "")
            continue
        was_hidden = hidden > 0
        if name in left_out and part is not element:
            hidden -= 1
        if not was_hidden and name in _BLOCKS:
            lines.append("".join(parts))
            parts = []
        if not hidden and part is not element:
            parts.append(part.tail or "")
    lines.append("".join(parts))
    return "\n\n".join(filter(None, map(one_line, lines)))


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The child elements with one of these local names; all for no name."""
    for child in element if element is not None else ():
        name = local(child)
        if name and (not names or name in names):
            yield child


def child(element: Element | None, *names: str) -> Element | None:
    """The first child element with one of these local names."""
    return next(children(element, *names), None)


def within(element: Element | None, *path: str) -> Iterator[Element]:
    """The elements at a path of local names below an element."""
    found = [element] if element is not None else []
    for name in path:
        found = [inner for outer in found for inner in children(outer, name)]
    yield from found


def descendants(element: Element | None, *names: str) -> Iterator[Element]:
    """The elements anywhere below with one of these local names, in order."""
    if element is not None:
        for inner in element.iterdescendants():
            if local(inner) in names:
                yield inner


def root_name(file: Path) -> str:
    """The local name of the root element; "" if there is none to be read.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        for _, element in events(file):
            return local(element)
    except BrokenXMLError:
        pass
    return ""
