"""The shard of an embedded index: making it, opening it, and calls into it, one at a time.

Knows when to flush and how two shards change places. `knowledge.store.edge.engine` knows what is
asked and written, `knowledge.store.edge.directory` where the files lie.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock

from knowledge.errors import DiskFullError, StorageError
from knowledge.store.base import Schema
from knowledge.store.checks import canonical_id
from knowledge.store.edge.convert import read_schema, to_config
from knowledge.store.edge.directory import new_shard_folder, put_back, put_in_place, shard_folder
from knowledge.store.edge.errors import damaged, engine_errors

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
        """Write.

        Args:
            operation: what to write.
            ids: of the points that it changes.
            size: about how many bytes it writes.

        Raises:
            StorageError: the shard has been closed, or the engine failed.
        """
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
        """Put the optimised copy in the place of the shard.

        Raises:
            StorageError: the copy cannot be loaded; the old shard is open again.
        """
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
        """Make everything durable and release the directory; closing twice is fine."""
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


def make_shard(path: Path, schema: Schema) -> None:
    """Make an empty shard; all of it is there afterwards, or nothing.

    Raises:
        StorageError: it could not be made.
    """
    import qdrant_edge as edge

    with new_shard_folder(path) as folder, engine_errors(path):
        shard = edge.EdgeShard.create(str(folder.absolute()), to_config(schema))
        try:
            _index_keywords(shard, set(schema.keywords))
        finally:
            shard.close()  # flushes


def load_shard(path: Path) -> tuple["qdrant_edge.EdgeShard", Schema]:
    """Open the shard and read its schema.

    Raises:
        StorageError: its files are damaged or cannot be read.
    """
    import qdrant_edge as edge

    folder = shard_folder(path)
    try:
        with engine_errors(path):
            shard = edge.EdgeShard.load(str(folder.absolute()))
    except DiskFullError:
        raise
    except StorageError as error:
        raise damaged(path, error.__cause__ or error) from error
    try:
        config = (folder / "edge_config.json").read_bytes()
        return shard, read_schema(config, shard.info().payload_schema)
    except (OSError, ValueError, KeyError, TypeError) as error:
        shard.close()
        raise damaged(path, error) from error


def add_keywords(
    path: Path, shard: "qdrant_edge.EdgeShard", wanted: Schema, found: Schema
) -> Schema:
    """Make the payload indexes that are wanted and missing.

    Returns:
        The schema that the shard has then.

    Raises:
        StorageError: the engine could not.
    """
    with engine_errors(path):
        _index_keywords(shard, set(wanted.keywords) - set(found.keywords))
    return found.with_keywords(wanted.keywords)


def _index_keywords(shard: "qdrant_edge.EdgeShard", keys: set[str]) -> None:
    import qdrant_edge as edge

    for key in sorted(keys):
        shard.update(edge.UpdateOperation.create_field_index(key, edge.PayloadSchemaType.Keyword))
