"""Files that are written whole or not at all."""

import os
from pathlib import Path
from secrets import token_hex


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put a file in the place of another at once: a kill leaves the one or the other.

    Args:
        path: its folder is made where there is none.
        content: all of the file.
        mode: rights of the file, of which the process's umask takes some.

    Raises:
        OSError: it cannot be written; what the path held is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".snapcite-{token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
