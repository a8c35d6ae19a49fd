"""A copy of an embedded index that is an index itself, made while it is open and asked.

Writes to the index wait meanwhile, queries do not. To restore, a copy is opened, or put where the
index was. A Qdrant server has snapshots of its own.
"""

import os
import shutil
from pathlib import Path

from knowledge.edge import EdgeStore
from knowledge.edge_directory import check_space, used_bytes, write_error
from knowledge.errors import ConfigurationError, StorageError
from knowledge.index import Index

_NOT_COPIED = {".lock", "shard.unfinished"}
_UNFINISHED_SUFFIX = ".part"
"""Of files that are still being written."""

_RESERVE_BYTES = 256 * 2**20


def back_up(index: Index, place: Path) -> int:
    """Copy an embedded index to a new folder, and open the copy to see that it is whole.

    Args:
        index: open, by this process.
        place: does not exist yet; it does only when the copy is whole.

    Returns:
        Bytes that the copy takes on the disk.

    Raises:
        ConfigurationError: the index is a Qdrant server's.
        DiskFullError: there is no room for the copy.
        StorageError: `place` exists, cannot be written, or the copy is not like the index.
    """
    store = index.store
    if not isinstance(store, EdgeStore):
        raise ConfigurationError(
            f"{index.target} is a Qdrant server's: back it up with Qdrant's own snapshots "
            "(docs/operations.md)."
        )
    if place.exists():
        raise StorageError(f"{place} exists already; a backup is written to a new folder.")
    beside = place.with_name(f"{place.name}.unfinished")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(beside, ignore_errors=True)
        with store.held() as path:
            check_space(place.parent, used_bytes(path), _RESERVE_BYTES)
            _copy_folder(path, beside)
            points = store.count()
        _verify(beside, points)
        beside.rename(place)
        _sync(place.parent)
        return used_bytes(place)
    except OSError as error:
        raise write_error(place, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _verify(copy: Path, points: int) -> None:
    with EdgeStore.open(copy, schema=None, create=False) as store:
        found = store.count()
    (copy / ".lock").unlink(missing_ok=True)
    if found != points:
        raise StorageError(
            f"The copy holds {found:,} points and the index {points:,}; nothing was kept of it. "
            "Try again, and look at the disk if it happens twice."
        )


def _copy_folder(source: Path, target: Path) -> None:
    target.mkdir()
    for entry in sorted(source.iterdir()):
        if entry.name in _NOT_COPIED or entry.name.endswith(_UNFINISHED_SUFFIX):
            continue
        if entry.is_dir():
            _copy_folder(entry, target / entry.name)
        else:
            _copy_file(entry, target / entry.name)
    _sync(target)


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file with its holes: the engine's files are mostly holes."""
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
        done = os.pwrite(written, os.pread(read, min(end - start, 2**22), start), start)
        if done == 0:
            return  # the file became shorter
        start += done


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
