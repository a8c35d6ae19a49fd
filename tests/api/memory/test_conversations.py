"""Follow-up questions over HTTP: no second upload, closed to others, and no photo is kept."""

import json
import socket
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from http_asking import STATION, ask, assert_problem, wait_until_ready
from redis_server import redis_server
from support import TinyEncoder, encoded, photo

from api.access.auth import Caller
from api.access.guard import Doors
from api.http.app import create_app
from api.memory.conversations import Conversations
from api.memory.store import MemoryStore, RedisStore
from api.service import Service
from knowledge.errors import QueryError, StoreUnavailableError
from knowledge.index.index import Index
from search.answer import Answer
from search.pipeline import Asked, Pipeline
from search.query import NOTHING, Query
from vlm.readers.extractive import ExtractiveReader

ID = "0b5f2f0a-5a68-4e3b-9f4e-3d3d4f0c6a11"
TOWER = encoded(photo(2, size=(320, 240)))


def named_by_header(headers) -> Caller:
    return Caller(f"key:{headers.get('X-API-Key', 'nobody')}", frozenset({"ask"}))


def make_client(index: Index, encoder: TinyEncoder, conversations: Conversations) -> TestClient:
    app = create_app(
        Service(
            Pipeline(index, encoder, ExtractiveReader()),
            doors=Doors(authenticate=named_by_header),
            conversations=conversations,
        )
    )
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(index, encoder) -> Iterator[TestClient]:
    with make_client(index, encoder, Conversations()) as client:
        wait_until_ready(client)
        yield client


@pytest.fixture(scope="module")
def redis_port() -> Iterator[int]:
    pytest.importorskip("redis")
    with redis_server() as port:
        yield port


def redis_at(port: int, *, seconds: int = 3_600) -> Conversations:
    url = f"redis://127.0.0.1:{port}/0"
    return Conversations(RedisStore.connect(url, seconds=seconds, timeout=2))


def follow(client, question: str, *photos: bytes, key: str = "a", id_: str = ID) -> dict:
    client.headers["X-API-Key"] = key
    response = ask(client, *photos, question=question, conversation_id=id_)
    assert response.status_code == 200, response.text
    return response.json()["answer"]


def test_a_follow_up_needs_no_second_upload(client):
    assert follow(client, "Is it still there?", STATION)["exists"] is False
    assert follow(client, "And when was it opened?")["year"] == 1912
    assert follow(client, "它是哪一年拆除的?")["year"] == 1992
    assert follow(client, "When was it completed?", TOWER)["year"] == 1889
    assert follow(client, "Is it still there?")["exists"] is True


def test_a_follow_up_of_words_alone_is_about_the_same_subject(client):
    assert follow(client, "When was the Clock Tower completed?")["year"] == 1889
    assert follow(client, "Is it still standing?")["exists"] is True
    assert follow(client, "And the Old Station, when was it demolished?")["year"] == 1992
    assert follow(client, "When was it opened?")["year"] == 1912


def test_a_stream_is_part_of_a_conversation(client):
    client.headers["X-API-Key"] = "a"
    files = [("photo", ("p.jpg", STATION, "image/jpeg"))]
    fields = {"question": "Is it there?", "conversation_id": ID}
    events = client.post(
        "/v1/ask", files=files, data=fields, headers={"Accept": "text/event-stream"}
    ).text
    assert events.endswith("event: done\ndata: {}\n\n")
    assert follow(client, "When was it opened?")["year"] == 1912


def test_without_the_conversation_nothing_is_known(client):
    follow(client, "Is it still there?", STATION)
    assert follow(client, "And when was it built?", id_="another-conversation")["abstained"]
    assert ask(client, question="And when was it built?").json()["answer"]["abstained"]


