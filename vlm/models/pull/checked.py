"""Which files were compared with what the hub said of them, so that gigabytes are read only once.

A file that was checked and has not been touched since (the same size and time of its last change)
counts as checked. What a person or another program put there is read before it is believed.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from vlm.models.pull.hubs import RemoteFile

_CHUNK = 2**22
_MOST_BYTES = 2**24


class Checked:
    """The files below a folder that were checked."""

    def __init__(self, root: Path, notes: Path) -> None:
        """`notes`: a file below `root`; it need not exist, and one that is damaged says nothing."""
        self._root = root
        self._notes = notes

    def is_whole(self, path: Path, file: RemoteFile) -> bool:
        """Whether the file is there as the hub has it; reads it unless it was checked before.

        Raises:
            OSError: it cannot be read.
        """
        if not path.is_file() or path.stat().st_size != file.bytes:
            return False
        if self._read().get(self._name(path)) == _state(path, file):
            return True
        return digest_of(path, file) == file.digest

    def note(self, checked: Iterable[tuple[Path, RemoteFile]]) -> None:
        """Remember that these files were checked.

        Raises:
            OSError: the notes cannot be written.
        """
        known = self._read()
        for path, file in checked:
            if path.is_file():
                known[self._name(path)] = _state(path, file)
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        new = self._notes.with_name(self._notes.name + ".new")
        new.write_text(json.dumps(known, indent=0, sort_keys=True), encoding="utf-8")
        new.replace(self._notes)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _read(self) -> dict[str, object]:
        try:
            if self._notes.stat().st_size > _MOST_BYTES:
                return {}
            known = json.loads(self._notes.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return known if isinstance(known, dict) else {}


def digest_of(path: Path, file: RemoteFile) -> str:
    """The digest of a file's contents, of the kind that the hub gave of it."""
    is_git = len(file.digest) == 40
    kind = hashlib.sha1(usedforsecurity=False) if is_git else hashlib.sha256()
    if is_git:  # git hashes a header before the contents
        kind.update(f"blob {file.bytes}\0".encode())
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            kind.update(chunk)
    return kind.hexdigest()


def _state(path: Path, file: RemoteFile) -> list[object]:
    there = path.stat()
    return [file.digest, there.st_size, there.st_mtime_ns]
