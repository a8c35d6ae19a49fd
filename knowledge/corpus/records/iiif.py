"""IIIF Presentation 2 and 3: manifests and collections.

A manifest is a record; a canvas with metadata of its own is one too, as part of the manifest. A
collection gives a record for each of its manifests that says no more than its label.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.json_source import objects, texts
from knowledge.corpus.records.languages import language_tag
from knowledge.corpus.records.record import Record

_CONTEXTS = ("iiif.io/api/presentation", "shared-canvas.org/ns/context")
_MOST_CANVASES = 20_000
_MOST_DEPTH = 8
_LABELS_NAMED = 200
_ATTRIBUTION = "Attribution"
_DATES = ("date", "Date", "datum", "Datum", "Data", "Fecha", "Entstehung", "日期", "年代")


class Collections:
    """Which manifests are in a folder, and in which collections of the folder they are."""

    def __init__(self) -> None:
        self._titles: dict[str, list[str]] = {}
        self._described: set[str] = set()

    def note(self, value: Any) -> None:  # noqa: ANN401
        """Note what a manifest or a collection in the folder is and has."""
        for record in read_iiif(value) if is_iiif(value) else ():
            if record.stub:
                titles = self._titles.setdefault(record.id, [])
                titles += record.all(vocabulary.COLLECTION)
            else:
                self._described.add(record.id)

    def join(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, with the collections they are in; without those that only name another."""
        for record in records:
            if record.stub and record.id in self._described:
                continue
            if not record.stub:
                record.add_all(vocabulary.COLLECTION, self._titles.get(record.id, []))
            yield record


def is_iiif(value: Any) -> bool:  # noqa: ANN401
    """Whether a JSON value is a manifest or a collection."""
    return isinstance(value, dict) and (
        any(context in str(value.get("@context", ""))[:500] for context in _CONTEXTS)
        or str(value.get("@type", "")).startswith("sc:")
        or (value.get("type") in ("Manifest", "Collection") and "items" in value)
    )


def read_iiif(value: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Record]:
    """The records of a manifest or a collection.

    Args:
        value: the object.
        above: labels of the collections that it is in, the outermost first.
    """
    kind = _kind(value)
    if kind == "Collection":
        yield from _read_collection(value, above)
        return
    record = _described(value)
    for title in above:
        record.add(vocabulary.COLLECTION, title)
    yield from _read_manifest(value, record)


def _kind(value: Mapping[str, Any]) -> str:
    return str(value.get("type") or value.get("@type") or "").removeprefix("sc:")


def _read_collection(value: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Record]:
    own = _described(value)
    title = own.first(vocabulary.TITLE)
    for outer in above:
        own.add(vocabulary.COLLECTION, outer)
    own.add(vocabulary.TYPE, "Collection")
    below = (*above, title) if title else above
    yield own
    seen: set[str] = set()
    for key in ("items", "members", "collections", "manifests"):
        for item in objects(value.get(key)):
            name = str(item.get("id") or item.get("@id") or "")
            if name in seen:  # version 2 may list an object under two keys
                continue
            seen.update(filter(None, (name,)))
            if len(below) < _MOST_DEPTH and any(
                item.get(inner) for inner in ("items", "sequences", "manifests", "members")
            ):
                yield from read_iiif(item, below)
            elif _kind(item) in ("Manifest", "Collection", ""):
                stub = _described(item)
                stub.stub = True
                for outer in below:
                    stub.add(vocabulary.COLLECTION, outer)
                if stub.has(vocabulary.TITLE):
                    yield stub


def _described(value: Mapping[str, Any]) -> Record:
    """What is said about a manifest, a collection or a canvas."""
    own = _own_language(value)
    record = Record(language=own)
    record.id = str(value.get("id") or value.get("@id") or "")
    for text, language in _values(value.get("label")):
        record.add(vocabulary.TITLE, text, language)
    for pair in objects(value.get("metadata")):
        names = _values(pair.get("label"))
        for text, language in _values(pair.get("value")):
            record.add(_label(names, own), text, language)
    for key in ("summary", "description"):
        for text, language in _values(value.get(key)):
            record.add(vocabulary.DESCRIPTION, text, language)
    for statement in objects(value.get("requiredStatement")):
        names = _values(statement.get("label"))
        for text, language in _values(statement.get("value")):
            record.add(_label(names, own) if names else _ATTRIBUTION, text, language)
    for text, language in _values(value.get("attribution")):
        record.add(_ATTRIBUTION, text, language)
    for key in ("rights", "license"):
        record.add_all(vocabulary.RIGHTS, texts(value.get(key)))
    said = [text for text in texts(value.get("navDate")) if not _has_date(record)]
    record.add_all(vocabulary.DATE, (text.partition("T")[0] for text in said))
    for provider in objects(value.get("provider")):
        for text, language in _values(provider.get("label")):
            record.add(vocabulary.REPOSITORY, text, language)
    for key in ("homepage", "related"):
        pages = value.get(key)
        for page in pages if isinstance(pages, list) else [pages]:
            address = (page.get("id") or page.get("@id")) if isinstance(page, dict) else page
            record.add_address(address if isinstance(address, str) else None)
    for key in ("partOf", "within"):
        for whole in objects(value.get(key)):
            for text, language in _values(whole.get("label")):
                record.add(vocabulary.COLLECTION, text, language)
    return record


