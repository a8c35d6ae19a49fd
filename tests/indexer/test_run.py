import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sample_documents import corpus_of
from support import TinyEncoder, encoded, photo

from indexer.report import IndexReport
from indexer.run import fingerprint_of, index_corpus, remove_corpus
from knowledge.corpus import Corpus
from knowledge.corpus.photos import hash_photo
from knowledge.documents import Document, Photo, Problem
from knowledge.errors import CorpusError, IndexMismatchError, ModelBrokenError, NotFoundError
from knowledge.index import layout
from knowledge.index.index import Index, open_index
from vlm.encoders.base import Embeddings


def contents(index: Index) -> dict[str, tuple]:
    """Everything an index holds, for comparison: payloads and vectors, to the bit."""
    held = {}
    for record in index.store.scroll(with_vectors=True):
        vectors = {
            name: vector.tobytes() if isinstance(vector, np.ndarray) else vector
            for name, vector in record.vectors.items()
        }
        held[record.id] = (record.payload, vectors)
    return held


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.removed


@pytest.fixture
def encoder() -> TinyEncoder:
    """A test's own encoder: it counts what it encodes."""
    return TinyEncoder()


@pytest.fixture
def run(empty_index: Index, encoder: TinyEncoder, tmp_path: Path):
    def run(items: Sequence[Document | Problem]) -> IndexReport:
        return index_corpus(corpus_of(items, tmp_path / "corpus"), empty_index, encoder)

    return run


def test_a_first_run_embeds_everything(run, documents, empty_index, encoder):
    report = run(documents)

    assert counts(report) == (3, 0, 0, 0)
    assert report.photos_embedded == 2 == encoder.images_encoded
    assert report.passages_embedded == empty_index.store.count({"kind": "passage"}) > 0
    assert report.ok
    assert empty_index.store.count({"kind": "document"}) == 3


def test_what_was_indexed_reads_back(run, documents, empty_index):
    run(documents)

    document, photo_ids = empty_index.whole.document("corpus/old_station")
    assert document == replace(documents[0], photos=())
    assert len(photo_ids) == 1
    assert empty_index.whole.photo_bytes(photo_ids[0]) == encoded(photo(1, size=(320, 240)))
    for record in empty_index.store.scroll({"kind": "passage"}):
        passage = layout.passage_from_payload(record.payload)
        text = empty_index.whole.document(passage.document_id)[0].text
        assert text[passage.start : passage.end] == passage.text


def test_a_second_run_does_nothing(run, documents, encoder, empty_index):
    run(documents)
    before, encoded_before = contents(empty_index), (encoder.images_encoded, encoder.texts_encoded)
    report = run(documents)

    assert counts(report) == (0, 0, 3, 0)
    assert (encoder.images_encoded, encoder.texts_encoded) == encoded_before
    assert contents(empty_index) == before


def test_only_what_changed_is_embedded_again(run, documents, empty_index):
    run(documents)
    changed = replace(documents[0], text=documents[0].text + " It is missed.")
    report = run([changed, *documents[1:]])

    assert counts(report) == (0, 1, 2, 0)
    assert report.photos_embedded == 0
    assert empty_index.whole.document("corpus/old_station")[0].text.endswith("It is missed.")


def test_a_changed_tag_embeds_nothing_and_reaches_every_point(run, documents, empty_index):
    run(documents)
    report = run([replace(documents[0], tags=("demolished",)), *documents[1:]])

    assert counts(report) == (0, 1, 2, 0)
    assert (report.photos_embedded, report.passages_embedded) == (0, 0)
    tagged = empty_index.store.count({"document_id": "corpus/old_station", "tags": "demolished"})
    assert tagged == empty_index.store.count({"document_id": "corpus/old_station"})


