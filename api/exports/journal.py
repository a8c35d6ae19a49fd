"""The answers of a long run, kept one by one, so that a run that was killed goes on.

A line of JSON is one answer, written and made durable before the next is begun; others say what
files were written of them. A line that a kill left half written is cut off. The file goes when its
run has ended and nothing in it has to be asked again.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from knowledge.errors import InputError

_BEGINS = b'{"job":'


class Journal:
    """What was answered so far, by key. One process at a time has it open.

    Attributes:
        path: of the file.
    """

    def __init__(self, path: Path, job: Mapping[str, Any], *, anew: bool = False) -> None:
        """Open the file, or begin it.

        Args:
            path: of the file.
            job: all that the answers depend on; the file of another job is not gone on with.
            anew: begin it again, whatever it holds; not while another run has it open.

        Raises:
            InputError: another run has it open, it is of another job, or it cannot be written.
        """
        self.path = path
        self._lock = FileLock(f"{path}.lock", timeout=0)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise InputError(f"Another run is writing {path.name}; let it end first.") from error
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}.") from error
        self._rows: dict[str, dict[str, Any]] = {}
        self._wrote: dict[str, set[str]] = {}
        try:
            self._file = self._open(json.loads(json.dumps(dict(job), default=str)), anew=anew)
        except BaseException as error:
            self._release()
            if isinstance(error, OSError):
                raise InputError(f"{path} cannot be written: {error.strerror}.") from error
            raise

    def get(self, key: str) -> dict[str, Any] | None:
        """What was kept under a key; None if nothing was."""
        return self._rows.get(key)

    def put(self, key: str, row: Mapping[str, Any]) -> None:
        """Keep a row; it is on the disk when this returns.

        Raises:
            InputError: it cannot be written.
        """
        self._rows[key] = dict(row)
        self._keep({"key": key, "row": row})

    def written(self, file: Path) -> frozenset[str]:
        """Digests of what was, or was about to be, written into a file."""
        return frozenset(self._wrote.get(str(file.resolve()), ()))

    def will_write(self, file: Path, digest: str) -> None:
        """Note what is about to be written into a file, so that it is known again.

        Raises:
            InputError: the note cannot be kept.
        """
        name = str(file.resolve())
        self._wrote.setdefault(name, set()).add(digest)
        self._keep({"file": name, "sha256": digest})

    def _keep(self, line: Mapping[str, Any]) -> None:
        try:
            self._write(line)
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be written: {error.strerror}. What was answered before is "
                "kept; make room and run the same command again."
            ) from error

    def end(self) -> None:
        """Remove the file: nothing of it is needed any more."""
        self._shut()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file and let other runs have it."""
        self._shut()
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _shut(self) -> None:
        # Of a line that could not be written a part may wait still; that it is not kept was said.
        with suppress(OSError):
            self._file.close()

    def _release(self) -> None:
        # Unlinked while it is held: a run that waits for it opens a new one.
        Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def _open(self, job: Mapping[str, Any], *, anew: bool) -> Any:  # noqa: ANN401 - a binary file
        known = self.path.read_bytes() if self.path.is_file() else b""
        whole = known[: known.rfind(b"\n") + 1]
        lines = whole.decode("utf-8", errors="replace").splitlines()
        if known:
            self._check(lines[0] if lines else None, job, anew=anew, begins=known[: len(_BEGINS)])
        if anew:
            known, whole, lines = b"", b"", []
        if lines:
            for line in lines[1:]:
                try:
                    said = json.loads(line)
                    if "file" in said:
                        self._wrote.setdefault(said["file"], set()).add(said["sha256"])
                    else:
                        self._rows[said["key"]] = said["row"]
                except (ValueError, TypeError, KeyError):
                    continue  # of a disk that failed: that row is asked again
        file = self.path.open("r+b" if known else "wb")
        file.truncate(len(whole))
        file.seek(0, os.SEEK_END)
        self._file = file
        if not lines:
            self._write({"job": job})
        return file

    def _check(
        self, line: str | None, job: Mapping[str, Any], *, anew: bool, begins: bytes
    ) -> None:
        """Refuse the file of another job or of somebody else. `line`: the first, if it is whole."""
        if line is None and _BEGINS.startswith(begins):
            return
        try:
            before = json.loads(line or "")["job"]
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{self.path} is no journal of SnapCite; move it away, or name another file."
            ) from error
        if before != job and not anew:
            differs = sorted(name for name in {*before, *job} if before.get(name) != job.get(name))
            raise InputError(
                f"{self.path} holds the answers of another run, with another "
                f"{', '.join(differs)}. Name another file, or say --overwrite to begin again."
            )

    def _write(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":"))
        self._file.write(text.encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
