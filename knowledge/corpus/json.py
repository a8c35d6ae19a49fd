"""JSON → rows: the records of a file, wherever in it they stand. Does not know what keys mean.

Records are one a line, one after the other over several lines, the items of an array, or the values
of an object (`{"g1": {…}, "s1": {…}}`); an array or object of records may lie within other objects
(`{"data": {"records": […]}}`). An object without any such thing is itself a record.
`knowledge.corpus.json_values` reads the values one by one. Past 500 lines, as finding the records
and reading them are two halves of one thing: what is found is where reading goes.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal, TextIO

from knowledge.corpus.encoding import detect_encoding
from knowledge.corpus.json_values import (
    MARKS_BETWEEN,
    BrokenJsonError,
    BrokenValueError,
    JsonCursor,
    broken_bytes_in,
    load_value,
)
from knowledge.corpus.limits import MOST_COLUMNS, MOST_LINE_CHARS
from knowledge.corpus.regular_files import open_text
from knowledge.corpus.rows import BadRow, Row, Table, bounded_lines, count_rows, has_broken_bytes
from knowledge.corpus.usual_names import name_a_thing
from knowledge.errors import CorpusError
from knowledge.language import fold

_SAMPLE_ROWS = 1_000
_SAMPLED = 50
"""Items of an array, or keys of an object, that tell what the others are."""
_DEEPEST = 5
"""Objects within each other that are looked through for records."""
_RECORD_LINES = 20_000
"""Lines that one record may take where records follow each other without a comma."""
_ALIKE = 0.5
"""Share of the first record's keys that others have, where records are the values of an object."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_WRAPPERS = _words("""
    items item records record results result data rows docs documents objects object
    features entries values list hits response collection collections works artworks assets
    members member @graph graph bindings content payload d feed edges nodes elements
    children dataset 数据 记录 列表 结果 条目 藏品
""")
_ABOUT_THE_FILE = _words("""
    fields facets links columns schema aliases aggregations meta metadata errors warnings
    pagination parameters params query included context @context _links
""")
"""Keys of lists that describe the other records."""
_LABELS = _words("label key name property field term 标签 名称")
_VALUES = _words("value values @value content 值 内容")
_PHOTOS = _words("photos images pictures photographs files 照片 图片")
_KINDS: Mapping[type, str] = {
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


@dataclass(slots=True)
class _Outline:
    """What a value is, from its beginning; the whole file is read, little of it is kept.

    Attributes:
        kind: of the value.
        size: how many items or keys it has.
        objects: how many of them are objects.
        sample: the first of the items, or of the keys' values.
        parts: the first keys whose values are arrays or objects.
        keys: the first keys.
    """

    kind: Literal["object", "array", "scalar"]
    size: int = 0
    objects: int = 0
    sample: list[object] = field(default_factory=list)
    parts: dict[str, "_Outline"] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the records are.

    Attributes:
        kind: how they stand there; `matrix` is an array of arrays of values, `columns` an object
            that has a list, or an object by number, for each column.
        path: keys that lead to them.
        columns: of a matrix, the columns' names.
        has_header: whether a matrix begins with them.
        left: lists of other objects in the file, which are not read, and how many they hold.
    """

    kind: Literal["lines", "array", "matrix", "keyed", "columns", "single"]
    path: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    has_header: bool = False
    left: tuple[tuple[str, int], ...] = ()


def open_json(file: Path) -> Table:
    """A table of the JSON objects that are a file's records.

    Raises:
        CorpusError: it holds no object that can be read.
        OSError: it cannot be read.
    """
    encoding = detect_encoding(file)
    place = _find_records(file, encoding)
    rows = partial(_rows, file, encoding, place)
    found = list(islice(rows(), _SAMPLE_ROWS))
    sample = [row for row in found if isinstance(row, Row)]
    if not sample:
        why = next(
            (f" ({row.where}: {row.reason})" for row in found if isinstance(row, BadRow)), ""
        )
        raise CorpusError(
            f"{file.name!r} holds neither JSON objects one a line nor an array of them{why}; write "
            "it as one or the other."
        )
    columns = dict.fromkeys(key for row in sample for key in row.values)
    problems = [
        f"The list {path!r} with {count:,} objects is left out, as the records were read from "
        f"{'.'.join(place.path) or 'another list'!r}; save it as a file of its own."
        for path, count in place.left
    ]
    return Table(tuple(columns), rows, size=count_rows(file, rows), problems=tuple(problems))


