"""PDFs: text by page, and pages that are pictures."""

import io

import pytest
from corpus_samples import pdf_bytes, read_all, write
from PIL import Image

from knowledge.corpus import pdf
from knowledge.corpus.pdf import read_pdf, render_page
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


def one_page_pdf(*, pages: int = 1, box: str = "0 0 200 200") -> bytes:
    """A PDF of one page that says it has `pages`, written by hand."""
    text = b"BT /F1 12 Tf 10 10 Td (Hello) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % box.encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % n for n in offsets)
    trailer = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(written)
    return written + table + trailer


def test_a_pdf_that_says_it_has_a_million_pages_is_refused(tmp_path):
    write(tmp_path / "x.pdf", one_page_pdf(pages=1_000_000))
    with pytest.raises(CorpusError, match=r"1,000,000 pages, more than 20,000; split it"):
        read_pdf(tmp_path / "x.pdf", name="x.pdf")


@pytest.mark.parametrize("box", ["0 0 100000000 100000000", "0 0 100000000 0.01"])
def test_a_page_larger_than_any_paper_is_not_drawn(tmp_path, box):
    write(tmp_path / "x.pdf", one_page_pdf(box=box))
    with pytest.raises(CorpusError, match="cannot be drawn"):
        render_page(tmp_path / "x.pdf", 1, name="x.pdf#page=1")


@pytest.mark.parametrize("box", ["0 0 90000 90000", "0 0 90000 0.001", "0 0 200 200"])
def test_a_page_of_any_shape_is_drawn_within_four_megapixels(tmp_path, box):
    write(tmp_path / "x.pdf", one_page_pdf(box=box))
    drawn = render_page(tmp_path / "x.pdf", 1, name="x.pdf#page=1")
    width, height = Image.open(io.BytesIO(drawn)).size
    assert width * height <= 4_100_000


def test_a_page_that_hangs_costs_itself_alone(tmp_path, monkeypatch):
    def run(function, file, name, **arguments):
        if function == "_texts" and 1 in range(arguments["first"], sum(arguments.values())):
            raise CorpusError("too slow")
        return really(function, file, name, **arguments)

    really = pdf._run
    monkeypatch.setattr(pdf, "_run", run)
    write(tmp_path / "x.pdf", pdf_bytes([PAGE, PAGE, ["Third page.", *PAGE]]))

    read = read_pdf(tmp_path / "x.pdf", name="x.pdf")

    assert read.damaged_pages == (2,)
    assert "Third page." in read.text
