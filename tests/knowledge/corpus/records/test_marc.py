"""MARC 21, as XML and binary, whole and broken."""

import pytest
from pymarc import Field, Indicators, Record, Subfield
from record_samples import MARCXML, read_file, read_one, values


def binary(number, title, *, wide=False):
    record = Record(force_utf8=True)
    record.add_field(Field(tag="001", data=number))
    marks = Indicators("1", "0")
    record.add_field(
        Field(
            tag="245",
            indicators=marks,
            subfields=[
                Subfield("a", f"{title} /"),
                *[Subfield("c", "x" * 200)] * (6000 if wide else 0),
            ],
        )
    )
    return record.as_marc()


def test_marcxml(tmp_path):
    document = read_one(tmp_path / "marc.xml", MARCXML)
    assert document.id == "9001"
    assert document.title == "Lighthouse at Weston"
    assert document.aliases == ("Weston light", "灯塔")
    assert document.text.startswith("The tower from the sea.")
    assert values(document, "Photographer") == ["Example, Ada, 1870-1940"]
    assert values(document, "Date") == ["1903"]
    assert values(document, "Place") == ["Weston"]
    assert values(document, "Extent") == ["1 photograph", "20 x 25 cm"]
    assert values(document, "Subject") == ["Lighthouses – Weston"]
    assert values(document, "Call number") == ["LOT 12"]
    assert values(document, "Collection") == ["Harbour photographs"]
    assert document.rights == "No known restrictions."
    assert document.url == "https://library.example/9001"
    assert document.source == "Weston Library, Harbour photographs, 9001"


def test_a_date_of_the_fixed_fields_where_no_other_is(tmp_path):
    text = MARCXML.replace('<subfield code="c">1903.</subfield>', "")
    assert values(read_one(tmp_path / "marc.xml", text), "Date") == ["1900–1910"]


def test_binary_records_whatever_the_file_is_called(tmp_path):
    data = binary("1", "Gate") + binary("2", "Tür")
    documents, problems = read_file(tmp_path / "export.dat", data)
    assert [(document.id, document.title) for document in documents] == [
        ("1", "Gate"),
        ("2", "Tür"),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("middle", "reason"),
    [
        (b"00050nam a2200049   4500" + b"garbage\x1d", "not valid MARC 21"),
        (binary("x", "Wide", wide=True), "more than 1,048,576 bytes"),
    ],
)
def test_a_broken_record_costs_itself_alone(tmp_path, middle, reason):
    data = binary("1", "Gate") + middle + binary("2", "Mill")
    documents, (problem,) = read_file(tmp_path / "export.mrc", data)
    assert [document.title for document in documents] == ["Gate", "Mill"]
    assert reason in problem.reason


def test_a_wrong_length_is_no_obstacle(tmp_path):
    data = b"99999" + binary("1", "Gate")[5:] + binary("2", "Mill")
    documents, problems = read_file(tmp_path / "export.mrc", data)
    assert [document.title for document in documents] == ["Gate", "Mill"]
    assert problems == []


def test_a_file_that_was_cut(tmp_path):
    documents, (problem,) = read_file(
        tmp_path / "export.mrc", binary("1", "Gate") + binary("2", "Mill")[:-8]
    )
    assert [document.title for document in documents] == ["Gate"]
    assert "ends in the midst" in problem.reason
