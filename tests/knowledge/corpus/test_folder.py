"""Corpus folders: made by the tests, and those in `data/`."""

from pathlib import Path

import pytest
from corpus_samples import image_bytes, read_all, write

from knowledge.corpus import open_corpus

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "corpora"

GATE = """---
id: gate
title: Old Gate
aliases: [老城门]
language: en
place: Jinan, China
source: Wikipedia, "Old Gate"
url: https://example.org/gate
photos: [photos/gate_*.jpg]
tags: [gate]
---

The gate was built in 1889.
It stands.
"""


@pytest.fixture
def root(tmp_path):
    write(tmp_path / "knowledge" / "gate.md", GATE)
    write(tmp_path / "photos" / "gate_1.jpg", image_bytes())
    write(tmp_path / "photos" / "gate_2.jpg", image_bytes(color="blue"))
    return tmp_path


def test_a_document_with_everything(root):
    (document,), problems = read_all(root, name="town")
    assert not problems
    assert document.document_id == "town/gate"
    assert (document.title, document.aliases, document.language) == ("Old Gate", ("老城门",), "en")
    assert (document.place, document.source) == ("Jinan, China", 'Wikipedia, "Old Gate"')
    assert (document.url, document.tags) == ("https://example.org/gate", ("gate",))
    assert document.text == "The gate was built in 1889. It stands."
    assert [photo.path for photo in document.photos] == ["photos/gate_1.jpg", "photos/gate_2.jpg"]
    assert len({photo.sha256 for photo in document.photos}) == 2


def test_corpus(root):
    write(root / "knowledge" / "tower.md", "---\nid: tower\ntitle: Tower\n---\nIt stands.")
    corpus = open_corpus(root, name="town")
    assert (corpus.name, corpus.kind, corpus.size, corpus.root) == ("town", "folder", 2, root)
    assert [item.id for item in corpus.read()] == ["gate", "tower"]
    assert list(corpus.read()) == list(corpus.read())


def test_what_is_not_said_is_filled_in(root):
    write(root / "knowledge" / "塔.md", "---\nid: 塔\ntitle: 塔\n---\n它建于1889年。")
    _, document = read_all(root)[0]
    assert (document.language, document.source, document.url) == ("zh", "塔", None)
    assert read_all(root, language="fr")[0][1].language == "fr"


def test_questions_are_never_indexed(root):
    write(root / "queries" / "gate_3.jpg", image_bytes(color="green"))
    write(root / "testset.jsonl", '{"id": "1"}')
    for pattern in ("'**/gate_*.jpg'", "queries/gate_3.jpg, photos/gate_1.jpg"):
        write(root / "knowledge" / "gate.md", GATE.replace("photos/gate_*.jpg", pattern))
        (document,), _ = read_all(root)
        assert all(photo.path.startswith("photos/") for photo in document.photos)


def test_images_in_the_text_are_photos_too(root):
    write(root / "knowledge" / "gate.md", GATE + "\n![Arch](../photos/arch.png)\n")
    write(root / "photos" / "arch.png", image_bytes("PNG"))
    (document,), problems = read_all(root)
    assert not problems
    assert document.photos[-1].path == "photos/arch.png"
    assert document.text.endswith("Arch")


def test_a_pattern_that_matches_nothing_is_a_problem_of_its_document(root):
    write(root / "knowledge" / "gate.md", GATE.replace("photos/gate_*.jpg", "photos/no_*.jpg"))
    (document,), (problem,) = read_all(root, name="town")
    assert document.photos == ()
    assert (problem.path, problem.document_id) == ("knowledge/gate.md", "town/gate")
    assert "photos/no_*.jpg" in problem.reason


def test_a_broken_photo_is_a_problem_and_the_others_stay(root):
    write(root / "photos" / "gate_2.jpg", b"")
    (document,), (problem,) = read_all(root)
    assert [photo.path for photo in document.photos] == ["photos/gate_1.jpg"]
    assert "photos/gate_2.jpg" in problem.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad.md", "---\nid: bad\ntitle: A: b\n---\nText", "not valid YAML in line 3"),
        ("bad.md", "---\ntitle: Bad\n---\nText", "no id"),
        ("bad.md", "---\nid: bad\n---\nText", "no title"),
        ("bad.md", "---\nid: other\ntitle: Bad\n---\nText", "'other' is not the file's name"),
        ("bad.md", "Only text", "no id"),
        ("bad.md", "", "no id"),
        ("bad.md", "---\nid: bad\ntitle: Caf\xe9\n---\n".encode("latin-1"), "not UTF-8"),
        ("bad.md", "---\nid: bad\ntitle: Bad\n---\n", "neither text nor a photo"),
        ("bad.txt", "Text", "Only .md files"),
    ],
)
def test_a_broken_document_is_a_problem_and_the_rest_goes_on(root, name, content, reason):
    write(root / "knowledge" / name, content)
    (document,), (problem,) = read_all(root, name="town")
    assert document.id == "gate"
    assert (problem.path, problem.document_id) == (f"knowledge/{name}", "town/bad")
    assert reason in problem.reason


@pytest.mark.parametrize(
    "pattern", ["../*.jpg", "../secret.jpg", "/etc/passwd", "photos/../../secret.jpg"]
)
def test_photos_outside_the_corpus_are_refused(root, pattern, tmp_path_factory):
    write(root.parent / "secret.jpg", image_bytes())
    write(root / "knowledge" / "gate.md", GATE.replace("photos/gate_*.jpg", f"'{pattern}'"))
    (document,), problems = read_all(root)
    assert document.photos == ()
    assert len(problems) == 1


def test_accents_may_be_composed_or_not(root):
    write(root / "knowledge" / "cafe\u0301.md", "---\nid: caf\u00e9\ntitle: Café\n---\nIt stands.")
    documents, problems = read_all(root)
    assert not problems
    assert documents[0].id == "caf\u00e9"


def test_a_byte_order_mark_and_windows_line_ends(root):
    write(root / "knowledge" / "gate.md", b"\xef\xbb\xbf" + GATE.replace("\n", "\r\n").encode())
    (document,), problems = read_all(root)
    assert not problems
    assert document.text == "The gate was built in 1889. It stands."


@pytest.mark.parametrize(
    ("folder", "documents", "photos"),
    [
        (ROOT / "data" / "landmarks", 65, 65),
        (ROOT / "data" / "lost_buildings", 49, 0),
        (SHARED / "indian_monuments", 23, 919),
        (SHARED / "bhaktapur", 4, 8),
    ],
)
def test_corpora_that_are_there(folder, documents, photos):
    if not folder.exists():
        pytest.skip(f"{folder.name} is not on this machine")
    corpus = open_corpus(folder)
    items = list(corpus.read())
    assert corpus.size == len(items) == documents
    assert sum(len(document.photos) for document in items) == photos
    assert all(document.text and document.source for document in items)
