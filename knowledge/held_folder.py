"""Temporary folders that are removed even if the process that made them is killed.

Who uses a folder holds a lock in it, which the system frees when the process ends, however it does.
The next process that makes such a folder removes those of its user that nobody holds. Knows nothing
of what is in them.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

logger = logging.getLogger(__name__)

_LOCK = ".held"


@contextmanager
def held_folder(prefix: str) -> Iterator[Path]:
    """A new folder, for as long as it is held; then it is removed with all that is in it.

    Args:
        prefix: of its name, and of those that are removed before; of one purpose alone.

    Raises:
        OSError: it cannot be made.
    """
    _remove_left(prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        with hold(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hold(folder: Path) -> IO[bytes]:
    """Keep a folder of `held_folder` from being removed while the file is open.

    Where the system has no such locks, folders of killed processes stay.

    Raises:
        OSError: the folder is gone or has no room.
    """
    held = (folder / _LOCK).open("ab")
    with suppress(ImportError):
        import fcntl

        fcntl.flock(held, fcntl.LOCK_SH)
    return held


def _remove_left(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError, ImportError):  # another's, held, or just removed
            if _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)
                logger.info("removed %s, which a process that was killed left", folder)


def _is_left(folder: Path) -> bool:
    """Whether it is a folder of our user that nobody holds.

    Raises:
        OSError: somebody does, or it has not been made yet.
        ImportError: the system has no such locks.
    """
    import fcntl

    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return False
    with os.fdopen(os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True
