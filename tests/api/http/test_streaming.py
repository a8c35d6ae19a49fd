"""Answers as server-sent events; over real HTTP where a client hangs up."""

import json
import threading
from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient
from serving import running
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.service import Service
from knowledge.errors import ModelBrokenError
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.readers.base import Draft, Reading
from vlm.readers.extractive import ExtractiveReader

STATION = encoded(photo(1, size=(320, 240)))
EVENTS = {"Accept": "text/event-stream"}


class FailingReader:
    """A reader whose model breaks at every question."""

    name = "failing"

    def read(self, reading: Reading) -> Draft:
        raise ModelBrokenError("The weights in /secret/place are damaged.")


class CountingReader(ExtractiveReader):
    """Counts what it was asked to read."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []

    def read(self, reading: Reading) -> Draft:
        self.questions.append(reading.question)
        return super().read(reading)


class GatedEncoder(TinyEncoder):
    """Encodes photos only while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.entered = threading.Event()

    def encode_images(self, images):
        self.entered.set()
        assert self.gate.wait(10)
        return super().encode_images(images)


def events_of(text: str) -> list[tuple[str, dict]]:
    """Every event of a stream: `(name, data)`."""
    found = []
    for block in text.split("\n\n")[:-1]:
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.fixture(scope="module")
def client(index: Index, encoder: TinyEncoder) -> Iterator[TestClient]:
    with TestClient(create_app(Service(Pipeline(index, encoder, ExtractiveReader())))) as client:
        yield client


def test_evidence_comes_first_then_the_answer(client):
    photo_part = {"photo": ("p.jpg", STATION, "image/jpeg")}
    data = {"question": "When was this demolished?"}
    streamed = client.post("/v1/ask", files=photo_part, data=data, headers=EVENTS)
    plain = client.post("/v1/ask", files=photo_part, data=data).json()

    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.headers["cache-control"] == "no-store"
    (first, evidence), (second, answer), last = events_of(streamed.text)
    assert (first, second, last) == ("evidence", "answer", ("done", {}))
    assert evidence["evidence"] == plain["evidence"]
    assert set(evidence["timings"]) == {"decode", "encode", "retrieve", "picture", "total"}
    assert answer["answer"] == plain["answer"]
    assert set(answer) == set(plain) - {"evidence"}
    assert answer["request_id"] == streamed.headers["x-request-id"]


def test_a_bad_request_is_refused_before_the_stream(client):
    response = client.post("/v1/ask", data={"question": ""}, headers=EVENTS)

    assert response.status_code == 422
    assert response.json()["type"] == "urn:snapcite:problem:bad-query"


def test_an_error_after_the_start_is_a_problem_document(index, encoder):
    with TestClient(create_app(Service(Pipeline(index, encoder, FailingReader())))) as client:
        response = client.post("/v1/ask", data={"question": "Is a station there?"}, headers=EVENTS)

    (first, _), (second, problem) = events_of(response.text)
    assert (first, second) == ("evidence", "error")
    assert (problem["type"], problem["status"]) == ("urn:snapcite:problem:model", 500)
    assert problem["request_id"] == response.headers["x-request-id"]
    assert "secret" not in response.text


def test_a_client_that_hangs_up_is_not_read_for(index):
    encoder, reader = GatedEncoder(), CountingReader()
    encoder.gate.set()
    app = create_app(Service(Pipeline(index, encoder, reader)))
    with running(app) as url, httpx.Client(base_url=url, timeout=10) as client:
        while client.get("/ready").status_code != 200:
            pass
        encoder.gate.clear()
        encoder.entered.clear()
        reader.questions.clear()
        files = {"photo": ("p.jpg", STATION, "image/jpeg")}
        with client.stream(
            "POST", "/v1/ask", files=files, data={"question": "station lost"}, headers=EVENTS
        ) as response:
            assert response.status_code == 200
            assert encoder.entered.wait(10)
        # Hung up. The server sees it before this request, which came later, is answered.
        assert client.get("/health").status_code == 200
        encoder.gate.set()
        answered = client.post("/v1/ask", data={"question": "station kept"})
    assert answered.status_code == 200
    assert reader.questions == ["station kept"]
