"""The directory of an embedded index: its lock, its room on the disk, its folders and copies.

Knows files and processes, and not what is in them; `knowledge.store.edge.connection` opens the
shard.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.errors import DiskFullError, IndexBusyError, StorageError
from knowledge.store.checks import missing_index
from knowledge.store.edge.errors import write_error

UNFINISHED_FILE = ".part"
"""How the name of a file ends that is still being written."""

_SHARD = "shard"
_UNFINISHED = "shard.unfinished"
_COPY = "shard.copy"
_OLD = "shard.old"
_LOCK = ".lock"
_FILES = "photos"
_NOT_BACKED_UP = frozenset({_LOCK, _UNFINISHED, _COPY, _OLD})

_REMOVALS = 20
_BETWEEN_REMOVALS = 0.1  # seconds

_COPIED_AT_ONCE = 2**22  # bytes

_IN_USE = (
    "stop it first, or, if it is a server, ask it and send it documents over HTTP "
    "(docs/operations.md)."
)


def check_place(path: Path, *, create: bool) -> None:
    """Refuse a place where no index is (or, with `create`, where none can be made).

    Raises:
        IndexMissingError: there is no index and `create` is off.
        StorageError: the place is a file, holds something else, or cannot be looked at.
    """
    try:
        if path.exists() and not path.is_dir():
            raise StorageError(f"{path} is a file; an index needs a directory. Give another path.")
        if has_shard(path):
            return
        if not create:
            raise missing_index(path)
        others = {entry.name for entry in path.iterdir()} if path.exists() else set()
        if others - {_LOCK, _UNFINISHED}:
            raise StorageError(
                f"{path} holds other files and no index. Give an empty or a new directory."
            )
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot use {path} for an index: {error.strerror}.") from error


def shard_folder(path: Path) -> Path:
    """The folder that holds the engine's files."""
    return path / _SHARD


def files_folder(path: Path) -> Path:
    """The folder that holds files which are kept beside the points."""
    return path / _FILES


def has_shard(path: Path) -> bool:
    """Whether a finished shard is there, if only under the name that `settle` changes back."""
    return (path / _SHARD).is_dir() or (path / _OLD).is_dir()


def settle(path: Path) -> None:
    """Remove what an interrupted optimisation left; needs the lock.

    Raises:
        StorageError: the directory cannot be written.
    """
    shard, old = path / _SHARD, path / _OLD
    try:
        if old.is_dir() and not shard.is_dir():  # cut off while the two changed places
            old.rename(shard)
        for left in (old, path / _COPY):
            _remove(left)
    except OSError as error:
        raise write_error(path, error) from error


def _remove(folder: Path) -> None:
    """Remove a folder in which the child of a killed process may still work for a moment."""
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_BETWEEN_REMOVALS)
    shutil.rmtree(folder)


@contextmanager
def new_shard_folder(path: Path) -> Iterator[Path]:
    """An empty folder to make a shard in; it becomes the shard when the block ends well.

    Raises:
        StorageError: the directory cannot be written.
    """
    unfinished = path / _UNFINISHED
    try:
        shutil.rmtree(unfinished, ignore_errors=True)  # what an interrupted creation left
        unfinished.mkdir()
        yield unfinished
        unfinished.rename(path / _SHARD)
    except OSError as error:
        raise write_error(path, error) from error


def copy_shard(path: Path) -> Path:
    """Copy the shard to a folder in the same directory, which it returns.

    Raises:
        StorageError: it cannot be written.
    """
    copy = path / _COPY
    try:
        shutil.rmtree(copy, ignore_errors=True)
        _copy_folder(path / _SHARD, copy)
    except OSError as error:
        raise write_error(path, error) from error
    return copy


def put_in_place(path: Path) -> None:
    """Give the copy the shard's place; neither may be open. Cut off anywhere, a shard is there.

    Raises:
        StorageError: the directory cannot be written.
    """
    try:
        (path / _SHARD).rename(path / _OLD)
        (path / _COPY).rename(path / _SHARD)
        sync_folder(path)
    except OSError as error:
        raise write_error(path, error) from error