def _find_records(file: Path, encoding: str) -> _Place:
    with open_text(file, encoding, errors="surrogateescape") as stream:
        lines = list(islice((line for line in bounded_lines(stream) if line.strip()), _SAMPLED))
    if not lines or lines[0].lstrip(MARKS_BETWEEN)[:1] not in ("{", "["):
        return _Place("lines")
    broken = False
    with open_text(file, encoding, errors="surrogateescape") as stream:
        cursor = JsonCursor(stream)
        outline = _Outline("object" if cursor.peek() == "{" else "array")
        try:
            _look_through(cursor, outline, depth=0)
            cursor.skip(",")
            if cursor.peek():
                return _place_in_lines(lines)
        except BrokenJsonError:
            broken = True
    if broken and any(_is_whole(line) for line in lines):
        return _place_in_lines(lines)
    return _place_of(outline)


def _is_whole(line: str) -> bool:
    """Whether a line that is not indented is an object or array by itself."""
    if line[:1] not in ("{", "["):
        return False
    try:
        return isinstance(load_value(line.strip().rstrip(",")), dict | list)
    except (ValueError, RecursionError):
        return False


def _place_in_lines(lines: Sequence[str]) -> _Place:
    """One value after the other; arrays a line are rows under the first one's names."""
    first: object = None
    if lines[0].startswith("["):
        try:
            first = load_value(lines[0])
        except (ValueError, RecursionError):
            first = None
    names = _header_of(first)
    return _Place("lines", columns=names, has_header=bool(names))


def _look_through(cursor: JsonCursor, outline: _Outline, *, depth: int) -> None:
    """Fill an outline of the object or array that the cursor is before.

    Raises:
        BrokenJsonError: the file is broken or ends there.
    """
    if outline.kind == "array":
        for item in _items(cursor):
            outline.size += 1
            outline.objects += isinstance(item, dict)
            if len(outline.sample) < _SAMPLED and not isinstance(item, BrokenValueError):
                outline.sample.append(item)
        return
    for key in _keys(cursor):
        outline.size += 1
        small = outline.size <= _SAMPLED
        if small:
            outline.keys.append(key)
        mark = cursor.peek()
        if mark == "[" and small:
            outline.parts[key] = _Outline("array")
            _look_through(cursor, outline.parts[key], depth=depth + 1)
        elif mark == "{" and small and depth < _DEEPEST:
            outline.objects += 1
            outline.parts[key] = _Outline("object")
            _look_through(cursor, outline.parts[key], depth=depth + 1)
        else:
            outline.objects += mark == "{"
            try:
                value = cursor.value()
            except BrokenValueError:
                continue
            if small:
                outline.sample.append(value)


def _place_of(outline: _Outline) -> _Place:
    if outline.kind == "array":
        return _array_place(outline, (), None) or _Place("array")
    found = sorted(
        _places(outline, (), None), key=lambda each: (_is_about_the_file(each[1].path), -each[0])
    )
    if _holds_columns(outline):
        return _Place("columns")
    if not found:
        return _Place("single", _path_to_single(outline))
    place = found[0][1]
    left = tuple(
        (".".join(other.path), others)
        for others, other in found[1:]
        if other.kind == "array"
        and other.path[: len(place.path)] != place.path
        and not _is_about_the_file(other.path)
    )
    return _Place(place.kind, place.path, place.columns, place.has_header, left)


def _is_about_the_file(path: Sequence[str]) -> bool:
    return any(fold(key) in _ABOUT_THE_FILE for key in path)


