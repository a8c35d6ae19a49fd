"""Files of a server's index are kept in parts that fit into a request."""

from uuid import uuid4

from qdrant_client import QdrantClient

from knowledge.store.base import Schema
from knowledge.store.server.engine import ServerStore

SCHEMA = Schema(dense={"image": 8}, sparse=(), keywords=("kind",))


def test_a_large_file_is_kept_in_parts(tmp_path):
    client = QdrantClient(":memory:")
    with ServerStore.open(
        ":memory:", collection="c", api_key=None, schema=SCHEMA, create=True, client=client
    ) as store:
        store.files.write(str(uuid4()), bytes(7 * 2**20))
        assert store.count({"kind": "upload"}) == 3  # 3 + 3 + 1 MiB
    client.close()
