"""The open shard of an embedded index: calls into the engine, one at a time, until it is closed.

Knows when to flush and how two shards change places. What is asked and written is
`knowledge.store.edge.engine`'s business, where the files lie `knowledge.store.edge.directory`'s.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock

from knowledge.errors import StorageError
from knowledge.store.checks import canonical_id
from knowledge.store.edge.directory import engine_errors, load_shard, put_back, put_in_place

if TYPE_CHECKING:
    import qdrant_edge

FLUSH_AFTER = 32 * 2**20
"""Bytes written between flushes: what a reopened log has to replay."""


class OpenShard:
    """A shard with the lock of its directory. Safe to use from several threads.

    Attributes:
        path: the index's directory.
        touched: ids written since a copy of the shard was made, while there is one.
    """

    def __init__(self, path: Path, shard: "qdrant_edge.EdgeShard", lock: FileLock) -> None:
        """Take over a loaded shard and its held lock."""
        self.path = path
        self.touched: set[str] | None = None
        self._shard: qdrant_edge.EdgeShard | None = shard
        self._lock = lock
        self._using = RLock()  # no call overlaps another anyway: the engine holds the GIL
        self._unflushed_bytes = 0
        self._opened = uuid4().hex
        self._writes = 0

    def version(self) -> str:
        """Another value after every write and every opening; nothing is read for it."""
        return f"{self._opened}.{self._writes}"

    @contextmanager
    def engine(self) -> Iterator["qdrant_edge.EdgeShard"]:
        """The shard, for one call.

        Raises:
            StorageError: it has been closed, or the engine failed.
        """
        with self._using:
            shard = self._shard
            if shard is None:
                raise StorageError(f"The index at {self.path} has been closed.")
            with engine_errors(self.path):
                yield shard

    def update(
        self, operation: "qdrant_edge.UpdateOperation", ids: Sequence[str], size: int
    ) -> None:
        """Write; `ids`: of the points that it changes; `size`: about how many bytes."""
        with self.engine() as shard:
            if self.touched is not None:
                self.touched.update(filter(None, map(canonical_id, ids)))
            try:
                shard.update(operation)
            finally:  # what failed may have written a part
                self._writes += 1
            self._unflushed_bytes += size
            if self._unflushed_bytes >= FLUSH_AFTER:
                self.flush()

    def flush(self) -> None:
        """Write what the log and the segments still hold in memory to the disk."""
        with self.engine() as shard:
            shard.flush()
            self._unflushed_bytes = 0

    def optimize(self) -> None:
        """Merge segments and build HNSW where they are large; nothing else runs meanwhile."""
        with self.engine() as shard:
            shard.flush()
            shard.optimize()
            self.flush()

    def change_places(self) -> None:
        """Take the copy that was optimised for the shard; where it cannot be loaded, stay."""
        with self.engine() as shard:
            self._shard = None
            shard.close()
            try:
                put_in_place(self.path)
                self._shard, _ = load_shard(self.path)
            except StorageError:
                put_back(self.path)
                self._shard, _ = load_shard(self.path)
                raise
            self._unflushed_bytes = 0

    def close(self) -> None:
        """Make everything durable and let the directory go; closing twice is fine."""
        with self._using:
            shard, self._shard = self._shard, None
            if shard is None:
                return
            try:
                with engine_errors(self.path):
                    shard.flush()
                    shard.close()
            finally:
                self._lock.release()