def _places(
    outline: _Outline, path: tuple[str, ...], root: _Outline | None
) -> Iterator[tuple[int, _Place]]:
    """Where records may be in an object, and how many."""
    root = root or outline
    is_record = name_a_thing(outline.keys)
    for key, part in outline.parts.items():
        known = fold(key) in _WRAPPERS or _is_album(key, part, outline)
        if part.kind == "array" and (known or not is_record):
            if (place := _array_place(part, (*path, key), root)) is not None:
                yield part.size, place
        elif part.kind == "object" and (known or not is_record):
            yield from _places(part, (*path, key), root)
    if not is_record and _holds_records(outline):
        yield outline.objects, _Place("keyed", path)


def _is_album(key: str, part: _Outline, outline: _Outline) -> bool:
    """Whether a list of photos in an object is what the object is about, as in an album."""
    said = outline.size - len(outline.parts)
    first = part.sample[0] if part.sample else None
    is_titled = isinstance(first, dict) and name_a_thing(map(str, first))
    return fold(key) in _PHOTOS and is_titled and part.objects > 1 and part.objects >= said


def _array_place(outline: _Outline, path: tuple[str, ...], root: _Outline | None) -> _Place | None:
    """Where an array's records are; None if it holds none."""
    if outline.objects:
        return None if path and _are_pairs(outline.sample) else _Place("array", path)
    if not outline.sample or not all(isinstance(item, list) for item in outline.sample):
        return None
    if root is not None and (names := _columns_beside(root, outline)):
        return _Place("matrix", path, names)
    names = _header_of(outline.sample[0])
    return _Place("matrix", path, names, has_header=True) if names and outline.size > 1 else None


def _are_pairs(items: Sequence[object]) -> bool:
    """Whether objects are the fields of one record, each a label and a value."""
    return all(
        isinstance(item, dict)
        and len(item) <= 3
        and not _LABELS.isdisjoint(map(fold, item))
        and not _VALUES.isdisjoint(map(fold, item))
        for item in items
    )


def _columns_beside(outline: _Outline, matrix: _Outline) -> tuple[str, ...]:
    """Names of a matrix's columns that stand elsewhere in the file, as many as it has columns."""
    width = len(matrix.sample[0]) if isinstance(matrix.sample[0], list) else 0
    for key, part in outline.parts.items():
        if fold(key) in ("columns", "fields", "headers", "header", "colnames", "names"):
            named = [item.get("name") if isinstance(item, dict) else item for item in part.sample]
            names = _header_of(named)
            if len(names) == width:
                return names
        if part.kind == "object" and (found := _columns_beside(part, matrix)):
            return found
    return ()


def _header_of(item: object) -> tuple[str, ...]:
    """Names of columns, if an array holds nothing but different texts."""
    if not isinstance(item, list) or not item:
        return ()
    names = [name.strip() for name in item if isinstance(name, str) and name.strip()]
    return tuple(names) if len(set(names)) == len(item) else ()


def _holds_records(outline: _Outline) -> bool:
    """Whether an object's values are records: objects that share keys, and little else."""
    parts = [set(part.keys) for part in outline.parts.values() if part.kind == "object"]
    if len(parts) < 2 or outline.objects < 0.8 * outline.size:
        return False
    first = parts[0]
    shares = [len(first & keys) / max(1, min(len(first), len(keys))) for keys in parts[1:]]
    return bool(first) and sum(shares) / len(shares) >= _ALIKE


def _holds_columns(outline: _Outline) -> bool:
    """Whether an object's values are columns: as many values in each, and none a list or object."""
    parts = list(outline.parts.values())
    if len(parts) < 2 or len(parts) != outline.size or not name_a_thing(outline.keys):
        return False
    first = parts[0]
    return first.size > 1 and all(
        part.kind == first.kind
        and part.size == first.size
        and not part.parts
        and not any(isinstance(item, dict | list) for item in part.sample)
        and (part.kind == "array" or (part.keys == first.keys and all(map(str.isdigit, part.keys))))
        for part in parts
    )


