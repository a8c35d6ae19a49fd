"""Files of an embedded index: files of a folder beside the shard, in its directory."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

from knowledge.errors import StorageError
from knowledge.store.checks import missing_file
from knowledge.store.edge.directory import UNFINISHED_FILE, check_space, sync_folder
from knowledge.store.edge.errors import write_error


class FolderFiles:
    """`Files` in a folder, each under its name."""

    def __init__(
        self, root: Path, *, reserve_bytes: int, writing: AbstractContextManager[object]
    ) -> None:
        """Keep files in a folder, which is made when the first is written.

        Args:
            root: the folder.
            reserve_bytes: disk space that no file may take.
            writing: held during every change, so that a copy of the folder is of one moment.
        """
        self._root = root
        self._reserve_bytes = reserve_bytes
        self._writing = writing

    def write(self, name: str, data: bytes) -> None:
        """Write to another name, make that durable, rename it."""
        path = self._path(name)
        try:
            with self._writing:
                path.parent.mkdir(parents=True, exist_ok=True)
                check_space(path.parent, len(data), self._reserve_bytes)
                unfinished = path.with_name(f"{path.name}.{uuid4().hex}{UNFINISHED_FILE}")
                try:
                    with unfinished.open("wb") as file:
                        file.write(data)
                        file.flush()
                        os.fsync(file.fileno())
                    unfinished.replace(path)
                finally:
                    unfinished.unlink(missing_ok=True)
                for folder in (path.parent, self._root, self._root.parent):
                    sync_folder(folder)
        except OSError as error:
            raise write_error(self._root, error) from error

    def read(self, name: str) -> bytes:
        """The file's bytes."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise missing_file(name) from None
        except OSError as error:
            raise StorageError(
                f"Cannot read {self._path(name)}: {error.strerror or error}."
            ) from error

    def delete(self, names: Sequence[str]) -> None:
        """Unlink the files."""
        if not self._root.is_dir():
            return
        try:
            with self._writing:
                for name in names:
                    self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise write_error(self._root, error) from error

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / name
