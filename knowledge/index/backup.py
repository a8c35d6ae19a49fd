"""A copy of an embedded index that is an index itself, made while it is open and asked.

Writes to the index wait meanwhile, queries do not. To restore, a copy is opened, or put where the
index was. A Qdrant server has snapshots of its own.
"""

import shutil
from pathlib import Path

from knowledge.errors import ConfigurationError, StorageError
from knowledge.index.index import Index
from knowledge.store.edge import EdgeStore
from knowledge.store.edge.directory import check_space, used_bytes, write_error
from knowledge.store.edge.folder_copy import copy_folder, sync_folder

_NOT_COPIED = (".lock", "shard.unfinished", "shard.copy", "shard.old")
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
            copy_folder(path, beside, leave_out=_is_left_out)
            points = store.count()
        _verify(beside, points)
        beside.rename(place)
        sync_folder(place.parent)
        return used_bytes(place)
    except OSError as error:
        raise write_error(place, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _is_left_out(name: str) -> bool:
    return name in _NOT_COPIED or name.endswith(_UNFINISHED_SUFFIX)


def _verify(copy: Path, points: int) -> None:
    with EdgeStore.open(copy, schema=None, create=False) as store:
        found = store.count()
    (copy / ".lock").unlink(missing_ok=True)
    if found != points:
        raise StorageError(
            f"The copy holds {found:,} points and the index {points:,}; nothing was kept of it. "
            "Try again, and look at the disk if it happens twice."
        )
