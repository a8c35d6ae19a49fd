"""Tables beside photos in one folder, and the two sides of one print."""

import os
from unicodedata import normalize

import pytest
from support import encoded, photo

from knowledge.corpus import open_corpus
from knowledge.corpus.photo_names import PhotoNames
from knowledge.corpus.sides import sides_of
from knowledge.documents import Document, Note, Problem


def read(folder):
    items = list(open_corpus(folder, name="c").read())
    documents = {item.id: item for item in items if isinstance(item, Document)}
    problems = [item for item in items if isinstance(item, Problem)]
    return documents, problems, [item.text for item in items if isinstance(item, Note)]


def put(folder, *paths):
    for n, path in enumerate(paths):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(encoded(photo(n)))


def photos_of(document):
    return [photo.path for photo in document.photos]


PATHS = ["scans/Gate 01.JPG", "scans/mill.tif", "scans/sub/hall.png", "sub2/hall.png"]
PATHS += ["scans/thumbs/mill.tif", "x.png.jpg", "x.jpg"]
BRIDGE, *CARDS = normalize("NFD", "scans/Brücke.jpg"), "1937.4_a.jpg", "1937.4_b.jpg", "1938.1.jpg"
PATHS += [BRIDGE, *CARDS]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Gate 01.JPG", [PATHS[0]]),
        ("gate 01.jpg", [PATHS[0]]),
        ("gate 01", [PATHS[0]]),
        ("gate_01", [PATHS[0]]),
        ("Gate-01.tif", [PATHS[0]]),
        (r"C:\Users\me\Scans\Gate 01.jpg", [PATHS[0]]),
        ("/old/server/scans/Gate%2001.jpg", [PATHS[0]]),
        ("file:///D:/scans/mill.tif", [PATHS[1]]),
        ("mill.jpg", [PATHS[1]]),
        (normalize("NFC", "Brücke"), [BRIDGE]),
        ("gate 01.jpg; mill.tif", [PATHS[0], PATHS[1]]),
        ("gate 01.jpg|mill", [PATHS[0], PATHS[1]]),
        ("mill.tif, gate 01.jpg", [PATHS[1], PATHS[0]]),
        ("mill.tif & Brücke.jpg", [PATHS[1], BRIDGE]),
        ("mill.tif 1938.1.jpg", [PATHS[1], CARDS[2]]),
        ("mill.tif\nBrücke.jpg", [PATHS[1], BRIDGE]),
        ("x/sub/hall.png", [PATHS[2]]),
        ("1937.4", [CARDS[0], CARDS[1]]),
        ("1938.1", [CARDS[2]]),
        ("https://example.org/mill.tif", []),
        ("193", []),
        ("x.png", ["x.png.jpg"]),
        ("", []),
    ],
)
def test_names_in_cells(cell, found):
    assert list(PhotoNames(PATHS).find(cell).paths) == found


def test_names_that_several_photos_have_and_names_of_none():
    names = PhotoNames(PATHS)
    assert names.find("hall.png").unclear == (("hall.png", PATHS[2], PATHS[3]),)
    assert names.find("mill.tif; tower.jpg").missing == ("tower.jpg",)


def test_a_table_joins_the_photos_beside_it(tmp_path):
    put(tmp_path, "IMG_1.jpg", "sub/img_2.JPG", "img_3.jpg", "alone.jpg")
    (tmp_path / "IMG_1.txt").write_text("It stands at the river.")
    (tmp_path / "list.csv").write_text(
        "number;title;file\nA1;Old gate;img_1\nA2;Old mill;Z:\\scans\\IMG_2.jpg | img_3.jpg\n"
        "A3;Old hall;gone.jpg\nA4;Old tower;\n"
    )
    documents, problems, notes = read(tmp_path)

    assert set(documents) == {"A1", "A2", "A3", "A4", "alone"}
    assert photos_of(documents["A1"]) == ["IMG_1.jpg"]
    assert "It stands at the river." in documents["A1"].text
    assert photos_of(documents["A2"]) == ["sub/img_2.JPG", "img_3.jpg"]
    assert not documents["A3"].photos
    assert photos_of(documents["alone"]) == ["alone.jpg"]
    for field in documents["A1"].fields:
        assert field.value in documents["A1"].text[field.start : field.end]
    (problem,) = problems
    assert problem.path == "list.csv, line 4"
    assert "'gone.jpg'" in problem.reason
    assert notes == ["2 of 4 rows are joined to photos."]


