"""Faults of a model server, a Qdrant server, a Redis and a disk. Each has the documented error, and
the server recovers from it without a restart."""

import json
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from chat_server import Reply, chat_server
from fastapi import FastAPI
from qdrant_client.models import Distance, PointStruct, VectorParams
from qdrant_server import LoopbackQdrant
from redis_server import free_port, redis_server
from sample_documents import corpus_of, make_documents
from serving import served
from snapcite_process import make_starter_index, snapcite_serve
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.memory.results import ResultCache, Results
from api.memory.store import RedisStore
from api.service import Service
from api.watching.index_fault import IndexFault
from indexer.run import fingerprint_of, index_corpus
from knowledge.circuit_breaker import CircuitBreaker
from knowledge.index import Fingerprint, layout
from knowledge.index.index import Index
from knowledge.store.edge.engine import EdgeStore
from knowledge.store.server.engine import ServerStore
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.fallback import FallbackReader
from vlm.readers.openai import RemoteOptions, RemoteReader

STATION = encoded(photo(1, size=(320, 240)))
NOTHING = json.dumps({
    "subject": None, "source": None, "quote": "", "exists": None, "year": None,
    "year_event": None, "current_use": None, "confidence": "low", "text": "They do not say.",
})  # fmt: skip


@pytest.fixture(scope="module")
def starter_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_starter_index(tmp_path_factory.mktemp("starter"))


def ask(client: httpx.Client, **headers: str) -> httpx.Response:
    files = {"photo": ("p.jpg", STATION, "image/jpeg")}
    data = {"question": "When was this demolished?"}
    return client.post("/v1/ask", files=files, data=data, headers=headers)


def assert_unavailable(response: httpx.Response, slug: str) -> None:
    assert response.status_code == 503, response.text
    body = response.json()
    assert body["type"] == f"urn:snapcite:problem:{slug}"
    assert int(response.headers["retry-after"]) >= 1
    assert "127.0.0.1" not in response.text  # no address of ours leaves the server


def model_app(index: Index, encoder: TinyEncoder, url: str, *, timeout: float = 5.0) -> FastAPI:
    options = RemoteOptions(base_url=url, model="m", timeout=timeout)
    reader = RemoteReader(options, sleep=lambda seconds: None)
    return create_app(Service(Pipeline(index, encoder, reader)))


@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=500),
        Reply(raw=b"<html>not a model</html>"),
        Reply("I think it was in the nineties."),
        Reply('{"answer": 1992'),
    ],
    ids=["error", "web page", "prose", "half an object"],
)
def test_a_model_server_that_fails_is_a_503_and_answers_again_when_it_does(index, encoder, fault):
    pytest.importorskip("openai")
    with chat_server(NOTHING) as model, served(model_app(index, encoder, model.url)) as client:
        model.replies[:] = [fault]
        assert_unavailable(ask(client), "model-unavailable")
        assert client.post("/v1/search", data={"question": "the station"}).status_code == 200
        model.replies[:] = [Reply(NOTHING)]
        assert ask(client).status_code == 200


def test_a_slow_model_server_is_given_up_in_the_request_s_time(index, encoder):
    pytest.importorskip("openai")
    with chat_server(NOTHING) as model, served(model_app(index, encoder, model.url)) as client:
        model.replies[:] = [Reply(NOTHING, after=6)]
        started = time.perf_counter()
        assert_unavailable(ask(client, **{"X-Request-Timeout": "1"}), "model-unavailable")
        assert time.perf_counter() - started < 5
        model.replies[:] = [Reply(NOTHING)]
        assert ask(client).status_code == 200


def test_a_dead_model_server_is_a_503(index, encoder):
    pytest.importorskip("openai")
    port = free_port()
    alive = Reply(NOTHING, headers={"Connection": "close"})
    with served(model_app(index, encoder, f"http://127.0.0.1:{port}/v1"), ready=False) as client:
        for _ in range(2):
            assert_unavailable(ask(client), "model-unavailable")
            with chat_server(alive, port=port):
                assert ask(client).status_code == 200


