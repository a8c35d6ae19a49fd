"""Files that answers are written into: put in place at once, and never over somebody else's.

Knows nothing of what is in them.
"""

import hashlib
import tempfile
from pathlib import Path

from api.whole_file import write_whole
from knowledge.errors import InputError


def check_place(path: Path) -> None:
    """Refuse a path at which no file can be written, before any work is done for it.

    Raises:
        InputError: it is a folder, or its folder cannot be written to.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file.")
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise _unwritable(path, error) from error


def refuse_another(path: Path, *, besides: frozenset[str] = frozenset()) -> None:
    """Refuse to replace a file that is there.

    Args:
        path: of the file.
        besides: digests of what was written there before and may be replaced.

    Raises:
        InputError: there is a file of other content.
    """
    if path.exists() and (not besides or digest_of(path) not in besides):
        since = " and was not written by this run" if besides else ""
        raise InputError(
            f"{path} is there already{since}. Name another file, move it away, or say --overwrite "
            "to replace it."
        )


def digest_of(path: Path) -> str | None:
    """Hexadecimal SHA-256 of a file; None where it cannot be read or is no plain file."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in the place of another at once: a kill leaves the one or the other.

    A link stays a link: what it points at is replaced.

    Raises:
        InputError: it cannot be written.
    """
    try:
        write_whole(path.resolve(), content)
    except (OSError, RuntimeError) as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> InputError:
    reason = error.strerror if isinstance(error, OSError) else "links in a circle"
    return InputError(f"{path} cannot be written: {reason}.")
