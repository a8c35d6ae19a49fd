"""Opening the files of a corpus: regular files alone, and none that a link leads out of its folder.

A FIFO would be waited for and a device read for ever, so neither is opened. Knows no format.
"""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from knowledge.errors import CorpusError

LEAVES = "It is a link that leaves the folder; copy the file itself into the folder."
IRREGULAR = "It is not a regular file (a device, a pipe or a socket); remove it."

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without waiting, so that a pipe nobody writes to cannot hold the reader up."""


def open_regular(file: Path) -> io.BufferedReader:
    """Open a file to read its bytes.

    Raises:
        OSError: it cannot be read, or is not a regular file.
    """
    descriptor = os.open(file, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


@contextmanager
def open_text(
    file: Path, encoding: str, *, errors: str, newline: str | None = None
) -> Iterator[TextIO]:
    """Open a file to read its text; `errors` and `newline` are those of `open`.

    Raises:
        OSError: it cannot be read, or is not a regular file.
    """
    with (
        open_regular(file) as binary,
        io.TextIOWrapper(binary, encoding=encoding, errors=errors, newline=newline) as stream,
    ):
        yield stream


def read_whole(file: Path, *, most: int) -> bytes:
    """The bytes of a file, which may be growing.

    Raises:
        CorpusError: it has more than `most` bytes, cannot be read or is not a regular file.
    """
    try:
        with open_regular(file) as stream:
            data = stream.read(most + 1)
            size = max(len(data), os.fstat(stream.fileno()).st_size)
    except OSError as error:
        raise CorpusError(f"The file cannot be read ({error.strerror or error}).") from error
    if len(data) > most:
        raise CorpusError(
            f"The text has {size / 1e6:.0f} MB, more than the {most / 1e6:.0f} MB a document may "
            "have; split it."
        )
    return data


def why_not(root: Path, file: Path) -> str:
    """Why a file of a corpus is not read: "" if it is a regular file below `root`, links followed.

    Raises:
        OSError: it cannot be looked at.
    """
    try:
        if not file.resolve().is_relative_to(root.resolve()):
            return LEAVES
    except RuntimeError as error:  # links in a circle
        raise OSError(errno.ELOOP, "links in a circle") from error
    return "" if stat.S_ISREG(file.stat().st_mode) else IRREGULAR


def is_file(path: Path) -> bool:
    """Whether there is a file at a path, which may be no path at all: too long, or with a NUL."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether a path is a folder that can be looked into."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
