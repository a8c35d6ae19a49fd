"""PDFs: text by page, and pages that are pictures."""

import pytest
from corpus_samples import pdf_bytes, read_all, write

from knowledge.corpus.pdf import read_pdf
from knowledge.errors import CorpusError

PAGE = [
    "The tower was built in 1889 by Gustave Eiffel and his",
    "engineers. It is a monu-",
    "ment of iron that stands in Paris.",
    "It is open to visitors every day of the year.",
]


def test_text_of_all_pages(tmp_path):
    write(tmp_path / "guide.pdf", pdf_bytes([PAGE, ["Second page.", *PAGE]], title="A Guide"))
    guide = read_pdf(tmp_path / "guide.pdf", name="guide.pdf")
    assert guide.title == "A Guide"
    assert guide.picture_pages == ()
    assert guide.text.startswith("The tower was built in 1889 by Gustave Eiffel and his engineers.")
    assert "It is a monument of iron that stands in Paris." in guide.text
    assert "\n\nSecond page." in guide.text


def test_pages_with_little_text_are_photos(tmp_path):
    write(tmp_path / "album.pdf", pdf_bytes([["Plate 1"], PAGE, []]))
    guide = read_pdf(tmp_path / "album.pdf", name="album.pdf")
    assert guide.picture_pages == (1, 3)
    assert guide.text.startswith("Plate 1\n\nThe tower")
    (document,), _ = read_all(tmp_path)
    assert [photo.path for photo in document.photos] == ["album.pdf#page=1", "album.pdf#page=3"]


@pytest.mark.parametrize("title", ["", "untitled", "Microsoft Word - guide.doc", "scan001.tif"])
def test_a_title_that_is_none_gives_way_to_the_name(tmp_path, title):
    write(tmp_path / "old_gate.pdf", pdf_bytes([PAGE], title=title))
    (document,), problems = read_all(tmp_path / "old_gate.pdf")
    assert not problems
    assert (document.title, document.source) == ("Old gate", "old_gate.pdf")


def test_a_sidecar_says_more(tmp_path):
    write(tmp_path / "guide.pdf", pdf_bytes([PAGE], title="Scan"))
    write(tmp_path / "guide.json", '{"title": "A Guide", "url": "https://example.org"}')
    (document,), _ = read_all(tmp_path)
    assert (document.title, document.url) == ("A Guide", "https://example.org")
    assert document.text.startswith("The tower")


def test_a_damaged_page_costs_itself(tmp_path):
    data = pdf_bytes([PAGE, ["lost"], PAGE])
    write(tmp_path / "guide.pdf", data.replace(b"/Kids [4 0 R 6 0 R", b"/Kids [4 0 R 3 0 R"))
    (document,), (problem,) = read_all(tmp_path, name="c")
    assert document.text.count("Gustave Eiffel") == 2
    assert document.photos == ()
    assert (problem.path, problem.document_id) == ("guide.pdf#page=2", "c/guide")


def test_without_pages_there_is_no_document(tmp_path):
    write(tmp_path / "empty.pdf", pdf_bytes([]))
    documents, (problem,) = read_all(tmp_path)
    assert not documents
    assert problem.path == "empty.pdf"


def test_a_locked_pdf(tmp_path):
    write(tmp_path / "locked.pdf", pdf_bytes([PAGE], locked=True))
    with pytest.raises(CorpusError, match="password"):
        read_pdf(tmp_path / "locked.pdf", name="locked.pdf")
