"""Earlier results: the same answer, faster, never a stale one and never another question's."""

import dataclasses
import datetime
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from redis_server import free_port, redis_server
from sample_documents import corpus_of, make_documents
from support import TinyEncoder, encoded, photo

import knowledge.viewer
from api.http.app import create_app
from api.memory.results import ResultCache, Results, query_digest
from api.memory.store import MemoryStore, RedisStore
from api.service import Service
from indexer.run import index_corpus
from knowledge.documents import Document
from knowledge.index.index import Index
from search.pipeline import Pipeline
from search.query import Query, Recalled
from vlm.readers.base import Reading
from vlm.readers.extractive import ExtractiveReader

STATION = encoded(photo(1, size=(320, 240)))
TOWER = encoded(photo(2, size=(320, 240)))


class CountingReader(ExtractiveReader):
    """Counts what it was asked to read; its answers have the note that a test sets."""

    def __init__(self) -> None:
        super().__init__()
        self.read_count = 0
        self.note: str | None = None

    def read(self, reading: Reading):
        self.read_count += 1
        return dataclasses.replace(super().read(reading), note=self.note)


class OpenStore(dict[str, bytes]):
    """A store that a test can look into."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value

    def delete(self, key: str) -> bool:
        return self.pop(key, None) is not None


class Scene:
    """A server over an index of three subjects, with a cache."""

    def __init__(self, index: Index, root: Path) -> None:
        self.encoder = TinyEncoder()
        self.reader = CountingReader()
        self.kept = OpenStore()
        self.cache = ResultCache(self.kept)
        self.root = root
        self._index = index
        self.write(make_documents(root))
        pipeline = Pipeline(index, self.encoder, self.reader)
        self.client = TestClient(
            create_app(Service(pipeline, results=Results(self.cache, pipeline))),
        )

    def write(self, documents: Sequence[Document]) -> None:
        index_corpus(corpus_of(documents, self.root), self._index, self.encoder)

    def ask(self, data: bytes, question: str = "When was this demolished?", **fields: str) -> dict:
        files = {"photo": ("p.jpg", data, "image/jpeg")}
        return self.client.post(
            "/v1/ask", files=files, data={"question": question, **fields}
        ).json()


@pytest.fixture
def scene(empty_index: Index, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(empty_index, tmp_path / "corpus")
    with scene.client as client:
        while client.get("/ready").status_code != 200:
            pass
        scene.reader.read_count = scene.encoder.images_encoded = 0
        yield scene


def test_the_same_question_is_worked_out_once(scene):
    first, again = scene.ask(STATION), scene.ask(STATION)
    assert again["answer"] == first["answer"]
    assert again["evidence"] == first["evidence"]
    assert first["answer"]["year"] == 1992
    assert (scene.encoder.images_encoded, scene.reader.read_count) == (1, 1)
    assert set(again["timings"]) == {"decode", "cache", "total"}
    assert scene.cache.hits == {"search": 1, "answer": 1}
    assert again["request_id"] != first["request_id"]


def test_a_suggested_spelling_is_kept_with_what_was_found(scene):
    form = {"question": "When was the Old Stadion demolished?"}
    first, again = (scene.client.post("/v1/ask", data=form).json() for _ in range(2))

    assert scene.cache.hits == {"search": 1, "answer": 1}
    assert first["answer"]["abstained"]
    for result in (first, again):
        assert result["did_you_mean"] == "When was the Old Station demolished?"
    assert scene.ask(STATION)["did_you_mean"] is None


def test_another_photo_question_or_option_is_another_answer(scene):
    asked = [
        scene.ask(STATION),
        scene.ask(TOWER, "Is it still standing?"),
        scene.ask(STATION, "Is it still standing?"),
        scene.ask(STATION, language="zh"),
        scene.ask(STATION, k="1"),
    ]
    assert scene.cache.hits == {}
    assert [a["answer"]["subject"]["title"] for a in asked[:2]] == ["Old Station", "Clock Tower"]
    assert asked[3]["answer"]["text"].endswith("。")


def test_an_update_is_seen_by_the_next_question(scene):
    assert scene.ask(STATION)["answer"]["year"] == 1992
    station, *others = make_documents(scene.root.parent / "later")
    changed = dataclasses.replace(station, text=station.text.replace("1992", "1993"))
    (scene.root.parent / "later").rename(scene.root.parent / "gone")
    scene.write([changed, *others])
    assert scene.ask(STATION)["answer"]["year"] == 1993
    scene.write([station, *others])
    assert scene.ask(STATION)["answer"]["year"] == 1992
    scene.write(others)
    assert scene.ask(STATION)["answer"]["abstained"]


def test_what_was_closed_until_today_is_found_though_yesterday_s_answer_is_kept(scene, monkeypatch):
    class Now(datetime.datetime):
        text = "2999-12-30"

        @classmethod
        def now(cls, tz=None):
            return cls.fromisoformat(cls.text)

    monkeypatch.setattr(knowledge.viewer.datetime, "datetime", Now)
    text = "The Old Mill was built in 1877."
    mill = Document("town", "mill", "Old Mill", text, "en", closed_until="2999-12-31")
    scene.write([mill])
    asked = {"question": "When was the Old Mill built?"}
    for day, year in (("2999-12-30", None), ("2999-12-31", 1877), ("2999-12-31", 1877)):
        Now.text = day
        assert scene.client.post("/v1/ask", data=asked).json()["answer"]["year"] == year


def test_an_answer_that_another_reader_gave_is_not_kept(scene):
    scene.reader.note = "The model could not be asked, so the simpler extractive reader answered."
    scene.ask(STATION)
    scene.reader.note = None
    assert scene.ask(STATION)["answer"]["note"] is None
    assert scene.reader.read_count == 2


def test_what_another_version_left_in_the_cache_is_worked_out_again(scene):
    first = scene.ask(STATION)
    assert len(scene.kept) == 2
    for key in scene.kept:
        scene.kept[key] = b'{"of": "another version"}'
    assert scene.ask(STATION)["answer"] == first["answer"]


def test_a_stream_is_answered_from_what_is_kept_too(scene):
    scene.ask(STATION)
    files = {"photo": ("p.jpg", STATION, "image/jpeg")}
    streamed = scene.client.post(
        "/v1/ask",
        files=files,
        data={"question": "When was this demolished?"},
        headers={"Accept": "text/event-stream"},
    )
    assert '"year":1992' in streamed.text
    assert scene.reader.read_count == 1


def test_hits_and_misses_are_counted_by_kind():
    cache = ResultCache(MemoryStore(max_bytes=100, seconds=60))
    assert cache.get("answer", "k") is None
    cache.put("answer", "k", b"1")
    assert cache.get("answer", "k") == b"1"
    assert cache.get("answer", "k") == b"1"
    assert cache.get("search", "k") is None  # another kind is another value
    assert (cache.hits, cache.misses) == ({"answer": 2}, {"answer": 1, "search": 1})


def test_a_store_that_is_gone_is_a_miss_and_is_left_alone_until_it_is_back():
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    cache = ResultCache(RedisStore.connect(url, seconds=60, timeout=0.25, pause=0.2))
    assert cache.get("answer", "k") is None  # it never was there
    cache.put("answer", "k", b"1")
    time.sleep(0.25)
    for _ in range(2):
        with redis_server(port):
            cache.put("answer", "k", b"1")
            assert cache.get("answer", "k") == b"1"
        started = time.perf_counter()
        for _ in range(100):
            assert cache.get("answer", "k") is None
        assert time.perf_counter() - started < 0.5  # asked once, then left alone
        time.sleep(0.25)


def test_a_store_that_hangs_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        cache = ResultCache(RedisStore.connect(url, seconds=60, timeout=0.25, pause=5))
        started = time.perf_counter()
        for _ in range(100):
            assert cache.get("answer", "k") is None
        assert time.perf_counter() - started < 1.0


def test_replicas_share_what_one_worked_out(index, encoder):
    with redis_server() as port:
        pipelines = [Pipeline(index, encoder, CountingReader()) for _ in range(2)]
        url = f"redis://127.0.0.1:{port}/0"
        replicas = [
            Results(ResultCache(RedisStore.connect(url, seconds=60, timeout=1)), pipeline)
            for pipeline in pipelines
        ]
        query = Query("When was this demolished?", photos=(photo(1, size=(320, 240)),))
        key = replicas[0].search_key(query)
        found = pipelines[0].search(query)
        replicas[0].keep_found(key, found)
        asked = pipelines[0].answer(query, found)
        replicas[0].keep_answer(replicas[0].answer_key(query, found), asked.answer)

        known = replicas[1].found(replicas[1].search_key(query))
        assert known is not None
        assert list(known.subjects) == list(found.subjects)  # every score to the last bit
        answered = replicas[1].answered(replicas[1].answer_key(query, known), known)
        assert answered is not None
        assert answered.answer == asked.answer


QUERIES = st.builds(
    Query,
    question=st.sampled_from(["a", "b"]),
    photos=st.sampled_from([(), (photo(1),), (photo(2),), (photo(1), photo(2))]),
    language=st.sampled_from([None, "en", "zh"]),
    k=st.integers(1, 3),
    filters=st.sampled_from([{}, {"tags": ("a",)}, {"tags": ("a", "b")}]),
    answer_schema=st.sampled_from([None, {"type": "object"}]),
    recalled=st.sampled_from([Recalled(), Recalled(subject="a"), Recalled(photos=((0.5,),))]),
)


@given(QUERIES, QUERIES)
def test_two_queries_have_the_same_digest_exactly_if_they_are_the_same(one, other):
    assert (query_digest(one) == query_digest(other)) == (one == other)
