"""Which encoding a text file is in. Knows bytes, no format.

A byte order mark decides; without one, a file that decodes as UTF-8 is UTF-8. Otherwise the bytes
above 127 decide: in GB 18030 they stand in pairs, in Windows-1252 mostly one by one.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from knowledge.corpus.limits import MOST_TEXT_BYTES
from knowledge.corpus.regular_files import open_regular, read_whole
from knowledge.errors import CorpusError

_CHUNK = 1 << 20
_BINARY_SHARE = 0.01
"""Share of zero bytes: a stray one is dropped, with more the file is not text."""

_LOOKED_AT = 400
_LATIN_SHARE = 0.2
"""Share of Latin letters, digits and spaces in UTF-16 that can be recognised without a mark."""

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


_Chunks = Callable[[], Iterator[bytes]]
"""Gives a file's bytes from its beginning, as often as it is called."""


def detect_encoding(file: Path) -> str:
    """The codec to read a text file with.

    One of `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be`, `gb18030` and `cp1252`.

    A file that is UTF-8 except for a few bytes counts as UTF-8; decode it with an error handler.

    Raises:
        CorpusError: it is not text, or its encoding is another one.
        OSError: it cannot be read.
    """
    return _encoding_of(partial(_chunks, file), name=file.name)


def _encoding_of(chunks: _Chunks, *, name: str) -> str:
    start = next(chunks(), b"")
    if start.startswith(_UTF16):
        return "utf-16"
    if start.count(0) > len(start) * _BINARY_SHARE:
        unmarked = _unmarked_utf16(start)
        if unmarked and _is_readable(start, unmarked) and _decodes(chunks, unmarked):
            return unmarked
        raise CorpusError(f"{name!r} is not text; export it as UTF-8 text.")
    if _decodes(chunks, "utf-8") or _is_damaged_utf8(chunks):
        return "utf-8-sig"
    if _lies_in_pairs(chunks) and _decodes(chunks, "gb18030"):
        return "gb18030"
    if _decodes(chunks, "cp1252"):
        return "cp1252"
    raise CorpusError(f"{name!r} is in an unknown encoding; save it as UTF-8.")


def read_text(file: Path) -> str:
    """A whole text file; bytes that are not in its encoding become U+FFFD.

    Raises:
        CorpusError: it is not text, too large to be one, in an unknown encoding or unreadable.
    """
    data = read_whole(file, most=MOST_TEXT_BYTES)
    return data.decode(_encoding_of(lambda: iter([data]), name=file.name), errors="replace")


def _unmarked_utf16(start: bytes) -> str:
    """The codec of UTF-16 without a byte order mark: every other byte of Latin letters is zero."""
    first, second = start[0::2].count(0), start[1::2].count(0)
    if second >= _LATIN_SHARE * len(start) / 2 and first <= second / 10:
        return "utf-16-le"
    if first >= _LATIN_SHARE * len(start) / 2 and second <= first / 10:
        return "utf-16-be"
    return ""


def _is_readable(start: bytes, encoding: str) -> bool:
    text = start[:_LOOKED_AT].decode(encoding, "ignore")
    return bool(text) and all(mark.isprintable() or mark.isspace() for mark in text)


def _decodes(chunks: _Chunks, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks():
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: Path) -> Iterator[bytes]:
    with open_regular(file) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _is_damaged_utf8(chunks: _Chunks) -> bool:
    """Whether nearly all bytes that are not ASCII are UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    for chunk in chain(chunks(), [b""]):
        text = decoder.decode(chunk, final=not chunk)
        broken = text.count("\ufffd")
        bad += broken
        good += len(text) - len(text.encode("ascii", "ignore")) - broken
    return good >= 10 * bad


def _lies_in_pairs(chunks: _Chunks) -> bool:
    even = every = 0
    for chunk in chunks():
        for run in _HIGH_RUN.findall(chunk):
            every += len(run)
            even += len(run) if len(run) % 2 == 0 else 0
    return even >= 0.6 * every