def _has_date(record: Record) -> bool:
    return any(word in label for label in record.labels() for word in _DATES)


def _read_manifest(value: Mapping[str, Any], record: Record) -> Iterator[Record]:
    canvases = [canvas for inner in _canvases(value) for canvas in objects(inner)]
    named: list[str] = []
    parts: list[Record] = []
    for number, canvas in enumerate(canvases[:_MOST_CANVASES], start=1):
        pictures = list(_pictures(canvas))
        if canvas.get("metadata") or canvas.get("summary") or canvas.get("description"):
            part = _described(canvas)
            part.id = part.id or f"{record.id}/{number}"
            part.pictures += pictures
            parts.append(part)
        else:
            names = [text for text, _ in _values(canvas.get("label"))][:1]
            named += [text for text in names if sum(map(str.isalpha, text)) > 4]
        record.pictures += pictures
    record.pictures += texts(value.get("thumbnail"))
    if record.is_empty:
        return
    if len(canvases) > 1:
        record.add("Number of pictures", str(len(canvases)))
        labelled = list(dict.fromkeys(named))[:_LABELS_NAMED]
        record.add_all(vocabulary.CONTENTS, labelled if len(labelled) > 1 else [])
    if len(canvases) == 1 and parts:  # the canvas says more of what the manifest is about
        _take_over(record, parts.pop(), value)
    yield record
    title = record.first(vocabulary.TITLE)
    for part in parts:
        part.add(vocabulary.PART_OF, title)
        for label in (vocabulary.COLLECTION, vocabulary.REPOSITORY, vocabulary.RIGHTS):
            if not part.has(label):
                part.add_all(label, record.all(label))
        yield part


def _take_over(record: Record, part: Record, value: Mapping[str, Any]) -> None:
    canvas = next(objects(next(_canvases(value))))
    own = record.language
    for pair in objects(canvas.get("metadata")):
        names = _values(pair.get("label"))
        for text, language in _values(pair.get("value")):
            record.add(_label(names, own), text, language)
    record.add_all(vocabulary.DESCRIPTION, part.all(vocabulary.DESCRIPTION))


def _canvases(value: Mapping[str, Any]) -> Iterator[Any]:
    """The lists of canvases, of version 3 and of version 2."""
    if any(_kind(item) == "Canvas" for item in objects(value.get("items"))):
        yield value["items"]
    for sequence in objects(value.get("sequences")):
        yield sequence.get("canvases") or []
    if not value.get("items") and not value.get("sequences"):
        yield []


def _pictures(canvas: Mapping[str, Any]) -> Iterator[str]:
    """What the pictures of a canvas are called: their own addresses, then those of services."""
    bodies: list[Mapping[str, Any]] = []
    for page in objects(canvas.get("items")):
        for annotation in objects(page.get("items")):
            bodies += objects(annotation.get("body"))
    for image in objects(canvas.get("images")):
        bodies += objects(image.get("resource"))
    for body in [*bodies, *(inner for one in bodies for inner in objects(one.get("items")))]:
        yield from texts(body.get("id") or body.get("@id"))
        for service in objects(body.get("service")):
            yield from texts(service.get("id") or service.get("@id"))
    yield from texts(canvas.get("id") or canvas.get("@id"))


def _label(names: list[tuple[str, str]], language: str) -> str:
    """The name of a pair in a language, else its first one."""
    same = next((text for text, tag in names if tag == language), "")
    first = next((text for text, _ in names), "")
    found = vocabulary.known(same or first)[:200] or vocabulary.NOTE
    return f"{found} as given" if found in vocabulary.HIDDEN else found


def _own_language(value: Mapping[str, Any]) -> str:
    """The language that most texts are in; the first one of several."""
    texts_ = _values(value.get("label")) + _values(value.get("summary"))
    for pair in objects(value.get("metadata")):
        texts_ += _values(pair.get("label")) + _values(pair.get("value"))
    tags = Counter(tag for _, tag in texts_ if tag)
    return max(tags, key=lambda tag: tags[tag], default="")


def _values(value: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """The texts of a value with their languages, in any of the forms of versions 2 and 3."""
    found: list[tuple[str, str]] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            if "@value" in item:
                tag = item.get("@language")
                found += [
                    (text, language_tag(tag if isinstance(tag, str) else ""))
                    for text in texts(item["@value"])
                ]
            else:
                for language, inner in item.items():
                    if not str(language).startswith("@") or language == "@none":
                        found += [(text, language_tag(str(language))) for text in texts(inner)]
        else:
            found += [(text, "") for text in texts(item)]
    return found
