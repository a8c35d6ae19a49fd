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
        ('[{"a": 1}, {"a": nope}, {"a": 2}]', 2),
        ('[{"a": 1}', 1),
        ('[{"a": 1}, ' + "[" * 100_000, 1),
    ],
)
def test_a_broken_array_is_read_as_far_as_it_goes(tmp_path, text, kept):
    _, read = rows(tmp_path, text)
    assert len(values(read)) == kept
    assert [where for where, _ in bad(read)] == ["item 2"]


@pytest.mark.parametrize("text", ["[]", "hello", "[1, 2]", "5", "{", '["a"', "{]"])
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


GATE, MILL = {"id": "g", "title": "Gate"}, {"id": "m", "title": "Mill"}


@pytest.mark.parametrize(
    "value",
    [
        {"items": [GATE, MILL]},
        {"title": "Our houses", "count": 2, "items": [GATE, MILL]},
        {"data": {"records": [GATE, MILL], "total": 2}},
        {"results": [GATE, MILL], "facets": [{"field": "place"}]},
        {"houses of the town": [GATE, MILL]},
        {"title": "Album", "owner": "A", "photos": [GATE, MILL]},
        {"a": {"b": {"c": {"houses": [GATE, MILL]}}}},
        {"hits": {"hits": [{"_id": "g", "_source": {"title": "Gate"}}, {"_source": MILL}]}},
        {"data": {"objects": {"edges": [{"node": GATE}, {"node": MILL, "cursor": "x"}]}}},
        {"g": {"title": "Gate"}, "m": {"title": "Mill"}},
        {"houses": {"g": {"title": "Gate"}, "m": {"title": "Mill"}}},
        {
            "head": {"vars": ["id", "title"]},
            "results": {
                "bindings": [
                    {name: {"type": "literal", "value": text} for name, text in record.items()}
                    for record in (GATE, MILL)
                ]
            },
        },
        {"columns": ["id", "title"], "data": [["g", "Gate"], ["m", "Mill"]]},
        {
            "meta": {"view": {"columns": [{"name": "id"}, {"name": "title"}]}},
            "data": [["g", "Gate"], ["m", "Mill"]],
        },
        [["id", "title"], ["g", "Gate"], ["m", "Mill"]],
        {"id": ["g", "m"], "title": ["Gate", "Mill"]},
        {"id": {"0": "g", "1": "m"}, "title": {"0": "Gate", "1": "Mill"}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_records_are_found_wherever_they_stand(tmp_path, value, indent):
    _, read = rows(tmp_path, json.dumps(value, indent=indent))

    assert not bad(read)
    assert [values_["title"] for values_ in values(read)] == ["Gate", "Mill"]
    assert values(read)[0].get("id") == "g"


@pytest.mark.parametrize(
    "record",
    [
        GATE,
        {"title": {"en": "Gate", "de": "Tor"}, "description": {"en": "a", "de": "b"}},
        {"title": "Gate", "creators": [{"name": "A"}, {"name": "B"}]},
        {"title": "Gate", "photos": [{"file": "a.jpg"}]},
        {"identifier": 7, "maker": {"name": "A", "born": 1}, "place": {"name": "B", "town": "C"}},
    ],
)
def test_a_record_alone_stays_whole(tmp_path, record):
    for text in (json.dumps(record, indent=2), json.dumps(record)):
        assert values(rows(tmp_path, text)[1]) == [record]
    wrapped = json.dumps({"record": record}, indent=2)
    assert values(rows(tmp_path, wrapped)[1]) == [record]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{\n "id": "g"\n}\n{\n "id": "m",\n "x": {\n  "y": [\n   1\n  ]\n }\n}\n', [1, 4]),
        ('{"id": "g"}{"id": "m"}', [1, 1]),
        ('{"id": "g"},\n{"id": "m"},\n', [1, 2]),
        ('\x1e{"id": "g"}\n\x1e{"id": "m"}\n', [1, 2]),
        ('\ufeff{"id": "g",}\r\n{"id": "m", "x": [1, 2,],}\r\n', [1, 2]),
        ('{"id": "g"}\n{\n  "id": "m"\n}\n', [1, 2]),
        ('["id", "x"]\n["g", 1]\n["m", 2]\n', [2, 3]),
    ],
)
def test_records_that_follow_each_other(tmp_path, text, where):
    _, read = rows(tmp_path, text)

    assert not bad(read)
    assert [found["id"] for found in values(read)] == ["g", "m"]
    assert [row.where for row in read] == [f"line {n}" for n in where]


def test_a_broken_record_of_several_lines_costs_no_other(tmp_path):
    _, read = rows(tmp_path, '{\n "id": "a",\n "x": oops\n}\n{"id": "b"}\n{\n "id": "c"\n}\n')

    assert [found["id"] for found in values(read)] == ["b", "c"]
    assert "line 1" in [where for where, _ in bad(read)]


@pytest.mark.parametrize(
    ("item", "part"),
    [("[1]", "a list"), ('"x"', "a string"), ("[[{}]]", "a list"), ("null", "null"), ("{", "JSON")],
)
def test_an_item_of_another_shape_is_named(tmp_path, item, part):
    text = (
        f'[{{"id": 1}}, {item}, {{"id": 2}}]' if item != "{" else '[{"id": 1}, {"a" 1}, {"id": 2}]'
    )
    _, read = rows(tmp_path, text)

    assert [found["id"] for found in values(read)] == [1, 2]
    ((where, reason),) = bad(read)
    assert where == "item 2"
    assert part in reason


def test_spare_commas_in_arrays(tmp_path):
    _, read = rows(tmp_path, '[{"a": "x,]", "b": [1,],}, {"a": 2,},]')

    assert values(read) == [{"a": "x,]", "b": [1]}, {"a": 2}]


def test_numbers_stay_as_they_are_written(tmp_path):
    text = '{"a": 1975.10, "b": 1e999, "c": %s, "d": NaN, "e": -Infinity, "f": 2.5}' % ("9" * 6_000)
    (found,) = values(rows(tmp_path, text)[1])

    assert found == {
        "a": "1975.10", "b": "1e999", "c": "9" * 6_000, "d": None, "e": "-Infinity", "f": 2.5
    }  # fmt: skip


def test_a_key_that_stands_twice_keeps_both_values(tmp_path):
    (found,) = values(rows(tmp_path, '{"creator": "A", "id": 1, "creator": "B"}')[1])

    assert found == {"creator": ["A", "B"], "id": 1}


def test_an_item_that_is_too_long_costs_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr("knowledge.corpus.json_values.MOST_LINE_CHARS", 200_000)
    long = json.dumps({"id": "long", "text": 'a\\"[{' * 100_000})
    for text in (
        f'[{{"id": 1}}, {long}, {{"id": 2}}]',
        f'{{"items": [{{"id": 1}}, {long}, {{"id": 2}}]}}',
    ):
        _, read = rows(tmp_path, text)

        assert [found["id"] for found in values(read)] == [1, 2]
        assert "more than 200,000 characters" in bad(read)[0][1]


def test_the_error_of_a_file_without_records_says_what_is_wrong_with_them(tmp_path):
    with pytest.raises(CorpusError, match="3,000 keys, more than 2,000"):
        rows(tmp_path, json.dumps(dict.fromkeys(map(str, range(3_000)), 1)))


def test_a_list_that_is_not_read_is_named(tmp_path):
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"places": [GATE, MILL, GATE], "people": [{"id": 1}]}))
    table = open_json(file)

    assert table.size == 3
    (problem,) = table.problems
    assert "'people' with 1 objects is left out" in problem


def test_bytes_that_are_not_utf8_cost_one_item(tmp_path):
    text = json.dumps([{"a": "鼓楼" * 40}, {"a": "X"}, {"a": "c"}], ensure_ascii=False)
    _, read = rows(tmp_path, text.encode().replace(b"X", b"\xff"))

    assert len(values(read)) == 2
    assert "not UTF-8" in bad(read)[0][1]


def test_a_wrapper_is_not_held_in_memory(tmp_path):
    file = tmp_path / "table.json"
    file.write_text(json.dumps({"n": 1, "data": {"records": [{"text": "a" * 500}] * 40_000}}))
    table = open_json(file)
    tracemalloc.start()
    assert sum(1 for _ in table.rows()) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000 < file.stat().st_size
