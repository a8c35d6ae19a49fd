"""Whether the index that is served is still there, asked now and then in the background.

A store that does not answer is no fault here: that passes, questions get 503 meanwhile, and all
replicas share the store, so that taking each out of service would help nobody. A collection that
was removed, or made again with another encoder, stays so until somebody acts. Knows no HTTP.
"""

import logging
import threading
import time

from knowledge.errors import IndexMismatchError, IndexMissingError, StorageError
from knowledge.index import Index

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 10.0

_LOOKS = 2
"""How often in a row the index must be found gone: a node of a cluster that has just come knows no
collection for a moment."""


class IndexFault:
    """What lasting fault an index has. Safe to use from several threads."""

    def __init__(self, index: Index, *, every: float = _LOOK_EVERY_S) -> None:
        """`every`: seconds after which a look is old."""
        self._index = index
        self._every = every
        self._lock = threading.Lock()
        self._looking: threading.Thread | None = None
        self._looked_at = time.monotonic()  # it was opened just now
        self._in_a_row = 0
        self._latest: StorageError | None = None

    def latest(self) -> StorageError | None:
        """The fault when last looked, at once. If that is long ago, a thread looks again."""
        with self._lock:
            old = time.monotonic() - self._looked_at >= self._every
            if old and (self._looking is None or not self._looking.is_alive()):
                self._looking = threading.Thread(target=self.look, name="index fault", daemon=True)
                self._looking.start()
            return self._latest

    def look(self) -> None:
        """Look now."""
        fault: StorageError | None = None
        try:
            self._index.check_kept()
        except (IndexMissingError, IndexMismatchError) as error:
            fault = error
        except StorageError:
            with self._lock:
                self._looked_at = time.monotonic()
            return
        with self._lock:
            self._looked_at = time.monotonic()
            self._in_a_row = self._in_a_row + 1 if fault else 0
            known, self._latest = self._latest, fault if self._in_a_row >= _LOOKS else None
        if self._latest is not None and known is None:
            logger.error("the index is gone, and /ready stays false until it is back: %s", fault)
