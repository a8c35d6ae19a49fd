"""Text in photos is read while indexing: once, into passages that know where it stands."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from cell_reader import CellReader, lettered
from corpus_samples import pdf_bytes, write
from sample_documents import corpus_of
from support import TinyEncoder, encoded, photo

from indexer.live import LiveUpdates, NewPhoto, Update
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.documents import Document
from knowledge.errors import BrokenImageError, IndexMismatchError
from knowledge.index import layout
from knowledge.index.index import Index, open_index
from vlm.images import PhotoSize, decode_image

PLAQUE = ["CORN EXCHANGE", "Erected in 1897 by the town."]


@pytest.fixture
def encoder() -> TinyEncoder:
    return TinyEncoder()


@pytest.fixture
def reader() -> CellReader:
    return CellReader()


@pytest.fixture
def index(tmp_path, encoder, reader):
    fingerprint = fingerprint_of(encoder, text_reader=reader)
    with open_index(str(tmp_path / "index"), fingerprint, create=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path) -> Path:
    """A photo of a plaque with what is known of it, and a photo without text."""
    root = tmp_path / "photos"
    write(root / "plaque.png", encoded(lettered(PLAQUE, certainty=0.87), "PNG"))
    write(root / "plaque.txt", "The plaque hangs in Hill Street.")
    write(root / "street.png", encoded(photo(3, size=(320, 240)), "PNG"))
    return root


def passages(index: Index, document_id: str):
    where = {"kind": "passage", "document_id": document_id}
    found = [layout.passage_from_payload(each.payload) for each in index.store.scroll(where)]
    return sorted(found, key=lambda passage: passage.ordinal)


def test_what_is_read_is_a_passage_of_its_own(index, folder, encoder, reader):
    report = index_corpus(open_corpus(folder), index, encoder, text_reader=reader)

    assert (report.new, report.photos_embedded, reader.read_count) == (2, 2, 2)
    assert report.photos_with_text == 1
    assert "; text in 1 photo" in report.summary()
    document, (photo_id,) = index.whole.document("photos/plaque")
    assert document.text == "The plaque hangs in Hill Street.\n\n" + "\n".join(PLAQUE)
    own, read = passages(index, "photos/plaque")
    assert own.picture is None
    assert read.text == "\n".join(PLAQUE) == document.text[read.start : read.end]
    assert (read.picture.photo_id, read.picture.certainty) == (photo_id, 0.87)
    first, second = read.picture.lines
    assert document.text[first.start : first.end] == PLAQUE[0]
    assert (first.box.x, first.box.y) == (0.0, 0.0)
    assert second.box.y == 8 / 64
    assert index.whole.document("photos/street")[0].text == "Photo file: Street."


def test_a_scanned_pdf_is_cited_by_its_pages(index, encoder, reader, tmp_path):
    write(tmp_path / "book.pdf", pdf_bytes([["Text of the first page. " * 8], ["Page two. " * 20]]))
    index_corpus(open_corpus(tmp_path / "book.pdf"), index, encoder, text_reader=reader)
    document, _ = index.whole.document("book/book")
    assert [page.number for page in document.pages] == [1, 2]
    assert document.page_at(document.text.index("Page two")) == 2
    assert document.text[slice(document.pages[1].start, document.pages[1].end)].startswith("Page t")


def test_a_second_run_reads_nothing(index, folder, encoder, reader):
    index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    before = {record.id: record.payload for record in index.store.scroll()}
    report = index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    assert (report.unchanged, reader.read_count) == (2, 2)
    assert {record.id: record.payload for record in index.store.scroll()} == before


def test_a_photo_is_read_once_though_its_document_changes(index, folder, encoder, reader):
    index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    write(folder / "plaque.txt", "The plaque hangs in Mill Street since 1970.")
    report = index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    assert (report.changed, report.photos_embedded, reader.read_count) == (1, 0, 2)
    own, read = passages(index, "photos/plaque")
    document, _ = index.whole.document("photos/plaque")
    assert own.text == "The plaque hangs in Mill Street since 1970."
    assert document.text[read.start : read.end] == read.text == "\n".join(PLAQUE)
    assert all(document.text[line.start : line.end] in PLAQUE for line in read.picture.lines)


def test_a_run_that_was_cut_off_reads_no_photo_twice(index, folder, encoder, reader):
    index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    # As after a kill between a document's photos and its own point, which marks it as complete.
    index.store.delete([layout.document_point_id("photos/plaque")])
    report = index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    assert (report.new, report.unchanged, reader.read_count) == (1, 1, 2)
    assert index.whole.document("photos/plaque")[0].text.endswith(PLAQUE[1])


def test_a_changed_photo_is_read_again(index, folder, encoder, reader):
    index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    write(folder / "plaque.png", encoded(lettered(["GRANARY"]), "PNG"))
    index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    assert index.whole.document("photos/plaque")[0].text.endswith("\n\nGRANARY")
    assert reader.read_count == 3
    assert [passage.text for passage in passages(index, "photos/plaque")][1:] == ["GRANARY"]


@pytest.mark.parametrize(
    ("wanted", "advice"),
    [(None, "pip install '.[ocr]'"), (CellReader("cells 2"), "cells 1, not cells 2")],
)
def test_another_reader_is_refused_and_nothing_changes(index, folder, encoder, wanted, advice):
    with pytest.raises(IndexMismatchError, match="Nothing was changed") as refused:
        index_corpus(open_corpus(folder), index, encoder, text_reader=wanted)
    assert advice in str(refused.value)
    assert index.whole.corpora() == []


def test_an_index_without_reading_says_how_to_go_on(empty_index, folder, encoder, reader):
    with pytest.raises(IndexMismatchError, match="SNAPCITE_OCR=0 goes on like that"):
        index_corpus(open_corpus(folder), empty_index, encoder, text_reader=reader)


def test_the_index_remembers_its_reader(folder, encoder, reader, tmp_path):
    target = str(tmp_path / "again")
    with open_index(target, fingerprint_of(encoder, text_reader=reader), create=True) as index:
        index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    with (
        open_index(target, fingerprint_of(encoder), create=True) as index,
        pytest.raises(IndexMismatchError, match="with cells 1: leave SNAPCITE_OCR unset"),
    ):
        index_corpus(open_corpus(folder), index, encoder)
    with open_index(target, fingerprint_of(encoder)) as index:  # asking needs no reader
        assert index.whole.document("photos/plaque")[0].text.endswith(PLAQUE[1])
        assert index.fingerprint.text_reader == "cells 1"


def test_what_is_not_read_is_as_it_was(empty_index, folder, encoder):
    index_corpus(open_corpus(folder), empty_index, encoder)
    assert [each.picture for each in passages(empty_index, "photos/plaque")] == [None]
    assert empty_index.whole.document("photos/plaque")[0].text == "The plaque hangs in Hill Street."


def test_a_broken_photo_does_not_stop_the_reading(index, folder, encoder, reader):
    write(folder / "torn.png", encoded(photo(4, size=(320, 240)), "PNG")[:400])
    report = index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    assert [problem.path for problem in report.problems] == ["torn.png"]
    assert index.whole.document("photos/plaque")[0].text.endswith(PLAQUE[1])


class FailingReader(CellReader):
    """Fails on tall pictures."""

    def read(self, picture, *, most_lines=600, quickly=False):
        if picture.height > 100:
            raise BrokenImageError("The text in the picture cannot be read; save it anew.")
        return super().read(picture, most_lines=most_lines)


def test_a_photo_whose_text_cannot_be_read_is_found_by_its_looks(index, folder, encoder):
    report = index_corpus(open_corpus(folder), index, encoder, text_reader=FailingReader())
    assert [(problem.path, problem.document_id) for problem in report.problems] == [
        ("street.png", "photos/street")
    ]
    document, photo_ids = index.whole.document("photos/street")
    assert (document.text, len(photo_ids)) == ("Photo file: Street.", 1)
    assert index.whole.document("photos/plaque")[0].text.endswith(PLAQUE[1])


BRIDGE = Document("archive", "bridge", "Bridge", "It still stands.", "en")


def sent(data: bytes, size: PhotoSize) -> NewPhoto:
    return NewPhoto(data, str(hash(data)), decode_image(data, size))


def test_photos_that_are_sent_are_read_too(index, encoder, reader):
    live = LiveUpdates(index, encoder, text_reader=reader)
    data = encoded(lettered(PLAQUE), "PNG")
    assert live.put([Update(BRIDGE, [sent(data, live.photo_size)])]) == ["created"]
    assert index.whole.document("archive/bridge")[0].text == "It still stands.\n\n" + "\n".join(
        PLAQUE
    )
    changed = replace(BRIDGE, text="It was repaired in 1950.")
    assert live.put([Update(changed)]) == ["updated"]
    assert index.whole.document("archive/bridge")[0].text.endswith("\n\n" + "\n".join(PLAQUE))
    assert reader.read_count == 1
    assert live.put([Update(changed)]) == ["unchanged"]


def test_photos_sent_to_an_index_without_reading_are_not_read(empty_index, encoder, reader):
    live = LiveUpdates(empty_index, encoder, text_reader=reader)
    data = encoded(lettered(PLAQUE), "PNG")
    live.put([Update(BRIDGE, [sent(data, live.photo_size)])])
    assert empty_index.whole.document("archive/bridge")[0].text == "It still stands."
    assert reader.read_count == 0


def test_a_kept_photo_from_before_there_was_a_reader_is_read(index, encoder, reader):
    without = LiveUpdates(index, encoder)
    data = encoded(lettered(PLAQUE), "PNG")
    without.put([Update(BRIDGE, [sent(data, without.photo_size)])])
    LiveUpdates(index, encoder, text_reader=reader).put([Update(replace(BRIDGE, place="Hill"))])
    assert index.whole.document("archive/bridge")[0].text.endswith(PLAQUE[1])


def test_the_order_of_documents_stays(index, encoder, reader, tmp_path):
    items = [Document("corpus", str(n), f"Title {n}", f"Text {n}.", "en") for n in range(5)]
    index_corpus(corpus_of(items, tmp_path), index, encoder, text_reader=reader)
    assert [index.whole.document(f"corpus/{n}")[0].text for n in range(5)] == [
        f"Text {n}." for n in range(5)
    ]


def test_a_renamed_photo_is_not_read_again(index, folder, encoder, reader):
    index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    for name in ("plaque.png", "plaque.txt"):
        (folder / name).rename(folder / name.replace("plaque", "tablet"))
    index_corpus(open_corpus(folder), index, encoder, text_reader=reader)
    assert reader.read_count == 2
    document, (photo_id,) = index.whole.document("photos/tablet")
    assert document.text.endswith("\n\n" + "\n".join(PLAQUE))
    *_, read = passages(index, "photos/tablet")
    assert read.picture.photo_id == photo_id


def test_each_page_of_a_tiff_is_read_and_cited_by_its_number(index, encoder, reader, tmp_path):
    pages = [lettered(["FIRST LEAF"]), lettered(["SECOND LEAF"])]
    data = io.BytesIO()
    pages[0].save(data, "TIFF", save_all=True, append_images=pages[1:])
    write(tmp_path / "scans" / "deed.tif", data.getvalue())
    assert index_corpus(open_corpus(tmp_path / "scans"), index, encoder, text_reader=reader).ok
    document, photo_ids = index.whole.document("scans/deed")
    assert document.text == "Photo file: Deed.\n\nFIRST LEAF\n\nSECOND LEAF"
    assert [page.number for page in document.pages] == [1, 2]
    _, first, second = passages(index, "scans/deed")
    assert [first.picture.photo_id, second.picture.photo_id] == photo_ids