def test_with_rules_to_stand_in_nobody_sees_the_model_server_fail(index, encoder):
    pytest.importorskip("openai")
    with chat_server(NOTHING) as model:
        remote = RemoteReader(
            RemoteOptions(base_url=model.url, model="m"), sleep=lambda seconds: None
        )
        breaker = CircuitBreaker(failures=1, pause=0.2)
        reader = FallbackReader(remote, ExtractiveReader(), breaker=breaker)
        with served(create_app(Service(Pipeline(index, encoder, reader)))) as client:
            model.replies[:] = [Reply(status=500)]
            stood_in = ask(client).json()["answer"]
            assert (stood_in["year"], bool(stood_in["note"])) == (1992, True)
            model.replies[:] = [Reply(NOTHING)]
            time.sleep(0.25)
            assert ask(client).json()["answer"]["note"] is None


@contextmanager
def qdrant_app(root: Path, encoder: TinyEncoder) -> Iterator[tuple[FastAPI, LoopbackQdrant]]:
    """An application over an index in a Qdrant server, which runs."""
    fingerprint = fingerprint_of(encoder)
    qdrant = LoopbackQdrant(free_port())
    store = ServerStore.open(
        qdrant.url,
        collection="snapcite",
        api_key=None,
        schema=fingerprint.schema(),
        create=True,
        client=qdrant.engine,
    )
    with Index(store, fingerprint, qdrant.url) as index:
        index.store.upsert([])
        index_corpus(corpus_of(make_documents(root), root), index, encoder)
    qdrant.start()
    try:
        store = ServerStore.open(
            qdrant.url,
            collection="snapcite",
            api_key=None,
            schema=None,
            create=False,
            retry_waits=(0.05, 0.1),
        )
        with Index(store, fingerprint, qdrant.url) as index:
            yield create_app(Service(Pipeline(index, encoder, ExtractiveReader()))), qdrant
    finally:
        qdrant.go.set()
        qdrant.stop()


def test_a_qdrant_server_that_is_gone_is_a_503_and_back_when_it_is_back(tmp_path, encoder):
    with qdrant_app(tmp_path / "corpus", encoder) as (app, qdrant), served(app) as client:
        assert ask(client).json()["answer"]["year"] == 1992
        for _ in range(2):
            qdrant.stop()
            assert_unavailable(ask(client), "store-unavailable")
            assert client.get("/health").status_code == 200
            qdrant.start()
            assert ask(client).json()["answer"]["year"] == 1992


def test_a_qdrant_server_that_hangs_is_given_up_in_the_request_s_time(tmp_path, encoder):
    with qdrant_app(tmp_path / "corpus", encoder) as (app, qdrant), served(app) as client:
        qdrant.go.clear()
        started = time.perf_counter()
        assert_unavailable(ask(client, **{"X-Request-Timeout": "1"}), "store-unavailable")
        assert time.perf_counter() - started < 8
        qdrant.go.set()
        assert ask(client).json()["answer"]["year"] == 1992


def test_a_store_that_is_away_when_the_server_starts_only_delays_it(tmp_path, encoder, monkeypatch):
    monkeypatch.setattr("api.service._WARM_AGAIN_S", 0.05)
    with qdrant_app(tmp_path / "corpus", encoder) as (app, qdrant):
        qdrant.stop()
        with served(app, ready=False) as client:
            time.sleep(0.5)
            assert client.get("/ready").json()["type"].endswith(":not-ready")
            qdrant.start()
            wait_for(client, 200)
            assert ask(client).json()["answer"]["year"] == 1992


def wait_for(client: httpx.Client, status: int) -> httpx.Response:
    ends = time.monotonic() + 20
    while (answer := client.get("/ready")).status_code != status:
        assert time.monotonic() < ends, answer.text
        time.sleep(0.02)
    return answer


