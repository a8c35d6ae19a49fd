"""A client of a Qdrant server: calls that are tried again, making and opening a collection.

Knows the wire; `knowledge.store.server.engine` knows what is asked and written.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from knowledge import deadline
from knowledge.credentials import without_credentials
from knowledge.errors import StorageError
from knowledge.store.base import Schema
from knowledge.store.checks import check_schema, missing_index
from knowledge.store.server.convert import read_schema
from knowledge.store.server.errors import (
    is_passing,
    is_timeout,
    to_storage_error,
    wait_before_retry,
)

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_log = logging.getLogger(__name__)

_TIMEOUT = 60  # seconds a single call may take
_READ_TIMEOUT = 10  # seconds a single call may take that somebody waits for

T = TypeVar("T")


class Connection:
    """A client, the place that it talks to, and how long to wait between tries.

    Attributes:
        place: URL and collection, without secrets, for people to read.
    """

    def __init__(
        self, client: "QdrantClient", place: str, *, owned: bool, retry_waits: Sequence[float]
    ) -> None:
        """Take over a client; an `owned` one is closed at the end."""
        self.place = place
        self._client: QdrantClient | None = client
        self._owned = owned
        self._retry_waits = tuple(retry_waits)

    @property
    def in_memory(self) -> bool:
        """Whether the client only plays a server, in this process."""
        return self._client is not None and self._client.init_options["location"] == ":memory:"

    def call(self, call: "Callable[[QdrantClient], T]") -> T:
        """Make one call, and try again while it fails in passing and there is time.

        Within a deadline a call that took too long is not tried again: it would take too long
        again, and somebody waits.

        Raises:
            StorageError: it failed for good, or too often; see `to_storage_error`.
        """
        waits = list(self._retry_waits)
        while True:
            client = self._client
            if client is None:
                raise StorageError(f"The index at {self.place} has been closed.")
            try:
                return call(client)
            except Exception as error:
                if not (waits and is_passing(error)):
                    raise to_storage_error(error, self.place) from error
                wait = wait_before_retry(error, waits.pop(0))
                left = deadline.remaining()
                if left is not None and (wait >= left or is_timeout(error)):
                    raise to_storage_error(error, self.place) from error
                _log.info("%s: %s; trying again in %.1f s", self.place, error, wait)
                time.sleep(wait)

    @staticmethod
    def patience() -> int:
        """Whole seconds that a read may take now."""
        left = deadline.remaining()
        return _TIMEOUT if left is None else max(1, round(min(_READ_TIMEOUT, left)))

    def close(self) -> None:
        """Close the client if it is our own; closing twice is fine."""
        client, self._client = self._client, None
        if client is not None and self._owned:
            client.close()


def connect(url: str, *, api_key: str | None, place: str) -> "QdrantClient":
    """A client for a URL; nothing is sent yet.

    Raises:
        StorageError: it is not a URL.
    """
    from qdrant_client import QdrantClient

    # As a header, not as `api_key`: with that the client warns about http even on loopback.
    headers = {"api-key": api_key} if api_key else None
    try:
        parts = urlsplit(url)
        if api_key and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1"):
            _log.warning("The API key travels unencrypted to %s; use https.", place)
        return QdrantClient(url=url, headers=headers, timeout=_TIMEOUT, check_compatibility=False)
    except ValueError as error:
        why = without_credentials(str(error), url)
        raise StorageError(f"{place} is not the address of a Qdrant server: {why}.") from error


def prepare_collection(
    connection: Connection, name: str, schema: Schema | None, *, create: bool
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
        _create(connection, name, schema)
    info = connection.call(lambda client: client.get_collection(name))
    found = read_schema(info, connection.place)
    if schema is None:
        return found
    check_schema(schema, found, connection.place)
    if not create:
        return found
    for key in sorted(set(schema.keywords) - set(found.keywords)):
        _index_keyword(connection, name, key)
    return found.with_keywords(schema.keywords)


def _exists(connection: Connection, name: str) -> bool:
    return connection.call(lambda client: client.collection_exists(name))


def _create(connection: Connection, name: str, schema: Schema) -> None:
    from qdrant_client import models

    dense = {
        vector: models.VectorParams(size=dim, distance=models.Distance.COSINE)
        for vector, dim in schema.dense.items()
    }
    sparse = {
        vector: models.SparseVectorParams(modifier=models.Modifier.IDF) for vector in schema.sparse
    }
    try:
        connection.call(
            lambda client: client.create_collection(
                name, vectors_config=dense, sparse_vectors_config=sparse, on_disk_payload=True
            )
        )
    except StorageError:
        if not _exists(connection, name):  # else another process or an earlier try made it
            raise


def _index_keyword(connection: Connection, name: str, key: str) -> None:
    from qdrant_client import models

    if connection.in_memory:
        return  # that mode has no payload indexes, and warns when asked for one
    connection.call(
        lambda client: client.create_payload_index(
            name, field_name=key, field_schema=models.PayloadSchemaType.KEYWORD, wait=True
        )
    )
