"""How large a Qdrant cluster must be for so many photos: arithmetic with every constant named.

    python -m benchmarks.cluster_arithmetic --photos 1e6 1e7 1e8

`benchmarks/server_sizes.py` measures what the constants are set against. Prices are the reader's.
"""

import argparse
import math
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

LINKS_BYTES = 32 * 4 * 1.1
"""HNSW with m=16: 32 links of 4 bytes on the ground, a tenth more above."""

POINT_BYTES = 150
"""In memory for each point: its id, where it lies, and the indexes of what filters use."""

SPARSE_BYTES = 8 * 40
"""BM25 of a passage of 40 different words: 4 bytes a word and 4 a weight."""

PAYLOAD_BYTES = 1_000
"""On disk for each point, in the mean of documents, passages and photos."""

TEXT_NUMBERS = 256
"""Of the bundled text encoder's vector of a passage."""

MEMORY_USED, DISK_USED = 0.75, 0.5
"""Share of a node's memory that data may take; of its disk, as rewriting a segment needs another
copy of it."""

VECTORS_PER_SHARD = 20e6
"""Of a shard whose segments are rebuilt within hours on a few cores."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cluster takes. Sizes in GB (1e9 bytes), of all copies together."""

    vectors: float
    memory_gb: float
    disk_gb: float
    nodes: int
    shards: int


def plan(
    photos: float,
    *,
    passages_per_photo: float = 1.0,
    dim: int = 1_024,
    int8: bool = True,
    on_disk: bool = True,
    copies: int = 2,
    node_memory_gb: float = 64.0,
    node_disk_gb: float = 1_000.0,
) -> Plan:
    """The cluster for so many photos.

        vectors  V = photos × (1 + passages),  each of `dim` numbers
        numbers  N = V × dim + photos × passages × 256
        points   P = photos × (2 + passages)        photo, document, passages
        memory   M = N × (1 if int8) + N × 4 (unless on disk) + V × 141 + P × 150
                     + photos × passages × 320
        disk     D = N × 5 (4 without int8) + V × 141 + P × 1,000 + photos × passages × 320
        nodes    max(copies × M / (0.75 × memory), copies × D / (0.5 × disk), copies), and three
                     where there are copies, as a majority has to be there when one is down
        shards   V / 20 million, and as many as it takes for one to fit a node; then a multiple of
                     the nodes if more than one

    Args:
        photos: how many.
        passages_per_photo: a caption is one; a book page is three.
        dim: numbers of an image's vector and of a passage's in the same space.
        int8: whether quantized vectors are kept in memory.
        on_disk: whether exact ones are read from disk; else they are in memory too.
        copies: of each shard.
        node_memory_gb: of a node.
        node_disk_gb: of a node.
    """
    passages = photos * passages_per_photo
    vectors = photos + passages
    numbers = vectors * dim + passages * TEXT_NUMBERS
    points = 2 * photos + passages
    links, words = vectors * LINKS_BYTES, passages * SPARSE_BYTES
    memory = numbers * ((1 if int8 else 0) + (0 if on_disk else 4)) + links
    memory += points * POINT_BYTES + words
    disk = numbers * (5 if int8 else 4) + links + points * PAYLOAD_BYTES + words
    usable_memory, usable_disk = MEMORY_USED * node_memory_gb * 1e9, DISK_USED * node_disk_gb * 1e9
    nodes = max(
        copies,
        3 if copies > 1 else 1,
        math.ceil(copies * memory / usable_memory),
        math.ceil(copies * disk / usable_disk),
    )
    shards = math.ceil(max(vectors / VECTORS_PER_SHARD, memory / usable_memory, disk / usable_disk))
    if shards > 1:
        shards = math.ceil(shards / nodes) * nodes
    return Plan(vectors, copies * memory / 1e9, copies * disk / 1e9, nodes, shards)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=float, nargs="+", default=[1e5, 1e6, 1e7, 1e8])
    parser.add_argument("--passages", type=float, default=1.0, help="of a photo")
    parser.add_argument("--dim", type=int, default=1_024)
    parser.add_argument("--copies", type=int, default=2)
    parser.add_argument("--node-memory", type=float, default=64.0, help="GB")
    parser.add_argument("--node-disk", type=float, default=1_000.0, help="GB")
    parser.add_argument("--node-price", type=float, default=1.0, help="a month, in your currency")
    options = parser.parse_args()
    table = Table(box=None)
    for column in ("photos", "kept", "memory GB", "disk GB", "nodes", "shards", "a month"):
        table.add_column(column, justify="right")
    for photos in options.photos:
        for kept, int8, on_disk in (
            ("exact in memory", False, False),
            ("int8 in memory, exact on disk", True, True),
        ):
            found = plan(
                photos, passages_per_photo=options.passages, dim=options.dim, int8=int8,
                on_disk=on_disk, copies=options.copies, node_memory_gb=options.node_memory,
                node_disk_gb=options.node_disk,
            )  # fmt: skip
            table.add_row(
                f"{photos:,.0f}", kept, f"{found.memory_gb:,.1f}", f"{found.disk_gb:,.1f}",
                f"{found.nodes}", f"{found.shards}", f"{found.nodes * options.node_price:,.0f}",
            )  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
