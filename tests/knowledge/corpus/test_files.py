"""Loose files: photos with their sidecars, texts with their photos, PDFs, and other files."""

import json
import logging

import pytest
from corpus_samples import image_bytes, pdf_bytes, read_all, write

from knowledge.corpus import open_corpus


def by_id(root, **options):
    documents, problems = read_all(root, **options)
    assert not problems
    return {document.id: document for document in documents}


def test_each_photo_is_a_document(tmp_path):
    write(tmp_path / "eiffel_tower.jpg", image_bytes())
    write(tmp_path / "trips" / "2020" / "IMG_0001.jpg", image_bytes("PNG"))  # sniffed, not believed
    write(tmp_path / "no-suffix", image_bytes("WEBP"))
    documents = by_id(tmp_path, name="album")
    assert list(documents) == ["eiffel_tower", "no-suffix", "trips/2020/IMG_0001"]
    tower = documents["eiffel_tower"]
    assert (tower.title, tower.text, tower.source) == (
        "Eiffel tower",
        "Photo file: Eiffel tower.",
        "eiffel_tower.jpg",
    )
    assert tower.document_id == "album/eiffel_tower"
    assert [photo.path for photo in documents["trips/2020/IMG_0001"].photos] == [
        "trips/2020/IMG_0001.jpg"
    ]


def test_sidecars(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "a.txt", "它建于1889年。")
    write(tmp_path / "b.jpg", image_bytes())
    write(tmp_path / "b.md", "---\ntags: [gate]\nbuilt: 1889\n---\n# Old Gate\n\nIt *stands*.")
    write(tmp_path / "c.jpg", image_bytes())
    write(tmp_path / "c.jpg.json", json.dumps({"title": "Tower", "text": "It fell.", "id": 7}))
    documents = by_id(tmp_path)
    assert list(documents) == ["a", "b", "c"]
    assert (documents["a"].text, documents["a"].language) == ("它建于1889年。", "zh")
    assert (documents["b"].title, documents["b"].tags) == ("Old Gate", ("gate",))
    assert documents["b"].text == "Old Gate\n\nIt stands.\n\nBuilt: 1889."
    assert (documents["c"].title, documents["c"].text) == (
        "Tower",
        "It fell.\n\nPhotograph: Tower.\nId: 7.",
    )
    assert all(len(document.photos) == 1 for document in documents.values())


def test_a_photo_export(tmp_path):
    """`takeout` names a sidecar after the photo and repeats the photo's name as its title."""
    write(tmp_path / "IMG_1.jpg", image_bytes())
    about = {"title": "IMG_1.jpg", "description": "The gate", "photoTakenTime": {"timestamp": "1"}}
    write(tmp_path / "IMG_1.jpg.supplemental-metadata.json", json.dumps(about))
    document = by_id(tmp_path)["IMG_1"]
    assert (document.title, document.text) == ("The gate", "Description: The gate.")


def test_two_sidecars_add_up(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "a.txt", "It fell.")
    write(tmp_path / "a.json", '{"title": "Gate", "year": 1889}')
    document = by_id(tmp_path)["a"]
    assert (document.title, document.text) == (
        "Gate",
        "It fell.\n\nPhotograph: Gate.\nYear: 1889.",
    )


def test_links_to_folders_are_not_followed(tmp_path, caplog):
    write(tmp_path / "album" / "a.jpg", image_bytes())
    write(tmp_path / "elsewhere" / "b.jpg", image_bytes())
    (tmp_path / "album" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "album" / "again").symlink_to(tmp_path / "album")
    documents, problems = read_all(tmp_path / "album")
    assert [document.id for document in documents] == ["a"]
    assert "again/" in caplog.text
    assert [(problem.path, "leaves the folder" in problem.reason) for problem in problems] == [
        ("more", True)
    ]


def test_files_that_differ_in_their_extension_alone_keep_it(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "a.png", image_bytes("PNG"))
    write(tmp_path / "a.txt", "It fell.")
    documents = by_id(tmp_path)
    assert list(documents) == ["a.jpg", "a.png"]
    assert {document.text for document in documents.values()} == {"It fell."}
    assert {document.title for document in documents.values()} == {"A"}


def test_texts(tmp_path):
    write(tmp_path / "gate.md", "# Old Gate\n\nIt stands.")
    write(tmp_path / "no_heading.md", "It stands.")
    write(tmp_path / "latin.txt", "Château d’If, bâti en 1529".encode("cp1252"))
    write(tmp_path / "chinese.txt", "它建于一八八九年，现在还在。".encode("gb18030"))
    documents = by_id(tmp_path)
    assert documents["gate"].title == "Old Gate"
    assert documents["no_heading"].title == "No heading"
    assert documents["latin"].text == "Château d’If, bâti en 1529"
    assert documents["chinese"].text == "它建于一八八九年，现在还在。"
    assert open_corpus(tmp_path).kind == "texts"
    assert open_corpus(tmp_path).size == 4


