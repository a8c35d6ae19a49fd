"""Optimise an index that takes updates, from time to time, while it answers queries.

Knows how many points were written, not which. A store that optimises itself is left alone.
"""

import logging
import threading

from knowledge.errors import StorageError
from knowledge.index import Index

logger = logging.getLogger(__name__)


class BackgroundOptimizer:
    """Starts an optimisation once enough points were written. Safe to use from threads.

    The optimisation is cut off when the process ends or the index is closed; that changes nothing
    in the index.
    """

    def __init__(self, index: Index, *, after: int) -> None:
        """Optimise `index` after so many points were written since the last time; 0: never."""
        self._store = index.store
        self._after = after
        self._deferred_until = after

    def note(self) -> None:
        """Call after a write: start an optimisation if it is due."""
        written = self._store.unoptimized
        if not self._after or written < self._deferred_until:
            return
        # If this one fails, say for want of room, the next is due after as many points again.
        self._deferred_until = written + self._after
        threading.Thread(target=self._optimize, name="optimize", daemon=True).start()

    def _optimize(self) -> None:
        try:
            if self._store.optimize_online():
                self._deferred_until = self._after
                logger.info("the index was optimised while it answered")
        except StorageError as error:
            logger.warning("the index was not optimised: %s", error)
