"""Text in pictures and pages: what they bring to a search, and how they are cited."""

from dataclasses import replace

import pytest
from cell_reader import CellReader, lettered
from sample_documents import corpus_of, make_documents
from support import TinyEncoder, encoded, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus.photos import hash_photo
from knowledge.deadline import within
from knowledge.documents import Document, Page, Photo
from knowledge.index.index import open_index
from knowledge.stages import collected
from search.names import documents_written
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.base import Draft, Reading

PLAQUE = ["CORN EXCHANGE", "Erected in 1897."]


class QuotingReader:
    """Quotes words where they stand; without any, the first sentence or line of what it gets."""

    name = "quoting"

    def __init__(self, quote: str | None = None) -> None:
        self._quote = quote

    def read(self, reading: Reading) -> Draft:
        passages = [passage for each in reading.candidates for passage in each.passages]
        passage = next(each for each in passages if (self._quote or "") in each.text)
        quote = self._quote or passage.text.split(".")[0].split("\n")[0]
        return Draft("So it is.", passage.document_id, passage_id=passage.passage_id,
                     quote=quote, confidence=0.9)  # fmt: skip


@pytest.fixture(scope="module")
def encoder():
    return TinyEncoder()


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    """The three subjects, a plaque that has nothing but a photo, and a guide with pages."""
    root = tmp_path_factory.mktemp("read")
    documents = make_documents(root / "corpus")
    (root / "corpus" / "plaque.png").write_bytes(encoded(lettered(PLAQUE, certainty=0.83), "PNG"))
    plaque = Photo("plaque.png", hash_photo(root / "corpus", "plaque.png"))
    first, second = "The Granary was opened in 1850.", "The Granary was demolished in 1903."
    documents += [
        Document("corpus", "plaque", "Plaque", "", "en", photos=(plaque,)),
        Document(
            "corpus", "guide", "Granary", f"{first}\n\n{second}", "en", source="City guide",
            url="https://example.org/guide.pdf", pages=(Page(7, 0, 31), Page(8, 33, 68)),
        ),
    ]  # fmt: skip
    reader = CellReader()
    fingerprint = fingerprint_of(encoder, text_reader=reader)
    with open_index(str(root / "index"), fingerprint, create=True) as opened:
        report = index_corpus(
            corpus_of(documents, root / "corpus"), opened, encoder, text_reader=reader
        )
        assert report.ok
        yield opened


@pytest.fixture
def pipe(index, encoder):
    def pipe(quote: str | None = None, reader: CellReader | None = None) -> Pipeline:
        return Pipeline(index, encoder, QuotingReader(quote), text_reader=reader)

    return pipe


def test_an_answer_from_a_picture_says_where_it_was_read(pipe):
    ask = pipe("Erected in 1897.").ask
    answer = ask(Query("When was the corn exchange erected?")).answer
    source = answer.source
    assert source.quote == "Erected in 1897."
    (line,) = source.picture.lines
    assert (line.box.y, line.box.height) == (8 / 64, 8 / 64)
    assert source.picture.certainty == 0.83
    assert answer.confidence <= 0.83
    assert source.where("en") == "corpus/plaque (read from the picture, certainty 0.83)"
    assert source.where("zh") == "corpus/plaque(从图片中读出,可信度0.83)"


def test_evidence_from_a_picture_says_where_it_was_read(pipe):
    found = pipe().search(Query("When was the corn exchange erected?"))
    (item,) = [each for each in found.evidence if each.picture]
    assert item.document.id == "plaque"
    assert item.text == "\n".join(PLAQUE)
    assert len(item.picture.lines) == 2


@pytest.mark.parametrize(
    ("quote", "page"),
    [("The Granary was opened in 1850.", 7), ("The Granary was demolished in 1903.", 8)],
)
def test_a_citation_has_its_page(pipe, quote, page):
    source = pipe(quote).ask(Query("What about the Granary?")).answer.source
    assert (source.page, source.url) == (page, f"https://example.org/guide.pdf#page={page}")
    assert source.where("en") == f"City guide, p. {page}"
    assert source.where("zh") == f"City guide,第{page}页"
    assert source.picture is None


