"""Parquet → rows, a batch at a time. Does not know what columns mean.

Parquet comes from strangers, and its decoders are written in C++: they run in a process of their
own (`knowledge.isolation`), within limits on time and memory.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.corpus.limits import MOST_COLUMNS
from knowledge.corpus.rows import BadRow, Row, Table
from knowledge.corpus.text import as_text, one_line
from knowledge.errors import CorpusError
from knowledge.isolation import IsolationError, Result, Workers

if TYPE_CHECKING:
    from pyarrow import DataType, RecordBatch
    from pyarrow.parquet import ParquetFile

_BATCH = 512
_SECONDS = 60.0
"""That the description, or one batch, may take."""
_MEMORY_BYTES = 2**30
_MOST_COUNTED = 10**12
_MOST_OPEN = 8
"""Files that the other process keeps open."""


def open_parquet(file: Path) -> Table:
    """A Parquet file as a table; columns that hold bytes, at any depth, are skipped.

    Raises:
        CorpusError: it is damaged, has too many columns, or no column is left.
    """
    try:
        found = _run("_describe", file=str(file.absolute())).values
    except CorpusError as error:
        raise CorpusError(
            f"{file.name!r} cannot be read as Parquet ({error}); write it again."
        ) from error
    names, skipped = found["names"], found["skipped"]
    if len(names) > MOST_COLUMNS:
        raise CorpusError(
            f"{file.name!r} has {len(names):,} columns, more than {MOST_COLUMNS:,}; leave some out."
        )
    if len(set(names)) < len(names):
        raise CorpusError(f"{file.name!r} has two columns of the same name; rename one.")
    columns = tuple(name for name in names if name not in skipped)
    if not columns:
        raise CorpusError(f"{file.name!r} has no column but bytes; add a column of text.")
    size = found["rows"] if 0 <= found["rows"] < _MOST_COUNTED else None
    rows = partial(_rows, str(file.absolute()), columns)
    return Table(columns, rows, size=size, skipped=tuple(skipped))


def _rows(file: str, columns: tuple[str, ...]) -> Iterator[Row | BadRow]:
    number = 0
    reading = uuid.uuid4().hex
    while True:
        try:
            done = _run(
                "_next_rows", file=file, columns=list(columns), reading=reading, start=number
            )
        except CorpusError as error:
            number += 1
            reason = f"The file is damaged from here on ({error}); write it again."
            yield BadRow(number, f"row {number}", reason)
            return
        rows = json.loads(done.blobs[0])
        if not rows:
            return
        for values in rows:
            number += 1
            where = f"row {number}"
            if isinstance(values, str):
                yield BadRow(number, where, f"The row cannot be read ({values}); mend it.")
            else:
                yield Row(number, where, values)


def _run(function: str, **arguments: object) -> Result:
    """One of the functions below, in the other process.

    Raises:
        CorpusError: it failed; the message says why in a few words.
    """
    try:
        return _workers().run(f"knowledge.corpus.parquet:{function}", arguments, seconds=_SECONDS)
    except IsolationError as error:
        raise CorpusError(error.reason) from None


@cache
def _workers() -> Workers:
    """A single process, as the files that are being read stay open in it."""
    return Workers(1, memory_bytes=_MEMORY_BYTES)


# What follows runs in a process of its own.

_Answer = tuple[dict[str, Any], list[bytes]]

_open: dict[str, "tuple[ParquetFile, Iterator[RecordBatch]]"] = {}
"""Files that are being read, by the name that their readers gave them."""


def _describe(_: list[bytearray], *, file: str) -> _Answer:
    with _errors_as_ours(), _opened(file) as parquet:
        schema = parquet.schema_arrow
        return {
            "names": schema.names,
            "skipped": [field.name for field in schema if _holds_bytes(field.type)],
            "rows": parquet.metadata.num_rows,
        }, []


def _next_rows(
    _: list[bytearray], *, file: str, columns: list[str], reading: str, start: int
) -> _Answer:
    """The next batch of rows as JSON, a text for a row that cannot be read; empty at the end."""
    with _errors_as_ours():
        if reading not in _open:
            while len(_open) >= _MOST_OPEN:  # readers that were given up among them
                _open.pop(next(iter(_open)))[0].close()
            parquet = _opened(file)
            batches = parquet.iter_batches(batch_size=_BATCH, columns=columns)
            _open[reading] = parquet, batches
            left = start  # this process took another's place, or the file was closed
            while left > 0 and (skipped := next(batches, None)) is not None:
                left -= skipped.num_rows
        batch = next((b for b in _open[reading][1] if b.num_rows), None)
        rows = [] if batch is None else [_plain(values) for values in _values(batch)]
    return {}, [json.dumps(rows).encode()]


def _opened(file: str) -> "ParquetFile":
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    pa.set_memory_pool(pa.system_memory_pool())  # the others reserve more than the limit
    return pq.ParquetFile(file)


class _errors_as_ours:  # noqa: N801 - a context manager
    """Turns Arrow's errors into `CorpusError`, and its lack of memory into Python's."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        import pyarrow as pa

        if isinstance(error, pa.ArrowMemoryError | MemoryError):
            raise MemoryError from error
        if isinstance(error, pa.ArrowException | OSError | ValueError | OverflowError):
            raise CorpusError(one_line(str(error))) from error


def _plain(values: Mapping[str, object] | str) -> object:
    """A row as JSON holds it: dates, decimals and the like in words."""
    if isinstance(values, dict):
        return {str(key): _plain(value) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return [_plain(value) for value in values]
    if values is None or isinstance(values, str | bool | int | float):
        return values
    return as_text(values)


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
