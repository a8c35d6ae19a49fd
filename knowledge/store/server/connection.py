"""A client of a Qdrant server: calls that are tried again, making and opening a collection.

Knows the wire; `knowledge.store.server.engine` knows what is asked and written.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import urlsplit

from knowledge import deadline
from knowledge.credentials import without_credentials, without_secrets
from knowledge.errors import ConfigurationError, IndexMissingError, StorageError
from knowledge.server_client import made_for
from knowledge.store.base import Schema
from knowledge.store.checks import check_schema, missing_index
from knowledge.store.server.convert import read_schema, span_ends
from knowledge.store.server.errors import (
    NoCollectionError,
    is_missing,
    is_passing,
    is_timeout,
    is_unreached,
    to_storage_error,
    wait_before_retry,
)
from knowledge.store.server.nodes import Node, Nodes
from knowledge.store.server.options import FULL_SCAN_KB, ServerOptions, to_quantization
from knowledge.store.server.version import check_version

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_log = logging.getLogger(__name__)

_TIMEOUT = 60  # seconds a single call may take
_READ_TIMEOUT = 10  # seconds a single call may take that somebody waits for
_KNOCK_TIMEOUT = 5  # seconds in which one of several nodes says that it does not hang

T = TypeVar("T")


class Connection:
    """The nodes of a server, the place that they are, and how long to wait between tries.

    Any node of a cluster answers for all of it. They are asked in turn; one that fails is asked
    last until it is well (`knowledge.store.server.nodes`).

    Attributes:
        place: URLs and collection, without secrets, for people to read.
    """

    def __init__(
        self,
        clients: Mapping[str, "QdrantClient"],
        place: str,
        *,
        owned: bool,
        retry_waits: Sequence[float],
    ) -> None:
        """Take over clients, by their addresses; `owned` ones are closed at the end."""
        self.place = place
        self._nodes = Nodes(clients)
        self._owned = owned
        self._retry_waits = tuple(retry_waits)

    @property
    def in_memory(self) -> bool:
        """Whether the client only plays a server, in this process."""
        return any(node.client.init_options["location"] == ":memory:" for node in self._nodes.all)

    @property
    def _has_several(self) -> bool:
        return len(self._nodes.all) > 1

    def write(self, call: "Callable[[QdrantClient], T]") -> T:
        """Make a call that changes something, as `call` does, at a node that answers just now.

        A node that hangs would keep the write and carry it out when it goes on, after others have
        written something newer.

        Raises:
            StorageError: as `call`.
        """
        return self.call(call, is_write=True)

    def call(self, call: "Callable[[QdrantClient], T]", *, is_write: bool = False) -> T:
        """Make one call, at the next node if one fails in passing, and again while there is time.

        Within a deadline a call that took too long at every node is not tried again: it would take
        too long again, and somebody waits. A collection is missing when all nodes say so: one whose
        disk was replaced knows none until it has learnt of them.

        Raises:
            StorageError: it failed for good, or too often; see `to_storage_error`.
        """
        waits = list(self._retry_waits)
        while True:
            error: Exception = self._open_error()
            unreached: list[str] = []
            ignorant: list[Node] = []
            for node in self._nodes.in_turn():
                try:
                    self._knock(node, is_write=is_write)
                    answer = call(node.client)
                except Exception as failed:
                    if not (is_passing(failed) or (is_missing(failed) and self._has_several)):
                        raise to_storage_error(failed, self.place) from failed
                    if is_missing(failed):
                        ignorant.append(node)
                        error = error if is_passing(error) else failed
                        continue
                    if is_unreached(failed):
                        unreached.append(node.address)
                    if not is_unreached(failed) or not is_passing(error):
                        error = failed  # what one says that answers tells more
                    self._nodes.failed(node)
                    if _is_late():
                        break
                else:
                    for other in ignorant:
                        self._nodes.failed(other)
                    return answer
            if not (waits and is_passing(error)):
                raise to_storage_error(error, self._place_without(unreached)) from error
            wait = wait_before_retry(error, waits.pop(0))
            left = deadline.remaining()
            if left is not None and (wait >= left or is_timeout(error)):
                raise to_storage_error(error, self._place_without(unreached)) from error
            _log.info("%s: %s; trying again in %.1f s", self.place, error, wait)
            time.sleep(wait)

    def versions(self) -> dict[str, str | None]:
        """The version of every node, by its address; None for those that do not answer.

        Raises:
            StorageError: none can be reached, or one refuses.
        """
        nodes = self._nodes.all
        if len(nodes) == 1:
            return {nodes[0].address: self.call(lambda client: client.info()).version}
        with ThreadPoolExecutor(len(nodes)) as pool:
            asked = {node: pool.submit(node.ask_version, _KNOCK_TIMEOUT) for node in nodes}
        found: dict[str, str | None] = {}
        for node, answer in asked.items():
            error = answer.exception()
            if error is None:
                found[node.address] = answer.result()
            elif isinstance(error, Exception) and is_passing(error):
                found[node.address] = None
                self._nodes.failed(node)
                _log.warning("%s does not answer: %s", node.address, error)
            else:
                assert isinstance(error, Exception)
                raise to_storage_error(error, self.place) from error
        if all(version is None for version in found.values()):  # tries again for a while
            return {self.place: self.call(lambda client: client.info()).version}
        return found

    def patience(self) -> int:
        """Whole seconds that a read may take now; of several nodes, a second one gets as many."""
        left = deadline.remaining()
        if left is None:
            return _TIMEOUT
        share = left / 2 if self._has_several else left
        return max(1, round(min(_READ_TIMEOUT, share)))

    def patience_of_writes(self) -> int:
        """Whole seconds that a write may take now."""
        left = deadline.remaining()
        return _TIMEOUT if left is None else max(1, round(min(_TIMEOUT, left)))

    def close(self) -> None:
        """Close the clients if they are our own; closing twice is fine."""
        if self._owned and not self._nodes.are_closed:
            for node in self._nodes.all:
                node.client.close()
        self._nodes.close()

    def _knock(self, node: Node, *, is_write: bool) -> None:
        """See that a node does not hang, before a write, or a read that has no end of its own.

        Raises:
            Exception: those of the client.
        """
        several = self._has_several
        if self.in_memory or not (is_write or (several and deadline.remaining() is None)):
            return
        patience = self.patience_of_writes()
        node.ask_version(min(patience / 2, _KNOCK_TIMEOUT) if several else patience)

    def _place_without(self, unreached: Sequence[str]) -> str:
        """The place, with those of several nodes that do not answer where others do."""
        if not unreached or len(unreached) == len(self._nodes.all):
            return self.place
        return f"{self.place}, of which {', '.join(sorted(unreached))} cannot be reached,"

    def _open_error(self) -> Exception:
        """The error of a connection that is open and has asked nobody.

        Raises:
            StorageError: it has been closed.
        """
        if self._nodes.are_closed:
            raise StorageError(f"The index at {self.place} has been closed.")
        return StorageError(f"The index at {self.place} was not asked.")


def _is_late() -> bool:
    left = deadline.remaining()
    return left is not None and left <= 0


def connect(urls: Sequence[str], *, api_key: str | None, place: str) -> "dict[str, QdrantClient]":
    """A client for each URL; nothing is sent yet.

    Raises:
        StorageError: one is not a URL.
        ConfigurationError: the proxies or the certificates of the environment cannot be used.
    """
    from httpx import InvalidURL
    from qdrant_client import QdrantClient

    # As a header, not as `api_key`: with that the client warns about http even on loopback.
    headers = {"api-key": api_key} if api_key else None
    clients: dict[str, QdrantClient] = {}
    try:
        for url in urls:
            parts = urlsplit(url)
            local = parts.hostname in ("localhost", "127.0.0.1")
            if api_key and parts.scheme == "http" and not local:
                _log.warning("The API key travels unencrypted to %s; use https.", place)
            clients[without_secrets(url)] = made_for(
                url,
                partial(
                    QdrantClient, url=url, headers=headers, timeout=_TIMEOUT,
                    check_compatibility=False,
                ),
            )  # fmt: skip
    except (ValueError, InvalidURL, ConfigurationError) as error:
        for client in clients.values():
            client.close()
        if isinstance(error, ConfigurationError):
            raise
        why = without_credentials(str(error), *urls)
        raise StorageError(f"{place} is not the address of a Qdrant server: {why}.") from error
    return clients


def check_versions(connection: Connection) -> None:
    """Refuse a server whose version this engine does not work with.

    Raises:
        StorageError: see `knowledge.store.server.version.check_version`; or nobody answers.
    """
    if not connection.in_memory:
        found = connection.versions().values()
        for version in sorted({each for each in found if each is not None}):
            check_version(version, connection.place)


def prepare_collection(
    connection: Connection,
    name: str,
    schema: Schema | None,
    *,
    create: bool,
    options: ServerOptions,
) -> Schema:
    """Open a collection, or make it if it is missing; refuse one that does not fit.

    Returns:
        The collection's schema.

    Raises:
        IndexMissingError: there is no such collection, and `create` is off or `schema` None.
        IndexMismatchError: it has other vectors than `schema`.
        StorageError: the server does not answer or refuses.
    """
    if not _exists(connection, name):
        if schema is None or not create:
            raise missing_index(connection.place)
        _create(connection, name, schema, options)
    info = connection.call(lambda client: client.get_collection(name))
    found = read_schema(info, connection.place)
    if schema is None:
        return found
    check_schema(schema, found, connection.place)
    return add_payload_indexes(connection, name, schema, found) if create else found


def add_payload_indexes(connection: Connection, name: str, wanted: Schema, found: Schema) -> Schema:
    """Make the payload indexes that are wanted and missing.

    Returns:
        The schema that the collection has then.

    Raises:
        StorageError: the server does not answer or refuses.
    """
    for key in sorted(set(wanted.keywords) - set(found.keywords)):
        _index_payload(connection, name, key, "keyword")
    for key in sorted(set(wanted.spans) - set(found.spans)):
        for end in span_ends(key):
            _index_payload(connection, name, end, "integer")
    for key in sorted(set(wanted.numbers) - set(found.numbers)):
        _index_payload(connection, name, key, "integer")
    spans = tuple(sorted({*found.spans, *wanted.spans}))
    numbers = tuple(sorted({*found.numbers, *wanted.numbers}))
    return replace(found.with_keywords(wanted.keywords), spans=spans, numbers=numbers)


def _exists(connection: Connection, name: str) -> bool:
    def ask(client: "QdrantClient") -> None:
        if not client.collection_exists(name):
            raise NoCollectionError  # so that other nodes are asked too

    try:
        connection.call(ask)
    except IndexMissingError:
        return False
    return True


def _create(connection: Connection, name: str, schema: Schema, options: ServerOptions) -> None:
    from qdrant_client import models

    dense = {
        vector: models.VectorParams(
            size=dim, distance=models.Distance.COSINE, on_disk=options.on_disk
        )
        for vector, dim in schema.dense.items()
    }
    sparse = {
        vector: models.SparseVectorParams(modifier=models.Modifier.IDF) for vector in schema.sparse
    }
    try:
        connection.write(
            lambda client: client.create_collection(
                name,
                vectors_config=dense,
                sparse_vectors_config=sparse,
                shard_number=options.shards or 1,
                replication_factor=options.copies,
                write_consistency_factor=options.write_copies,
                hnsw_config=models.HnswConfigDiff(full_scan_threshold=FULL_SCAN_KB),
                quantization_config=to_quantization(options),
                on_disk_payload=True,
                timeout=_TIMEOUT,
            )
        )
    except StorageError:
        if not _exists(connection, name):  # else another process or an earlier try made it
            raise


def _index_payload(
    connection: Connection, name: str, key: str, kind: Literal["keyword", "integer"]
) -> None:
    from qdrant_client import models

    if connection.in_memory:
        return  # that mode has no payload indexes, and warns when asked for one
    connection.write(
        lambda client: client.create_payload_index(
            name, field_name=key, field_schema=models.PayloadSchemaType(kind), wait=True
        )
    )
