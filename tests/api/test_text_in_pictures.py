"""Text in pictures and pages at the doors: settings, JSON, OpenAI's messages."""

import pytest
from cell_reader import CellReader, lettered
from corpus_samples import pdf_bytes, write
from support import TinyEncoder, encoded

from api.http.routes.openai import written
from api.http.schemas import answer_out, document_out, evidence_out
from api.settings import Settings
from api.wiring.pipeline import build_text_reader, ocr_hint
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.errors import ModelMissingError
from knowledge.index.index import open_index
from search.pipeline import Asked, Pipeline
from search.query import Query
from vlm.chronology import Chronology
from vlm.ocr import is_installed
from vlm.readers.base import Draft, Reading


class QuotingReader:
    """Quotes these words where they stand."""

    name = "quoting"

    def __init__(self, quote: str) -> None:
        self._quote = quote

    def read(self, reading: Reading) -> Draft:
        passages = [passage for each in reading.candidates for passage in each.passages]
        passage = next(each for each in passages if self._quote in each.text)
        return Draft("So it is.", passage.document_id, passage_id=passage.passage_id,
                     quote=self._quote, confidence=0.9)  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Answers from an index of a plaque and of a guide whose second page is drawn."""
    root = tmp_path_factory.mktemp("doors")
    folder = root / "town"
    write(folder / "plaque.png", encoded(lettered(["CORN EXCHANGE", "Erected in 1897."]), "PNG"))
    page = "The Granary was opened in 1850 by the mayor of the town, and everybody came to see it. "
    write(folder / "guide.pdf", pdf_bytes([["Foreword. " * 20], [page * 2]]))
    write(folder / "guide.json", '{"title": "Guide", "url": "https://example.org/guide.pdf"}')
    encoder, reader = TinyEncoder(), CellReader()
    fingerprint = fingerprint_of(encoder, text_reader=reader)
    with open_index(str(root / "index"), fingerprint, create=True) as index:
        assert index_corpus(open_corpus(folder), index, encoder, text_reader=reader).ok

        def asked(question: str, quote: str) -> Asked:
            return Pipeline(index, encoder, QuotingReader(quote)).ask(Query(question))

        asked.index = index
        yield asked


def test_json_says_where_in_a_picture_it_was_read(asked):
    answer = asked("When was the corn exchange erected?", "Erected in 1897.").answer
    source = answer_out(answer).source
    assert source.page is None
    assert source.picture.model_dump() == {
        "photo_id": source.picture.photo_id,
        "photo_url": f"/v1/photos/{source.picture.photo_id}",
        "turn": 0,
        "certainty": 0.9,
        "boxes": [{"x": 0.0, "y": 8 / 64, "width": 1.0, "height": 8 / 64}],
    }
    _, photo_ids = asked.index.whole.document("town/plaque")
    assert photo_ids == [source.picture.photo_id]


def test_json_says_which_page_it_is(asked):
    found = asked("When was the Granary opened?", "opened in 1850")
    source = answer_out(found.answer).source
    assert (source.page, source.url) == (2, "https://example.org/guide.pdf#page=2")
    items = [evidence_out(item) for item in found.evidence]
    cited = [item for item in items if item.text and "opened in 1850" in item.text]
    assert (cited[0].page, cited[0].url) == (2, "https://example.org/guide.pdf#page=2")
    document, _ = asked.index.whole.document("town/guide")
    pages = document_out(document, {}, Chronology()).pages
    assert [page.page for page in pages] == [1, 2]
    assert pages[1].start <= source.start < pages[1].end


def test_a_message_names_page_and_picture(asked):
    content, (cited,) = written(asked("When was the Granary opened?", "opened in 1850").answer)
    assert "guide.pdf, p. 2" in content
    assert content.endswith("https://example.org/guide.pdf#page=2")
    assert cited.url_citation.url == "https://example.org/guide.pdf#page=2"
    content, _ = written(asked("When was the corn exchange erected?", "Erected in 1897.").answer)
    assert "(read from the picture, certainty 0.90)" in content


def test_nothing_is_read_where_the_settings_say_so():
    assert build_text_reader(Settings(ocr=False), made_with=None) is None
    assert ocr_hint(Settings(ocr=False)) is None


def test_an_index_goes_on_as_it_was_made():
    without = fingerprint_of(TinyEncoder())
    assert build_text_reader(Settings(ocr=None), made_with=without) is None


@pytest.mark.skipif(not is_installed(), reason="the extra ocr is not installed")
def test_a_new_index_is_read_where_the_extra_is_installed():
    reader = build_text_reader(Settings(ocr=None), made_with=None)
    assert reader.name.startswith("rapidocr ")
    made_with = fingerprint_of(TinyEncoder(), text_reader=reader)
    assert build_text_reader(Settings(ocr=None), made_with=made_with).name == reader.name
    assert ocr_hint(Settings(ocr=None)) is None


@pytest.mark.skipif(is_installed(), reason="the extra ocr is installed")
def test_without_the_extra_indexing_says_once_how_to_install_it():
    assert build_text_reader(Settings(ocr=None), made_with=None) is None
    assert "pip install '.[ocr]'" in ocr_hint(Settings(ocr=None))
    with pytest.raises(ModelMissingError, match=r"pip install '\.\[ocr\]'"):
        build_text_reader(Settings(ocr=True), made_with=None)
