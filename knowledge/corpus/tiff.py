"""The pages of a TIFF: how many it has, and each of them as a TIFF of its own. Decodes nothing.

A TIFF is a chain of directories, one for each picture. Thumbnails, masks and smaller copies of the
first picture, which viewers zoom with, are no pages. Classic TIFF and BigTIFF are read.
"""

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from knowledge.errors import CorpusError, NotFoundError

MOST_PAGES = 5_000
"""Of a TIFF; a bound register has 1,000."""

_STARTS = {
    b"II*\0": ("<", False),
    b"MM\0*": (">", False),
    b"II+\0": ("<", True),
    b"MM\0+": (">", True),
}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_SIZES |= {13: 4, 16: 8, 17: 8, 18: 8}
"""Type of a value → its bytes."""
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}

_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT, _COMPRESSION = 254, 255, 256, 257, 259
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 273, 279, 324, 325
_POINTERS = frozenset({330, 34665, 34853, 40965})
"""Tags that lead to other directories, which a page alone does not need."""
_REDUCED, _MASK = 1, 4
_OLD_JPEG = 6
"""A compression whose tables lie anywhere in the file."""

_MOST_ENTRIES = 4_096
"""Of one directory."""
_MOST_ENTRIES_OF_ALL = 400_000
_MOST_VALUE_BYTES = 32 * 2**20
"""Of all values of one directory: two million strips have so many."""
_THUMBNAIL = 256
"""Pixels of the longer side, at most."""


class _Entry(NamedTuple):
    """A tag's value: its type, how many there are, and its bytes."""

    type: int
    values: int
    data: bytes


@dataclass(frozen=True, slots=True)
class TiffPages:
    """Where the pages of a TIFF are.

    Attributes:
        offsets: of each page's directory.
        problem: why the pages after them cannot be read; "" if there are none.
    """

    offsets: tuple[int, ...]
    problem: str = ""


class _Layout:
    """How numbers are written in one file."""

    def __init__(self, start: bytes) -> None:
        found = _STARTS.get(start[:4])
        if found is None:
            raise CorpusError("It is not a TIFF; replace or rename it.")
        self.order, self.is_big = found
        self.offset = "Q" if self.is_big else "I"
        self.count = "Q" if self.is_big else "H"
        self.entry = self.order + ("HHQ" if self.is_big else "HHI")
        self.inline = 8 if self.is_big else 4
        self.first_at = 8 if self.is_big else 4

    def number(self, kind: str, data: bytes) -> int:
        try:
            return int(struct.unpack(self.order + kind, data)[0])
        except struct.error as error:
            raise CorpusError("The TIFF is truncated; copy it again from its source.") from error


def read_pages(stream: BinaryIO) -> TiffPages:
    """The pages of an open TIFF.

    Raises:
        CorpusError: not even the first one can be found.
        OSError: it cannot be read.
    """
    layout = _Layout(_read(stream, 0, 16))
    found: list[tuple[int, Mapping[int, Sequence[int]]]] = []
    problem = ""
    offset = _first(stream, layout)
    seen: set[int] = set()
    left = _MOST_ENTRIES_OF_ALL
    while offset:
        if offset in seen:
            problem = f"Its pages after page {len(found)} lead back to an earlier one"
            break
        if len(seen) >= MOST_PAGES or left <= 0:
            problem = f"Its pages after page {len(found)} are more than can be read"
            break
        seen.add(offset)
        try:
            entries, following, count = _directory(stream, layout, offset, wanted=_LOOKED_AT)
            left -= count
        except CorpusError:
            if not found:
                raise
            problem = f"Its pages after page {len(found)} are damaged"
            break
        found.append((offset, {tag: _numbers(layout, entry) for tag, entry in entries.items()}))
        offset = following
    pages = _without_copies(found)
    if problem:
        problem += "; save it again from its source, or split it."
    return TiffPages(tuple(pages), problem)


def extract_page(stream: BinaryIO, page: int, *, most: int) -> bytes:
    """One page of an open TIFF, counted from 1, as a TIFF of its own, its pixels untouched.

    Args:
        stream: the TIFF.
        page: which one.
        most: bytes that it may have.

    Raises:
        CorpusError: it is damaged, or larger than it may be.
        NotFoundError: there is no such page.
        OSError: it cannot be read.
    """
    pages = read_pages(stream).offsets
    if not 1 <= page <= len(pages):
        raise NotFoundError(f"There is no page {page}: the TIFF has {len(pages)}.")
    layout = _Layout(_read(stream, 0, 16))
    entries, _, _ = _directory(stream, layout, pages[page - 1])
    if (kind := entries.get(_COMPRESSION)) and _numbers(layout, kind)[:1] == (_OLD_JPEG,):
        return _with_first(stream, layout, pages[page - 1], most)
    entries = {tag: entry for tag, entry in entries.items() if tag not in _POINTERS}
    # The pixels come after the header, then the values that do not fit into the directory, then it.
    out = bytearray(_read(stream, 0, 16 if layout.is_big else 8))
    for places, lengths in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        if places not in entries:
            continue
        at, sizes = _numbers(layout, entries[places]), _numbers(layout, entries.get(lengths))
        if len(at) == 1 and not sizes:  # one strip without its length goes to the end
            sizes = (_end(stream) - at[0],)
        if len(at) != len(sizes) or sum(sizes) > most:
            raise CorpusError(f"Page {page} of the TIFF is damaged or too large; save it again.")
        moved = []
        for start, size in zip(at, sizes, strict=True):
            moved.append(len(out))
            out += _read(stream, start, size)
        kind_of, code = (16, "Q") if layout.is_big else (4, "I")
        data = struct.pack(f"{layout.order}{len(moved)}{code}", *moved)
        entries[places] = _Entry(kind_of, len(moved), data)
    directory = bytearray(struct.pack(layout.order + layout.count, len(entries)))
    for tag in sorted(entries):
        entry = entries[tag]
        directory += struct.pack(layout.entry, tag, entry.type, entry.values)
        if len(entry.data) <= layout.inline:
            directory += entry.data.ljust(layout.inline, b"\0")
        else:
            out += b"\0" * (len(out) % 2)
            directory += struct.pack(layout.order + layout.offset, len(out))
            out += entry.data
    out += b"\0" * (len(out) % 2)
    struct.pack_into(layout.order + layout.offset, out, layout.first_at, len(out))
    out += directory + b"\0" * layout.inline
    return bytes(out)