def put_back(path: Path) -> None:
    """Undo `put_in_place`, however far it came.

    Raises:
        StorageError: the directory cannot be written.
    """
    try:
        if (path / _OLD).is_dir():
            if (path / _SHARD).is_dir():
                (path / _SHARD).rename(path / _COPY)
            (path / _OLD).rename(path / _SHARD)
    except OSError as error:
        raise write_error(path, error) from error


@contextmanager
def new_backup(path: Path) -> Iterator[Path]:
    """A name for a copy of an index; the copy becomes `path` when the block ends well, else goes.

    Raises:
        StorageError: `path` exists already or cannot be written.
    """
    if path.exists():
        raise StorageError(f"{path} exists already; a backup is written to a new folder.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(unfinished, ignore_errors=True)
        yield unfinished
        (unfinished / _LOCK).unlink(missing_ok=True)
        unfinished.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def copy_directory(path: Path, target: Path, reserve: int) -> None:
    """Copy an index, without its lock and what is unfinished; nothing may write to it meanwhile.

    Args:
        path: the index's directory.
        target: does not exist yet; its parent does.
        reserve: bytes that stay free on the target's disk.

    Raises:
        DiskFullError: there is no room for the copy.
        OSError: something cannot be read or written.
    """
    check_space(target.parent, used_bytes(path), reserve)
    _copy_folder(path, target, leave_out=_is_unfinished)


def acquire_lock(path: Path) -> FileLock:
    """Take the directory for this process, and write its id into the lock file.

    The operating system releases the lock when the process ends, however it ends.

    Raises:
        IndexBusyError: another process has it; names the process where that is known.
        StorageError: the lock file cannot be written.
    """
    file = path / _LOCK
    lock = FileLock(file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise IndexBusyError(_busy(path, file)) from None
    except (OSError, NotImplementedError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise StorageError(f"Cannot write to the index directory {path}: {reason}.") from error
    try:
        file.write_text(str(os.getpid()))
    except OSError as error:
        lock.release()
        raise write_error(path, error) from error
    return lock


def check_space(path: Path, need: int, reserve: int) -> None:
    """Make sure that `need` bytes fit on the disk with `reserve` bytes left over.

    Raises:
        DiskFullError: they do not; says how much there is and how much it takes.
    """
    free = shutil.disk_usage(path).free
    if free < need + reserve:
        raise DiskFullError(
            f"The disk of {path} has {_megabytes(free)} free; this write may need "
            f"{_megabytes(need)}, and {_megabytes(reserve)} must stay free. "
            "Make room or put the index on another disk; nothing was written."
        )


def used_bytes(folder: Path) -> int:
    """Bytes that a folder's files take on the disk (holes in files are not counted)."""
    files = (entry for entry in folder.rglob("*") if entry.is_file())
    return sum(file.stat().st_blocks * 512 for file in files)


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


def _is_unfinished(name: str) -> bool:
    return name in _NOT_BACKED_UP or name.endswith(UNFINISHED_FILE)


def _copy_folder(
    source: Path, target: Path, *, leave_out: Callable[[str], bool] = lambda name: False
) -> None:
    """Copy a folder and all below it, and make the copy durable.

    Args:
        source: the folder.
        target: does not exist yet.
        leave_out: says of the name of a file or folder whether to leave it out.

    Raises:
        OSError: something cannot be read or written.
    """
    target.mkdir()
    for entry in sorted(source.iterdir()):
        if leave_out(entry.name):
            continue
        if entry.is_dir():
            _copy_folder(entry, target / entry.name, leave_out=leave_out)
        else:
            _copy_file(entry, target / entry.name)
    sync_folder(target)


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file with its holes: the engine's files are mostly holes, and `shutil` fills them."""
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
        data = os.pread(read, min(end - start, _COPIED_AT_ONCE), start)
        if not data:
            return  # the file became shorter
        start += os.pwrite(written, data, start)


def _busy(path: Path, file: Path) -> str:
    try:
        holder = file.read_text().strip()
    except OSError:
        holder = ""
    if not holder.isdecimal():
        return f"Index {path} is in use by another process; {_IN_USE}"
    if int(holder) == os.getpid():
        return f"Index {path} is already open in this process."
    return f"Index {path} is in use by process {holder}; {_IN_USE}"


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"
