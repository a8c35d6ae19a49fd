"""Copy a folder as it lies on the disk: with its files' holes, and durable. Knows no index."""

import os
from collections.abc import Callable
from pathlib import Path

_SPAN = 2**22


def copy_folder(
    source: Path, target: Path, *, leave_out: Callable[[str], bool] = lambda name: False
) -> None:
    """Copy a folder and all below it.

    Args:
        source: the folder.
        target: does not exist yet.
        leave_out: told the name of a file or folder, whether it stays behind.

    Raises:
        OSError: something cannot be read or written.
    """
    target.mkdir()
    for entry in sorted(source.iterdir()):
        if leave_out(entry.name):
            continue
        if entry.is_dir():
            copy_folder(entry, target / entry.name, leave_out=leave_out)
        else:
            _copy_file(entry, target / entry.name)
    sync_folder(target)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    Raises:
        OSError: the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_file(source: Path, target: Path) -> None:
    """The engine's files are mostly holes, which are not filled."""
    with source.open("rb") as read, target.open("wb") as written:
        size = os.fstat(read.fileno()).st_size
        at = 0
        while at < size:
            try:
                start = os.lseek(read.fileno(), at, os.SEEK_DATA)
            except OSError:  # nothing but a hole from here on
                break
            at = os.lseek(read.fileno(), start, os.SEEK_HOLE)
            _copy_span(read.fileno(), written.fileno(), start, at)
        os.truncate(written.fileno(), size)
        os.fsync(written.fileno())


def _copy_span(read: int, written: int, start: int, end: int) -> None:
    while start < end:
        done = os.pwrite(written, os.pread(read, min(end - start, _SPAN), start), start)
        if done == 0:
            return  # the file became shorter
        start += done
