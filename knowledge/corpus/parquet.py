"""Parquet → rows, a batch at a time. Does not know what columns mean."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.corpus.rows import BadRow, Row, Table
from knowledge.corpus.text import one_line
from knowledge.errors import CorpusError

if TYPE_CHECKING:
    from pyarrow import DataType, RecordBatch

_BATCH = 512


def open_parquet(file: Path) -> Table:
    """A Parquet file as a table; columns that hold bytes, at any depth, are skipped.

    Raises:
        CorpusError: it is damaged, or no column is left.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
            size = parquet.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise CorpusError(
            f"{file.name!r} cannot be read as Parquet ({one_line(str(error))}); write it again."
        ) from error
    if len(set(schema.names)) < len(schema.names):
        raise CorpusError(f"{file.name!r} has two columns of the same name; rename one.")
    skipped = tuple(field.name for field in schema if _holds_bytes(field.type))
    columns = tuple(name for name in schema.names if name not in skipped)
    if not columns:
        raise CorpusError(f"{file.name!r} has no column but bytes; add a column of text.")
    return Table(columns, partial(_rows, file, columns), size=size, skipped=skipped)


def _holds_bytes(kind: "DataType") -> bool:
    """Whether a type is bytes or contains bytes."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return _holds_bytes(kind.value_type)
    return (
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
        or types.is_binary_view(kind)
        or any(_holds_bytes(kind.field(n).type) for n in range(kind.num_fields))
    )


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[Row | BadRow]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=_BATCH, columns=list(columns)):
                for values in _values(batch):
                    number += 1
                    where = f"row {number}"
                    if isinstance(values, str):
                        yield BadRow(number, where, f"The row cannot be read ({values}); mend it.")
                    else:
                        yield Row(number, where, values)
    except (pa.ArrowException, OSError) as error:
        number += 1
        reason = f"The file is damaged from here on ({one_line(str(error))}); write it again."
        yield BadRow(number, f"row {number}", reason)


def _values(batch: "RecordBatch") -> Iterator[Mapping[str, object] | str]:
    """The rows of a batch; for a row that Python cannot represent, the reason."""
    batch = _in_microseconds(batch)
    try:
        yield from batch.to_pylist()
        return
    except (ValueError, OverflowError):  # a date out of range, or text that is not UTF-8
        pass
    for n in range(batch.num_rows):
        try:
            yield batch.slice(n, 1).to_pylist()[0]
        except (ValueError, OverflowError) as error:
            yield one_line(str(error))


def _in_microseconds(batch: "RecordBatch") -> "RecordBatch":
    """The batch with times in microseconds: Python's have no nanoseconds."""
    import pyarrow as pa

    for n, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            coarse = pa.timestamp("us", field.type.tz)
            batch = batch.set_column(n, field.name, batch.column(n).cast(coarse, safe=False))
    return batch