def test_a_table_joins_by_its_numbers(tmp_path):
    put(tmp_path, "1937.4.jpg", "1937.5_1.jpg", "1937.5_2.jpg", "1937.50.jpg")
    (tmp_path / "list.csv").write_text(
        "Inventory number,Title\n1937.4,Gate\n1937.5,Mill\n1937.50,Hall\n1937.6,Tower\n"
    )
    documents, problems, _ = read(tmp_path)

    assert not problems
    assert {id_: photos_of(document) for id_, document in documents.items()} == {
        "1937.4": ["1937.4.jpg"],
        "1937.5": ["1937.5_1.jpg", "1937.5_2.jpg"],
        "1937.50": ["1937.50.jpg"],
        "1937.6": [],
    }


def test_several_tables_and_one_that_is_broken(tmp_path):
    put(tmp_path, "gate.jpg")
    (tmp_path / "a.csv").write_text("id,title,photo\na1,Gate,gate.jpg\n")
    (tmp_path / "b.jsonl").write_text('{"id": "b1", "title": "Mill"}\n{"id": "b2", "title": "X"}\n')
    (tmp_path / "c.csv").write_text("id,title\n")
    documents, problems, _ = read(tmp_path)

    assert set(documents) == {"a1", "b1", "b2"}
    assert [problem.path for problem in problems] == ["c.csv"]


def test_tables_alone_in_a_folder(tmp_path):
    (tmp_path / "a.csv").write_text("id,title\na1,Gate\n")
    (tmp_path / "settings.json").write_text('{"theme": "dark", "size": 3}')
    documents, problems, notes = read(tmp_path)
    assert (set(documents), problems, notes) == ({"a1"}, [], [])


@pytest.mark.parametrize(
    ("front", "back", "base"),
    [
        ("gate_f", "gate_b", "gate"),
        ("gate_F", "gate_B", "gate"),
        ("gate_front", "gate_back", "gate"),
        ("gate-recto", "gate-verso", "gate"),
        ("gate (front)", "gate (back)", "gate"),
        ("Tor Vorderseite", "Tor Rückseite", "Tor"),
        ("gate-r", "gate-v", "gate"),
        ("fol12r", "fol12v", "fol12"),
        ("gate", "gate_back", "gate"),
        ("gate", "gate-verso", "gate"),
        ("0123_vs", "0123_rs", "0123"),
        ("城门_正面", "城门_背面", "城门"),
    ],
)
def test_two_sides_are_one_document(tmp_path, front, back, base):
    put(tmp_path, f"{front}.jpg", f"{back}.jpg", "other.jpg")
    (tmp_path / f"{base}.txt").write_text("What is known.")
    documents, problems, _ = read(tmp_path)

    assert not problems
    assert set(documents) == {base, "other"}
    assert photos_of(documents[base]) == [f"{front}.jpg", f"{back}.jpg"]
    assert "What is known." in documents[base].text


@pytest.mark.parametrize(
    "names",
    [
        ["house_a", "house_b"],
        ["garden_back"],
        ["gate_f"],
        ["1_a", "1_b", "2_a", "2_b", "3_a", "3_b", "3_c"],
        ["front_gate", "back_gate"],
        ["x_f", "y_b"],
    ],
)
def test_what_is_no_side(names):
    assert sides_of([f"{name}.jpg" for name in names]) == []


def test_letters_are_sides_where_all_have_two():
    names = [f"card_{n}_{side}.jpg" for n in (1, 2, 3) for side in "ab"]
    assert [side.base for side in sides_of(names)] == ["card_1", "card_2", "card_3"]


def test_a_row_that_names_one_side_has_both(tmp_path):
    put(tmp_path, "gate_front.jpg", "gate_back.jpg")
    (tmp_path / "list.csv").write_text("id,title,photo\na1,Gate,gate_back.jpg\n")
    documents, _, _ = read(tmp_path)
    assert set(documents) == {"a1"}
    assert sorted(photos_of(documents["a1"])) == ["gate_back.jpg", "gate_front.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_named_and_the_rest_is_read(tmp_path):
    put(tmp_path, "a.jpg", "secret/b.jpg", "z/c.jpg")
    (tmp_path / "secret").chmod(0)
    try:
        documents, problems, _ = read(tmp_path)
    finally:
        (tmp_path / "secret").chmod(0o700)
    assert set(documents) == {"a", "z/c"}
    assert [problem.path for problem in problems] == ["secret"]