def test_front_matter_of_a_loose_text(tmp_path):
    text = "---\nid: g\ntitle: Gate\nurl: https://example.org\nphotos: ['p/*.jpg']\n---\nIt stands."
    write(tmp_path / "x" / "gate.md", text)
    write(tmp_path / "p" / "1.jpg", image_bytes())
    write(tmp_path / "p" / "2.jpg", image_bytes())
    (document,) = by_id(tmp_path).values()
    assert (document.id, document.title, document.url) == ("g", "Gate", "https://example.org")
    assert [photo.path for photo in document.photos] == ["p/1.jpg", "p/2.jpg"]


def test_photos_that_a_text_shows_belong_to_it(tmp_path):
    write(
        tmp_path / "texts" / "gate.md",
        "It stands. ![](../photos/my%20gate.jpg)\n\n![](http://x/y.jpg)",
    )
    write(tmp_path / "photos" / "my gate.jpg", image_bytes())
    write(tmp_path / "photos" / "other.jpg", image_bytes(color="blue"))
    documents = by_id(tmp_path)
    assert list(documents) == ["texts/gate", "photos/other"]
    assert [photo.path for photo in documents["texts/gate"].photos] == ["photos/my gate.jpg"]
    assert (open_corpus(tmp_path).kind, open_corpus(tmp_path).size) == ("mixed", None)


def test_a_missing_image_is_a_problem_and_the_text_stays(tmp_path):
    write(tmp_path / "gate.md", "It stands. ![](gone.jpg)")
    (document,), (problem,) = read_all(tmp_path, name="c")
    assert (document.text, document.photos) == ("It stands.", ())
    assert (problem.path, problem.document_id) == ("gate.md", "c/gate")
    assert "gone.jpg" in problem.reason


def test_a_mixed_folder(tmp_path):
    write(tmp_path / "a.pdf", pdf_bytes([["The tower was built in 1889."]], title="Guide"))
    write(tmp_path / "b.jpg", image_bytes())
    write(tmp_path / "c.txt", "It stands.")
    documents = by_id(tmp_path)
    assert list(documents) == ["c", "a", "b"]
    assert documents["a"].title == "Guide"


def test_hidden_files_and_litter_are_passed_over(tmp_path, caplog):
    write(tmp_path / "a.jpg", image_bytes())
    for name in (".a.jpg", ".git/b.jpg", "__MACOSX/a.jpg", "@eaDir/a.jpg", "Thumbs.db"):
        write(tmp_path / name, image_bytes())
    assert list(by_id(tmp_path)) == ["a"]
    assert not caplog.records


def test_other_files_are_left_out_and_logged_once_a_kind(tmp_path, caplog):
    write(tmp_path / "a.jpg", image_bytes())
    for name in ("a.mov", "b.mov", "sheet.css", "alone.json"):
        write(tmp_path / name, '"x"')
    with caplog.at_level(logging.WARNING):
        assert list(by_id(tmp_path)) == ["a"]
    assert [record.args[2] for record in caplog.records] == [
        "ending in .css",
        "ending in .json",
        "ending in .mov",
    ]


def test_what_people_expect_to_be_read_is_a_problem_once_an_ending(tmp_path):
    write(tmp_path / "a.txt", "It stands.")
    for name in ("b.rtf", "c.rtf", "d.nef", "e.kml", "tool.py", "lib.db", "setup.ini"):
        write(tmp_path / name, "x")
    write(tmp_path / "f.csv", "")
    documents, problems = read_all(tmp_path)
    assert [document.id for document in documents] == ["a"]
    assert {problem.path: problem.reason for problem in problems} == {
        "b.rtf": "The file is of a kind that is not read, as with 1 other file ending in .rtf; "
        "save it as .docx or PDF.",
        "d.nef": "The file is of a kind that is not read; save it as JPEG, PNG or TIFF.",
        "e.kml": "The file is of a kind that is not read; convert it to GeoJSON.",
        "f.csv": "The file is empty (0 bytes); copy it again from its source.",
    }


