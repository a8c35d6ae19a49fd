from dataclasses import replace

import pytest
from support import TinyEncoder

from indexer.run import fingerprint_of
from knowledge.errors import IndexMismatchError, IndexMissingError, NotFoundError
from knowledge.index import layout
from knowledge.index.index import is_server, open_index, read_fingerprint
from knowledge.store.base import Point


@pytest.fixture
def fingerprint():
    return fingerprint_of(TinyEncoder())


def test_no_index_is_made_by_reading(tmp_path, fingerprint):
    with pytest.raises(IndexMissingError, match="snapcite index"):
        open_index(str(tmp_path / "none"), fingerprint)
    assert not (tmp_path / "none").exists()


def test_a_new_index_carries_its_fingerprint(tmp_path, fingerprint):
    target = str(tmp_path / "index")
    open_index(target, fingerprint, create=True).close()

    assert read_fingerprint(target) == fingerprint
    open_index(target, fingerprint).close()


def test_other_weights_of_the_same_encoder_are_refused(tmp_path, fingerprint):
    target = str(tmp_path / "index")
    open_index(target, fingerprint, create=True).close()
    other = layout.Fingerprint(
        encoder=fingerprint.encoder,
        encoder_fingerprint="f" * 64,
        dim=fingerprint.dim,
        passage_tokens=fingerprint.passage_tokens + 1,
    )
    with pytest.raises(IndexMismatchError, match=r"other weights or precision.*tokens"):
        open_index(target, other, create=True)


def test_another_layout_version_is_refused(empty_index, tmp_path, fingerprint):
    payload = empty_index.fingerprint.payload() | {"schema_version": 999}
    empty_index.store.upsert([Point(layout.INDEX_POINT_ID, payload)])
    empty_index.close()
    with pytest.raises(IndexMismatchError, match="layout version 999"):
        open_index(str(tmp_path / "index"), fingerprint)


def test_foreign_points_are_not_taken_over(empty_index, tmp_path, fingerprint):
    empty_index.store.delete([layout.INDEX_POINT_ID])
    empty_index.store.upsert([Point(layout.document_point_id("x"), {"kind": "theirs"})])
    empty_index.close()
    with pytest.raises(IndexMismatchError, match="did not write"):
        open_index(str(tmp_path / "index"), fingerprint, create=True)


def test_documents_that_are_there_are_found(index):
    found = index.whole.documents(["corpus/old_station", "corpus/none"])

    assert list(found) == ["corpus/old_station"]
    with pytest.raises(NotFoundError, match="corpus/none"):
        index.whole.document("corpus/none")


def test_a_server_is_told_by_its_url():
    assert is_server("http://localhost:6333")
    assert is_server("https://qdrant.example/archive")
    assert not is_server("index")


def test_an_index_can_be_opened_as_it_was_made(tmp_path, fingerprint):
    target = str(tmp_path / "index")
    open_index(target, fingerprint, create=True).close()
    with open_index(target, None) as index:
        assert index.fingerprint == fingerprint
        index.check(fingerprint)
        with pytest.raises(IndexMismatchError, match="encoder 'tiny', not 'other'"):
            index.check(replace(fingerprint, encoder="other"))


def test_without_a_fingerprint_none_is_made(tmp_path):
    with pytest.raises(IndexMissingError):
        open_index(str(tmp_path / "none"), None, create=True)
    assert not (tmp_path / "none").exists()
