"""Two workers behind one port do what one does."""

import asyncio
import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
import qdrant_server
from qdrant_client import QdrantClient, models
from qdrant_server import LoopbackQdrant
from redis_server import free_port, redis_server
from sample_documents import corpus_of, make_documents
from snapcite_process import ROOT, Served, snapcite_serve
from support import encoded, photo

from api.access.keys import add_key, revoke_key
from api.access.limits import RateLimits, parse_rates
from api.settings import load_settings
from api.workers.sharing import check_workers, share_of
from indexer.run import fingerprint_of, index_corpus
from knowledge.errors import ConfigurationError
from knowledge.index import Index
from knowledge.store.server import ServerStore
from vlm.encoders.onnx import OnnxEncoder

STATION = ("p.jpg", encoded(photo(1, size=(320, 240))), "image/jpeg")
RATE = 30


def _update(engine: QdrantClient, name: str, body: bytes) -> object:
    asked = models.UpdateOperations.model_validate_json(body)
    return engine.batch_update_points(name, asked.operations)


@dataclass(frozen=True)
class Two:
    """A server of two workers. `secrets`: name → API key."""

    served: Served
    folder: Path
    secrets: dict[str, str]

    @property
    def workers(self) -> list[int]:
        """Their process ids, the older first."""
        children = psutil.Process(self.served.process.pid).children()
        spawned = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        return [child.pid for child in sorted(spawned, key=psutil.Process.create_time)]

    @contextmanager
    def only(self, number: int) -> Iterator[httpx.Client]:
        """Let one worker alone take connections."""
        others = [pid for at, pid in enumerate(self.workers) if at != number]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            with self.client() as client:
                yield client
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def client(self, key: str = "usual") -> httpx.Client:
        headers = {"X-API-Key": self.secrets[key]} if key in self.secrets else {}
        return httpx.Client(base_url=self.served.url, headers=headers, timeout=20)

    def metrics(self) -> dict[str, float]:
        with self.client("admin") as client:
            lines = client.get("/metrics").text.splitlines()
        pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
        return {name: float(value) for name, value in pairs}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    root = tmp_path_factory.mktemp("two")
    qdrant_server._ACTIONS.setdefault("points/batch", _update)
    qdrant = LoopbackQdrant(free_port())
    encoder = OnnxEncoder(ROOT / "data" / "models" / "starter")
    fingerprint = fingerprint_of(encoder)
    store = ServerStore.open(
        qdrant.url, collection="snapcite", api_key=None, schema=fingerprint.schema(), create=True,
        client=qdrant.engine,
    )  # fmt: skip
    store.upsert([fingerprint_point(fingerprint)])
    with Index(store, fingerprint, qdrant.url) as index:
        documents = make_documents(root / "corpus")
        index_corpus(corpus_of(documents, root / "corpus"), index, encoder)
    qdrant.start()
    keys = root / "keys.json"
    names = ("usual", "counted", "gone", "admin")
    secrets = {
        name: add_key(keys, name, scopes=["ask", "admin"] if name == "admin" else ["ask"])[0]
        for name in names
    }
    with redis_server() as redis:
        settings = {
            "SNAPCITE_REDIS_URL": f"redis://127.0.0.1:{redis}/0",
            "SNAPCITE_KEYS_FILE": str(keys),
            "SNAPCITE_AUDIT_FILE": str(root / "audit.jsonl"),
            "SNAPCITE_RATE_LIMIT_KEY": f"{RATE}/minute",
            "SNAPCITE_OCR": "0",
            "SNAPCITE_TEXT_ENCODER": "none",
            "TMPDIR": str(root),
        }
        with snapcite_serve(qdrant.url, settings, "--workers", "2") as served:
            two = Two(served, root, secrets)
            for _ in range(600):
                if len(two.workers) == 2 and two.metrics().get("snapcite_ready") == 1:
                    break
                time.sleep(0.1)
            # The second worker takes connections once it has said so.
            with two.only(1) as client:
                assert client.get("/health").status_code == 200
            yield two
    qdrant.stop()


