"""CSV files as found in practice: delimiters, quotes, encodings and broken rows."""

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.corpus.csv import looks_like_csv, open_csv
from knowledge.corpus.rows import BadRow, Row
from knowledge.errors import CorpusError


def rows(tmp_path, text, *, encoding="utf-8"):
    file = tmp_path / "table.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    table = open_csv(file)
    read = list(table.rows())
    assert table.size == len(read)
    assert [row.number for row in read] == list(range(1, len(read) + 1))
    return table.columns, read


def values(read):
    return [tuple(row.values.values()) for row in read if isinstance(row, Row)]


def bad(read):
    return [(row.where, row.reason) for row in read if isinstance(row, BadRow)]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(tmp_path, delimiter):
    text = "\n".join(delimiter.join(row) for row in (["id", "name"], ["1", "gate"], ["2", "tower"]))
    columns, read = rows(tmp_path, text)
    assert columns == ("id", "name")
    assert values(read) == [("1", "gate"), ("2", "tower")]
    assert [row.where for row in read] == ["line 2", "line 3"]


def test_the_delimiter_that_fits_all_rows_wins(tmp_path):
    text = "name;text\nGate;one, two, three\nTower;four, five\nHall;six"
    columns, read = rows(tmp_path, text)
    assert columns == ("name", "text")
    assert values(read)[0] == ("Gate", "one, two, three")


def test_a_single_column(tmp_path):
    columns, read = rows(tmp_path, "text\nIt stands.\nIt fell.\n")
    assert columns == ("text",)
    assert values(read) == [("It stands.",), ("It fell.",)]


def test_quotes_hold_delimiters_line_ends_and_quotes(tmp_path):
    text = 'id,text\r\n1,"a, b\r\nc"\r\n2, "say ""hi"""\r\n3,plain\r\n'
    _, read = rows(tmp_path, text)
    assert values(read) == [("1", "a, b\r\nc"), ("2", 'say "hi"'), ("3", "plain")]
    assert [row.where for row in read] == ["line 2", "line 4", "line 5"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(tmp_path, encoding):
    columns, read = rows(tmp_path, "名称,简介\n黄鹤楼,楼阁在武汉\n", encoding=encoding)
    assert columns == ("名称", "简介")
    assert values(read) == [("黄鹤楼", "楼阁在武汉")]


def test_western_windows(tmp_path):
    _, read = rows(tmp_path, "nom,lieu\nChâteau d’If,Marseille\n", encoding="cp1252")
    assert values(read) == [("Château d’If", "Marseille")]


def test_column_names_are_made_unique(tmp_path):
    columns, _ = rows(tmp_path, "name,,name, name 2 ,\n1,2,3,4,5\n")
    assert columns == ("name", "column 2", "name 2", "name 2 2", "column 5")


def test_blank_lines_are_no_rows(tmp_path):
    _, read = rows(tmp_path, "\nid,name\n\n1,gate\n,\n \n2,tower\n\n")
    assert values(read) == [("1", "gate"), ("2", "tower")]
    assert [row.where for row in read] == ["line 4", "line 7"]


def test_delimiters_after_the_last_column(tmp_path):
    _, read = rows(tmp_path, "id,name\n1,gate,,\n2,tower\n")
    assert values(read) == [("1", "gate"), ("2", "tower")]


def test_too_many_and_too_few_fields(tmp_path):
    _, read = rows(tmp_path, "id,name,year\n1,gate,1889\n2,tower\n3,a,b,c\n4,hall,1905\n")
    assert values(read) == [("1", "gate", "1889"), ("4", "hall", "1905")]
    (first, second) = bad(read)
    assert (first[0], second[0]) == ("line 3", "line 4")
    assert "2 fields where the header has 3" in first[1]
    assert "4 fields where the header has 3" in second[1]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    _, read = rows(tmp_path, 'id,name\n1,gate\n2,"tower\n3,hall\n4,arch\n')
    assert values(read) == [("1", "gate"), ("3", "hall"), ("4", "arch")]
    assert [where for where, _ in bad(read)] == ["line 3"]


def test_a_quote_that_a_later_one_closes_costs_one_row(tmp_path):
    _, read = rows(tmp_path, 'id,name,x\n1,"gate,a\n2,"tower",b\n3,hall,c\n')
    assert values(read) == [("2", "tower", "b"), ("3", "hall", "c")]
    assert [where for where, _ in bad(read)] == ["line 2"]


def test_a_broken_row_of_several_lines_is_one_problem(tmp_path):
    _, read = rows(tmp_path, 'id,name,x\n1,"a\nb\nc"\n2,tower,b\n')
    assert values(read) == [("2", "tower", "b")]
    assert [where for where, _ in bad(read)] == ["line 2"]


def test_bytes_that_are_not_utf8_cost_one_row(tmp_path):
    text = "id,name\n1,黄鹤楼在武汉\n2,".encode() + b"\xff\n3," + "岳阳楼在岳阳\n".encode()
    _, read = rows(tmp_path, text)
    assert values(read) == [("1", "黄鹤楼在武汉"), ("3", "岳阳楼在岳阳")]
    assert bad(read)[0][0] == "line 3"
    assert "not UTF-8" in bad(read)[0][1]


def test_long_fields(tmp_path):
    _, read = rows(tmp_path, f"id,text\n1,{'a' * 1_000_000}\n")
    assert len(values(read)[0][1]) == 1_000_000


def test_stray_quotes_that_close_each_other(tmp_path):
    _, read = rows(tmp_path, "id,name,x\n" + '1,"gate,a\n' * 5_001)
    assert not values(read)
    assert len(bad(read)) == (5_001 + 1) // 2


def test_quotes_opened_in_every_line_are_read_in_time_that_grows_with_the_file(tmp_path):
    seconds = []
    for lines in (20_000, 80_000):
        started = time.process_time()
        rows(tmp_path, "a,b\n" + '" "y,"\n' * lines)
        seconds.append(time.process_time() - started)

    assert seconds[1] < 8 * seconds[0]


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n"])
def test_an_empty_table(tmp_path, text):
    with pytest.raises(CorpusError, match="is empty"):
        rows(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("image,caption\na.jpg,A dog\nb.jpg,A cat\n", True),
        ("image\tcaption\na.jpg\tA dog, a cat\nb.jpg\tA cat\n", True),
        ("It stands, they say.\nIt fell.\nIt was rebuilt, twice, in 1905.\n", False),
        ("a,b\n1,2\n", False),
        ("One line\nand another\nand a third\n", False),
    ],
)
def test_texts_that_are_tables(tmp_path, text, expected):
    file = tmp_path / "captions.txt"
    file.write_text(text)
    assert looks_like_csv(file) == expected


