"""`snapcite index --explain`: what it prints, and that it indexes nothing."""

import json
import re

import pytest
from corpus_samples import image_bytes, write
from typer.testing import CliRunner

from api.cli import app

TABLE = (
    "OBJECTID;Titel;Fotograf;Aufnahmedatum;Ort;Beschreibung;Kiste\n"
    "F-1;Hafenkran;Ida Brand;1931;Larnmouth;Ein Kran am Kai.;12\n"
    "F-2;Wehr;J. Oduya;1890;Stonebeck;Das Wehr im Winter.;13\n"
    "F-3;Tor;J. Oduya;1891;Stonebeck;Das Tor.;13\n"
    "F-4;Turm;J. Oduya;1892;Stonebeck;Der Turm.;13\n"
)


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setenv("SNAPCITE_INDEX", str(tmp_path / "index"))
    return write(tmp_path / "fotos.csv", TABLE)


def explain(*args):
    result = CliRunner().invoke(app, ["index", "--explain", *map(str, args)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_shows_the_mapping_and_three_rows_and_indexes_nothing(table, tmp_path):
    printed = explain(table)
    assert "save it" in printed
    assert "fotos.csv.mapping.yaml" in printed
    assert re.search(r"^title: Titel +# the subject's name$", printed, re.MULTILINE)
    assert "creator: [Fotograf]" in printed
    assert "#   Kiste" in printed
    assert printed.count("#   id: F-") == 3
    assert "F-4" not in printed
    assert "#   | Fotograf: Ida Brand." in printed
    assert not (tmp_path / "index").exists()


def test_its_output_saved_and_edited_is_used(table):
    saved = explain(table).replace("title: Titel", "title: Kiste")
    write(table.with_name("fotos.csv.mapping.yaml"), saved)
    (found,) = json.loads(explain(table, "--json"))
    assert found["mapping_file_used"]
    assert found["columns"]["title"] == "Kiste"
    assert found["documents"][0]["title"] == "12"
    (found,) = json.loads(explain(table, "--json", "--title-column", "Ort"))
    assert found["columns"]["title"] == "Ort"


def test_programs_get_columns_and_documents_with_their_fields(table):
    (found,) = json.loads(explain(table, "--json"))
    assert found["kind"] == "table"
    assert not found["mapping_file_used"]
    assert found["columns"]["date"] == ["Aufnahmedatum"]
    assert found["other_columns"] == ["Kiste"]
    document = found["documents"][0]
    assert document["id"] == "F-1"
    field = next(each for each in document["fields"] if each["label"] == "Fotograf")
    assert document["text"][field["start"] : field["end"]] == "Fotograf: Ida Brand."


def test_what_is_no_table_is_shown_as_it_is_read(tmp_path):
    write(tmp_path / "photos" / "corn_exchange.jpg", image_bytes())
    write(tmp_path / "photos" / "corn_exchange.json", '{"photographer": "Ida Brand"}')
    printed = explain(tmp_path / "photos")
    assert "photos: photos" in printed
    assert "Photographer: Ida Brand." in printed
    assert "mapping" not in printed


def test_what_a_terminal_would_obey_is_escaped(tmp_path):
    file = write(tmp_path / "t.csv", "id,name,\x1b[31mred\nx1,Gate \u202e,\x1b[2Jn\n")
    assert "\x1b" not in explain(file)
    assert "\u202e" not in explain(file)


def test_a_mapping_that_cannot_be_used_is_said(table):
    write(table.with_name("fotos.csv.mapping.yaml"), "title: Titl")
    result = CliRunner().invoke(app, ["index", "--explain", str(table)])
    assert result.exit_code != 0
    assert "Did you mean 'Titel'?" in str(result.exception) + result.output
