"""Spreadsheets, Word files and HTML."""

import io

import docx
import pytest
from corpus_samples import image_bytes, read_all, write
from record_samples import read_file, read_one, values, workbook_bytes, zip_bytes

from knowledge.corpus import Columns, open_corpus
from knowledge.errors import CorpusError


def test_a_workbook(tmp_path):
    write(tmp_path / "kiln.jpg", image_bytes())
    rows = [
        ["Register of the brick works"],
        [],
        ["No.", "Name", "Year", "Photo", "Remarks"],
        ["B 1", "Old kiln", 1888, "kiln.jpg", "Pulled down in 1950."],
        [None, None, None, None, None],
        ["B 2", "New kiln", 1931.5, None, None],
    ]
    old, new = read_file(tmp_path / "register.xlsx", workbook_bytes({"Works": rows}))[0]
    assert (old.id, old.title) == ("B 1", "Old kiln")
    assert "Pulled down in 1950." in old.text
    assert values(old, "Year") == ["1888"]
    assert [photo.path for photo in old.photos] == ["kiln.jpg"]
    assert values(new, "Year") == ["1931.5"]


def test_several_sheets_each_with_its_own_columns(tmp_path):
    data = workbook_bytes(
        {
            "Houses": [["id", "title"], ["h1", "House"]],
            "Bridges": [["id", "title", "span"], ["b1", "Bridge", 12], ["b2", "Ford", None]],
            "Empty": [],
        }
    )
    documents, problems = read_file(tmp_path / "all.xlsx", data)
    assert [document.id for document in documents] == ["h1", "b1", "b2"]
    assert [values(document, "Sheet") for document in documents] == [
        ["Houses"],
        ["Bridges"],
        ["Bridges"],
    ]
    assert values(documents[1], "Span") == ["12"]
    assert problems == []


def test_each_sheet_may_count_from_one(tmp_path):
    data = workbook_bytes(
        {
            "1900": [["id", "Title"], ["1", "House"], ["2", "Mill"]],
            "1910": [["id", "Title"], ["1", "Bridge"], ["1", "Ford"]],
        }
    )
    documents, (problem,) = read_file(tmp_path / "years.xlsx", data)
    assert [document.id for document in documents] == ["1", "2", "1910/1"]
    assert "Its id '1910/1' is already that of" in problem.reason


def test_columns_of_a_workbook_can_be_named(tmp_path):
    data = workbook_bytes({"S": [["a", "b"], ["k", "Kiln"]]})
    file = write(tmp_path / "t.xlsx", data)
    ((document,), _) = read_all(file, columns=Columns(id="a", title="b"))
    assert (document.id, document.title) == ("k", "Kiln")


def test_an_open_document(tmp_path):
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>"
        for row in (("id", "title"), ("m1", "Mill"))
    )
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" '
        f'xmlns:table="{office}table:1.0" xmlns:text="{office}text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": (
            f'<manifest:manifest xmlns:manifest="{office}manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/"/></manifest:manifest>'
        ).encode(),
        "content.xml": content.encode(),
    }
    document = read_one(tmp_path / "register.ods", zip_bytes(parts))
    assert (document.id, document.title) == ("m1", "Mill")