def test_broken_json_beside_nothing_is_a_problem_with_its_cause(tmp_path):
    write(tmp_path / "a.txt", "It stands.")
    write(tmp_path / "c.json", '{"title": "Gate" "year": 1901}')
    write(tmp_path / "settings.json", '{"theme": "dark"}')
    _, (problem,) = read_all(tmp_path)
    assert problem.path == "c.json"
    assert "not valid JSON" in problem.reason
    assert "line 1 column 18" in problem.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad.jpg", b"", "empty (0 bytes)"),
        ("bad.jpg", b"just text", "is not an image"),
        ("bad.pdf", b"just text", "is not a PDF"),
        ("bad.pdf", pdf_bytes([["x"]], locked=True), "locked with a password"),
        ("bad.pdf", pdf_bytes([["x"]])[:60], "damaged"),
        ("bad.txt", b"", "no text in it"),
        ("bad.txt", b"\0\1\2", "not text"),
    ],
)
def test_a_broken_file_is_a_problem_and_the_rest_goes_on(tmp_path, name, content, reason):
    write(tmp_path / name, content)
    write(tmp_path / "good.jpg", image_bytes())
    (document,), (problem,) = read_all(tmp_path, name="c")
    assert document.id == "good"
    assert problem.path == name
    assert problem.document_id in ("c/bad", None)
    assert reason in problem.reason


def test_a_broken_photo_leaves_what_is_known_about_it(tmp_path):
    write(tmp_path / "a.jpg", b"")
    write(tmp_path / "a.txt", "It fell.")
    (document,), (problem,) = read_all(tmp_path, name="c")
    assert (document.text, document.photos) == ("It fell.", ())
    assert problem.document_id == document.document_id == "c/a"


def test_a_broken_sidecar_leaves_the_photo(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "a.json", "{")
    (document,), (problem,) = read_all(tmp_path, name="c")
    assert len(document.photos) == 1
    assert (problem.path, problem.document_id) == ("a.json", "c/a")


def test_a_text_whose_id_cannot_be_read_may_be_any_document(tmp_path):
    write(tmp_path / "a.md", "---\nid: x\ntitle: A: b\n---\nText")
    write(tmp_path / "b.md", "Text")
    _, (problem,) = read_all(tmp_path)
    assert problem.document_id is None


def test_an_id_is_given_once(tmp_path):
    for name in ("a.md", "b.md"):
        write(tmp_path / name, "---\nid: x\n---\nText")
    (document,), (problem,) = read_all(tmp_path, name="c")
    assert document.source == "a.md"
    assert (problem.path, problem.document_id) == ("b.md", "c/x")
    assert "'a.md'" in problem.reason


def test_links_that_leave_the_folder_are_problems(tmp_path):
    write(tmp_path / "secret.txt", "secret")
    write(tmp_path / "secret.jpg", image_bytes())
    write(tmp_path / "album" / "a.jpg", image_bytes())
    for name in ("secret.txt", "secret.jpg"):
        (tmp_path / "album" / name).symlink_to(tmp_path / name)
    (document,), problems = read_all(tmp_path / "album")
    assert document.id == "a"
    assert [problem.path for problem in problems] == ["secret.jpg", "secret.txt"]
    assert all("leaves the folder" in problem.reason for problem in problems)


def test_a_name_that_is_not_utf8_is_a_problem(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    try:
        write(tmp_path / "\udce9.jpg", image_bytes())
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    (document,), (problem,) = read_all(tmp_path)
    assert document.id == "a"
    assert "not UTF-8" in problem.reason
    problem.path.encode()


def test_a_single_photo_brings_its_sidecar_and_nothing_else(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "a.txt", "It fell.")
    write(tmp_path / "ab.jpg", image_bytes())
    corpus = open_corpus(tmp_path / "a.jpg")
    assert (corpus.name, corpus.kind, corpus.size, corpus.root) == ("a", "photos", 1, tmp_path)
    (document,) = corpus.read()
    assert (document.id, document.text) == ("a", "It fell.")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.md", b"# A\n\nText", "texts"),
        ("a.txt", b"Text", "texts"),
        ("a.pdf", pdf_bytes([["Text"]]), "pdf"),
    ],
)
def test_a_single_file(tmp_path, name, content, kind):
    write(tmp_path / name, content)
    write(tmp_path / "other.txt", "Other")
    write(
        tmp_path / "a.jpg", image_bytes()
    )  # next to it, a text is no sidecar when it is asked for
    corpus = open_corpus(tmp_path / name)
    assert (corpus.kind, corpus.size) == (kind, 1)
    assert [item.id for item in corpus.read()] == ["a"]


def test_a_file_that_vanished_is_a_problem(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "b.txt", "Text")
    corpus = open_corpus(tmp_path)
    (tmp_path / "a.jpg").unlink()
    (tmp_path / "b.txt").unlink()
    assert [item.path for item in corpus.read()] == ["b.txt", "a.jpg"]


def test_thousands_of_photos_in_the_same_order_every_time(tmp_path):
    photo = image_bytes()
    for n in range(3000):
        write(tmp_path / str(n % 7) / f"{n}.jpg", photo)
    corpus = open_corpus(tmp_path)
    ids = [item.id for item in corpus.read()]
    assert corpus.size == len(ids) == len(set(ids)) == 3000
    assert ids == sorted(ids) == [item.id for item in open_corpus(tmp_path).read()]
