"""XML of no known format that holds records: the same element again and again.

Its leaves become values, their names the labels. Knows no format.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from knowledge.corpus.labels import readable
from knowledge.corpus.records.reading_on import Place, read_on, written
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.xml_source import (
    MOST_RECORD_CHARS,
    BrokenXMLError,
    Element,
    Prolog,
    attribute,
    children,
    events,
    forget,
    language_of,
    local,
    put_in_entities,
    read_prolog,
    text_of,
    weight,
)

_LOOKED_AT = 20_000
_MOST_ELEMENTS = 50_000
_FLOWING_TEXT = """
    p head hi emph b i em strong span lb br a ref
"""
_FLOWING = frozenset(_FLOWING_TEXT.split())
"""Elements inside of a text; what holds them is one value."""
_GENERIC_TEXT = """
    field element data value entry property attribute meta item column datafield str arr int
    date bool float long double metadatum
"""
_GENERIC = frozenset(_GENERIC_TEXT.split())
"""Elements that say what they hold in an attribute."""
_NO_RECORDS_TEXT = """
    xmpmeta alto PcGts svg stylesheet transform schema plist html rss feed sitemapindex urlset
    TEI teiCorpus TEI.2 project Configure
"""
_NO_RECORDS = frozenset(_NO_RECORDS_TEXT.split())
"""Root elements of files that are not lists of records, or are no descriptions."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the records of a file are.

    Attributes:
        root: the name of the root element.
        path: the names of the elements down to a record; empty if none repeats.
        leaves: how many elements with text the beginning has.
    """

    root: str
    path: tuple[str, ...]
    leaves: int


@dataclass(slots=True)
class _Node:
    name: str
    inside: Counter[str] = field(default_factory=Counter)
    rich: Counter[str] = field(default_factory=Counter)


def find_shape(file: Path) -> Shape:
    """Find which element repeats: of those with elements or attributes inside, the outermost.

    Raises:
        BrokenXMLError: it is not well-formed before its first elements.
        OSError: it cannot be read.
    """
    try:
        return _shape_of(file, recover=False)
    except BrokenXMLError:
        # What is broken may be in the first records; the others show what repeats.
        shape = _shape_of(file, recover=True)
        if not shape.path:
            raise
        return shape


def _shape_of(file: Path, *, recover: bool) -> Shape:
    open_nodes: list[_Node] = []
    repeated: Counter[tuple[str, ...]] = Counter()
    texts: Counter[tuple[str, ...]] = Counter()
    top: Counter[str] = Counter()
    root, leaves, count, chars = "", 0, 0, 0
    try:
        for event, element in events(file, prolog=read_prolog(file), recover=recover):
            name = local(element)
            if event == "start":
                root = root or name
                if open_nodes:
                    open_nodes[-1].inside[name] += 1
                open_nodes.append(_Node(name))
                continue
            node = open_nodes.pop()
            if not node.inside and text_of(element):
                leaves += 1
                texts[(*(outer.name for outer in open_nodes), name)] += 1
            if open_nodes:
                is_rich = len(node.inside) > 1 or len(element.keys()) > 1
                open_nodes[-1].rich[name] += is_rich
                if is_rich and open_nodes[-1].rich[name] > 1:
                    path = (*(outer.name for outer in open_nodes), name)
                    repeated[path] = max(repeated[path], open_nodes[-1].rich[name])
                if len(open_nodes) == 1:
                    top[name if node.inside else ""] += 1
            count += 1
            chars += weight(element)
            if count > _LOOKED_AT or chars > MOST_RECORD_CHARS:
                break
    except BrokenXMLError:
        if not repeated:
            raise
    if not repeated and len(top) == 1 and "" not in top and top.total() > 1:
        # A list of nothing but one element, each with a single field.
        repeated[(root, next(iter(top)))] = top.total()
    if root in _NO_RECORDS or not repeated:
        return Shape(root, (), leaves)
    least = min(map(len, repeated))
    outermost = {path: times for path, times in repeated.items() if len(path) == least}
    path = max(outermost, key=lambda path: outermost[path])
    inside = sum(times for at, times in texts.items() if at[: len(path)] == path)
    # What repeats within a single record holds little of what the file says.
    return Shape(root, path if inside * 2 >= leaves else (), leaves)


def is_describing(shape: Shape) -> bool:
    """Whether a file without repeated records may be one record: it has leaves with text."""
    return shape.root not in _NO_RECORDS and shape.leaves > 1


def read_repeated(file: Path, path: tuple[str, ...]) -> Iterator[Record | UnusableRecordError]:
    """The records at a path of names; with the root's name alone, the file as one record.

    Raises:
        CorpusError: it declares entities that are refused.
        OSError: it cannot be read.
    """
    yield from read_on(file, partial(_read_from, file, path))


def _read_from(
    file: Path, path: tuple[str, ...], prolog: Prolog, place: Place
) -> Iterator[Record | UnusableRecordError]:
    open_names: list[str] = []
    current: Element | None = None
    count = chars = 0
    place.streamed = len(path) == 1  # nothing stands behind a file that is one record
    tags: Counter[str] = Counter()
    reading = events(
        file, prefix=place.head if place.offset else b"", skip=place.offset, prolog=prolog
    )
    for event, element in reading:
        if event == "start":
            name = local(element)
            open_names.append(name)
            count += 1
            if name == path[-1] and not place.tag:
                tags[written(element)] += 1
            place.begun += bool(place.tag) and written(element) == place.tag
            if current is None and tuple(open_names) == path:
                current, count, chars = element, 0, 0
                place.is_inside = True
                if not place.tag:
                    place.tag = written(element)
                    place.first = place.begun = tags[place.tag]
            continue
        open_names.pop()
        chars += weight(element)
        if element is current:
            try:
                put_in_entities(element, prolog)
                yield read_plain(element)
            except UnusableRecordError as error:
                yield error
            forget(element)
            current = None
            place.is_inside = False
        elif count > _MOST_ELEMENTS or chars > MOST_RECORD_CHARS:
            if current is not None:
                yield UnusableRecordError(
                    f"The record has more than {_MOST_ELEMENTS:,} elements or "
                    f"{MOST_RECORD_CHARS:,} characters; the file is left out from here on. "
                    "Split the record."
                )
                return
            forget(element)


def read_plain(element: Element) -> Record:
    """An element's leaves and attributes as values."""
    record = Record(unique=False)
    for name, value in element.items():
        label = readable(str(name))
        if "schemaLocation" not in str(name):
            record.add(label, str(value))
            if label.casefold() in ("id", "identifier", "uuid"):
                record.id, record.unique = str(value), True
    waiting = [(part, "") for part in reversed(list(children(element)))]
    while waiting:
        part, around = waiting.pop()
        inner = list(children(part))
        label = _label(part, around)
        if inner and not all(local(one) in _FLOWING for one in inner):
            waiting += [(one, label) for one in reversed(inner)]
            if (part.text or "").strip():
                record.add(label, part.text, language_of(part))
            continue
        text = text_of(part)
        if text:
            record.add(label, text, language_of(part))
            record.pictures.append(text)
        else:
            for name, value in part.items():
                said = f"{label} {readable(str(name)).lower()}"
                record.add(label if len(part.keys()) == 1 else said, str(value))
                record.pictures.append(str(value))
    return record


def _label(part: Element, around: str) -> str:
    """The name of an element; of a nested one, after that of the element around it."""
    name = readable(local(part))
    if local(part) in _GENERIC:
        return readable(attribute(part, "name", "label", "key", "field", "type")) or name
    outer = around.casefold().rstrip("s")
    if not around or name.casefold().startswith(outer) or outer.startswith(name.casefold()):
        return name
    return f"{around} {name[:1].lower()}{name[1:]}"