def test_evidence_has_its_page(pipe):
    found = pipe().search(Query("What about the Granary?"))
    guide = [each for each in found.evidence if each.document.id == "guide"]
    assert {(each.page, each.url) for each in guide} == {
        (page, f"https://example.org/guide.pdf#page={page}") for page in (7, 8)
    }
    others = [each for each in found.evidence if each.document.id != "guide"]
    assert {each.page for each in others} == {None}


FOREIGN = photo(99, size=(640, 480))


def test_the_name_on_a_photo_finds_its_subject(pipe):
    asked = Query("When was it built?", photos=(lettered(["CLOCK TOWER"], on=FOREIGN),))
    without = pipe().search(asked)
    assert not any("photo_name" in subject.ranks for subject in without.subjects)
    assert pipe().ask(asked).answer.reason == "nothing_similar"

    seen = pipe(reader=CellReader()).ask(asked)
    assert seen.subjects[0].document.id == "clock_tower"
    assert seen.subjects[0].is_named
    assert not seen.answer.abstained


def test_the_words_on_a_photo_find_the_text_that_has_them(pipe):
    words = ["Granary", "opened in 1850", "demolished 1903"]
    asked = Query("What is this?", photos=(lettered(words, on=FOREIGN),))
    assert pipe().ask(asked).answer.reason == "nothing_similar"
    found = pipe(reader=CellReader()).ask(asked)
    assert found.subjects[0].document.id == "guide"
    assert not found.answer.abstained


def test_words_that_nothing_has_leave_a_foreign_photo_foreign(pipe):
    asked = Query("What is this?", photos=(lettered(["FRESH FISH DAILY"], on=FOREIGN),))
    assert pipe(reader=CellReader()).ask(asked).answer.reason == "nothing_similar"


def test_a_photo_that_surely_shows_a_subject_is_not_led_astray_by_a_name(pipe):
    """The station's own photo with a poster of the clock tower in a corner."""
    station = photo(1, size=(640, 480))
    asked = Query("Is it still there?", photos=(lettered(["CLOCK TOWER"], on=station),))
    found = pipe(reader=CellReader()).search(asked)
    assert found.subjects[0].document.id == "old_station"
    assert "photo_name" not in found.subjects[0].ranks


def test_a_question_that_names_a_subject_wins_over_a_name_on_the_photo(pipe):
    asked = Query("Was the Old Station demolished?", photos=(lettered(["Granary"], on=FOREIGN),))
    assert pipe(reader=CellReader()).search(asked).subjects[0].document.id == "old_station"


def test_reading_is_a_stage_of_its_own_and_only_where_there_is_a_photo(pipe):
    reader = CellReader()
    with collected() as stages:
        pipe(reader=reader).search(Query("What is this?", photos=(FOREIGN,)))
    assert stages.timings["ocr"] > 0
    with collected() as stages:
        pipe(reader=reader).search(Query("Was the Granary demolished?"))
    assert "ocr" not in stages.timings
    assert reader.read_count == 1


def test_nothing_is_read_where_the_time_is_short(pipe):
    reader = CellReader()
    with within(1.0), collected() as stages:
        pipe(reader=reader).search(Query("What is this?", photos=(FOREIGN,)))
    assert "ocr" not in stages.timings
    assert reader.read_count == 0


def test_a_long_text_is_cut(pipe):
    lines = [f"Line {n}: on and on." for n in range(200)]
    asked = Query("What is this?", photos=(lettered(lines),) * 2)
    read = pipe(reader=CellReader()).with_photo_text(asked).photo_text
    assert read[:60] == tuple(lines[:60])  # of each photo
    assert 1_980 <= len("\n".join(read)) <= 2_000


def test_a_name_of_one_word_has_to_be_a_line_of_its_own():
    station = Document("c", "s", "Station", "", "en")
    plain = replace(station, id="p", title="Corn Exchange")
    chinese = replace(station, id="z", title="永安桥")
    documents = [station, plain, chinese]
    assert documents_written(["STATION"], documents) == ["c/s"]
    assert documents_written(["Station Road"], documents) == []
    assert documents_written(["The Corn Exchange, 1897"], documents) == ["c/p"]
    assert documents_written(["永安桥"], documents) == ["c/z"]
    assert documents_written(["永安桥重修碑记"], documents) == ["c/z"]
    assert documents_written([], documents) == []