def test_a_photo_put_in_front_does_not_make_the_others_new(run, documents, empty_index, tmp_path):
    run(documents)
    (tmp_path / "corpus" / "photos" / "new.jpg").write_bytes(encoded(photo(9)))
    new = Photo("photos/new.jpg", hash_photo(tmp_path / "corpus", "photos/new.jpg"))
    station = replace(documents[0], photos=(new, *documents[0].photos))
    report = run([station, *documents[1:]])

    assert report.photos_embedded == 1
    _, photo_ids = empty_index.whole.document("corpus/old_station")
    records = empty_index.store.retrieve(photo_ids)
    assert [r.payload["path"] for r in records] == ["photos/new.jpg", "photos/station.jpg"]
    assert [r.payload["ordinal"] for r in records] == [0, 1]


def test_what_is_gone_is_removed_with_all_its_points(run, documents, empty_index):
    run(documents)
    report = run(documents[1:])

    assert counts(report) == (0, 0, 2, 1)
    assert empty_index.store.count({"document_id": "corpus/old_station"}) == 0


def test_any_way_to_a_corpus_ends_in_the_same_index(run, documents, empty_index, encoder, tmp_path):
    """A corpus that grew, changed and shrank, compared with one that was indexed at once."""
    changed = replace(documents[1], text="Short. " + documents[1].text, photos=())
    run(documents[:1])
    run([*documents, replace(documents[2], id="extra")])
    run([documents[0], changed])
    run([changed, documents[2]])

    with open_index(str(tmp_path / "clean"), fingerprint_of(encoder), create=True) as clean:
        index_corpus(corpus_of([changed, documents[2]], tmp_path / "corpus"), clean, encoder)
        assert contents(empty_index) == contents(clean)


def test_a_broken_photo_is_quarantined_and_the_rest_is_indexed(
    run, documents, empty_index, tmp_path
):
    (tmp_path / "corpus" / "photos" / "station.jpg").write_bytes(b"no photo at all")
    report = run(documents)

    assert [problem.path for problem in report.problems] == ["photos/station.jpg"]
    assert report.problems[0].document_id == "corpus/old_station"
    assert not report.ok
    assert counts(report) == (3, 0, 0, 0)
    assert report.photos_embedded == 1
    assert empty_index.whole.document("corpus/old_station")[1] == []

    again = run(documents)
    assert counts(again) == (0, 0, 3, 0)
    assert again.problems == report.problems


def test_an_unreadable_document_keeps_what_the_index_holds_of_it(run, documents, empty_index):
    run(documents)
    broken = Problem("knowledge/old_station.md", "not UTF-8", document_id="corpus/old_station")
    report = run([broken, *documents[1:]])

    assert counts(report) == (0, 0, 2, 0)
    assert empty_index.whole.document("corpus/old_station")[0].title == "Old Station"


def test_nothing_is_removed_while_something_unnamed_cannot_be_read(run, documents, empty_index):
    run(documents)
    report = run([Problem("rows.csv, line 7", "broken"), *documents[1:]])

    assert report.removed == 0
    assert report.kept == 1
    assert empty_index.whole.document("corpus/old_station")[0].title == "Old Station"


def test_another_folder_of_the_same_name_is_refused(run, documents, empty_index, encoder, tmp_path):
    run(documents)
    other = tmp_path / "elsewhere" / "corpus"
    other.mkdir(parents=True)
    corpus = Corpus("corpus", other, other, 0, "folder", lambda: iter(()))
    with pytest.raises(CorpusError, match="--corpus NAME"):
        index_corpus(corpus, empty_index, encoder)
    assert empty_index.store.count({"kind": "document"}) == 3


def test_two_corpora_live_side_by_side(run, documents, empty_index, encoder, tmp_path):
    run(documents)
    twin = [replace(document, corpus="twin", photos=()) for document in documents]
    corpus = Corpus("twin", tmp_path, tmp_path, len(twin), "folder", lambda: iter(twin))
    report = index_corpus(corpus, empty_index, encoder)

    assert counts(report) == (3, 0, 0, 0)
    assert [c["corpus"] for c in empty_index.whole.corpora()] == ["corpus", "twin"]
    assert [c["documents"] for c in empty_index.whole.corpora()] == [3, 3]