def split_pages(data: bytes, *, most: int) -> list[bytes]:
    """The pages of a TIFF that was sent, each a TIFF of its own; any other file as it is.

    Args:
        data: the file.
        most: pages that it may have.

    Raises:
        CorpusError: it has more pages, or those after the first are damaged.
    """
    if data[:4] not in _STARTS:
        return [data]
    stream = io.BytesIO(data)
    try:
        pages = read_pages(stream)
    except CorpusError:  # its decoder says what is wrong
        return [data]
    count = len(pages.offsets)
    if pages.problem:
        raise CorpusError(f"The TIFF cannot be used. {pages.problem}")
    if count > most:
        raise CorpusError(f"The TIFF has {count:,} pages, more than {most:,}; split it.")
    if count < 2:
        return [data]
    return [extract_page(stream, page, most=len(data) + 2**16) for page in range(1, count + 1)]


_LOOKED_AT = frozenset({_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT})


def _first(stream: BinaryIO, layout: _Layout) -> int:
    size = struct.calcsize(layout.order + layout.offset)
    return layout.number(layout.offset, _read(stream, layout.first_at, size))


def _directory(
    stream: BinaryIO, layout: _Layout, offset: int, *, wanted: frozenset[int] | None = None
) -> tuple[dict[int, _Entry], int, int]:
    """The entries of a directory (of the tags that are wanted), where the next one is, its length.

    Raises:
        CorpusError: it is damaged.
    """
    width = struct.calcsize(layout.order + layout.count)
    count = layout.number(layout.count, _read(stream, offset, width))
    if not 0 < count <= _MOST_ENTRIES:
        raise CorpusError("The TIFF is damaged; copy it again from its source.")
    size = struct.calcsize(layout.entry) + layout.inline
    listed = _read(stream, offset + width, count * size + layout.inline)
    entries: dict[int, _Entry] = {}
    room = _MOST_VALUE_BYTES
    for start in range(0, count * size, size):
        tag, kind, values = struct.unpack_from(layout.entry, listed, start)
        if wanted is not None and tag not in wanted:
            continue
        length = _SIZES.get(kind, 1) * values
        room -= length
        if room < 0:
            raise CorpusError("The TIFF is damaged; copy it again from its source.")
        data = listed[start + size - layout.inline : start + size]
        if length > layout.inline:
            data = _read(stream, layout.number(layout.offset, data), length)
        entries[tag] = _Entry(kind, values, data[:length])
    following = layout.number(layout.offset, listed[count * size : count * size + layout.inline])
    return entries, following, count


def _numbers(layout: _Layout, entry: _Entry | None) -> tuple[int, ...]:
    if entry is None or entry.type not in _INTEGERS:
        return ()
    return struct.unpack(f"{layout.order}{entry.values}{_INTEGERS[entry.type]}", entry.data)


def _without_copies(found: Sequence[tuple[int, Mapping[int, Sequence[int]]]]) -> list[int]:
    """The directories that are pages: the first, and others that are neither copies nor masks."""
    if not found:
        return []
    sizes = [(_one(tags, _WIDTH), _one(tags, _HEIGHT)) for _, tags in found]
    longest = max(sizes[0])
    halves = len(sizes) > 2 and all(
        small < large and abs(2 * small - large) <= 2
        for before, after in pairwise(sizes)
        for large, small in zip(before, after, strict=True)
    )
    pages = [found[0][0]]
    for (offset, tags), size in zip(found[1:], sizes[1:], strict=True):
        copy = _one(tags, _SUBFILE) & (_REDUCED | _MASK) or _one(tags, _OLD_SUBFILE) == 2
        thumbnail = max(size) <= _THUMBNAIL and longest >= 4 * max(size)
        if not (copy or thumbnail or halves):
            pages.append(offset)
    return pages


def _one(tags: Mapping[int, Sequence[int]], tag: int) -> int:
    values = tags.get(tag) or (0,)
    return values[0]


def _with_first(stream: BinaryIO, layout: _Layout, offset: int, most: int) -> bytes:
    """The whole file, with another page as its first."""
    if _end(stream) > most:
        raise CorpusError("The TIFF is too large for its old compression; save it with LZW.")
    data = bytearray(_read(stream, 0, _end(stream)))
    struct.pack_into(layout.order + layout.offset, data, layout.first_at, offset)
    return bytes(data)


def _end(stream: BinaryIO) -> int:
    return stream.seek(0, 2)


def _read(stream: BinaryIO, offset: int, size: int) -> bytes:
    """Bytes of the file; fewer only where the header is asked for.

    Raises:
        CorpusError: the file ends before them.
    """
    stream.seek(offset)
    data = stream.read(size)
    if len(data) < size and offset:
        raise CorpusError("The TIFF is truncated; copy it again from its source.")
    return data
