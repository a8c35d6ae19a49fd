"""JSON Lines and JSON arrays, whole and broken."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.corpus.json import open_json
from knowledge.corpus.rows import BadRow, Row
from knowledge.errors import CorpusError


def rows(tmp_path, text):
    file = tmp_path / "table.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    table = open_json(file)
    read = list(table.rows())
    assert table.size == len(read)
    assert [row.number for row in read] == list(range(1, len(read) + 1))
    return table.columns, read


def values(read):
    return [row.values for row in read if isinstance(row, Row)]


def bad(read):
    return [(row.where, row.reason) for row in read if isinstance(row, BadRow)]


def test_lines(tmp_path):
    columns, read = rows(tmp_path, '\ufeff{"a": 1}\r\n\r\n{"b": [true, null], "a": "x"}')
    assert columns == ("a", "b")
    assert values(read) == [{"a": 1}, {"b": [True, None], "a": "x"}]
    assert [row.where for row in read] == ["line 1", "line 3"]


def test_an_array(tmp_path):
    columns, read = rows(tmp_path, ' [\n {"a": 1},\n {"a": {"b": "]"}} ,\n {} ]\n')
    assert columns == ("a",)
    assert values(read) == [{"a": 1}, {"a": {"b": "]"}}, {}]
    assert [row.where for row in read] == ["item 1", "item 2", "item 3"]


def test_broken_lines(tmp_path):
    text = b'{"a": 1}\n{"a": \n[1]\n"x"\n{"a": "\xff"}\n' + b"[" * 100_000 + b'\n{"a": 2}\n'
    text = '{"a": "它建于1889年，现在还在。"}\n'.encode() + text
    _, read = rows(tmp_path, text)
    assert values(read)[1:] == [{"a": 1}, {"a": 2}]
    assert [where for where, _ in bad(read)] == [f"line {n}" for n in (3, 4, 5, 6, 7)]
    reasons = [reason for _, reason in bad(read)]
    for reason, part in zip(
        reasons, ["not valid JSON", "list", "str", "not UTF-8", "not valid JSON"], strict=True
    ):
        assert part in reason


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('[{"a": 1}, {"a": 2', 1),
        ('[{"a": 1}, 5, {"a": 2}]', 2),
        ('[{"a": 1}, {"a": nope}, {"a": 2}]', 1),
        ('[{"a": 1}', 1),
        ('[{"a": 1}, ' + "[" * 100_000, 1),
    ],
)
def test_a_broken_array_is_read_as_far_as_it_goes(tmp_path, text, kept):
    _, read = rows(tmp_path, text)
    assert len(values(read)) == kept
    assert [where for where, _ in bad(read)] == ["item 2"]


@pytest.mark.parametrize("text", ["[]", '{\n "a": 1\n}', "hello", "[1, 2]", "5"])
def test_no_table(tmp_path, text):
    with pytest.raises(CorpusError, match="neither JSON objects"):
        rows(tmp_path, text)


items = st.dictionaries(st.text(max_size=4), st.text(max_size=20) | st.integers() | st.none())


@given(table=st.lists(items, min_size=1, max_size=8), indent=st.sampled_from([None, 0, 2]))
def test_whatever_is_dumped_is_read_back(tmp_path_factory, table, indent):
    folder = tmp_path_factory.mktemp("json")
    assert values(rows(folder, json.dumps(table, indent=indent))[1]) == table
    assert values(rows(folder, "\n".join(map(json.dumps, table)))[1]) == table


def test_items_across_the_pieces_it_is_read_in(tmp_path):
    table = [{"id": n, "text": "它建" * 9_000} for n in range(30)]
    assert values(rows(tmp_path, json.dumps(table, ensure_ascii=False))[1]) == table


def test_an_array_is_not_held_in_memory(tmp_path):
    file = tmp_path / "table.json"
    file.write_text(json.dumps([{"id": n, "text": "a" * 500} for n in range(40_000)]))
    table = open_json(file)
    tracemalloc.start()
    assert sum(1 for _ in table.rows()) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000 < file.stat().st_size