cells = st.text(st.sampled_from("ab 它,;|\t\"\n'.1"), max_size=8)


@given(table=st.lists(st.tuples(st.just("x"), cells, cells), min_size=1, max_size=12))
def test_whatever_is_written_by_the_rules_is_read_back(tmp_path_factory, table):
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([("id", "text", "more"), *table])
    _, read = rows(tmp_path_factory.mktemp("csv"), buffer.getvalue())
    assert not bad(read)
    assert values(read) == table


@settings(deadline=None)  # a loaded machine is no fault
@given(text=st.text(st.sampled_from('ab,"\n\r;'), max_size=60))
def test_whatever_stands_there_ends(tmp_path_factory, text):
    _, read = rows(tmp_path_factory.mktemp("csv"), f"id,name\n{text}")
    assert len(read) <= text.count("\n") + text.count("\r") + 1


def problems_of(tmp_path, text):
    file = tmp_path / "table.csv"
    file.write_text(text)
    return open_csv(file).problems


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;"])
def test_a_line_that_names_the_delimiter(tmp_path, first):
    columns, read = rows(tmp_path, f"{first}\r\nid;title\r\n1;Gate, old\r\n")
    assert columns == ("id", "title")
    assert values(read) == [("1", "Gate, old")]
    assert [row.where for row in read] == ["line 3"]
    assert not problems_of(tmp_path, f"{first}\nid;title\n1;Gate\n")


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ("Photographs of the town\n", "Line 1 "),
        ("Photographs of the town\nExported on 3 May 2020, by hand\n\n", "Lines 1 to 2 "),
        ("Report;;;;\n;;;;\nState: 2020;;;;\n", "Lines 1 to 3 "),
        ("\n\nMuseum, Department of pictures\n\n", "Line 3 "),
    ],
)
def test_lines_above_the_names_are_left_out_and_named(tmp_path, above, lines):
    between = ";" if ";" in above else ","
    table = [
        ["id", "title", "year", "place"],
        ["1", "Gate", "1900", "A"],
        ["2", "Mill", "1905", "B"],
    ]
    text = above + "".join(between.join(row) + "\n" for row in table)
    columns, read = rows(tmp_path, text)

    assert columns == tuple(table[0])
    assert values(read) == [tuple(row) for row in table[1:]]
    (problem,) = problems_of(tmp_path, text)
    assert problem.startswith(lines)


