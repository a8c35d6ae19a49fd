"""The server engine: a collection of a Qdrant server or cluster, over qdrant-client.

Knows batches and pages. `knowledge.store.server.connection` knows the wire and its failures,
`knowledge.store.server.convert` the client's models, and `knowledge.store.base` says what the
methods promise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from queue import LifoQueue
from random import sample
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import NAMESPACE_URL, uuid4, uuid5

from knowledge.credentials import without_secrets
from knowledge.errors import ConfigurationError
from knowledge.store.base import (
    DenseVector,
    Hit,
    Nearest,
    OpenTo,
    Point,
    Record,
    Remark,
    Schema,
    SparseVector,
    Where,
)
from knowledge.store.checks import canonical_id, check_points, check_vector, payload_json
from knowledge.store.equal_scores import TIED, best_in_order, first_limit, in_order
from knowledge.store.server.connection import (
    Connection,
    add_payload_indexes,
    check_versions,
    connect,
    prepare_collection,
)
from knowledge.store.server.convert import batches, from_record, to_filter, to_request, to_upsert
from knowledge.store.server.errors import WriteUnfinishedError
from knowledge.store.server.examine import remarks_on
from knowledge.store.server.files import PointFiles
from knowledge.store.server.options import ServerOptions, to_consistency
from knowledge.store.server.version import Release, release_of
from knowledge.store.server.words import COUNTS_A_PART_SINCE, without_closed_words

if TYPE_CHECKING:
    from qdrant_client import QdrantClient, models

RETRY_WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the tries of a call that fails in passing; one try more than there are waits."""

MAX_BODY_BYTES = 5_000_000
"""Larger request bodies make servers time out."""

_PAGE = 256

_WEAK_SINCE: Release = (1, 19)
"""The first release whose leader of a shard, when it goes on after it hung, puts what it kept over
what was written and acknowledged since. Before, `weak` left copies without acknowledged points."""

_STAMPS = 16
_STAMP_IDS = tuple(
    str(uuid5(NAMESPACE_URL, "urn:snapcite:stamp" + (f":{number}" if number else "")))
    for number in range(_STAMPS)
)
"""Points of the collection that no reader is shown: they hold what `version` returns. A writer
changes one that no other writer of its process changes just then: two writes of one point at a time
may stay in another order on each copy, and then an old version would come back."""


