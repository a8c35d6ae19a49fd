"""Where the bytes of photos are kept that came over HTTP and so lie in no corpus.

Beside an embedded index they are files; with a Qdrant server they are points of the collection
itself, so that every replica has them and a snapshot holds them. Knows photo ids and bytes, and
nothing of documents; what is written here before its photo's point is, and removed after it.
"""

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import NAMESPACE_URL, uuid4, uuid5

from knowledge.errors import NotFoundError
from knowledge.store.base import Point, VectorStore
from knowledge.store.edge.directory import check_space, write_error

_SCHEME = "upload:"

_PART_BYTES = 3 * 2**20
"""Of a photo in one point: with base64 it stays below what a request to Qdrant should have."""

_RESERVE_BYTES = 256 * 2**20


def upload_path(sha256: str) -> str:
    """The `Photo.path` of a photo that was uploaded."""
    return _SCHEME + sha256


def is_upload(path: str) -> bool:
    """Whether a `Photo.path` says that the photo was uploaded."""
    return path.startswith(_SCHEME)


class Uploads(Protocol):
    """Bytes of photos by photo id. Safe to use from several threads."""

    def write(self, photo_id: str, data: bytes) -> None:
        """Keep a photo; it is durable, and whole or not there at all, when this returns.

        Raises:
            StorageError: it cannot be written.
        """

    def read(self, photo_id: str) -> bytes:
        """A photo's bytes.

        Raises:
            NotFoundError: it is not kept here.
            StorageError: it cannot be read.
        """

    def delete(self, photo_ids: Sequence[str]) -> None:
        """Remove photos; ids that are not there are ignored.

        Raises:
            StorageError: one cannot be removed.
        """


class FolderUploads:
    """Photos as files of a folder, named by their ids."""

    def __init__(self, root: Path) -> None:
        """`root` is made when the first photo is written."""
        self._root = root

    def write(self, photo_id: str, data: bytes) -> None:
        """Write beside, make durable, rename."""
        path = self._path(photo_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            check_space(path.parent, len(data), _RESERVE_BYTES)
            beside = path.with_name(f"{path.name}.{uuid4().hex}.part")
            try:
                with beside.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
            for folder in (path.parent, self._root, self._root.parent):
                _sync(folder)
        except OSError as error:
            raise write_error(self._root, error) from error

    def read(self, photo_id: str) -> bytes:
        """The file's bytes."""
        try:
            return self._path(photo_id).read_bytes()
        except FileNotFoundError:
            raise _gone(photo_id) from None
        except OSError as error:
            raise write_error(self._root, error) from error

    def delete(self, photo_ids: Sequence[str]) -> None:
        """Unlink the files."""
        if not self._root.is_dir():
            return
        try:
            for photo_id in photo_ids:
                self._path(photo_id).unlink(missing_ok=True)
        except OSError as error:
            raise write_error(self._root, error) from error

    def _path(self, photo_id: str) -> Path:
        return self._root / photo_id[:2] / photo_id


class StoreUploads:
    """Photos as points without vectors, in parts, found by their ids alone."""

    def __init__(self, store: VectorStore) -> None:
        """`store` stays its owner's to close."""
        self._store = store

    def write(self, photo_id: str, data: bytes) -> None:
        """One point a part; the first, which says how many there are, comes last."""
        parts = [data[start : start + _PART_BYTES] for start in range(0, len(data), _PART_BYTES)]
        for number in reversed(range(len(parts))):
            payload = {
                "kind": "upload",
                "parts": len(parts),
                "data": base64.b64encode(parts[number]).decode(),
            }
            self._store.upsert([Point(_part_id(photo_id, number), payload)])

    def read(self, photo_id: str) -> bytes:
        """The parts put together."""
        data = b""
        number, count = 0, 1
        while number < count:
            records = self._store.retrieve([_part_id(photo_id, number)])
            if not records:
                raise _gone(photo_id)
            count = records[0].payload["parts"]
            data += base64.b64decode(records[0].payload["data"])
            number += 1
        return data

    def delete(self, photo_ids: Sequence[str]) -> None:
        """All parts, the first last, so that a removal that was cut off can be repeated."""
        firsts = {_part_id(photo_id, 0): photo_id for photo_id in photo_ids}
        for record in self._store.retrieve(list(firsts)):
            photo_id = firsts[record.id]
            rest = [_part_id(photo_id, number) for number in range(1, record.payload["parts"])]
            self._store.delete(rest)
            self._store.delete([record.id])


def _part_id(photo_id: str, number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:snapcite:upload:{photo_id}:{number}"))


def _gone(photo_id: str) -> NotFoundError:
    return NotFoundError(f"The photo {photo_id!r} was uploaded and is no longer kept.")


def _sync(folder: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
