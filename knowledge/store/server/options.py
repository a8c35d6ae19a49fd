"""What an operator chooses of a collection on a Qdrant server, and how it is read.

Knows the choices and what they are on a server's side; opens nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from knowledge.store.base import Remark

if TYPE_CHECKING:
    from qdrant_client import models

Quantization = Literal["none", "int8"]
Consistency = Literal["one", "quorum", "majority", "all"]

SMALL_SHARD = 100_000
"""Points of a shard below which nothing is won by having several."""

FULL_SCAN_KB = 2_000
"""As in the embedded engine: below that many kilobytes of vectors all of them are compared."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """None means the server's own default, but of `shards`.

    Attributes:
        shards: parts that the points are spread over; cannot be changed later. Unset: one, also in
            a cluster, where a server makes one a node. It weighs a word by how rare it is within
            each shard, which is another order than the whole collection's where shards are small.
        copies: of each shard, on as many nodes.
        write_copies: copies that must have a write before it is acknowledged.
        on_disk: whether exact vectors stay on disk and are read from there.
        quantization: int8 keeps a quarter of the numbers' size in memory to search in; the exact
            vectors put the best of what was found in order.
        read_copies: how many copies of a shard a read asks: one, more than half (`quorum`: they
            must agree; `majority`: all are asked), or all.
    """

    shards: int | None = None
    copies: int | None = None
    write_copies: int | None = None
    on_disk: bool | None = None
    quantization: Quantization | None = None
    read_copies: Consistency = "one"


def to_quantization(options: ServerOptions) -> "models.ScalarQuantization | None":
    """The quantization of a new collection."""
    from qdrant_client import models

    if options.quantization != "int8":
        return None
    return models.ScalarQuantization(
        scalar=models.ScalarQuantizationConfig(
            type=models.ScalarType.INT8, quantile=0.99, always_ram=True
        )
    )


def to_consistency(options: ServerOptions) -> "models.ReadConsistencyType | None":
    """The consistency of a read; None where one copy is enough."""
    from qdrant_client import models

    return None if options.read_copies == "one" else models.ReadConsistencyType(options.read_copies)


def differences(
    options: ServerOptions, info: "models.CollectionInfo", collection: str
) -> list[Remark]:
    """How an existing collection differs from the options, and how that is changed."""
    params = info.config.params
    vectors = params.vectors if isinstance(params.vectors, dict) else {}
    found: list[Remark] = []

    def differs(name: str, wanted: object, there: object, todo: str) -> None:
        if wanted is not None and wanted != there:
            found.append(Remark("qdrant", f"{name} is {there}; wanted: {wanted}", todo))

    patch = f"PATCH /collections/{collection}"
    differs(
        "SNAPCITE_QDRANT_SHARDS", options.shards, params.shard_number or 1,
        "It cannot be changed in place: `snapcite push` into a new collection.",
    )  # fmt: skip
    differs(
        "SNAPCITE_QDRANT_COPIES", options.copies, params.replication_factor or 1,
        f'Live: {patch} {{"params": {{"replication_factor": {options.copies}}}}}, then copy each '
        "shard (replicate_shard, docs/cluster.md): the number alone copies nothing.",
    )  # fmt: skip
    differs(
        "SNAPCITE_QDRANT_WRITE_COPIES", options.write_copies, params.write_consistency_factor or 1,
        f'Live: {patch} {{"params": {{"write_consistency_factor": {options.write_copies}}}}}.',
    )  # fmt: skip
    on_disk = all(bool(vector.on_disk) for vector in vectors.values())
    each = ", ".join(f'"{n}": {{"on_disk": {str(options.on_disk).lower()}}}' for n in vectors)
    differs(
        "SNAPCITE_QDRANT_ON_DISK", options.on_disk, on_disk,
        f'Live: {patch} {{"vectors": {{{each}}}}}; the server rewrites its segments meanwhile.',
    )  # fmt: skip
    int8 = '{"scalar": {"type": "int8", "quantile": 0.99, "always_ram": true}}'
    change = int8 if options.quantization == "int8" else '"Disabled"'
    differs(
        "SNAPCITE_QDRANT_QUANTIZATION", options.quantization, _quantization(info),
        f'Live: {patch} {{"quantization_config": {change}}}; the server rewrites its segments '
        "meanwhile.",
    )  # fmt: skip
    return found


def _quantization(info: "models.CollectionInfo") -> str:
    from qdrant_client import models

    config = info.config.quantization_config
    if config is None:
        return "none"
    return "int8" if isinstance(config, models.ScalarQuantization) else type(config).__name__