def fingerprint_point(fingerprint):
    from knowledge.index import layout
    from knowledge.store import Point

    return Point(layout.INDEX_POINT_ID, fingerprint.payload())


def ask(client: httpx.Client, question: str, *, shown: bool = True, **fields: str) -> dict:
    files = [("photo", STATION)] if shown else None
    response = client.post("/v1/ask", data={"question": question, **fields}, files=files)
    assert response.status_code == 200, response.text
    return response.json()


def test_what_one_worker_found_and_remembers_the_other_knows(two):
    conversation = "a-conversation-of-two"
    with two.only(0) as client:
        first = ask(client, "When was this demolished?", conversation_id=conversation)
    with two.only(1) as client:
        again = ask(client, "When was this demolished?")
        next_ = ask(client, "When was it opened?", shown=False, conversation_id=conversation)

    assert first["answer"]["year"] == again["answer"]["year"] == 1992
    assert "encode" in first["timings"]
    assert "encode" not in again["timings"]
    assert next_["answer"]["subject"]["document_id"] == "corpus/old_station"
    assert next_["answer"]["year"] == 1912


def test_an_update_by_one_is_seen_by_the_other(two):
    document = {"title": "Stone Bridge", "text": "The Stone Bridge was built in 1874."}
    with two.only(1) as client:
        assert client.get("/v1/documents", params={"text": "bridge"}).json()["total"] == 0
    with two.only(0) as client:
        response = client.put(
            "/v1/documents/corpus/bridge",
            data={"document": json.dumps(document)},
            files={"photo_metadata": (None, "[]")},
            headers={"X-API-Key": two.secrets["admin"]},
        )
        assert response.status_code == 201, response.text
    with two.only(1) as client:
        assert client.get("/v1/documents", params={"text": "bridge"}).json()["total"] == 1
        asked = ask(client, "When was the Stone Bridge built?", shown=False)
    assert asked["answer"]["year"] == 1874


def test_updates_of_one_document_through_both_are_made_one_after_another(two):
    def put(number: int) -> int:
        document = {"title": "Mill", "text": f"The mill was built in {1800 + number}."}
        with two.client("admin") as client:
            return client.put(
                "/v1/documents/corpus/mill",
                data={"document": json.dumps(document)},
                files={"photo_metadata": (None, "[]")},
            ).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(put, range(6)))
    with two.client() as client:
        text = client.get("/v1/documents/corpus/mill").json()["text"]
        found = ask(client, "When was the mill built?", shown=False)
    assert sorted(statuses) == [200] * 5 + [201]
    mills = [item for item in found["evidence"] if item["document_id"] == "corpus/mill"]
    assert [item["text"] for item in mills] == [text]


