"""Keep an embedded index fast while it takes updates: optimise it beside the queries, now and then.

A Qdrant server does that by itself. Knows how much was written, not what.
"""

import logging
import threading

from knowledge.errors import StorageError
from knowledge.index import Index
from knowledge.store.edge import EdgeStore

logger = logging.getLogger(__name__)


class Tending:
    """Starts an optimisation in the background when so much was written. Safe to use from threads.

    It ends with the process, or when the index is closed; the index is then as it was.
    """

    def __init__(self, index: Index, *, after: int) -> None:
        """`after`: points written since the last one that are worth one; 0 for never."""
        self._store = index.store if isinstance(index.store, EdgeStore) else None
        self._after = after
        self._deferred_until = after

    def note(self) -> None:
        """Something was written: see whether it is time."""
        store = self._store
        if store is None or not self._after or store.unmerged < self._deferred_until:
            return
        # After one that failed, say for want of room, as much again has to be written first.
        self._deferred_until = store.unmerged + self._after
        threading.Thread(target=self._optimize, args=(store,), name="optimize", daemon=True).start()

    def _optimize(self, store: EdgeStore) -> None:
        try:
            if store.optimize_beside():
                self._deferred_until = self._after
                logger.info("the index was optimised beside the queries")
        except StorageError as error:
            logger.warning("the index was not optimised: %s", error)
