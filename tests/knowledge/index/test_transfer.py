"""An index is copied into another of either engine, and cut off anywhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient
from sample_documents import corpus_of, make_documents
from support import TinyEncoder, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.errors import CorpusError, IndexMismatchError, StorageError
from knowledge.index import layout
from knowledge.index.index import Index, open_index
from knowledge.index.layout import upload_path
from knowledge.index.transfer import copy_index
from knowledge.store.base import Point
from knowledge.store.server.engine import ServerStore
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader

URL = "http://127.0.0.1:6333/snapcite"


def server_index(client: QdrantClient, encoder: TinyEncoder) -> Index:
    """An index of a Qdrant server, in this process's memory."""
    fingerprint = fingerprint_of(encoder)
    store = ServerStore.open(
        ":memory:", collection="snapcite", api_key=None, schema=fingerprint.schema(), create=True,
        client=client,
    )  # fmt: skip
    store.upsert([Point(layout.INDEX_POINT_ID, fingerprint.payload())])
    return Index(store, fingerprint, URL)


@pytest.fixture(params=["server", "folder"])
def target(request, tmp_path, encoder) -> Iterator[Index]:
    if request.param == "folder":
        with open_index(str(tmp_path / "target"), fingerprint_of(encoder), create=True) as index:
            yield index
        return
    client = QdrantClient(":memory:")
    with server_index(client, encoder) as index:
        yield index
    client.close()


def contents(index: Index) -> dict[str, tuple]:
    """Every point with its payload and vectors, rounded: a server keeps float32 as JSON."""
    return {
        record.id: (
            record.payload,
            {
                name: np.asarray(getattr(vector, "values", vector)).round(5).tolist()
                for name, vector in record.vectors.items()
            },
        )
        for record in index.store.scroll(with_vectors=True)
    }


def test_all_is_there_afterwards_and_answers_alike(index, target, encoder):
    done = copy_index(index, target)

    assert contents(target) == contents(index)
    assert (done.sent, done.same, done.removed) == (done.total, 0, 0)
    assert done.total == index.store.count() - 1  # the fingerprint's point is not sent
    query = Query("When was it demolished?", (photo(1, size=(320, 240)),))
    here, there = (
        Pipeline(each, encoder, ExtractiveReader()).ask(query).answer for each in (index, target)
    )
    assert replace(here, signals={}) == replace(there, signals={})  # alike to five digits
    assert there.year == 1992


def test_a_second_time_nothing_is_sent(index, target):
    copy_index(index, target)
    done = copy_index(index, target)

    assert (done.sent, done.same) == (0, done.total)


class _CutOffError(Exception):
    pass


def test_what_was_cut_off_goes_on_where_it_was(index, target):
    def cut(state) -> None:
        raise _CutOffError

    with pytest.raises(_CutOffError):
        copy_index(index, target, on_progress=cut)
    assert target.store.count({"kind": "document"}) == 0  # nothing claims to be complete
    done = copy_index(index, target)

    assert done.same > 0
    assert contents(target) == contents(index)


def test_what_the_source_no_longer_has_goes_and_other_corpora_stay(target, encoder, tmp_path):
    documents = make_documents(tmp_path / "corpus")
    with open_index(str(tmp_path / "source"), fingerprint_of(encoder), create=True) as source:
        index_corpus(corpus_of(documents, tmp_path / "corpus"), source, encoder)
        copy_index(source, target)
        other = Point(layout.corpus_point_id("other"), {"kind": "corpus", "corpus": "other"})
        target.store.upsert([other])
        index_corpus(corpus_of(documents[1:], tmp_path / "corpus"), source, encoder)
        done = copy_index(source, target)

        assert done.removed > 0
        left = contents(target)
        assert left.pop(other.id)
        assert left == contents(source)


def test_photos_that_were_uploaded_go_too_and_go_again(target, encoder, tmp_path):
    with open_index(str(tmp_path / "source"), fingerprint_of(encoder), create=True) as source:
        photo_id = "0b1d2c3e-0000-5000-8000-000000000001"
        payload = {"kind": "photo", "corpus": "live", "path": upload_path("ab" * 32)}
        source.uploads.write(photo_id, b"the photo's bytes")
        source.store.upsert([Point(photo_id, payload)])
        mark = Point(
            layout.corpus_point_id("live"), {"kind": "corpus", "corpus": "live", "path": ""}
        )
        source.store.upsert([mark])
        done = copy_index(source, target)

        assert done.uploads == 1
        assert target.uploads.read(photo_id) == b"the photo's bytes"
        source.store.delete([photo_id])
        copy_index(source, target)
        assert not target.store.retrieve([photo_id])


def test_another_encoder_is_refused_and_nothing_changes(index, tmp_path):
    other = TinyEncoder("another")
    with open_index(str(tmp_path / "other"), fingerprint_of(other), create=True) as target:
        with pytest.raises(IndexMismatchError, match="another"):
            copy_index(index, target)
        assert target.store.count() == 1


def test_a_corpus_of_the_same_name_from_elsewhere_is_not_overwritten(index, target):
    id_ = layout.corpus_point_id("corpus")
    theirs = Point(id_, {"kind": "corpus", "corpus": "corpus", "path": "/elsewhere/corpus"})
    target.store.upsert([theirs])
    with pytest.raises(CorpusError, match="--replace"):
        copy_index(index, target)
    assert target.store.count() == 2

    copy_index(index, target, replace=True)
    assert contents(target) == contents(index)


def test_counts_that_do_not_agree_are_an_error(index, target):
    def meddle(state) -> None:
        if state.sent == state.total:
            stranger = {"kind": "passage", "corpus": "corpus", "document_id": "corpus/x"}
            target.store.upsert([Point("0b1d2c3e-0000-5000-8000-000000000002", stranger)])

    with pytest.raises(StorageError, match="'passage'"):
        copy_index(index, target, on_progress=meddle)


def test_the_source_is_only_read(index, target):
    before = contents(index), index.store.version()
    copy_index(index, target)

    assert (contents(index), index.store.version()) == before
    assert Path(index.target).is_dir()
