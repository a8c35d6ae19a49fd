"""The bytes of a `Photo`: files below a corpus root, and pages of PDFs and TIFFs.

Reads bytes, computes digests, and recognises an image by its first bytes. Decodes no image and
knows no document; `knowledge.corpus.pdf` draws PDFs.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from knowledge.corpus.limits import MOST_PATTERN_CHARS, MOST_PATTERNS
from knowledge.corpus.pdf import count_pages, render_page
from knowledge.corpus.regular_files import open_regular
from knowledge.corpus.tiff import extract_page, read_pages
from knowledge.documents import Photo
from knowledge.errors import CorpusError, InputError, NotFoundError
from knowledge.films import FILM_SUFFIXES, film_frame, find_scenes, is_film
from knowledge.image_format import sniff_format

MAX_PHOTO_BYTES = 512 * 2**20
"""No photograph is larger, and a larger file would only fill the memory."""

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp"}
    | {".tif", ".tiff", ".heic", ".heif", ".avif"}
)
"""Endings of names that promise an image. The bytes decide; a broken promise is reported."""
PICTURE_SUFFIXES = PHOTO_SUFFIXES | FILM_SUFFIXES
"""Endings of names that tables, records and patterns call pictures by."""
PHOTO_ENDING = re.compile(
    r"(?:" + "|".join(map(re.escape, sorted(PHOTO_SUFFIXES))) + r")\b", re.IGNORECASE
)

_PART = re.compile(
    r"(?P<file>.+)#(?:page=(?P<page>[1-9][0-9]{0,6})|t=(?P<time>[0-9]{1,6}(?:\.[0-9]{1,3})?))",
    re.DOTALL,
)
_HEAD = 512
_MOST_DEEP_STEPS = 2
_MOST_STARS = 16
"""Of a glob: each star more multiplies the ways in which a long name can be tried."""


def read_photo(root: Path, path: str) -> bytes:
    """The bytes of a photo: of its file, of a page of a TIFF, of a PNG drawn from a PDF's page, or
    of a JPEG of a film's frame.

    Args:
        root: folder of the corpus.
        path: `Photo.path`: relative to `root`, with `/`; `guide.pdf#page=3` is the third page.

    Raises:
        CorpusError: the path leaves the corpus, or the file cannot be read or the page not drawn.
        NotFoundError: there is no such file or page.
    """
    file, page, time = _locate(root, path)
    try:
        if time is not None:
            return film_frame(file, time, name=path)
        if page is not None:
            if not is_image(read_head(file)):
                return render_page(file, page, name=path)
            with open_regular(file) as stream:
                return extract_page(stream, page, most=MAX_PHOTO_BYTES)
        with open_regular(file) as stream:
            size = os.fstat(stream.fileno()).st_size
            data = stream.read(size + 1) if size <= MAX_PHOTO_BYTES else b""
            if len(data) > size:  # it grew, or is of a kind whose size is not said
                data += stream.read(MAX_PHOTO_BYTES + 1 - len(data))
        if max(size, len(data)) > MAX_PHOTO_BYTES:
            raise CorpusError(
                f"The photo {path!r} has {size / 1e6:,.0f} MB, more than the "
                f"{MAX_PHOTO_BYTES / 1e6:,.0f} MB a photo may have; save it smaller."
            )
        return data
    except OSError as error:
        raise _unreadable(path, error) from error


def hash_photo(root: Path, path: str) -> str:
    """Hexadecimal SHA-256 that changes when the photo does.

    Of a file it is the digest of its bytes; of a page of a PDF or TIFF, or a frame of a film, the
    digest of the file's digest and the page's number or the frame's time, so that nothing has to
    be drawn.

    Raises:
        CorpusError: the path leaves the corpus, or the file cannot be read.
        NotFoundError: there is no such file.
    """
    file, page, time = _locate(root, path)
    try:
        status = file.stat()
        digest = _hash_file(_Version(file, status.st_size, status.st_mtime_ns))
    except OSError as error:
        raise _unreadable(path, error) from error
    if time is not None:
        return hashlib.sha256(f"{digest}#t={time:.3f}".encode()).hexdigest()
    if page is None:
        return digest
    return hashlib.sha256(f"{digest}#page={page}".encode()).hexdigest()


def find_photo(root: Path, path: str) -> Photo:
    """The photo at `path`, if there is one.

    Raises:
        CorpusError: the path leaves the corpus, or the file is not a photo or cannot be read.
        NotFoundError: there is no such file or page.
    """
    file, page, time = _locate(root, path)
    try:
        head = read_head(file)
        if time is not None:
            return Photo(path, hash_photo(root, path))
        if page is not None:
            if is_image(head):
                with open_regular(file) as stream:
                    kind, count = "TIFF", len(read_pages(stream).offsets)
            else:
                kind, count = "PDF", count_pages(file, name=path)
            if page > count:
                raise NotFoundError(f"There is no {path!r}: the {kind} has {count} pages.")
            return Photo(path, hash_photo(root, path))
    except OSError as error:
        raise _unreadable(path, error) from error
    if not is_image(head):
        what = "is empty (0 bytes)" if not head else "is not an image of a type that can be read"
        raise CorpusError(f"{path!r} {what}; replace it with the photo it should be.")
    return Photo(path, hash_photo(root, path))


def find_photos(root: Path, path: str) -> Iterator[Photo | str]:
    """The photo at `path`, each page of a TIFF with several, or a frame of each scene of a film;
    a text for what is damaged or left out.

    Raises:
        CorpusError: the path leaves the corpus, or the file is not a photo or cannot be read.
        NotFoundError: there is no such file or page.
    """
    file, page, time = _locate(root, path)
    if page is None and time is None and is_film(_head_of(file, path)):
        yield from _find_frames(root, file, path)
        return
    photo = find_photo(root, path)
    try:
        with open_regular(file) as stream:
            is_tiff = page is None and sniff_format(stream.read(_HEAD)) == "TIFF"
            pages = read_pages(stream) if is_tiff else None
    except OSError as error:
        raise _unreadable(path, error) from error
    except CorpusError:  # damaged; its decoder says how
        pages = None
    if pages is None or len(pages.offsets) < 2:
        yield photo
    else:
        for number in range(1, len(pages.offsets) + 1):
            page_of = page_path(path, number)
            yield Photo(page_of, hash_photo(root, page_of))
    if pages is not None and pages.problem:
        yield f"{path!r}: {pages.problem}"


def _find_frames(root: Path, film: Path, path: str) -> Iterator[Photo | str]:
    times, count = find_scenes(film, name=path)
    for time in times:
        frame = frame_path(path, time)
        yield Photo(frame, hash_photo(root, frame))
    if count > len(times):
        yield f"{path!r} has {count} scenes; {len(times)} of them are taken, evenly spread."


def _head_of(file: Path, path: str) -> bytes:
    try:
        return read_head(file)
    except OSError as error:
        raise _unreadable(path, error) from error


def match_photos(
    root: Path, pattern: str, *, except_below: str | None = None
) -> Iterator[Photo | str]:
    """The photos that a path or a glob names, by path; a text for each that cannot be used.

    Args:
        root: folder of the corpus.
        pattern: relative to it, with `/`; a file whose name contains `*`, `?` or `[` is looked for
            before a glob.
        except_below: a folder that holds no photos of documents.
    """
    pattern = pattern.replace("\\", "/")
    if PurePosixPath(pattern).parts[:1] == (except_below,):
        yield f"{pattern!r} is in {except_below}/, which holds no photos of documents; move it."
        return
    if len(pattern) > MOST_PATTERN_CHARS:
        yield (
            f"{pattern[:60]!r}… has {len(pattern):,} characters, more than the "
            f"{MOST_PATTERN_CHARS:,} a path may have; shorten it."
        )
        return
    if pattern.count("**") > _MOST_DEEP_STEPS or pattern.count("*") > _MOST_STARS:
        yield (
            f"{pattern!r} has more than {_MOST_DEEP_STEPS} `**` or {_MOST_STARS} `*`; write a "
            "simpler pattern."
        )
        return
    paths = _glob(root, pattern) if _is_glob(root, pattern) else [pattern]
    paths = [path for path in paths if PurePosixPath(path).parts[:1] != (except_below,)]
    if not paths:
        yield f"Nothing matches {pattern!r}; correct the pattern or add the photos."
    for path in paths:
        try:
            yield from find_photos(root, path)
        except InputError as error:
            yield str(error)


def match_all(
    root: Path, patterns: Sequence[str], *, except_below: str | None = None
) -> Iterator[Photo | str]:
    """`match_photos` of each pattern, up to as many as a document may have."""
    for pattern in patterns[:MOST_PATTERNS]:
        yield from match_photos(root, pattern, except_below=except_below)
    if len(patterns) > MOST_PATTERNS:
        yield (
            f"The document names {len(patterns):,} photos or patterns, more than the "
            f"{MOST_PATTERNS:,} that are read; use a glob such as `photos/*.jpg`."
        )


def page_path(file: str, page: int) -> str:
    """The `Photo.path` of a page of a PDF or TIFF; pages count from 1."""
    return f"{file}#page={page}"


def frame_path(file: str, seconds: float) -> str:
    """The `Photo.path` of a film's frame.

    >>> frame_path("fire.mp4", 12.5)
    'fire.mp4#t=12.5'
    """
    return f"{file}#t={seconds:.3f}".rstrip("0").rstrip(".")


def photo_file(path: str) -> str:
    """The file that a `Photo.path` leads to.

    >>> photo_file("scan.tif#page=2"), photo_file("a.jpg")
    ('scan.tif', 'a.jpg')
    """
    match = _PART.fullmatch(path)
    return match["file"] if match else path


def is_image(head: bytes) -> bool:
    """Whether a file that begins like this is an image of a usual type, whatever its name says.

    >>> is_image(b"\\xff\\xd8\\xff\\xe0"), is_image(b"BMW built the tower in 1972.")
    (True, False)
    """
    return sniff_format(head) is not None


def read_head(file: Path) -> bytes:
    """The first bytes of a file, enough to recognise its kind.

    Raises:
        OSError: it cannot be read.
    """
    with open_regular(file) as stream:
        return stream.read(_HEAD)


class _Place(NamedTuple):
    """A file, and the page or the seconds of it that a path names."""

    file: Path
    page: int | None
    time: float | None


def _locate(root: Path, path: str) -> _Place:
    """The file, links resolved and below `root`, and what of it is meant."""
    match = None if _is_file(root, path) else _PART.fullmatch(path)
    name = PurePosixPath(match["file"] if match else path)
    outside = CorpusError(
        f"The photo path {path!r} leaves the corpus folder; paths must be relative to it and stay "
        "below it, links included: copy the photo into the folder."
    )
    if not path or "\0" in path or name.is_absolute() or ".." in name.parts:
        raise outside
    if len(path) > MOST_PATTERN_CHARS:
        raise NotFoundError(
            f"There is no photo {path[:60]!r}…: a path has at most {MOST_PATTERN_CHARS:,} "
            "characters."
        )
    try:
        base = root.resolve()
        file = (base / name).resolve()
        if not file.is_relative_to(base):
            raise outside
        found = file.is_file()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise _unreadable(path, error) from error
    if not found:
        raise NotFoundError(f"There is no photo {path!r} in the corpus folder.")
    page, time = (match["page"], match["time"]) if match else (None, None)
    return _Place(file, int(page) if page else None, float(time) if time else None)


def _is_file(root: Path, path: str) -> bool:
    try:
        return "#" in path and (root / path).is_file()
    except (OSError, ValueError):  # too long to be a name, or with characters that no name has
        return False


def _is_glob(root: Path, pattern: str) -> bool:
    try:
        return any(mark in pattern for mark in "*?[") and not (root / pattern).is_file()
    except (OSError, ValueError):  # too long to be a name, or with characters that no name has
        return True


def _glob(root: Path, pattern: str) -> list[str]:
    """The visible files below `root` that a glob matches and whose names end as photos' do."""
    if ".." in PurePosixPath(pattern).parts:
        return []
    try:
        files = [file for file in root.glob(pattern) if file.suffix.lower() in PICTURE_SUFFIXES]
        paths = [file.relative_to(root) for file in files if file.is_file()]
    except (ValueError, NotImplementedError, OSError):  # what a pattern can be refused with
        return []
    hidden = [path for path in paths if any(part.startswith(".") for part in path.parts)]
    return sorted(path.as_posix() for path in paths if path not in hidden)


class _Version(NamedTuple):
    """A file at one moment: with another size or time it has other bytes."""

    file: Path
    size: int
    modified_ns: int


@lru_cache(maxsize=256)
def _hash_file(version: _Version) -> str:
    """Cached, as pages of one PDF, or rows about one photo, come one after the other."""
    with open_regular(version.file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unreadable(path: str, error: Exception) -> CorpusError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return CorpusError(f"The photo {path!r} cannot be read ({why}); check its permissions.")
