"""Between this house's values and Qdrant Edge's own classes. Pure; opens nothing."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from knowledge.store.base import (
    DenseVector,
    OpenTo,
    Overlap,
    Point,
    Record,
    Schema,
    SparseVector,
    Where,
)

if TYPE_CHECKING:
    import qdrant_edge


_FULL_SCAN_KB = 2_000
"""With fewer kilobytes of vectors a query compares all of them, with more it walks the graph. The
engine also counts points that lack the vector. With its own default of 10,000 it compared 10,000
photos among 30,000 points on each query: 2.1 ms where the graph takes 0.35."""


_SEARCH_THREADS = 1
"""A query's segments are read one after the other. Whoever waits for the engine's threads holds the
GIL meanwhile: with one a core, three queries took 1.2 ms instead of 0.6 in an idle process."""


def to_config(schema: Schema) -> "qdrant_edge.EdgeConfig":
    """The shard that a schema asks for: cosine vectors and IDF on sparse ones.

    Vectors and payloads are read from their files as they are asked for. Else opening would read
    all of them, and 32 MB of each kind of vector, however few there are.
    """
    import qdrant_edge as edge

    return edge.EdgeConfig(
        vectors={
            name: edge.EdgeVectorParams(
                size=dim, distance=edge.Distance.Cosine, memory=edge.Memory.Cold
            )
            for name, dim in schema.dense.items()
        },
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) for name in schema.sparse
        },
        max_search_threads=_SEARCH_THREADS,
        hnsw_config=edge.HnswIndexConfig(m=16, ef_construct=100, full_scan_threshold=_FULL_SCAN_KB),
        payload_memory=edge.Memory.Cold,
    )


def read_schema(config: bytes, keywords: Mapping[str, object]) -> Schema:
    """The schema of a shard, from its `edge_config.json` and the payload indexes it reports.

    Raises:
        ValueError, KeyError, TypeError: the file is not one that Qdrant Edge writes.
    """
    found = json.loads(config)
    return Schema(
        dense={name: int(params["size"]) for name, params in found.get("vectors", {}).items()},
        sparse=tuple(sorted(found.get("sparse_vectors", {}))),
        keywords=tuple(sorted(keywords)),
    )


def to_point(point: Point) -> "qdrant_edge.Point":
    """A point for an upsert."""
    import qdrant_edge as edge

    vectors: dict[str, qdrant_edge.NamedVector] = {
        name: to_vector(vector) for name, vector in point.vectors.items()
    }
    return edge.Point(point.id, vectors, dict(point.payload))


def to_vector(
    vector: DenseVector | SparseVector,
) -> "list[float] | qdrant_edge.SparseVector":
    """A vector for a point or a query."""
    import qdrant_edge as edge

    if isinstance(vector, SparseVector):
        return edge.SparseVector(list(vector.indices), list(vector.values))
    numbers: list[float] = vector.tolist()
    return numbers


def to_filter(where: Where | None) -> "qdrant_edge.Filter | None":
    """A filter whose every key must hold; None where there is nothing to filter."""
    import qdrant_edge as edge

    if not where:
        return None
    return edge.Filter(must=[_condition(key, value) for key, value in where.items()])


def to_params(where: Where | None) -> "qdrant_edge.SearchParams | None":
    """What a query by words counts to tell rare words; None where that is every point."""
    import qdrant_edge as edge

    scopes = [each for each in (where or {}).values() if isinstance(each, OpenTo)]
    if not any(scope.own_statistics for scope in scopes):
        return None
    return edge.SearchParams(idf=edge.IdfParams(corpus=_open_to(scopes[0])))


def _open_to(viewer: OpenTo) -> "qdrant_edge.Filter":
    import qdrant_edge as edge

    def is_closed(why: str) -> "qdrant_edge.FieldCondition":
        return edge.FieldCondition("closed", match=edge.MatchValue(why))

    members = edge.FieldCondition("groups", match=edge.MatchAny(list(viewer.groups)))
    later = edge.FieldCondition("closed_until", range=edge.RangeFloat(gt=viewer.day))
    return edge.Filter(
        must_not=[
            edge.Filter(must=[is_closed("groups")], must_not=[members] if viewer.groups else None),
            edge.Filter(must=[is_closed("until"), later]),
        ]
    )


def _condition(
    key: str, wanted: str | Sequence[str] | Sequence[Overlap] | OpenTo
) -> "qdrant_edge.FieldCondition | qdrant_edge.Filter":
    import qdrant_edge as edge

    if isinstance(wanted, OpenTo):
        return _open_to(wanted)
    if isinstance(wanted, str):
        return edge.FieldCondition(key, match=edge.MatchValue(wanted))
    spans = [each for each in wanted if isinstance(each, Overlap)]
    if not spans:
        words = [each for each in wanted if isinstance(each, str)]
        return edge.FieldCondition(key, match=edge.MatchAny(words))
    return edge.Filter(
        should=[
            edge.NestedCondition(
                key,
                edge.Filter(
                    must=[
                        edge.FieldCondition("first", range=edge.RangeFloat(lte=span.last)),
                        edge.FieldCondition("last", range=edge.RangeFloat(gte=span.first)),
                    ]
                ),
            )
            for span in spans
        ]
    )


def from_record(record: "qdrant_edge.Record") -> Record:
    """A point read back, with the vectors that were asked for."""
    vectors = record.vector if isinstance(record.vector, dict) else {}
    return Record(
        id=str(record.id),
        payload=record.payload or {},
        vectors={name: from_vector(vector) for name, vector in vectors.items()},
    )


def from_vector(vector: "qdrant_edge.NamedVector") -> DenseVector | SparseVector:
    """A vector read back: float32 (dim,), or sparse."""
    import qdrant_edge as edge

    if isinstance(vector, edge.SparseVector):
        return SparseVector(tuple(vector.indices), tuple(vector.values))
    return np.asarray(vector, dtype=np.float32)
