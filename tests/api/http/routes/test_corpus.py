"""The routes about what is indexed, over a real index."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from support import TinyEncoder

from api.http.app import create_app
from api.service import Service
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader


@pytest.fixture(scope="module")
def client(
    index: Index, encoder: TinyEncoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    report = tmp_path_factory.mktemp("report") / "evaluation.json"
    systems = {"full": {"overall": {"questions": 3, "mrr": 1.0}}}
    report.write_text(
        json.dumps({"testsets": {"t": 3}, "encoder": "e", "reader": "r", "systems": systems})
    )
    app = create_app(Service(Pipeline(index, encoder, ExtractiveReader()), evaluation=report))
    with TestClient(app) as client:
        yield client


def test_the_corpus_in_numbers(client, index, encoder):
    body = client.get("/v1/corpus").json()

    (corpus,) = body["corpora"]
    assert (corpus["corpus"], corpus["documents"], corpus["photos"]) == ("corpus", 3, 2)
    assert corpus["passages"] == index.store.count({"kind": "passage"})
    assert set(corpus) == {"corpus", "documents", "passages", "photos"}  # no path of the server
    assert body["languages"] == {"en": 2, "zh": 1}
    assert body["encoder"]["name"] == "tiny"
    assert body["encoder"]["fingerprint"] == encoder.card.fingerprint
    assert body["evaluation"]["systems"] == {"full": {"questions": 3, "mrr": 1.0}}


def test_documents_are_paged_and_searched(client):
    first = client.get("/v1/documents", params={"limit": 2}).json()
    rest = client.get("/v1/documents", params={"limit": 2, "offset": 2}).json()
    titles = [document["title"] for document in first["documents"] + rest["documents"]]
    assert (first["total"], titles) == (3, ["Clock Tower", "Old Station", "永安门"])

    (station,) = client.get("/v1/documents", params={"text": "central"}).json()["documents"]
    assert station["document_id"] == "corpus/old_station"
    assert client.get(station["photo_url"]).status_code == 200
    assert client.get("/v1/documents", params={"language": "zh"}).json()["total"] == 1
    assert client.get("/v1/documents", params={"limit": 1000}).status_code == 422


def test_suggestions_name_what_is_indexed(client):
    body = client.get("/v1/suggestions", params={"text": "station", "language": "zh"}).json()
    assert body["suggestions"] == [
        {"kind": "demolished", "document_id": "corpus/old_station", "name": "老车站"},
        {"kind": "exists", "document_id": "corpus/old_station", "name": "老车站"},
    ]
    assert len(client.get("/v1/suggestions", params={"n": 2}).json()["suggestions"]) == 2
    assert client.get("/v1/suggestions", params={"text": "nothing"}).json() == {"suggestions": []}


def test_a_document_has_its_events_and_where_its_photos_were_taken(client):
    body = client.get("/v1/documents/corpus/old_station").json()

    events = [
        (event["year"], event["event"], body["text"][event["start"] : event["end"]])
        for event in body["events"]
    ]
    assert events == [
        (1912, "opened", "The Old Station was opened in 1912."),
        (1992, "demolished", "The Old Station was demolished in 1992."),
    ]
    (photo,) = body["photos"]
    assert (photo["width"], photo["height"]) == (320, 240)
    assert (photo["latitude"], photo["longitude"], photo["taken_at"]) == (None, None, None)


@pytest.mark.parametrize("path", ["/", "/static/css/base.css"])
def test_an_update_of_the_page_is_seen_at_once(client, path):
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code in (200, 304)
    assert again.headers["cache-control"] == "no-cache"