def _rows_of_columns(cursor: JsonCursor) -> Iterator[tuple[None, object]]:
    columns = cursor.value()
    if not isinstance(columns, dict):
        return
    values = [
        list(column.values()) if isinstance(column, dict) else column for column in columns.values()
    ]
    for row in zip(*values, strict=True):
        yield None, dict(zip(columns, row, strict=True))


def _path_to_single(outline: _Outline) -> tuple[str, ...]:
    """The keys to a record that other objects wrap and nothing stands beside."""
    path: list[str] = []
    while len(outline.keys) == 1 and outline.size == 1:
        key = outline.keys[0]
        part = outline.parts.get(key)
        if part is None or part.kind != "object" or name_a_thing([key]):
            break
        path.append(key)
        outline = part
    return tuple(path)


def _rows(file: Path, encoding: str, place: _Place) -> Iterator[Row | BadRow]:
    with open_text(file, encoding, errors="surrogateescape", newline="\n") as stream:
        if place.kind == "lines":
            yield from _line_rows(stream, place)
            return
        cursor = JsonCursor(stream)
        number = 0
        skip_header = place.has_header
        try:
            _enter(cursor, place.path)
            if place.kind == "single":
                yield _row(1, "record", cursor.value(), place)
                return
            items: Iterator[tuple[str | None, object]]
            if place.kind == "columns":
                items = _rows_of_columns(cursor)
                for key, item in items:
                    number += 1
                    yield _row(number, f"item {number}", item, place, key)
                return
            items = (
                _entries(cursor) if place.kind == "keyed" else ((None, i) for i in _items(cursor))
            )
            for key, item in items:
                if skip_header:
                    skip_header = False
                    continue
                number += 1
                yield _row(number, f"item {number if key is None else repr(key)}", item, place, key)
        except BrokenValueError as error:
            yield BadRow(1, "record", str(error))
        except BrokenJsonError as error:
            number += 1
            reason = f"The file is not valid JSON from here on ({error}); mend it to read the rest."
            yield BadRow(number, f"item {number}", reason)


def _enter(cursor: JsonCursor, path: Sequence[str]) -> None:
    """Go to the value at the end of a path of keys."""
    for wanted in path:
        for key in _keys(cursor):
            if key == wanted:
                break
            cursor.skip_value()


def _keys(cursor: JsonCursor) -> Iterator[str]:
    """The keys of an object; the caller reads each value before it asks for the next key."""
    cursor.expect("{")
    while True:
        while cursor.skip(","):
            pass
        if cursor.skip("}"):
            return
        try:
            key = cursor.value() if cursor.peek() == '"' else None
        except BrokenValueError as error:
            raise BrokenJsonError(f"a key cannot be read {cursor.where()}: {error}") from error
        if not isinstance(key, str):
            raise BrokenJsonError(f"a key or a closing brace is missing {cursor.where()}")
        cursor.expect(":")
        yield key


def _items(cursor: JsonCursor) -> Iterator[object]:
    """The items of an array, parsed one by one; a broken one is given as its error."""
    cursor.expect("[")
    while True:
        while cursor.skip(","):
            pass
        if cursor.skip("]"):
            return
        if cursor.peek() in ("}", ":"):
            raise BrokenJsonError(f"a value is missing {cursor.where()}")
        try:
            item = cursor.value()
        except BrokenValueError as error:
            item = error
        yield item


def _entries(cursor: JsonCursor) -> Iterator[tuple[str, object]]:
    """The keys and values of an object; a broken value is given as its error."""
    for key in _keys(cursor):
        try:
            item = cursor.value()
        except BrokenValueError as error:
            item = error
        yield key, item