def word_bytes(*, picture=False):
    document = docx.Document()
    document.core_properties.author = "Ada Example"
    document.add_heading("The mill", level=1)
    document.add_paragraph("It was built in 1850.")
    table = document.add_table(rows=3, cols=2)
    for row, cells in enumerate([("Year", "Event"), ("1850", "built"), ("1931", "closed")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    if picture:
        document.add_picture(io.BytesIO(image_bytes("PNG")))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_word_file(tmp_path):
    document = read_one(tmp_path / "mill.docx", word_bytes())
    assert document.title == "The mill"
    assert document.text.startswith(
        "It was built in 1850.\n\nYear: 1850; Event: built.\n\nYear: 1931; Event: closed."
    )
    assert values(document, "Creator") == ["Ada Example"]


def test_pictures_in_a_word_file_are_counted(tmp_path):
    (document,), (problem,) = read_file(tmp_path / "mill.docx", word_bytes(picture=True))
    assert document.title == "The mill"
    assert "1 picture(s), which are left out" in problem.reason


PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<title>Le pont | Exemple</title><meta name="DC.creator" content="Ada Exemple">
<link rel="canonical" href="https://ville.example/pont"><style>p {}</style></head><body>
<nav><a href="/">Accueil</a></nav>
<main><h1>Le pont</h1><p>Construit en <b>1802</b>,<br>détruit en 1944.</p>
<script>alert("x")</script>
<table><tr><th>Longueur</th><th>Matière</th></tr><tr><td>40 m</td><td>pierre</td></tr></table>
<img src="images/pont.jpg" alt="Vue du pont"><ul><li>Trois arches</li></ul></main>
<footer>Imprimé</footer></body></html>"""


def test_a_page_of_html(tmp_path):
    write(tmp_path / "images" / "pont.jpg", image_bytes())
    document = read_one(tmp_path / "pont.html", PAGE)
    assert document.title == "Le pont"
    assert document.language == "fr"
    assert document.url == "https://ville.example/pont"
    lines = document.text.split("\n\n")
    assert lines[:2] == ["Construit en 1802,", "détruit en 1944."]
    assert "Longueur: 40 m; Matière: pierre." in lines
    assert "Trois arches" in lines
    for hidden in ("Accueil", "alert", "Imprimé"):
        assert hidden not in document.text
    assert values(document, "Creator") == ["Ada Exemple"]
    assert [photo.path for photo in document.photos] == ["images/pont.jpg"]


def test_html_in_an_old_encoding(tmp_path):
    page = '<html><head><meta charset="iso-8859-1"><title>Café</title></head><body><p>Né</p></body>'
    document = read_one(tmp_path / "cafe.htm", page.encode("latin-1"))
    assert document.title == "Café"
    assert document.text.startswith("Né")


@pytest.mark.parametrize("name", ["bomb.xlsx", "bomb.docx"])
def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, name):
    part = "xl/workbook.xml" if name.endswith("xlsx") else "word/document.xml"
    data = zip_bytes({part: b" " * (40 << 20)})
    assert len(data) < 100_000
    with pytest.raises(CorpusError, match="can be made to fill the memory"):
        open_corpus(write(tmp_path / name, data))


@pytest.mark.parametrize("name", ["cut.xlsx", "cut.docx", "cut.ods"])
def test_a_damaged_file_is_named(tmp_path, name):
    with pytest.raises(CorpusError, match="damaged"):
        open_corpus(write(tmp_path / name, b"PK\x03\x04" + b"\0" * 40))


def test_a_workbook_whose_parts_are_nonsense_is_refused(tmp_path):
    data = zip_bytes({"xl/workbook.xml": b"<nonsense", "[Content_Types].xml": b"<x/>"})
    with pytest.raises(CorpusError, match="cannot be read as a spreadsheet"):
        open_corpus(write(tmp_path / "x.xlsx", data))


def test_names_below_a_title_and_merged_groups_of_columns(tmp_path):
    rows = [
        ["Journal of the survey"],
        ["Thing", None, "Origin", None, None, "Kept"],
        ["No.", "Title", "Maker", "Date", "Town", "Shelf"],
        ["p1", "Old pump", "Anna Roe", "1911", "Leek", "A 2"],
        ["p2", "New pump", "Tom Vale", "1934", "Stone", "A 3"],
        ["Total", None, None, None, None, "2"],
    ]
    documents, problems = read_file(tmp_path / "s.xlsx", workbook_bytes({"S": rows}))
    assert [(document.id, document.title) for document in documents] == [
        ("p1", "Old pump"),
        ("p2", "New pump"),
    ]
    assert values(documents[1], "Date") == ["1934"]
    above, total = (problem.reason for problem in problems)
    assert above.startswith("Row 1 ('Journal of the survey') stands above the columns' names")
    assert "sums up" in total


def test_a_sheet_without_names_is_said_to_have_none(tmp_path):
    rows = [["a.jpg", 12, "Gate"], ["b.jpg", 14, "Mill"], ["c.jpg", 15, "Ford"]]
    documents, problems = read_file(tmp_path / "s.xlsx", workbook_bytes({"S": rows}))
    assert len(documents) == 3
    assert any("'Column A', 'Column B'" in problem.reason for problem in problems)


def test_a_piece_of_a_page_is_read_as_html(tmp_path):
    document = read_one(tmp_path / "mill.html", "<h1>Mill</h1><p>It ground corn.<br>And oats.")
    assert document.title == "Mill"
    assert document.text.startswith("It ground corn.\n\nAnd oats.")


def test_the_title_that_a_word_file_without_properties_gets_is_none(tmp_path):
    document = docx.Document()
    document.core_properties.title = "Word Document"
    document.add_paragraph("The ford lies below the mill.")
    buffer = io.BytesIO()
    document.save(buffer)
    assert read_one(tmp_path / "ford.docx", buffer.getvalue()).title != "Word Document"


def test_a_sheet_without_rows_is_left_out_and_named(tmp_path):
    sheets = {"A": [["id", "title"], ["1", "Gate"], ["2", "Mill"]], "B": [["Only a remark."]]}
    documents, (problem,) = read_file(tmp_path / "s.xlsx", workbook_bytes(sheets))
    assert len(documents) == 2
    assert "The sheet 'B' has no rows" in problem.reason
