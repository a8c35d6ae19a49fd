"""Which dates a document's record gives."""

from dataclasses import replace

import pytest

from knowledge.corpus import open_corpus
from knowledge.document_dates import date_columns, dates_of, dates_of_row, is_date_label
from knowledge.documents import Document
from knowledge.index import layout


def document(text: str) -> Document:
    return Document("c", "d", "Title", text, "en")


@pytest.mark.parametrize(
    "label",
    ["Date", "date", "Dates", "Date taken", "image_date", "dcterms:created", "DateTimeOriginal",
     "Year", "Datierung", "Aufnahmedatum", "Jahr", "Année", "Fecha", "Data", "unitdate", "日期",
     "拍摄时间", "年代", "Dublin Core:Date", "dc:date", "Captured", "made", "datace",
     "Дата съёмки", "撮影年月日", "Data powstania"],
)  # fmt: skip
def test_labels_of_dates(label: str):
    assert is_date_label(label)


@pytest.mark.parametrize(
    "label",
    ["Title", "Date added", "Date of birth", "birth_date", "modified", "Date modified", "Updated",
     "accession date", "Date digitized", "Place", "入藏日期", "Candidate", "update", "Database",
     "dateIdentified", "Data modyfikacji", "Дата рождения"],
)  # fmt: skip
def test_labels_of_something_else(label: str):
    assert not is_date_label(label)


def test_dates_are_those_of_its_record_and_none_of_its_prose():
    text = "The hall burnt in 1961.\n\nDate: [ca. 1932]\nPlace: 1904\nYear: 1889/1891\nDated: n.d."
    assert [each.edtf for each in dates_of(document(text))] == ["1932~", "1889/1891"]
    assert dates_of(document("It was built in 1904.")) == ()


def test_a_table_shows_how_its_dates_are_written():
    rows = [{"Taken": ["03/05/1912"], "n": ["1"]}, {"Taken": ["21/05/1912"], "n": ["2"]}, {}]
    columns = date_columns(rows)
    assert list(columns) == ["Taken"]
    assert dates_of_row(rows[0], columns) == ("1912-05-03",)
    assert dates_of_row({"Taken": ["n.d."]}, columns) == ()
    serials = date_columns([{"Date": ["39887"]}, {"Date": ["40000"]}])
    assert dates_of_row({"Date": ["39887"]}, serials) == ("2009-03-15",)


def test_a_csv_file_gives_its_documents_the_dates_of_its_columns(tmp_path):
    table = tmp_path / "photos.csv"
    table.write_text(
        "id,title,date\n1,Market,03/05/1912\n2,Fair,21/05/1912\n3,Mill,n.d.\n", encoding="utf-8"
    )
    found = {
        each.id: each.dates for each in open_corpus(table).read() if isinstance(each, Document)
    }
    assert found == {"1": ("1912-05-03",), "2": ("1912-05-21",), "3": ()}


def test_a_document_is_stored_with_the_spans_of_its_dates():
    payload = layout.document_payload(
        replace(document(""), dates=("../1904", "1932~")),
        photo_ids=(), passages=0, problems=(), chronology={},
    )  # fmt: skip
    assert payload["dates"] == [
        {"first": -(10**12), "last": 19041231, "edtf": "../1904"},
        {"first": 19320101, "last": 19321231, "edtf": "1932~"},
    ]
    assert layout.document_from_payload(payload).dates == ("../1904", "1932~")


def documents_of(tmp_path, text: str) -> list[Document]:
    table = tmp_path / "photos.csv"
    table.write_text(text, encoding="utf-8")
    return [each for each in open_corpus(table).read() if isinstance(each, Document)]


def test_a_column_of_dates_is_one_whatever_its_label(tmp_path):
    rows = "1;Market;3 May 1912;1912-3\n2;Fair;June 1921;1921-7\n3;Mill;ca. 1930;1930-1\n"
    found = documents_of(tmp_path, "id;title;Zeitpunkt X;Drawer\n" + rows)
    assert [each.dates for each in found] == [("1912-05-03",), ("1921-06",), ("1930~",)]


def test_days_that_a_spreadsheet_counted_are_written_as_days(tmp_path):
    rows = "1,Market,39887\n2,Fair,40000\n3,Mill,7305\n4,Gate,1912\n"
    found = documents_of(tmp_path, "id,title,date\n" + rows)
    assert [each.dates for each in found] == [
        ("2009-03-15",),
        ("2009-07-06",),
        ("1919-12-31",),
        ("1912",),
    ]
    assert "Date: 2009-03-15." in found[0].text


def test_when_a_program_wrote_a_record_is_no_date_of_what_it_is_about(tmp_path):
    found = documents_of(tmp_path, "id,title,wof:created,height\na,Gate,1523296710,12\n")
    assert found[0].dates == ()
    assert "1523296710" not in found[0].text
    assert "Height: 12." in found[0].text
