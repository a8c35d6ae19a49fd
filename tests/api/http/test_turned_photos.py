"""Over HTTP a photo that lies on its side is answered, and the answer says how to turn it."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from http_asking import ask, wait_until_ready
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.memory.results import ResultCache, Results
from api.memory.store import MemoryStore
from api.service import Service
from search.pipeline import Pipeline
from vlm.images import turned_clockwise
from vlm.readers.extractive import ExtractiveReader

ID = "0b5f2f0a-5a68-4e3b-9f4e-3d3d4f0c6a22"


def lying(seed: int, degrees: int) -> bytes:
    return encoded(turned_clockwise(photo(seed, size=(320, 240)), degrees))


@pytest.fixture
def client(index) -> Iterator[TestClient]:
    pipeline = Pipeline(index, TinyEncoder(), ExtractiveReader())
    cache = ResultCache(MemoryStore(max_bytes=2**20, seconds=60))
    with TestClient(create_app(Service(pipeline, results=Results(cache, pipeline)))) as client:
        wait_until_ready(client)
        yield client


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_an_answer_says_how_its_photo_has_to_be_turned(client, degrees):
    sent = lying(1, degrees)
    turned = -degrees % 360
    for _ in range(2):  # the second comes from the cache
        body = ask(client, sent, question="When was it demolished?").json()
        assert (body["answer"]["year"], body["answer"]["turned"]) == (1992, turned)
        assert body["photos_turned"] == [turned]
    found = client.post("/v1/search", files=[("photo", ("p.jpg", sent, "image/jpeg"))]).json()
    assert found["photos_turned"] == [turned]
    assert found["evidence"][0]["document_id"] == "corpus/old_station"


def test_both_events_of_a_stream_say_it(client):
    files = [("photo", ("p.jpg", lying(1, 90), "image/jpeg"))]
    stream = client.post("/v1/ask", files=files, headers={"Accept": "text/event-stream"}).text
    said = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith('data: {"')]
    assert [each["photos_turned"] for each in said if each] == [[270], [270]]


def test_of_several_photos_each_has_its_own_turn(client):
    body = ask(client, lying(2, 180), lying(1, 270), question="When was it demolished?").json()
    assert body["photos_turned"] == [180, 90]


def test_without_a_photo_nothing_is_turned(client):
    body = ask(client, question="When was the Old Station demolished?").json()
    assert (body["answer"]["turned"], body["photos_turned"]) == (0, [])


def test_a_follow_up_is_about_what_the_turned_photo_shows(client):
    first = ask(client, lying(2, 90), question="When was it completed?", conversation_id=ID)
    again = ask(client, question="Is it still standing?", conversation_id=ID)
    assert first.json()["answer"]["year"] == 1889
    assert again.json()["answer"]["exists"] is True
