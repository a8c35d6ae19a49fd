"""The audit log: who asked when, which documents were shown, which answer was given.

It consists of JSON lines that are only appended, and are on the disk before the response is sent.
The two events of a question share its request id: `found` is written before evidence is shown,
`answered` before an answer is. A photo is recorded as the SHA-256 of the bytes that were sent, the
question only if the operator allows it. If the operator moves the file, the next line begins a new
file of its name. Several processes may write to one file, each line whole and one after another.
"""

import errno
import hashlib
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.watching.context import current_caller, current_request_id, note_photos, noted_photos
from knowledge.errors import AuditError, ConfigurationError
from search.pipeline import Asked, Found
from search.query import Query

logger = logging.getLogger(__name__)

_MODE = 0o640
"""The operator writes and a group of auditors reads; nobody else may."""


class AuditLog:
    """An open audit file. Safe to use from several threads and processes.

    Attributes:
        failures: lines that could not be written so far.
    """

    def __init__(self, path: Path, *, questions: bool = False, required: bool = True) -> None:
        """Open or create the file.

        Args:
            path: where the lines go.
            questions: whether they hold the question.
            required: whether a request that cannot be recorded is refused; else it is answered,
                and the missing line is logged as an error and counted.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        self._path = path
        self._questions = questions
        self._required = required
        self._lock = threading.Lock()
        self.failures = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _open(path)
        except OSError as error:
            raise ConfigurationError(
                f"The audit log {path} cannot be written: {error.strerror}. Give another place "
                "with SNAPCITE_AUDIT_FILE."
            ) from error

    def received(self, photos: Sequence[bytes]) -> None:
        """Note the photos of the current request, as they were sent, for its lines."""
        note_photos([hashlib.sha256(photo).hexdigest() for photo in photos])

    def found(self, query: Query, found: Found) -> None:
        """Record the documents that are about to be shown.

        Raises:
            AuditError: the line cannot be written, and must be.
        """
        documents = [subject.document.document_id for subject in found.subjects]
        self._record("found", query, {"documents": documents})

    def answered(self, query: Query, asked: Asked) -> None:
        """Record the answer that is about to be given.

        Raises:
            AuditError: the line cannot be written, and must be.
        """
        answer = asked.answer
        source = answer.source
        self._record(
            "answered",
            query,
            {
                "subject": answer.subject.document_id if answer.subject else None,
                "source": source.document_id if source else None,
                "span": [source.start, source.end] if source else None,
                "answer": answer.text,
                "exists": answer.exists,
                "year": answer.year,
                "date": answer.date,
                "confidence": round(answer.confidence, 4),
                "reason": answer.reason,
            },
        )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            os.close(self._file)

    def _record(self, event: str, query: Query, what: Mapping[str, Any]) -> None:
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            "request_id": current_request_id(),
            "caller": current_caller(),
            "photos": noted_photos(),
            **({"question": query.question} if self._questions else {}),
            **what,
        }
        try:
            self._append(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        except OSError as error:
            self.failures += 1
            logger.error("the audit log %s cannot be written: %s", self._path, error.strerror)
            if self._required:
                raise AuditError(
                    "The request cannot be recorded, and nothing is answered without a record."
                ) from error

    def _append(self, line: bytes) -> None:
        """Write a line whole or not at all: a part that fitted on a full disk is removed again."""
        with self._lock:
            if _moved(self._path, self._file):
                fresh = _open(self._path)
                os.close(self._file)
                self._file = fresh
            # Without it a part that is removed might take another process's line with it.
            with _alone(self._file):
                before = os.fstat(self._file).st_size
                try:
                    if os.write(self._file, line) < len(line):
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                    os.fsync(self._file)
                except OSError:
                    with suppress(OSError):
                        os.ftruncate(self._file, before)
                    raise


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)


@contextmanager
def _alone(file: int) -> Iterator[None]:
    """Keep other processes from writing to an open file meanwhile."""
    if sys.platform == "win32":  # one process alone serves there
        yield
        return
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _moved(path: Path, file: int) -> bool:
    """Whether the path leads to another file than the open one, or to none."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return True
    here = os.fstat(file)
    return (there.st_ino, there.st_dev) != (here.st_ino, here.st_dev)