class _Lines:
    """Lines with their numbers, blank ones left out; lines can be given back."""

    def __init__(self, stream: TextIO) -> None:
        numbered = enumerate(bounded_lines(stream), start=1)
        self._numbered = (pair for pair in numbered if pair[1].strip(MARKS_BETWEEN))
        self._ahead: deque[tuple[int, str]] = deque()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        return self._ahead.popleft() if self._ahead else next(self._numbered)

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Yield lines again, before all others."""
        self._ahead.extendleft(reversed(lines))


def _line_rows(stream: TextIO, place: _Place) -> Iterator[Row | BadRow]:
    """Records that follow each other, mostly one a line.

    A record may take several lines, or share one. A broken one costs no other: the next begins at
    the next line that is not indented and opens an object.
    """
    number = 0
    lines = _Lines(stream)
    skip_header = place.has_header
    for line, text in lines:
        for value in _values_from(text, lines):
            if skip_header:
                skip_header = False
                continue
            number += 1
            yield _row(number, f"line {line}", value, place)


def _values_from(text: str, lines: _Lines) -> Iterator[object]:
    """The values that begin in a line; one that cannot be read is given as its error."""
    if len(text) >= MOST_LINE_CHARS:
        yield BrokenValueError(
            f"The record has more than {MOST_LINE_CHARS:,} characters and is left out; split it, "
            "or move its long values into files."
        )
        return
    rest = text.strip(MARKS_BETWEEN)
    while rest:
        try:
            value, end = load_value(rest, partly=True)
        except (ValueError, RecursionError) as error:
            grown = _grown(rest, lines) if _is_cut(error, rest) else None
            if grown is None:
                why = "its bytes are not UTF-8" if has_broken_bytes(rest) else f"{error}"
                yield BrokenValueError(f"The line is not valid JSON ({why}); mend it.")
                return
            rest = grown
            value, end = load_value(rest, partly=True)
        yield value
        rest = rest[end:].strip(MARKS_BETWEEN)


def _is_cut(error: Exception, text: str) -> bool:
    """Whether a value is sound as far as its line goes."""
    return isinstance(error, json.JSONDecodeError) and error.pos >= len(text)


def _grown(text: str, lines: _Lines) -> str | None:
    """A record with the lines that complete it; None, and no line is taken, if none do."""
    taken: list[tuple[int, str]] = []
    parts = [text]
    length = len(text)
    for line, more in lines:
        taken.append((line, more))
        length += len(more)
        if more[0] in "{[" or len(taken) > _RECORD_LINES or length > MOST_LINE_CHARS:
            break
        parts.append(more)
        if more.lstrip()[:1] in ("}", "]"):
            whole = "\n".join(parts)
            try:
                load_value(whole, partly=True)
            except (ValueError, RecursionError) as error:
                if not _is_cut(error, whole.rstrip()):
                    break
            else:
                return whole
    lines.give_back(taken)
    return None


def _row(
    number: int, where: str, item: object, place: _Place, key: str | None = None
) -> Row | BadRow:
    if isinstance(item, BrokenValueError):
        return BadRow(number, where, str(item))
    if isinstance(item, list) and place.columns:
        if len(item) != len(place.columns):
            reason = (
                f"The row has {len(item)} values where there are {len(place.columns)} names; add "
                "what is missing."
            )
            return BadRow(number, where, reason)
        item = dict(zip(place.columns, item, strict=True))
    if not isinstance(item, dict):
        kind = _KINDS.get(type(item), "null")
        return BadRow(number, where, f"This is not a JSON object but {kind}; write {{…}}.")
    if len(item) > MOST_COLUMNS:
        reason = f"It has {len(item):,} keys, more than {MOST_COLUMNS:,}; leave some out."
        return BadRow(number, where, reason)
    if broken_bytes_in(item):
        return BadRow(number, where, "It has bytes that are not UTF-8; save the file as UTF-8.")
    values = _unwrapped(item)
    if key is not None and not any(fold(name) in ("id", "identifier") for name in values):
        values = {"id": key, **values}
    return Row(number, where, values)


def _unwrapped(item: Mapping[str, object]) -> Mapping[str, object]:
    """A record without what search engines and query services put around it."""
    source = item.get("_source")
    if isinstance(source, dict):
        return {"id": item["_id"], **source} if "_id" in item else source
    node = item.get("node") or item.get("record") or item.get("_record")
    if isinstance(node, dict) and len(item) <= 2:
        return node
    if item and all(isinstance(v, dict) and {"type", "value"} <= v.keys() for v in item.values()):
        return {name: value["value"] for name, value in item.items()}  # type: ignore[index]
    return item
