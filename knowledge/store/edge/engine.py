"""The embedded engine: Qdrant Edge on a directory of this machine, in this process.

Knows batches and pages. `knowledge.store.edge.connection` makes the calls,
`knowledge.store.edge.directory` knows the files and the lock, `knowledge.store.edge.convert` the
engine's classes, and `knowledge.store.base` says what the methods promise.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from subprocess import Popen
from threading import Lock, RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock

from knowledge.errors import StorageError
from knowledge.store.base import (
    DenseVector,
    Hit,
    Nearest,
    Point,
    Record,
    Remark,
    Schema,
    SparseVector,
    Where,
)
from knowledge.store.checks import (
    canonical_id,
    check_points,
    check_schema,
    check_vector,
    missing_index,
    payload_json,
)
from knowledge.store.edge.connection import (
    FLUSH_AFTER,
    OpenShard,
    add_keywords,
    load_shard,
    make_shard,
)
from knowledge.store.edge.convert import from_record, to_filter, to_params, to_point, to_vector
from knowledge.store.edge.directory import (
    acquire_lock,
    check_place,
    check_space,
    copy_directory,
    copy_shard,
    files_folder,
    has_shard,
    new_backup,
    settle,
    shard_folder,
    used_bytes,
)
from knowledge.store.edge.errors import engine_errors
from knowledge.store.edge.files import FolderFiles
from knowledge.store.edge.optimize import catch_up, start_optimizing
from knowledge.store.equal_scores import TIED, best_in_order, first_limit, in_order

if TYPE_CHECKING:
    import qdrant_edge

RESERVE_BYTES = 256 * 2**20
"""Disk space that stays free. The engine writes through memory maps of sparse files. There a full
disk raises no error: it sends a SIGBUS, which kills the process. So the disk must never be full."""

_PAGE = 256  # points a read: the engine holds the GIL, so a page is how long other threads wait
_BATCH = 512  # points a write, for the same reason
_COPIES = 4  # a write stands in the log and in a segment, each rounded up to whole pages


class EdgeStore:
    """A `VectorStore` in a directory, for one process at a time.

    Layout: `shard/` is Qdrant Edge's, `photos/` holds files, `.lock` holds the id of the process
    that has it open. A shard is made as `shard.unfinished` and renamed, so an interrupted creation
    leaves no half index.

    Threads may share it. The engine (0.9) holds the GIL in every call, so calls do not overlap and
    a long one stops every thread of the process: queries take milliseconds and scrolling is paged,
    but `optimize` takes long (10 s for 20,000 × 512 on 2 cores) and is for indexers; a server that
    answers calls `optimize_online`. A write returns once the engine's log has it, which a killed
    process leaves intact; a power cut may cost what came after the last flush.

    Attributes:
        path: the directory.
        schema: the vectors and payload indexes on disk.
        is_shared: False: one process at a time has it open.
        files: in the directory's folder `photos`.
    """

    is_shared = False

    def __init__(
        self,
        path: Path,
        schema: Schema,
        *,
        shard: "qdrant_edge.EdgeShard",
        lock: FileLock,
        reserve_bytes: int,
    ) -> None:
        """Take over an open shard and its held lock; `EdgeStore.open` is the way in."""
        self.path = path
        self.schema = schema
        self._open = OpenShard(path, shard, lock)
        self._reserve_bytes = reserve_bytes
        self._writing = RLock()
        self._optimizing = Lock()
        self._child: Popen[bytes] | None = None
        self._unoptimized = 0
        self.files = FolderFiles(
            files_folder(path), reserve_bytes=reserve_bytes, writing=self._writing
        )

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        schema: Schema | None,
        create: bool,
        reserve_bytes: int = RESERVE_BYTES,
    ) -> Self:
        """Open the index in a directory, or make one.

        Args:
            path: the directory.
            schema: what the index must have; None takes what is on disk.
            create: make the index where it is missing; needs a schema.
            reserve_bytes: disk space that no write may use.

        Raises:
            IndexMissingError: there is no index and `create` is off.
            IndexBusyError: another process (or another store of this one) has it open.
            IndexMismatchError: it has other vectors than `schema`.
            DiskFullError: there is no room to make it.
            StorageError: the place holds something else, cannot be written, or is damaged.
        """
        check_place(path, create=create and schema is not None)
        with ExitStack() as undo:
            lock = acquire_lock(path)
            undo.callback(lock.release)
            settle(path)
            if not has_shard(path):
                if schema is None or not create:  # it went away while the lock was taken
                    raise missing_index(path)
                check_space(path, 0, reserve_bytes)
                make_shard(path, schema)
            check_space(path, FLUSH_AFTER, 0)  # what the log may have to write again
            shard, found = load_shard(path)
            undo.callback(shard.close)
            if schema is not None:
                check_schema(schema, found, str(path))
                if create:
                    found = add_keywords(path, shard, schema, found)
            undo.pop_all()
        return cls(path, found, shard=shard, lock=lock, reserve_bytes=reserve_bytes)

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points, replacing those of the same id.

        Raises:
            IndexMismatchError, StorageError: a point does not fit; nothing was written.
            DiskFullError: there is no room for all of them; nothing was written.
        """
        import qdrant_edge as edge

        check_points(points, self.schema)
        sizes = [_stored_bytes(point) for point in points]
        with self._writing:
            self._check_space(sum(sizes))
            for start in range(0, len(points), _BATCH):
                batch = [to_point(point) for point in points[start : start + _BATCH]]
                self._open.update(
                    edge.UpdateOperation.upsert_points(batch),
                    [point.id for point in points[start : start + _BATCH]],
                    sum(sizes[start : start + _BATCH]),
                )
                self._unoptimized += len(batch)

    def replace_payload(self, payloads: Mapping[str, Mapping[str, Any]]) -> None:
        """Give existing points a new payload; ids that are not there are ignored."""
        import qdrant_edge as edge

        sizes = {point_id: len(payload_json(payload)) for point_id, payload in payloads.items()}
        with self._writing:
            self._check_space(sum(sizes.values()))
            there = {record.id for record in self.retrieve(list(payloads))}
            for point_id, payload in payloads.items():
                if canonical_id(point_id) in there:
                    operation = edge.UpdateOperation.overwrite_payload([point_id], dict(payload))
                    self._open.update(operation, [point_id], sizes[point_id])

    def delete(self, ids: Sequence[str]) -> None:
        """Remove points; ids that are not there are ignored."""
        import qdrant_edge as edge

        known = [point_id for point_id in ids if canonical_id(point_id)]
        with self._writing:
            self._check_space(16 * len(known))
            for start in range(0, len(known), _BATCH):
                batch = known[start : start + _BATCH]
                operation = edge.UpdateOperation.delete_points(list(batch))
                self._open.update(operation, batch, 16 * len(batch))

    def retrieve(
        self,
        ids: Sequence[str],
        *,
        with_vectors: bool = False,
        keys: Sequence[str] | None = None,
    ) -> list[Record]:
        """The points of these ids, in the order asked; ids that are not there are left out.

        `keys`: what of the payloads is read, which is faster than all of them.
        """
        asked = [found for found in map(canonical_id, ids) if found]
        records: dict[str, Record] = {}
        for start in range(0, len(asked), _PAGE):
            page = asked[start : start + _PAGE]
            with self._open.engine() as shard:
                payload = True if keys is None else list(keys)
                found = shard.retrieve(list(page), payload, with_vectors)
            records.update((record.id, record) for record in map(from_record, found))
        return [records[point_id] for point_id in asked if point_id in records]

    def query(
        self,
        vector: DenseVector | SparseVector,
        *,
        using: str,
        k: int,
        where: Where | None = None,
    ) -> list[Hit]:
        """The `k` closest points that have the vector `using`, best first."""
        return self.query_all([Nearest(vector, using, k, where)])[0]

    def query_all(self, queries: Sequence[Nearest]) -> list[list[Hit]]:
        """What `query` finds for each, in one call of the engine: it waits for its threads once."""
        for query in queries:
            check_vector(query.vector, query.using, self.schema)
        asked = [query for query in queries if query.k > 0]
        limits = [first_limit(query.k) for query in asked]
        hits = zip(asked, limits, self._ask(asked, limits, with_payload=True), strict=True)
        found = (self._best(query, found, limit=limit) for query, limit, found in hits)
        return [next(found) if query.k > 0 else [] for query in queries]

    def _best(self, query: Nearest, found: Sequence[Hit], *, limit: int) -> list[Hit]:
        if (hits := best_in_order(found, query.k, limit=limit)) is not None:
            return hits
        (all_tied,) = self._ask([query], [max(TIED, query.k)], with_payload=False)
        tied = in_order(all_tied)[: query.k]
        payloads = {each.id: each.payload for each in self.retrieve([hit.id for hit in tied])}
        return [replace(hit, payload=payloads[hit.id]) for hit in tied if hit.id in payloads]

    def _ask(
        self, queries: Sequence[Nearest], limits: Sequence[int], *, with_payload: bool
    ) -> list[list[Hit]]:
        import qdrant_edge as edge

        if not queries:
            return []
        requests = [
            edge.QueryRequest(
                limit=limit,
                query=edge.Query.Nearest(to_vector(query.vector), using=query.using),
                filter=to_filter(query.where),
                with_payload=with_payload,
                params=to_params(query.where) if isinstance(query.vector, SparseVector) else None,
            )
            for query, limit in zip(queries, limits, strict=True)
        ]
        with self._open.engine() as shard:
            found = shard.query_batch(edge.QueryBatchRequest(requests))
        return [
            [Hit(str(point.id), point.score, point.payload or {}) for point in points]
            for points in found
        ]

    def scroll(
        self,
        where: Where | None = None,
        *,
        with_vectors: bool = False,
        keys: Sequence[str] | None = None,
    ) -> Iterator[Record]:
        """Every point that the filter keeps, each once, in no promised order.

        `keys`: what of the payloads is read, which is faster than all of them.
        """
        import qdrant_edge as edge

        offset: edge.PointId | None = None
        while True:
            request = edge.ScrollRequest(
                offset=offset,
                limit=_PAGE,
                filter=to_filter(where),
                with_payload=True if keys is None else list(keys),
                with_vector=with_vectors,
            )
            with self._open.engine() as shard:
                found, offset = shard.scroll(request)
            yield from map(from_record, found)
            if offset is None:
                return

    def count(self, where: Where | None = None) -> int:
        """How many points the filter keeps, exactly."""
        import qdrant_edge as edge

        with self._open.engine() as shard:
            return shard.count(edge.CountRequest(exact=True, filter=to_filter(where)))

    def version(self) -> str:
        """Another value after every write and every opening; nothing is read for it."""
        return self._open.version()

    def add_payload_indexes(self, schema: Schema) -> None:
        """Make the payload indexes that `schema` names and the shard lacks."""
        with self._writing, self._open.engine() as shard:
            self.schema = add_keywords(self.path, shard, schema, self.schema)

    def remarks(self) -> list[Remark]:
        """Nothing: `snapcite doctor` looks at the folder itself."""
        return []

    def flush(self) -> None:
        """Write what the log and the segments still hold in memory to the disk."""
        with self._writing:
            self._open.flush()

    def optimize(self) -> None:
        """Merge segments and build HNSW where they are large; blocks every thread meanwhile.

        Raises:
            DiskFullError: there is no room for the second copy that this makes for a while.
        """
        with self._writing:
            self._check_room_for_shards(1)
            self._open.optimize()
            self._unoptimized = 0

    @property
    def unoptimized(self) -> int:
        """Points written since the last optimisation, or since it was opened.

        A query compares each of these, about 0.2 ms for a thousand.
        """
        return self._unoptimized

    def optimize_online(self) -> bool:
        """Optimise a copy in another process, then put it in the place of the shard.

        Writes wait while the copy is made and while it is brought up to date; queries wait only
        while the two change places.

        Raises:
            DiskFullError: there is no room for the copies that this makes for a while.
            StorageError: it failed, or the index was closed meanwhile; the index is as it was.
        """
        if not self._optimizing.acquire(blocking=False):
            return False
        try:
            with self._held():
                self._check_room_for_shards(2)
                copy = copy_shard(self.path)
                self._open.touched, optimized = set(), self._unoptimized
                self._child = start_optimizing(copy)
            with self._child as child:  # closes the pipe to it
                status = child.wait()
            if status != 0:
                raise StorageError(f"Optimising {self.path} was cut off; the index is as it was.")
            with self._writing, engine_errors(self.path):
                read = partial(self.retrieve, with_vectors=True)
                catch_up(copy, self._open.touched, read)
                self._open.change_places()
                self._unoptimized -= optimized
        finally:
            self._open.touched = self._child = None
            self._optimizing.release()
        settle(self.path)
        return True

    def back_up(self, place: Path) -> int:
        """Copy the directory, and open the copy to count its points."""
        with new_backup(place) as unfinished:
            with self._held():
                copy_directory(self.path, unfinished, self._reserve_bytes)
                points = self.count()
            with EdgeStore.open(unfinished, schema=None, create=False) as copy:
                found = copy.count()
            if found != points:
                raise StorageError(
                    f"The copy holds {found:,} points and the index {points:,}, so the copy was "
                    "removed. Try again, and look at the disk if it happens twice."
                )
        return used_bytes(place)

    def close(self) -> None:
        """Make everything durable and release the directory; closing twice is fine."""
        if (child := self._child) is not None:
            child.kill()
        with self._writing:
            self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _held(self) -> Iterator[None]:
        """The directory is complete on the disk in the block; writes wait, queries do not."""
        with self._writing:
            self.flush()
            yield

    def _check_space(self, size: int) -> None:
        check_space(self.path, _COPIES * size, self._reserve_bytes)

    def _check_room_for_shards(self, count: int) -> None:
        shard = used_bytes(shard_folder(self.path))
        check_space(self.path, count * shard, self._reserve_bytes)


def _stored_bytes(point: Point) -> int:
    vectors = (
        8 * len(vector.indices) if isinstance(vector, SparseVector) else vector.nbytes
        for vector in point.vectors.values()
    )
    return len(payload_json(point.payload)) + sum(vectors)