def test_a_key_s_conversation_is_closed_to_another(client):
    follow(client, "Is it still there?", STATION, key="a")
    client.headers["X-API-Key"] = "b"
    assert client.delete(f"/v1/conversations/{ID}").json()["status"] == "absent"
    assert follow(client, "And when was it built?", key="b")["abstained"]
    assert follow(client, "And when was it opened?", key="a")["year"] == 1912


def test_a_forgotten_conversation_is_forgotten(client):
    follow(client, "Is it still there?", STATION)
    assert client.delete(f"/v1/conversations/{ID}").json()["status"] == "removed"
    assert client.delete(f"/v1/conversations/{ID}").json()["status"] == "absent"
    assert follow(client, "And when was it built?")["abstained"]


@pytest.mark.parametrize("id_", ["short", "x" * 65, "with space in it", "a/b/c/d/e/f"])
def test_what_is_no_id_is_refused(client, id_):
    response = ask(client, question="Is it there?", conversation_id=id_)
    assert "conversation_id" in assert_problem(response, 422, "bad-query")["detail"]


def test_a_conversation_is_over_after_its_hour():
    conversations = Conversations(MemoryStore(max_bytes=2**20, seconds=0.05))
    asked = Asked((), Answer(None, "Nothing.", reason="nothing_similar"))
    conversations.remember("a", ID, Query("Is it there?"), asked, photos=((1.0,),))
    assert conversations.recall("a", ID, Query("And when?")).recalled.photos == ((1.0,),)
    time.sleep(0.1)
    assert conversations.recall("a", ID, Query("And when?")).recalled == NOTHING


def test_replicas_share_conversations_in_redis(index, encoder, redis_port):
    one = make_client(index, encoder, redis_at(redis_port))
    other = make_client(index, encoder, redis_at(redis_port))
    with one, other:
        follow(one, "Is it still there?", STATION)
        assert follow(other, "And when was it opened?")["year"] == 1912
        assert other.delete(f"/v1/conversations/{ID}").json()["status"] == "removed"
        assert follow(one, "And when was it built?")["abstained"]


def test_redis_holds_vectors_and_words_and_forgets_by_itself(index, encoder, redis_port):
    from redis import Redis

    redis = Redis(port=redis_port)
    redis.flushall()
    with make_client(index, encoder, redis_at(redis_port, seconds=1)) as client:
        follow(client, "Is it still there?", STATION)
        (key,) = redis.keys("*")
        assert ID.encode() not in key
        kept = json.loads(redis.get(key))
        assert kept["questions"] == ["Is it still there?"]
        assert kept["subject"] == "corpus/old_station"
        assert [len(row) for row in kept["photos"]] == [encoder.card.dim]
        assert set(kept) == {"photos", "subject", "questions"}
        time.sleep(1.1)
        assert redis.keys("*") == []


def test_a_redis_that_is_gone_is_said_to_be_and_questions_without_one_go_on(index, encoder):
    pytest.importorskip("redis")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    gone = redis_at(port)
    with pytest.raises(StoreUnavailableError, match="Redis cannot be reached"):
        gone.forget("a", ID)
    with make_client(index, encoder, gone) as client:
        client.headers["X-API-Key"] = "a"
        response = ask(client, question="Is it there?", conversation_id=ID)
        assert_problem(response, 503, "store-unavailable")
        answer = ask(client, question="When was the Clock Tower completed?").json()["answer"]
        assert answer["year"] == 1889


def test_an_owner_and_an_id_name_one_conversation():
    conversations = Conversations()
    asked = Asked((), Answer(None, "Nothing.", reason="nothing_similar"))
    conversations.remember("a", ID, Query("Is it there?"), asked, photos=())
    assert conversations.recall("b", ID, Query("When?")).recalled == NOTHING
    assert conversations.recall("a", ID, Query("When?")).recalled.questions == ("Is it there?",)
    assert not conversations.forget("b", ID)
    assert conversations.forget("a", ID)
    with pytest.raises(QueryError):
        conversations.forget("a", "")
