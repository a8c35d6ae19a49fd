"""A quotation's citation over HTTP, over a real index."""

import pytest
from fastapi.testclient import TestClient
from support import TinyEncoder

from api.exports.citations import MEDIA_TYPES
from api.http.app import create_app
from api.service import Service
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader


@pytest.fixture(scope="module")
def client(index: Index, encoder: TinyEncoder):
    with TestClient(create_app(Service(Pipeline(index, encoder, ExtractiveReader())))) as client:
        yield client


@pytest.mark.parametrize("form", sorted(MEDIA_TYPES))
def test_the_words_of_a_span_are_cited(client, form):
    text = client.get("/v1/documents/corpus/old_station").json()["text"]
    asked = {"document_id": "corpus/old_station", "start": 0, "end": 15, "format": form}
    answer = client.get("/v1/citations", params=asked)
    assert answer.headers["content-type"].startswith(MEDIA_TYPES[form].partition(";")[0])
    assert text[:15].strip() in answer.text


def test_what_is_no_span_of_a_document_is_refused(client):
    def status(**asked: object) -> int:
        base = {"document_id": "corpus/old_station", "start": 0, "end": 15, "format": "ris"}
        return client.get("/v1/citations", params=base | asked).status_code

    assert status(document_id="corpus/nothing") == 404
    assert status(end=10**9) == status(start=15) == status(start=20) == 422
    assert status(format="word") == status(start=-1) == 422
