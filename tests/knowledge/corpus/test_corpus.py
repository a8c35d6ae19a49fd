"""A path is opened: its kind, its name, and one clear sentence if it cannot be indexed."""

import os

import pytest
from corpus_samples import image_bytes, pdf_bytes, read_all, write
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.corpus import Columns, open_corpus
from knowledge.documents import Document, Problem
from knowledge.errors import CorpusError


def reason(path, **options):
    with pytest.raises(CorpusError) as raised:
        open_corpus(path, **options)
    return str(raised.value)


def test_names(tmp_path, monkeypatch):
    write(tmp_path / "My Photos" / "a.jpg", image_bytes())
    write(tmp_path / "sites 1.csv", "id,name\n1,Gate")
    assert open_corpus(tmp_path / "My Photos").name == "My_Photos"
    assert open_corpus(tmp_path / "sites 1.csv").name == "sites_1"
    assert open_corpus(tmp_path / "My Photos", name="町 2").name == "町 2"
    monkeypatch.chdir(tmp_path / "My Photos")
    for here in (".", "../My Photos", "", "x/.."):
        (tmp_path / "My Photos" / "x").mkdir(exist_ok=True)
        assert open_corpus(type(tmp_path)(here)).name == "My_Photos"


def test_a_link_is_called_what_it_is_called(tmp_path):
    write(tmp_path / "disk-7" / "a.jpg", image_bytes())
    (tmp_path / "album").symlink_to(tmp_path / "disk-7")
    corpus = open_corpus(tmp_path / "album")
    assert (corpus.name, corpus.root) == ("album", tmp_path / "disk-7")


@pytest.mark.parametrize("name", ["", "a/b", " a", "a\nb"])
def test_names_that_would_break_an_identity(tmp_path, name):
    write(tmp_path / "a.jpg", image_bytes())
    assert "cannot name a corpus" in reason(tmp_path, name=name)


def test_nothing_there(tmp_path):
    assert "There is no file or folder" in reason(tmp_path / "no")
    assert "There is no file or folder" in reason(tmp_path / "no" / "file.csv")


def test_an_empty_folder(tmp_path):
    assert "holds no photo, text, PDF, table or record" in reason(tmp_path)


def test_an_empty_file(tmp_path):
    for name in ("a.csv", "a.jpg", "a.txt", "a.pdf"):
        assert "is empty (0 bytes)" in reason(write(tmp_path / name, b""))


def test_a_corpus_folder_without_documents(tmp_path):
    (tmp_path / "knowledge").mkdir()
    write(tmp_path / "queries" / "a.jpg", image_bytes())
    assert "holds no .md file" in reason(tmp_path)


def test_a_folder_of_corpus_folders(tmp_path):
    write(tmp_path / "one" / "knowledge" / "a.md", "")
    write(tmp_path / "two" / "knowledge" / "b.md", "")
    assert "holds corpus folders (one, two)" in reason(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("a.zip", b"PK\3\4", "unpack it"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .docx"),
        ("a.mp3", b"ID3\4", "convert it"),
    ],
)
def test_an_unknown_kind(tmp_path, name, content, advice):
    message = reason(write(tmp_path / name, content))
    assert "of an unknown kind" in message
    assert advice in message


def test_a_device_is_no_corpus(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "neither a folder nor a file" in reason(tmp_path / "pipe")


def test_links_in_a_circle(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "cannot be read" in reason(tmp_path / "a")


def test_columns_are_for_tables(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "a.pdf", pdf_bytes([["x"]]))
    for path in (tmp_path, tmp_path / "a.jpg", tmp_path / "a.pdf"):
        assert "Only a table has columns" in reason(path, columns=Columns(title="name"))


def test_a_language_that_is_none(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    assert "not a language tag" in reason(tmp_path, language="English")


def test_content_wins_over_the_name(tmp_path):
    assert open_corpus(write(tmp_path / "a.csv", image_bytes())).kind == "photos"
    assert open_corpus(write(tmp_path / "b.txt", pdf_bytes([["Text"]]))).kind == "pdf"


def test_a_folder_in_which_all_is_broken_still_says_so(tmp_path):
    write(tmp_path / "a.jpg", b"")
    documents, (problem,) = read_all(tmp_path)
    assert not documents
    assert problem.path == "a.jpg"


names = st.sampled_from(
    ["a.jpg", "a.txt", "a.md", "a.json", "b.pdf", "b.csv", "c", "x/a.jpg", "x/a.jpg.json", "d.md"]
)
contents = st.sampled_from(
    [
        image_bytes(),
        pdf_bytes([["Page"]]),
        b"",
        b"Text.",
        b"# H\n\n![](a.jpg)",
        b'{"title": "T"}',
        b"---\nid: a\n---\nT",
        b"---\nid: [\n---\n",
        b"---\nphotos: '**'\n---\nT",
        b"\xff\xfe\xfd",
    ]
)


@settings(deadline=None)  # the first PDF starts a process
@given(files=st.dictionaries(names, contents, min_size=1))
def test_whatever_lies_in_a_folder(tmp_path_factory, files):
    root = tmp_path_factory.mktemp("folder")
    for name, content in files.items():
        write(root / name, content)
    try:
        corpus = open_corpus(root)
    except CorpusError:
        return
    items = list(corpus.read())
    assert items == list(corpus.read())
    documents = [item for item in items if isinstance(item, Document)]
    problems = [item for item in items if isinstance(item, Problem)]
    assert documents or problems
    assert len({document.document_id for document in documents}) == len(documents)
    assert all(document.text or document.photos for document in documents)
    assert all(problem.reason.endswith(".") for problem in problems)
