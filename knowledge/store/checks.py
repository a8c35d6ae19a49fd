"""What both engines refuse, in the same words: bad points and vectors, other schemas, no index.

An engine that meets a bad point in the middle of a batch has written the first half. So a batch is
checked whole, here, before an engine touches anything.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from knowledge.errors import IndexMismatchError, IndexMissingError, NotFoundError, StorageError
from knowledge.store.base import DenseVector, Point, Schema, SparseVector


def canonical_id(point_id: str) -> str | None:
    """The UUID as engines write it; None for a text that is not a UUID and so names no point."""
    try:
        return str(UUID(point_id))
    except ValueError:
        return None


def check_points(points: Sequence[Point], schema: Schema) -> None:
    """Refuse a batch that an engine could not take whole.

    Raises:
        IndexMismatchError: a vector the schema does not have, or of another dimension.
        StorageError: an id is not a UUID, a number not finite, or a payload not JSON.
    """
    for point in points:
        if canonical_id(point.id) is None:
            raise StorageError(f"A point's id must be a UUID; got {point.id!r}.")
        for name, vector in point.vectors.items():
            check_vector(vector, name, schema)


def check_vector(vector: DenseVector | SparseVector, name: str, schema: Schema) -> None:
    """Refuse a vector that does not fit the schema's vector `name`.

    Raises:
        IndexMismatchError: the schema has no vector of that name and kind, or another dimension.
        StorageError: a number is not finite, or the indices do not fit the values.
    """
    if isinstance(vector, SparseVector):
        if name not in schema.sparse:
            raise IndexMismatchError(
                f"The index has no sparse vector {name!r}; it has {_names(schema.sparse)}."
            )
        if len(vector.indices) != len(vector.values):
            raise StorageError(
                f"Sparse vector {name!r} has {len(vector.indices)} indices "
                f"and {len(vector.values)} values."
            )
        if len(set(vector.indices)) != len(vector.indices):
            raise StorageError(f"Sparse vector {name!r} has an index twice.")
        if vector.indices and not 0 <= min(vector.indices) <= max(vector.indices) < 2**32:
            raise StorageError(f"Sparse vector {name!r} has an index outside of 32 bits.")
        finite = bool(np.isfinite(vector.values).all())
    else:
        if name not in schema.dense:
            raise IndexMismatchError(
                f"The index has no dense vector {name!r}; it has {_names(schema.dense)}."
            )
        if vector.shape != (schema.dense[name],):
            raise IndexMismatchError(
                f"Vector {name!r} has {schema.dense[name]} dimensions in this index and "
                f"{'×'.join(map(str, vector.shape))} here: it comes from another encoder. "
                "Use the encoder that made the index, or index into another place."
            )
        finite = bool(np.isfinite(vector).all())
    if not finite:
        raise StorageError(f"Vector {name!r} holds a number that is not finite.")


def check_schema(wanted: Schema, found: Schema, place: str) -> None:
    """Refuse an index whose vectors are not the wanted ones; payload indexes may differ.

    Raises:
        IndexMismatchError: names the vectors and dimensions of both.
    """
    if dict(wanted.dense) != dict(found.dense) or set(wanted.sparse) != set(found.sparse):
        raise IndexMismatchError(
            f"The index at {place} holds {_describe(found)}; wanted is {_describe(wanted)}. "
            "Use the encoder that made the index, or index into another place."
        )


def payload_json(payload: Mapping[str, Any]) -> bytes:
    """The payload as UTF-8 JSON.

    Raises:
        StorageError: it holds a value that JSON has no form for.
    """
    try:
        return json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:  # ValueError: not finite, circular, or a surrogate
        raise StorageError(f"A payload cannot be written as JSON: {error}.") from error


def missing_index(place: object) -> IndexMissingError:
    """The error for a place without an index."""
    return IndexMissingError(f"There is no index at {place}. Make one with `snapcite index`.")


def missing_file(name: str) -> NotFoundError:
    """The error for a file that is not kept."""
    return NotFoundError(f"The index no longer keeps the file {name!r}.")


def _describe(schema: Schema) -> str:
    dense = [f"{name} ({dim} dimensions)" for name, dim in sorted(schema.dense.items())]
    sparse = [f"{name} (sparse)" for name in sorted(schema.sparse)]
    return ", ".join(dense + sparse) or "no vectors"


def _names(names: Sequence[str] | Mapping[str, int]) -> str:
    return ", ".join(sorted(names)) or "none"
