"""Parquet: plain, nested, with bytes, broken."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knowledge.corpus.parquet import open_parquet
from knowledge.corpus.rows import BadRow, Row
from knowledge.errors import CorpusError


def write_table(tmp_path, table, **options):
    file = tmp_path / "table.parquet"
    pq.write_table(table, file, **options)
    return file


def test_values(tmp_path):
    table = pa.table(
        {
            "id": [1, 2],
            "name.en": ["gate", None],
            "tags": [["a", "b"], []],
            "built": [{"by": "Eiffel", "year": 1889}, None],
            "kind": pa.array(["x", "y"]).dictionary_encode(),
            "day": [date(1889, 3, 31), None],
            "seen": pa.array([1, None], pa.timestamp("ns")),
        }
    )
    read = open_parquet(write_table(tmp_path, table))
    assert (read.columns, read.size, read.skipped) == (tuple(table.column_names), 2, ())
    assert list(read.rows()) == [
        Row(
            1,
            "row 1",
            {
                "id": 1,
                "name.en": "gate",
                "tags": ["a", "b"],
                "built": {"by": "Eiffel", "year": 1889},
                "kind": "x",
                "day": "1889-03-31",
                "seen": "1970-01-01",
            },
        ),
        Row(2, "row 2", dict.fromkeys(table.column_names) | {"id": 2, "tags": [], "kind": "y"}),
    ]


def test_columns_of_bytes_are_skipped_at_any_depth(tmp_path):
    table = pa.table(
        {
            "text": ["It stands."],
            "photo": [b"\xff\xd8"],
            "image": [{"bytes": b"\xff\xd8", "path": "a.jpg"}],
            "all": [[b"\xff\xd8"]],
            "large": pa.array([b"x"], pa.large_binary()),
        }
    )
    read = open_parquet(write_table(tmp_path, table))
    assert read.columns == ("text",)
    assert read.skipped == ("photo", "image", "all", "large")
    assert [row.values for row in read.rows()] == [{"text": "It stands."}]


def test_a_value_that_python_cannot_hold_costs_one_row(tmp_path):
    table = pa.table({"id": [1, 2, 3], "day": pa.array([0, 2**30, 1], pa.date32())})
    first, second, third = open_parquet(write_table(tmp_path, table)).rows()
    assert isinstance(second, BadRow)
    assert second.where == "row 2"
    assert (first.values["id"], third.values["id"]) == (1, 3)


def test_many_rows_in_order(tmp_path):
    table = pa.table({"id": list(range(5_000))})
    read = open_parquet(write_table(tmp_path, table, row_group_size=700))
    assert [row.values["id"] for row in read.rows()] == list(range(5_000))


def test_a_truncated_file(tmp_path):
    file = write_table(tmp_path, pa.table({"id": [1]}))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(CorpusError, match="cannot be read as Parquet"):
        open_parquet(file)


def test_damage_within(tmp_path):
    table = pa.table({"id": [f"{n:09}" for n in range(2_000)]})
    file = write_table(tmp_path, table, row_group_size=1_000, use_dictionary=False)
    data = bytearray(file.read_bytes())
    middle = pq.ParquetFile(file).metadata.row_group(1).column(0).data_page_offset
    data[middle : middle + 40] = b"\xff" * 40
    file.write_bytes(data)
    *good, last = open_parquet(file).rows()
    assert isinstance(last, BadRow)
    assert "damaged from here on" in last.reason
    assert [row.number for row in good] == list(range(1, len(good) + 1))


def test_nothing_but_bytes(tmp_path):
    with pytest.raises(CorpusError, match="no column but bytes"):
        open_parquet(write_table(tmp_path, pa.table({"photo": [b"x"]})))


def test_two_columns_of_one_name(tmp_path):
    table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(CorpusError, match="two columns of the same name"):
        open_parquet(write_table(tmp_path, table))