class ServerStore:
    """A `VectorStore` in a collection of a Qdrant server. Threads may share it.

    Every write waits until the server has applied it. A call that fails in passing (no connection,
    a time-out, HTTP 429 or 5xx) is tried again; no call does harm when it is made twice.

    Every request that writes ends with a new stamp, so that all who share the collection can see
    that it changed.

    Attributes:
        place: URL and collection, without secrets, for people to read.
        schema: the vectors and payload indexes of the collection.
        is_shared: True: other processes may use the collection.
        files: points of the collection.
        unoptimized: 0: a server builds its indexes by itself.
    """

    is_shared = True
    unoptimized = 0

    def __init__(
        self, connection: Connection, collection: str, schema: Schema, options: ServerOptions
    ) -> None:
        """Take over a connection; `ServerStore.open` is the way in."""
        self.place = connection.place
        self.schema = schema
        self._options = options
        self._consistency = to_consistency(options)
        self._connection = connection
        self._collection = collection
        self._known_release: Release | None = None
        self._stamp_ids: LifoQueue[str] = LifoQueue()
        for stamp_id in sample(_STAMP_IDS, _STAMPS):
            self._stamp_ids.put(stamp_id)
        self.files = PointFiles(self)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        collection: str,
        api_key: str | None,
        schema: Schema | None,
        create: bool,
        client: "QdrantClient | None" = None,
        retry_waits: Sequence[float] = RETRY_WAITS,
        options: ServerOptions = ServerOptions(),  # noqa: B008 - frozen
    ) -> Self:
        """Open a collection, or make one.

        Args:
            url: where the server is; without a port, 6333. Of a cluster, the URLs of several nodes
                with commas between them: another one is asked while one is down.
            collection: the collection's name.
            api_key: the server's key, if it wants one.
            schema: what the collection must have; None takes what it has.
            create: make the collection, and payload indexes it lacks; needs a schema.
            client: a client to use instead of connecting; it stays open at `close`.
            retry_waits: seconds between the tries of a call that fails in passing.
            options: of a collection that is made, and of reads.

        Raises:
            IndexMissingError: there is no such collection and `create` is off.
            IndexMismatchError: it has other vectors than `schema`.
            StoreUnavailableError: the server does not answer or refuses the key.
            StorageError: the URL is not a URL, the server is of a version that this engine does not
                work with, or it refuses the collection.
        """
        urls = [each.strip() for each in url.split(",") if each.strip()]
        place = f"{', '.join(map(without_secrets, urls))} (collection {collection})"
        connection = Connection(
            {url: client} if client else connect(urls, api_key=api_key, place=place),
            place,
            owned=client is None,
            retry_waits=retry_waits,
        )
        try:
            check_versions(connection)
            found = prepare_collection(
                connection, collection, schema, create=create, options=options
            )
        except BaseException:
            connection.close()
            raise
        return cls(connection, collection, found, options)

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points, replacing those of the same id.

        Raises:
            IndexMismatchError, StorageError: a point does not fit; nothing was written.
        """
        check_points(points, self.schema)
        if any("closed" in point.payload for point in points) and not self._counts_a_part():
            points = without_closed_words(points)
        for batch in batches(points, max_bytes=MAX_BODY_BYTES):
            self._write([to_upsert(batch)])

    def replace_payload(self, payloads: Mapping[str, Mapping[str, Any]]) -> None:
        """Give existing points a new payload; ids that are not there are ignored."""
        from qdrant_client import models

        for payload in payloads.values():
            payload_json(payload)
        there = {record.id for record in self._retrieve(list(payloads), with_payload=False)}
        known = [Point(i, payload) for i, payload in payloads.items() if canonical_id(i) in there]
        for batch in batches(known, max_bytes=MAX_BODY_BYTES):
            operations: list[models.UpdateOperation] = [
                models.OverwritePayloadOperation(
                    overwrite_payload=models.SetPayload(
                        payload=dict(point.payload), points=[point.id]
                    )
                )
                for point in batch
            ]
            self._write(operations)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove points; ids that are not there are ignored."""
        from qdrant_client import models

        known = [found for found in map(canonical_id, ids) if found]
        for start in range(0, len(known), _PAGE):
            page = list[models.ExtendedPointId](known[start : start + _PAGE])
            self._write([models.DeleteOperation(delete=models.PointIdsList(points=page))])

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
        payload = True if keys is None else list(keys)
        return self._retrieve(ids, with_payload=payload, with_vectors=with_vectors)

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
        """What `query` finds for each, in one call."""
        for query in queries:
            check_vector(query.vector, query.using, self.schema)
        asked = [n for n, query in enumerate(queries) if _finds_something(query)]
        hits: list[list[Hit]] = [[] for _ in queries]
        limits = {n: first_limit(queries[n].k) for n in asked}
        cut: list[int] = []
        for n, found in zip(asked, self._ask(queries, limits, with_payload=True), strict=True):
            best = best_in_order(found, queries[n].k, limit=limits[n])
            if best is None:
                cut.append(n)
            else:
                hits[n] = best
        limits = {n: max(TIED, queries[n].k) for n in cut}
        for n, found in zip(cut, self._ask(queries, limits, with_payload=False), strict=True):
            hits[n] = in_order(found)[: queries[n].k]
        if cut:
            found_ids = dict.fromkeys(hit.id for n in cut for hit in hits[n])
            payloads = {each.id: each.payload for each in self.retrieve(list(found_ids))}
            for n in cut:
                hits[n] = [
                    replace(hit, payload=payloads[hit.id]) for hit in hits[n] if hit.id in payloads
                ]
        return hits

    def _ask(
        self, queries: Sequence[Nearest], limits: Mapping[int, int], *, with_payload: bool
    ) -> list[list[Hit]]:
        """The hits of those queries that have a limit, in their order."""
        if not limits:
            return []
        scoped = any(
            isinstance(each, OpenTo) for n in limits for each in (queries[n].where or {}).values()
        )
        requests = [
            to_request(
                queries[n],
                limit=limit,
                with_payload=with_payload,
                rescore=not self._connection.in_memory,  # that mode warns of it
                # Where it cannot count a part, closed points have no words.
                counts_a_part=scoped and self._counts_a_part(),
            )
            for n, limit in limits.items()
        ]
        found = self._connection.call(
            lambda client: client.query_batch_points(
                self._collection,
                requests,
                consistency=self._consistency,
                timeout=self._connection.patience(),
            )
        )
        return [
            [Hit(str(point.id), point.score, point.payload or {}) for point in each.points]
            for each in found
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
        offset: models.ExtendedPointId | None = None
        while True:
            found, offset = self._page(offset, where, with_vectors=with_vectors, keys=keys)
            yield from found
            if offset is None:
                return

    def count(self, where: Where | None = None) -> int:
        """How many points the filter keeps, exactly."""
        return self._connection.call(
            lambda client: (
                client.count(
                    self._collection,
                    count_filter=to_filter(where, hide=_STAMP_IDS),
                    exact=True,
                    timeout=self._connection.patience(),
                ).count
            )
        )

    def version(self) -> str:
        """The stamps of the latest writes, this process's and others'; one short request."""
        stamps = self.retrieve(_STAMP_IDS, keys=["stamp"])
        known = "".join(f"{each.id} {each.payload['stamp']};" for each in stamps)
        if not known:
            return f"{self.place}, never stamped"
        return sha256(known.encode()).hexdigest()

    def add_payload_indexes(self, schema: Schema) -> None:
        """Make the payload indexes that `schema` names and the collection lacks."""
        self.schema = add_payload_indexes(self._connection, self._collection, schema, self.schema)

    def remarks(self) -> list[Remark]:
        """Versions, nodes and copies of the shards, and what differs from the options."""
        return remarks_on(self._connection, self._collection, self._options)

    def flush(self) -> None:
        """Do nothing: a server has a write in its log before it answers, and flushes by itself."""

    def optimize(self) -> None:
        """Do nothing: a server builds its indexes by itself, in the background."""

    def optimize_online(self) -> bool:
        """Do nothing: a server builds its indexes by itself, in the background."""
        return False

    def back_up(self, place: Path) -> int:  # noqa: ARG002 - the protocol's
        """Refuse: Qdrant makes snapshots."""
        raise ConfigurationError(
            f"{self.place} is a Qdrant server's: back it up with Qdrant's own snapshots "
            "(docs/operations.md)."
        )

    def close(self) -> None:
        """Release the connections; closing twice is fine."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _release(self) -> Release:
        if self._known_release is None:
            self._known_release = self._connection.call(release_of)
        return self._known_release

    def _counts_a_part(self) -> bool:
        return self._release >= COUNTS_A_PART_SINCE

    def _ordering(self) -> "models.WriteOrdering":
        """How a write reaches the copies of a shard.

        `medium` goes by the shard's leader (`_WEAK_SINCE` says where that loses writes).
        """
        from qdrant_client import models

        is_weak = self._release >= _WEAK_SINCE
        return models.WriteOrdering.WEAK if is_weak else models.WriteOrdering.MEDIUM

    def _write(self, operations: "Sequence[models.UpdateOperation]") -> None:
        from qdrant_client import models

        ordering = self._ordering()
        stamp_id = self._stamp_ids.get()
        stamp = to_upsert([Point(stamp_id, {"kind": "stamp", "stamp": uuid4().hex})])

        def write(client: "QdrantClient") -> None:
            results = client.batch_update_points(
                self._collection,
                update_operations=[*operations, stamp],
                wait=True,
                ordering=ordering,
                timeout=self._connection.patience_of_writes(),
            )
            if any(result.status != models.UpdateStatus.COMPLETED for result in results):
                raise WriteUnfinishedError

        try:
            self._connection.write(write)
        finally:
            self._stamp_ids.put(stamp_id)

    def _retrieve(
        self,
        ids: Sequence[str],
        *,
        with_payload: bool | list[str] = True,
        with_vectors: bool = False,
    ) -> list[Record]:
        asked = [found for found in map(canonical_id, ids) if found]
        records: dict[str, Record] = {}
        for start in range(0, len(asked), _PAGE):
            found = self._retrieve_page(asked[start : start + _PAGE], with_payload, with_vectors)
            records.update((record.id, record) for record in found)
        return [records[point_id] for point_id in asked if point_id in records]

    def _retrieve_page(
        self, ids: list[str], with_payload: bool | list[str], with_vectors: bool
    ) -> list[Record]:
        found = self._connection.call(
            lambda client: client.retrieve(
                self._collection,
                ids=list(ids),
                with_payload=with_payload,
                with_vectors=with_vectors,
                consistency=self._consistency,
                timeout=self._connection.patience(),
            )
        )
        return [from_record(record) for record in found]

    def _page(
        self,
        offset: "models.ExtendedPointId | None",
        where: Where | None,
        *,
        with_vectors: bool,
        keys: Sequence[str] | None,
    ) -> "tuple[list[Record], models.ExtendedPointId | None]":
        found, following = self._connection.call(
            lambda client: client.scroll(
                self._collection,
                scroll_filter=to_filter(where, hide=_STAMP_IDS),
                limit=_PAGE,
                offset=offset,
                with_payload=True if keys is None else list(keys),
                with_vectors=with_vectors,
                consistency=self._consistency,
                timeout=self._connection.patience(),
            )
        )
        return [from_record(record) for record in found], following


def _finds_something(query: Nearest) -> bool:
    is_empty = isinstance(query.vector, SparseVector) and not query.vector.indices
    return query.k > 0 and not is_empty
