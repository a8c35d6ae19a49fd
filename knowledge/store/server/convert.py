"""Between this house's values and qdrant-client's models. Pure; opens no connection."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import IndexMismatchError
from knowledge.store.base import (
    DenseVector,
    Nearest,
    OpenTo,
    Overlap,
    Point,
    Record,
    Schema,
    SparseVector,
    Where,
)
from knowledge.store.checks import payload_json

if TYPE_CHECKING:
    from qdrant_client import models

_NUMBER_BYTES = 25  # the longest float in JSON, with its comma: -0.000012345678901234568,
_INDEX_BYTES = 11  # the longest sparse index: 4294967295,
_POINT_BYTES = 256  # id, names and brackets


def read_schema(info: "models.CollectionInfo", place: str) -> Schema:
    """The schema of a collection.

    Raises:
        IndexMismatchError: its vectors have no names, so something else made it.
    """
    vectors = info.config.params.vectors or {}
    if not isinstance(vectors, dict):
        raise IndexMismatchError(
            f"The collection at {place} holds one vector without a name, so it is not a SnapCite "
            "index. Give another collection."
        )
    spans = sorted({key.partition("[].")[0] for key in info.payload_schema if "[]." in key})
    ends = {end for key in spans for end in span_ends(key)}
    numbers = {key for key, index in info.payload_schema.items() if index.data_type == "integer"}
    return Schema(
        dense={name: params.size for name, params in vectors.items()},
        sparse=tuple(sorted(info.config.params.sparse_vectors or {})),
        keywords=tuple(sorted(set(info.payload_schema) - ends - numbers)),
        spans=tuple(key for key in spans if set(span_ends(key)) <= set(info.payload_schema)),
        numbers=tuple(sorted(numbers - ends)),
    )


def span_ends(key: str) -> tuple[str, str]:
    """The payload keys of the two ends of the spans under `key`."""
    return f"{key}[].first", f"{key}[].last"


def to_upsert(points: Sequence[Point]) -> "models.UpsertOperation":
    """Points as an operation of a batch."""
    from qdrant_client import models

    return models.UpsertOperation(
        upsert=models.PointsList(points=[to_point(point) for point in points])
    )


def to_point(point: Point) -> "models.PointStruct":
    """A point for an upsert."""
    from qdrant_client import models

    vectors = {name: to_vector(vector) for name, vector in point.vectors.items()}
    return models.PointStruct(id=point.id, vector=dict(vectors), payload=dict(point.payload))


def to_vector(vector: DenseVector | SparseVector) -> "list[float] | models.SparseVector":
    """A vector for a point or a query."""
    from qdrant_client import models

    if isinstance(vector, SparseVector):
        return models.SparseVector(indices=list(vector.indices), values=list(vector.values))
    numbers: list[float] = vector.tolist()
    return numbers


def to_request(
    query: Nearest, *, limit: int, with_payload: bool, rescore: bool, counts_a_part: bool
) -> "models.QueryRequest":
    """A query of a batch.

    `rescore`: let quantized vectors only choose what the exact ones put in order; a collection
    without any is not concerned. `counts_a_part`: whether the server can count words over the
    points that a filter keeps.
    """
    from qdrant_client import models

    params = None
    if isinstance(query.vector, SparseVector):
        params = to_params(query.where) if counts_a_part else None
    elif rescore:
        quantization = models.QuantizationSearchParams(rescore=True, oversampling=2.0)
        params = models.SearchParams(quantization=quantization)
    return models.QueryRequest(
        query=to_vector(query.vector),
        using=query.using,
        limit=limit,
        filter=to_filter(query.where),
        with_payload=with_payload,
        params=params,
    )


def to_filter(where: Where | None, *, hide: Sequence[str] = ()) -> "models.Filter | None":
    """A filter whose every key must hold; None where there is nothing to filter.

    Args:
        where: the keys and their values.
        hide: ids of points that it never keeps.
    """
    from qdrant_client import models

    if not where and not hide:
        return None
    must = [_condition(key, value) for key, value in (where or {}).items()]
    hidden = models.HasIdCondition(has_id=list(hide)) if hide else None
    return models.Filter(must=list(must) or None, must_not=hidden)


def to_params(where: Where | None) -> "models.SearchParams | None":
    """What a query by words counts to tell rare words; None where that is every point."""
    from qdrant_client import models

    scopes = [each for each in (where or {}).values() if isinstance(each, OpenTo)]
    if not any(scope.own_statistics for scope in scopes):
        return None
    return models.SearchParams(idf=models.IdfCorpusParams(corpus=_open_to(scopes[0])))


def _open_to(viewer: OpenTo) -> "models.Filter":
    from qdrant_client import models

    def is_closed(why: str) -> "models.FieldCondition":
        return models.FieldCondition(key="closed", match=models.MatchValue(value=why))

    members = models.FieldCondition(key="groups", match=models.MatchAny(any=list(viewer.groups)))
    later = models.FieldCondition(key="closed_until", range=models.Range(gt=viewer.day))
    return models.Filter(
        must_not=[
            models.Filter(
                must=[is_closed("groups")], must_not=[members] if viewer.groups else None
            ),
            models.Filter(must=[is_closed("until"), later]),
        ]
    )


def _condition(
    key: str, wanted: str | Sequence[str] | Sequence[Overlap] | OpenTo
) -> "models.FieldCondition | models.Filter":
    from qdrant_client import models

    if isinstance(wanted, OpenTo):
        return _open_to(wanted)
    if isinstance(wanted, str):
        return models.FieldCondition(key=key, match=models.MatchValue(value=wanted))
    spans = [each for each in wanted if isinstance(each, Overlap)]
    if not spans:
        words = [each for each in wanted if isinstance(each, str)]
        return models.FieldCondition(key=key, match=models.MatchAny(any=words))
    return models.Filter(
        should=[
            models.NestedCondition(
                nested=models.Nested(
                    key=key,
                    filter=models.Filter(
                        must=[
                            models.FieldCondition(key="first", range=models.Range(lte=span.last)),
                            models.FieldCondition(key="last", range=models.Range(gte=span.first)),
                        ]
                    ),
                )
            )
            for span in spans
        ]
    )


def from_record(record: "models.Record") -> Record:
    """A point read back, with the vectors that were asked for."""
    from qdrant_client import models

    vectors = record.vector if isinstance(record.vector, dict) else {}
    return Record(
        id=str(record.id),
        payload=record.payload or {},
        vectors={
            name: SparseVector(tuple(vector.indices), tuple(vector.values))
            if isinstance(vector, models.SparseVector)
            else np.asarray(vector, dtype=np.float32)
            for name, vector in vectors.items()
        },
    )


def batches(points: Sequence[Point], *, max_bytes: int) -> Iterator[list[Point]]:
    """Points in their order, cut so that no request body is larger than `max_bytes`.

    A single point that is larger goes alone: the server may still take it.
    """
    batch: list[Point] = []
    total = 0
    for point in points:
        size = json_bytes(point)
        if batch and total + size > max_bytes:
            yield batch
            batch, total = [], 0
        batch.append(point)
        total += size
    if batch:
        yield batch


def json_bytes(point: Point) -> int:
    """The most bytes that a point takes in a request body."""
    vectors = (
        (_NUMBER_BYTES + _INDEX_BYTES) * len(vector.indices)
        if isinstance(vector, SparseVector)
        else _NUMBER_BYTES * vector.size
        for vector in point.vectors.values()
    )
    names = sum(len(name.encode()) for name in point.vectors)
    return _POINT_BYTES + names + len(payload_json(point.payload)) + sum(vectors)