def test_an_outage_leaves_a_server_in_service_and_a_removed_collection_does_not(tmp_path, encoder):
    def fill(made_with: Fingerprint) -> None:
        point = PointStruct(id=layout.INDEX_POINT_ID, vector={}, payload=dict(made_with.payload()))
        qdrant.engine.upsert("snapcite", [point])

    def create() -> None:
        vectors = VectorParams(size=fingerprint_of(encoder).dim, distance=Distance.COSINE)
        qdrant.engine.create_collection("snapcite", vectors_config={layout.IMAGE: vectors})

    with qdrant_app(tmp_path / "corpus", encoder) as (app, qdrant), served(app) as client:
        service = app.state.service
        service.index_fault = IndexFault(service.pipeline.index, every=0.0)
        qdrant.stop()
        for _ in range(6):
            assert client.get("/ready").status_code == 200
            time.sleep(0.05)
        qdrant.start()
        qdrant.engine.delete_collection("snapcite")
        gone = wait_for(client, 503)
        assert gone.json()["type"].endswith(":index-gone")
        assert "127.0.0.1" not in gone.text
        assert client.get("/health").status_code == 200
        qdrant.stop()  # known to be gone: it stays so while nobody can say otherwise
        time.sleep(0.2)
        assert client.get("/ready").status_code == 503
        qdrant.start()
        create()
        time.sleep(0.2)
        assert client.get("/ready").status_code == 503  # empty
        fill(replace(fingerprint_of(encoder), encoder_fingerprint="another"))
        time.sleep(0.2)
        assert client.get("/ready").status_code == 503
        fill(fingerprint_of(encoder))
        wait_for(client, 200)


def test_without_its_redis_a_server_answers_and_remembers_again_when_it_is_back(index, encoder):
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    cache = ResultCache(RedisStore.connect(url, seconds=60, timeout=0.25, pause=0.1))
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    app = create_app(Service(pipeline, results=Results(cache, pipeline)))

    def asked(client: httpx.Client) -> dict:
        time.sleep(0.15)  # the pause in which a Redis that failed is left alone
        body = ask(client).json()
        assert body["answer"]["year"] == 1992
        return body["timings"]

    with served(app) as client:
        assert "encode" in asked(client)
        for _ in range(2):
            with redis_server(port):
                assert "encode" in asked(client)
                assert "encode" not in asked(client)
            assert "encode" in asked(client)


GIGABYTE = 2**30


def put(client: httpx.Client, year: int) -> httpx.Response:
    bridge = {"title": "Iron Bridge", "text": f"It was opened in {year}.", "source": "x"}
    document = {"document": (None, json.dumps(bridge))}
    return client.put("/v1/documents/archive/iron_bridge", files=document)


def test_a_full_disk_refuses_updates_and_not_questions(tmp_path, encoder):
    fingerprint = fingerprint_of(encoder)
    reserve = shutil.disk_usage(tmp_path).free - GIGABYTE
    store = EdgeStore.open(
        tmp_path / "index", schema=fingerprint.schema(), create=True, reserve_bytes=reserve
    )
    with Index(store, fingerprint, str(tmp_path / "index")) as index:
        index_corpus(corpus_of(make_documents(tmp_path / "c"), tmp_path / "c"), index, encoder)
        with served(create_app(Service(Pipeline(index, encoder, ExtractiveReader())))) as client:
            assert put(client, 1901).status_code == 201
            with tempfile.TemporaryFile(dir=tmp_path) as file:
                os.posix_fallocate(file.fileno(), 0, 2 * GIGABYTE)
                refused = put(client, 1902)
                assert refused.status_code == 507
                assert refused.json()["type"] == "urn:snapcite:problem:disk-full"
                assert ask(client).json()["answer"]["year"] == 1992
            assert put(client, 1903).status_code == 200


def test_an_upload_that_finds_no_room_is_a_507_and_the_next_is_taken(starter_index):
    large = {"photo": ("p.bmp", encoded(photo(1, size=(1600, 1200)), "BMP"), "image/bmp")}
    with snapcite_serve(starter_index) as server, httpx.Client(base_url=server.url) as client:

        def upload() -> httpx.Response:
            return client.post("/v1/search", files=large, timeout=30)

        def allow(size: int) -> None:
            """How large a file the server may write: what a full disk is to it."""
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, unlimited))

        _, unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        assert upload().status_code == 200
        allow(2**21)
        refused = upload()
        assert refused.status_code == 507, refused.text
        assert refused.json()["type"] == "urn:snapcite:problem:disk-full"
        assert client.post("/v1/search", data={"question": "the station"}).status_code == 200
        allow(unlimited)
        assert upload().status_code == 200