def test_a_key_has_one_rate_and_is_refused_everywhere_when_it_is_gone(two):
    headers = {"X-API-Key": two.secrets["counted"]}
    statuses = []
    for number in (0, 1):
        with two.only(number) as client:
            statuses += [
                client.get("/v1/suggestions", headers=headers).status_code
                for _ in range(RATE // 2 + 2)
            ]
    assert statuses.count(200) <= RATE
    assert statuses[: RATE // 2 + 2] == [200] * (RATE // 2 + 2)
    assert statuses[-4:] == [429] * 4

    revoke_key(two.folder / "keys.json", "gone")
    for number in (0, 1):
        with two.only(number) as client:
            assert client.get("/v1/corpus", headers=headers).status_code == 429
            gone = client.get("/v1/corpus", headers={"X-API-Key": two.secrets["gone"]})
            assert gone.status_code == 401


def test_metrics_are_of_both_and_audit_lines_are_whole(two):
    counted = 'snapcite_requests_total{method="POST",route="/v1/search",status="200"}'
    looked = [f'snapcite_cache_{what}_total{{kind="search"}}' for what in ("hits", "misses")]
    for number in (
        0,
        1,
    ):  # a worker that is asked notes at once what the tests before made it count
        with two.only(number):
            before = two.metrics()
    lines = len((two.folder / "audit.jsonl").read_bytes().splitlines())

    def search(_: int) -> str:
        with two.client("admin") as client:
            response = client.post(
                "/v1/search", data={"question": "demolished"}, files=[("photo", STATION)]
            )
            assert response.status_code == 200, response.text
            return response.headers["x-request-id"]

    with two.only(0), ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(search, range(5)))
    with two.only(1), ThreadPoolExecutor(4) as pool:
        ids |= set(pool.map(search, range(4)))
    with two.only(0):
        at_the_first = two.metrics()
    with two.only(1):
        at_the_second = two.metrics()

    assert at_the_first[counted] - before.get(counted, 0) == 9
    assert at_the_second[counted] == at_the_first[counted]
    assert sum(at_the_second[name] - before.get(name, 0) for name in looked) == 9
    assert at_the_second['snapcite_queue_limit{stage="read"}'] == 64
    new = (two.folder / "audit.jsonl").read_text().splitlines()[lines:]
    assert {json.loads(line)["request_id"] for line in new} == ids
    assert len(new) == 9


def test_a_worker_that_is_killed_is_replaced(two):
    counted = 'snapcite_requests_total{method="POST",route="/v1/search",status="200"}'
    before, (kept, killed) = two.metrics().get(counted), two.workers
    os.kill(killed, signal.SIGKILL)
    with two.client("admin") as client:
        assert ask(client, "When was this demolished?")["answer"]["year"] == 1992
        for _ in range(400):
            if len(two.workers) == 2 and killed not in two.workers:
                break
            time.sleep(0.1)
    assert two.workers[0] == kept
    assert two.metrics().get(counted) == before  # what the dead one counted


def test_a_signal_lets_all_finish_and_removes_what_they_shared(two):
    question = {"role": "user", "content": "When was the Old Station demolished?"}
    body = json.dumps({"model": "snapcite", "messages": [question]}).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"X-API-Key: {two.secrets['admin']}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    port = int(two.served.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as under_way:
        under_way.sendall(head.encode() + body[:20])
        time.sleep(0.5)
        told = two.workers
        two.served.terminate()
        for pid in told:  # systemd and others send it to every process of the server
            os.kill(pid, signal.SIGHUP)
            os.kill(pid, signal.SIGTERM)
        time.sleep(0.3)
        under_way.sendall(body[20:])
        received = b""
        while chunk := under_way.recv(65536):
            received += chunk
    assert received.startswith(b"HTTP/1.1 200")
    assert b"1992" in received
    assert two.served.process.wait(timeout=20) == 0
    assert not list(two.folder.glob("snapcite-*"))


def test_what_several_workers_cannot_do_is_refused():
    for given, wanted in (
        ({"index": "/a/folder", "redis_url": "redis://r"}, r"snapcite push URL.*--workers"),
        ({"index": "http://q:6333"}, "SNAPCITE_REDIS_URL"),
        ({"index": "http://q", "redis_url": "redis://r", "reader": "qwen3-vl"}, "openai"),
    ):
        with pytest.raises(ConfigurationError, match=re.compile(wanted, re.DOTALL)):
            check_workers(load_settings(workers=2, **given))
        check_workers(load_settings(workers=1, **given))


def test_what_protects_the_machine_is_divided():
    whole = load_settings(workers=3, max_connections=512, encoder_queue=0)
    share = share_of(whole)
    assert share.max_connections == 171  # ceil(512 / 3)
    assert share.encoder_queue == 0
    assert share.encoder_at_once is None
    assert share.body_memory == whole.body_memory


def test_without_redis_each_allows_its_part_of_a_rate():
    limits, rates = RateLimits(workers=3), parse_rates("10/minute")

    async def waits_of(count: int) -> list[int]:
        return [await limits.wait_s(rates, "a") for _ in range(count)]

    waits = asyncio.run(waits_of(4))
    assert waits[:3] == [0, 0, 0]  # 3 × 3 ≤ 10
    assert waits[3] > 0
