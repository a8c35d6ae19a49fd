"""Thumbnails: decoded once, gone with their photo, and shown whatever the limits of uploads are."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sample_documents import corpus_of, make_documents
from support import encoded, photo

from api.http.app import create_app
from api.memory.thumbnails import Thumbnails
from api.service import Service
from api.traffic.gate import Capacity, Gate
from indexer.run import index_corpus
from knowledge.errors import NotFoundError
from knowledge.index import View
from knowledge.viewer import ANYBODY
from search.pipeline import Pipeline
from vlm.images import ImageLimits
from vlm.readers.extractive import ExtractiveReader

TIGHT = ImageLimits(max_bytes=100, max_pixels=100)


@pytest.fixture
def filled(empty_index, encoder, tmp_path):
    root = tmp_path / "corpus"
    index_corpus(corpus_of(make_documents(root), root), empty_index, encoder)
    return empty_index


def photo_ids(index) -> list[str]:
    return [record.id for record in index.store.scroll({"kind": "photo"})]


def test_a_photo_is_decoded_once_a_size(filled, monkeypatch):
    thumbnails = Thumbnails(filled, uploads=TIGHT, max_bytes=2**20)
    id_ = photo_ids(filled)[0]
    first = thumbnails.get(id_, side=32, viewer=ANYBODY)
    assert max(Image.open(io.BytesIO(first)).size) == 32

    reads = []
    read = View.photo_bytes
    monkeypatch.setattr(View, "photo_bytes", lambda view, id_: reads.append(id_) or read(view, id_))
    assert thumbnails.get(id_, side=32, viewer=ANYBODY) == first
    assert reads == []
    assert thumbnails.get(id_, side=16, viewer=ANYBODY) != first
    assert reads == [id_]


def test_a_photo_that_is_gone_is_gone(filled):
    thumbnails = Thumbnails(filled, uploads=TIGHT, max_bytes=2**20)
    id_ = photo_ids(filled)[0]
    thumbnails.get(id_, side=32, viewer=ANYBODY)
    filled.store.delete([id_])
    with pytest.raises(NotFoundError):
        thumbnails.get(id_, side=32, viewer=ANYBODY)


def test_the_archive_s_photos_are_shown_whatever_may_be_sent(filled, encoder):
    service = Service(Pipeline(filled, encoder, ExtractiveReader()), limits=TIGHT)
    sent = encoded(photo(1, size=(320, 240)))
    with TestClient(create_app(service)) as client:
        for id_ in photo_ids(filled):
            assert client.get(f"/v1/photos/{id_}").status_code == 200
        assert client.post("/v1/search", files={"photo": ("p", sent)}).status_code == 413


@contextmanager
def held(gate: Gate) -> Iterator[None]:
    """Keep the only place of a gate."""
    free = threading.Event()
    future = gate._submit(free.wait)
    try:
        yield
    finally:
        free.set()
        future.result()


@pytest.mark.parametrize(
    "path",
    [
        "/v1/corpus",
        "/v1/documents",
        "/v1/documents/corpus/old_station",
        "/v1/suggestions",
        "/v1/photos/PHOTO",
    ],
)
def test_whatever_is_shown_waits_in_a_queue_with_a_deadline(filled, encoder, path):
    capacity = Capacity(at_once=1, retrievals=1, encoder_queue=1)
    service = Service(Pipeline(filled, encoder, ExtractiveReader()), capacity=capacity)
    path = path.replace("PHOTO", photo_ids(filled)[0])
    gate = service.gates.decode if "photos" in path else service.gates.retrieve
    client = TestClient(create_app(service))
    assert client.get(path).status_code == 200
    with held(gate):
        assert client.get(path, headers={"X-Request-Timeout": "0.3"}).status_code == 504
    assert client.get(path).status_code == 200
