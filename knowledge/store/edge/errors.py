"""What can go wrong with an embedded index: what an error of the engine or the system means.

Knows the engine's exceptions and the system's error numbers; opens nothing.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import DiskFullError, StorageError


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
            raise _disk_full(path) from error
        raise StorageError(f"The index at {path} failed: {error}.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3's, which cannot be imported
            raise
        raise StorageError(f"The index at {path} failed inside its engine: {error}.") from error


def write_error(path: Path, error: OSError) -> StorageError:
    """The error for a write that the operating system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full(path)
    return StorageError(f"Cannot write to the index directory {path}: {error.strerror or error}.")


def damaged(path: Path, error: BaseException) -> StorageError:
    """The error for an index whose files cannot be read."""
    return StorageError(
        f"The index at {path} is damaged ({error}). Move it away and run `snapcite index` again."
    )


def _disk_full(path: Path) -> DiskFullError:
    return DiskFullError(f"The disk of {path} is full. Make room and try again.")
