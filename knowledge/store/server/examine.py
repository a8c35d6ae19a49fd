"""How a collection's server is: versions, nodes, copies of shards, and what differs from what the
operator chose. Reads only."""

from typing import TYPE_CHECKING

from knowledge.errors import StorageError
from knowledge.store.base import Remark
from knowledge.store.server.connection import Connection
from knowledge.store.server.options import SMALL_SHARD, ServerOptions, differences
from knowledge.store.server.version import TRIED, is_newer_than_tried

if TYPE_CHECKING:
    from qdrant_client import models


def remarks_on(connection: Connection, collection: str, options: ServerOptions) -> list[Remark]:
    """What an operator should know of a collection and its server.

    Raises:
        StorageError: nobody answers.
    """
    if connection.in_memory:
        return []
    info = connection.call(lambda client: client.get_collection(collection))
    return [
        *_of_versions(connection.versions()),
        *_of_status(info),
        *_of_copies(connection, collection, info),
        *_of_shards(info),
        *differences(options, info, collection),
    ]


def _of_versions(of_nodes: dict[str, str | None]) -> list[Remark]:
    versions = sorted({each for each in of_nodes.values() if each is not None})
    seen = f"version {', '.join(versions)}"
    todo = None
    if len(versions) > 1:
        todo = "The nodes differ: finish the upgrade."
    elif is_newer_than_tried(versions[0]):
        todo = f"SnapCite was tried with {TRIED}; look at the first answers (docs/cluster.md)."
    down = [address for address, version in of_nodes.items() if version is None]
    return [
        Remark("qdrant", seen, todo),
        # A cluster itself says so only once a write has failed there.
        *(Remark("qdrant", f"{address} does not answer", "Start that node.") for address in down),
    ]


def _of_status(info: "models.CollectionInfo") -> list[Remark]:
    from qdrant_client import models

    match info.status:
        case models.CollectionStatus.RED:
            return [Remark("qdrant", "the collection is red", f"Its log: {info.optimizer_status}.")]
        case models.CollectionStatus.YELLOW:
            return [Remark("qdrant", "the collection is yellow: its index is still being built")]
        case models.CollectionStatus.GREY:
            todo = 'It goes on at a write, or PATCH it with {"optimizers_config": {}}.'
            return [
                Remark("qdrant", "the collection is grey: building its index was put off", todo)
            ]
        case _:
            return []


def _of_copies(
    connection: Connection, collection: str, info: "models.CollectionInfo"
) -> list[Remark]:
    """Whether each shard has its copies, and all of them work."""
    from qdrant_client import models

    try:
        found = connection.call(lambda client: client.collection_cluster_info(collection))
    except StorageError as error:  # a key that may only read the collection
        return [Remark("qdrant", f"its shards cannot be looked at: {error}")]
    shards = [(each.shard_id, found.peer_id, each.state) for each in found.local_shards]
    shards += [(each.shard_id, each.peer_id, each.state) for each in found.remote_shards]
    copies = dict.fromkeys((shard for shard, _, _ in shards), 0)
    idle: list[str] = []
    for shard, peer, state in shards:
        if state == models.ReplicaState.ACTIVE:
            copies[shard] += 1
        else:
            idle.append(f"shard {shard} on {peer} is {state}")
    wanted = info.config.params.replication_factor or 1
    fewest = min(copies.values(), default=0)
    seen = f"shards: {len(copies)}; copies: {wanted} wanted, {fewest} at least working"
    if idle:
        seen += f"; {', '.join(sorted(idle)[:6])}"
    if fewest >= wanted and not idle:
        return [Remark("qdrant", seen)]
    todo = "Start the node that is down; where none is, copy the shard (replicate_shard)."
    return [Remark("qdrant", seen, todo)]


def _of_shards(info: "models.CollectionInfo") -> list[Remark]:
    """Whether one shard would do, where words are weighed by all texts and not by a shard's."""
    shards, points = info.config.params.shard_number or 1, info.points_count or 0
    if shards == 1 or not points or points / shards >= SMALL_SHARD:
        return []
    return [
        Remark(
            "qdrant",
            f"{points:,} points in {shards} shards",
            "One shard holds as many, and then all texts say how rare a word is and not each "
            "shard's own: push into a collection of one shard (docs/cluster.md).",
        )
    ]
