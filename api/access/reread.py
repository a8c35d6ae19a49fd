"""A file that is read again when it has changed. Knows nothing of its content."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from knowledge.errors import ConfigurationError

logger = logging.getLogger(__name__)

_T = TypeVar("_T")


class RereadFile(Generic[_T]):
    """What `read` makes of the current content of the file at `path`.

    Each call takes one `stat`. Links are followed, so that a mounted secret may be exchanged.
    """

    def __init__(self, path: Path, read: Callable[[Path], _T]) -> None:
        self._path = path
        self._read = read
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._value: _T | None = None

    def exists(self) -> bool:
        """Whether there is a file now; what cannot be looked at counts as one."""
        try:
            self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True
        return True

    def get(self) -> _T:
        """The content. An earlier content is not used when the file has become unreadable.

        Raises:
            ConfigurationError: the file is gone, unreadable, or not what `read` expects.
        """
        with self._lock:
            try:
                stat = self._path.stat()
            except OSError as error:
                self._seen = None
                raise ConfigurationError(
                    f"The file {self._path} cannot be read: {error.strerror}."
                ) from error
            now = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if self._seen != now or self._value is None:
                self._seen = None
                self._value = self._read(self._path)
                self._seen = now
                logger.info("read %s", self._path)
            return self._value
