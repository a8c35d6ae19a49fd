"""The directory an embedded index lives in: its lock, its room on the disk, its shard.

Knows files and processes; what is in the shard is `knowledge.store.edge.engine`'s business.
"""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from knowledge.errors import DiskFullError, IndexBusyError, IndexMissingError, StorageError
from knowledge.store.base import Schema
from knowledge.store.edge.convert import edge_config, read_schema
from knowledge.store.edge.folder_copy import copy_folder, sync_folder

if TYPE_CHECKING:
    import qdrant_edge

_SHARD = "shard"
_UNFINISHED = "shard.unfinished"
_COPY = "shard.copy"
_OLD = "shard.old"
_LOCK = ".lock"

_REMOVALS = 20
_BETWEEN_REMOVALS = 0.1  # seconds

_IN_USE = (
    "stop it first, or, if it is a server, ask it and send it documents over HTTP "
    "(docs/operations.md)."
)


def check_place(path: Path, *, create: bool) -> None:
    """Refuse a place where no index is (or, with `create`, where none can be made).

    Raises:
        IndexMissingError: there is no index and none is to be made.
        StorageError: the place is a file, holds something else, or cannot be looked at.
    """
    try:
        if path.exists() and not path.is_dir():
            raise StorageError(f"{path} is a file; an index needs a directory. Give another path.")
        if has_shard(path):
            return
        if not create:
            raise missing(path)
        others = {entry.name for entry in path.iterdir()} if path.exists() else set()
        if others - {_LOCK, _UNFINISHED}:
            raise StorageError(
                f"{path} holds other files and no index. Give an empty or a new directory."
            )
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot use {path} for an index: {error.strerror}.") from error


def has_shard(path: Path) -> bool:
    """Whether a finished shard is there, if only under the name that `settle` gives back to it."""
    return (path / _SHARD).is_dir() or (path / _OLD).is_dir()


def settle(path: Path) -> None:
    """Remove what an optimisation that was cut off left; needs the lock.

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
    """Remove a folder in which the child of a killed process may still be at work for a moment."""
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_BETWEEN_REMOVALS)
    shutil.rmtree(folder)


def copy_shard(path: Path) -> Path:
    """A copy of the shard beside it, where one that is optimised elsewhere can be worked at.

    Raises:
        StorageError: it cannot be written.
    """
    copy = path / _COPY
    try:
        shutil.rmtree(copy, ignore_errors=True)
        copy_folder(path / _SHARD, copy)
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


def missing(path: Path) -> IndexMissingError:
    """The error for a place without an index."""
    return IndexMissingError(f"There is no index at {path}. Make one with `snapcite index`.")


def damaged(path: Path, error: BaseException) -> StorageError:
    """The error for an index whose files cannot be read."""
    return StorageError(
        f"The index at {path} is damaged ({error}). Move it away and run `snapcite index` again."
    )


def acquire_lock(path: Path) -> FileLock:
    """Take the directory for this process, and write its id into the lock file.

    The operating system lets the lock go when the process ends, however it ends.

    Raises:
        IndexBusyError: somebody has it; names the process where that is known.
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


def used_bytes(path: Path) -> int:
    """Bytes that the directory's shard takes on the disk (holes in files are not counted)."""
    files = (entry for entry in (path / _SHARD).rglob("*") if entry.is_file())
    return sum(file.stat().st_blocks * 512 for file in files)


def make_shard(path: Path, schema: Schema) -> None:
    """Make an empty shard; all of it is there afterwards, or none.

    Raises:
        StorageError: it could not be made.
    """
    import qdrant_edge as edge

    unfinished = path / _UNFINISHED
    try:
        shutil.rmtree(unfinished, ignore_errors=True)  # what an interrupted creation left
        unfinished.mkdir()
        with engine_errors(path):
            shard = edge.EdgeShard.create(str(unfinished.absolute()), edge_config(schema))
            try:
                _index_keywords(shard, set(schema.keywords))
            finally:
                shard.close()  # flushes
        unfinished.rename(path / _SHARD)
    except OSError as error:
        raise write_error(path, error) from error


def load_shard(path: Path) -> tuple["qdrant_edge.EdgeShard", Schema]:
    """Open the shard and read its schema.

    Raises:
        StorageError: its files are damaged or cannot be read.
    """
    import qdrant_edge as edge

    try:
        with engine_errors(path):
            shard = edge.EdgeShard.load(str((path / _SHARD).absolute()))
    except DiskFullError:
        raise
    except StorageError as error:
        raise damaged(path, error.__cause__ or error) from error
    try:
        config = (path / _SHARD / "edge_config.json").read_bytes()
        return shard, read_schema(config, shard.info().payload_schema)
    except (OSError, ValueError, KeyError, TypeError) as error:
        shard.close()
        raise damaged(path, error) from error


def add_keywords(
    path: Path, shard: "qdrant_edge.EdgeShard", wanted: Schema, found: Schema
) -> Schema:
    """Make the payload indexes that are wanted and not there; the schema that comes of it.

    Raises:
        StorageError: the engine could not.
    """
    with engine_errors(path):
        _index_keywords(shard, set(wanted.keywords) - set(found.keywords))
    return Schema(found.dense, found.sparse, tuple(sorted({*wanted.keywords, *found.keywords})))


@contextmanager
def engine_errors(path: Path) -> Iterator[None]:
    """Turn whatever the engine raises, a Rust panic included, into a `StorageError`."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise write_error(path, error) from error
    except Exception as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise DiskFullError(f"The disk of {path} is full. Make room and try again.") from error
        raise StorageError(f"The index at {path} failed: {error}.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3's, which cannot be imported
            raise
        raise StorageError(f"The index at {path} failed inside its engine: {error}.") from error


def write_error(path: Path, error: OSError) -> StorageError:
    """The error for a write that the operating system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"The disk of {path} is full. Make room and try again.")
    return StorageError(f"Cannot write to the index directory {path}: {error.strerror or error}.")


def _index_keywords(shard: "qdrant_edge.EdgeShard", keys: set[str]) -> None:
    import qdrant_edge as edge

    for key in sorted(keys):
        shard.update(edge.UpdateOperation.create_field_index(key, edge.PayloadSchemaType.Keyword))


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