def test_lines_below_the_rows_are_named(tmp_path):
    text = "id,title,n\n1,Gate,2\n2,Mill,3\n,,\nTotal,,5\n\n2 rows selected\n"
    _, read = rows(tmp_path, text)

    assert values(read) == [("1", "Gate", "2"), ("2", "Mill", "3")]
    assert [where for where, _ in bad(read)] == ["line 5", "line 7"]
    assert "sums up" in bad(read)[0][1]


def test_names_that_are_repeated_and_lines_that_are_drawn(tmp_path):
    _, read = rows(tmp_path, "id|title\n---|-----\n1|Gate\nID|Title\n2|Mill\n")

    assert values(read) == [("1", "Gate"), ("2", "Mill")]
    assert [where for where, _ in bad(read)] == ["line 4"]


def test_names_of_groups_above_the_names(tmp_path):
    columns, read = rows(
        tmp_path, "Thing,,Maker,,Place,\nid,name,name,born,name,land\n1,Gate,X,1900,A,B\n"
    )

    assert columns == ("id", "Thing name", "Maker name", "born", "Place name", "land")
    assert len(values(read)) == 1


def test_names_for_programs_below_the_names(tmp_path):
    text = "Object title,Date made,Held by\nobj_title,obj_date,obj_place\nGate,1900,Town hall\n"
    columns, read = rows(tmp_path, text)

    assert columns == ("Object title", "Date made", "Held by")
    assert values(read) == [("Gate", "1900", "Town hall")]
    assert "Line 2" in problems_of(tmp_path, text)[0]


@pytest.mark.parametrize(
    "text",
    ["1,Old Gate,1889\n2,Mill,1901\n3,Hall,1911\n", "Gate,gate.jpg,old\nMill,mill.jpg,new\n"],
)
def test_a_table_without_names_loses_no_row(tmp_path, text):
    columns, read = rows(tmp_path, text)

    assert columns == ("column 1", "column 2", "column 3")
    assert len(values(read)) == text.count("\n")
    assert "no line with the columns' names" in problems_of(tmp_path, text)[0]


def test_years_may_be_names(tmp_path):
    columns, _ = rows(tmp_path, "Town,1990,1991\nA,1,2\nB,3,4\n")
    assert columns == ("Town", "1990", "1991")


def test_rows_whose_empty_ends_were_left_out(tmp_path):
    _, read = rows(tmp_path, "id,title,year\n1,Gate\n2,Mill\n3,Hall\n4,Arch,1900\n")
    assert not bad(read)
    assert values(read)[0] == ("1", "Gate", "")


def test_names_that_are_too_few(tmp_path):
    text = "id,title\n1,Gate,gone\n2,Mill,stands\n"
    columns, read = rows(tmp_path, text)
    assert columns == ("id", "title", "column 3")
    assert len(values(read)) == 2
    assert "2 of 3 columns" in problems_of(tmp_path, text)[0]


def test_quotes_that_a_backslash_escapes(tmp_path):
    _, read = rows(tmp_path, 'id,title,n\n1,"the \\"Old\\", big Gate",\\N\n2,Mill,\\N\n')
    assert values(read) == [("1", 'the "Old", big Gate', ""), ("2", "Mill", "")]


def test_a_load_file_of_a_review_program(tmp_path):
    columns, read = rows(tmp_path, "þidþ\x14þtitleþ\r\nþ1þ\x14þGate, oldþ\r\n", encoding="cp1252")
    assert columns == ("id", "title")
    assert values(read) == [("1", "Gate, old")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(tmp_path, encoding):
    _, read = rows(tmp_path, "id,title\n1,Gate of 鼓楼\n", encoding=encoding)
    assert values(read) == [("1", "Gate of 鼓楼")]


def test_a_value_that_is_too_long_is_the_cause_that_is_named(tmp_path, monkeypatch):
    for module in ("csv", "rows"):
        monkeypatch.setattr(f"knowledge.corpus.{module}.MOST_LINE_CHARS", 50_000)
    _, read = rows(tmp_path, f'id,text\n1,"{"a" * 60_000}"\n2,Mill\n')
    assert values(read) == [("2", "Mill")]
    assert "A value has more than" in bad(read)[0][1]


def test_a_table_that_is_one_record(tmp_path):
    columns, read = rows(tmp_path, "Field,Value\nTitle,Gate\nDate,1900\nDate,1910\n")
    assert columns == ("Title", "Date")
    assert values(read) == [("Gate", "1900; 1910")]