def test_more_documents_than_one_batch_holds(run, documents, empty_index):
    many = [replace(documents[2], id=f"gate_{n}", title=f"永安门{n}") for n in range(150)]
    report = run(many)

    assert report.new == 150
    assert empty_index.store.count({"kind": "document"}) == 150


def test_an_index_of_another_encoder_is_refused_and_left_alone(
    run, documents, empty_index, tmp_path
):
    run(documents)
    before = len(contents(empty_index))
    empty_index.close()
    target = str(tmp_path / "index")
    with pytest.raises(IndexMismatchError, match="encoder 'tiny', not 'other'"):
        open_index(target, fingerprint_of(TinyEncoder("other")), create=True)

    with open_index(target, fingerprint_of(TinyEncoder())) as reopened:
        assert len(contents(reopened)) == before


def test_a_corpus_is_removed_and_the_others_stay(run, documents, empty_index, encoder, tmp_path):
    run(documents)
    twin = [replace(document, corpus="twin", photos=()) for document in documents]
    corpus = Corpus("twin", tmp_path, tmp_path, len(twin), "folder", lambda: iter(twin))
    index_corpus(corpus, empty_index, encoder)
    before = empty_index.store.count({"corpus": "twin"})

    assert remove_corpus("corpus", empty_index) == 3
    assert empty_index.store.count({"corpus": "corpus"}) == 0
    assert empty_index.store.count({"corpus": "twin"}) == before
    with pytest.raises(NotFoundError, match="holds: twin"):
        remove_corpus("corpus", empty_index)


def test_two_files_of_one_folder_and_name_are_told_apart(
    run, documents, empty_index, encoder, tmp_path
):
    tables = [tmp_path / "list.csv", tmp_path / "list.jsonl"]
    for table in tables:
        table.write_text("", encoding="utf-8")
    first, second = (
        Corpus("list", table, tmp_path, 0, "table", lambda: iter(())) for table in tables
    )
    index_corpus(first, empty_index, encoder)
    with pytest.raises(CorpusError, match=r"read from .*list\.csv"):
        index_corpus(second, empty_index, encoder)


def test_a_corpus_that_moved_keeps_its_name(run, documents, empty_index, encoder, tmp_path):
    run(documents)
    moved = (tmp_path / "corpus").rename(tmp_path / "moved")
    corpus = Corpus("corpus", moved, moved, 3, "folder", lambda: iter(documents))
    report = index_corpus(corpus, empty_index, encoder)

    assert counts(report) == (0, 0, 3, 0)
    photo_id = empty_index.whole.document("corpus/old_station")[1][0]
    assert empty_index.whole.photo_bytes(photo_id)


class FailingEncoder(TinyEncoder):
    """Fails after so many texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        if self.texts_encoded >= self._after:
            raise ModelBrokenError("The model broke.")
        return super().encode_texts(texts)


def test_an_encoder_that_fails_ends_the_run_and_what_was_written_stays(
    documents, empty_index, tmp_path
):
    many = [replace(documents[2], id=f"gate_{n}") for n in range(200)]
    corpus = corpus_of(many, tmp_path / "corpus")
    with pytest.raises(ModelBrokenError, match="The model broke"):
        index_corpus(corpus, empty_index, FailingEncoder(after=1))
    done = empty_index.store.count({"kind": "document"})
    assert 0 < done < 200
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]

    report = index_corpus(corpus, empty_index, TinyEncoder())
    assert counts(report) == (200 - done, 0, done, 0)


def test_a_run_that_is_stopped_leaves_no_thread_and_goes_on_later(documents, empty_index, tmp_path):
    many = [replace(documents[2], id=f"gate_{n}") for n in range(300)]
    corpus = corpus_of(many, tmp_path / "corpus")

    def stop(report: IndexReport) -> None:
        if report.new:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_corpus(corpus, empty_index, TinyEncoder(), on_progress=stop)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
    done = empty_index.store.count({"kind": "document"})
    assert 0 < done < 300
    assert index_corpus(corpus, empty_index, TinyEncoder()).unchanged == done
