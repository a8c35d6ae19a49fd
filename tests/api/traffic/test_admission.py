"""Overload, deadlines, clients that hang up, and shutting down, over real HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from serving import served
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.service import Service
from api.traffic.gate import Capacity, Gate
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

STATION = encoded(photo(1, size=(320, 240)))
QUESTION = {"question": "When was this demolished?"}


class HeldEncoder(TinyEncoder):
    """Encodes photos only while it is let; counts those that it began.

    `gate`: what stands in front of it, set by `held_server`.
    """

    gate: Gate

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def encode_images(self, images):
        self.begun.release()
        assert self.go.wait(20)
        return super().encode_images(images)


@contextmanager
def held_server(
    index: Index, *, queue: int = 1, timeout: float = 30.0
) -> Iterator[tuple[httpx.Client, HeldEncoder]]:
    """A server whose encoder does one at a time, lets `queue` wait, and is held."""
    encoder = HeldEncoder()
    encoder.go.set()
    app = create_app(
        Service(
            Pipeline(index, encoder, ExtractiveReader()),
            capacity=Capacity(at_once=1, retrievals=1, readings=1, encoder_queue=queue),
            request_timeout=timeout,
        )
    )
    encoder.gate = app.state.service.gates.encode
    with served(app) as client:
        encoder.go.clear()
        while encoder.begun.acquire(blocking=False):
            pass
        try:
            yield client, encoder
        finally:
            encoder.go.set()


def ask(client: httpx.Client, **headers: str) -> httpx.Response:
    files = {"photo": ("p.jpg", STATION, "image/jpeg")}
    return client.post("/v1/ask", files=files, data=QUESTION, headers=headers)


@contextmanager
def asking(client: httpx.Client, count: int) -> Iterator[list]:
    """So many questions at once, each from a client of its own."""
    with ThreadPoolExecutor(count) as pool:
        yield [
            pool.submit(lambda: httpx.post(
                f"{client.base_url}/v1/ask", files={"photo": ("p.jpg", STATION, "image/jpeg")},
                data=QUESTION, timeout=30,
            ))
            for _ in range(count)
        ]  # fmt: skip


def test_beyond_the_queue_429_comes_at_once_and_the_rest_is_answered(index: Index) -> None:
    with held_server(index, queue=2) as (client, encoder), asking(client, 3) as answers:
        assert encoder.begun.acquire(timeout=10)
        wait_until(lambda: encoder.gate.waiting == 2)
        seconds, at_rest = [], []
        for _ in range(5):
            started = time.perf_counter()
            client.get("/health")
            at_rest.append(time.perf_counter() - started)
            started = time.perf_counter()
            response = ask(client)
            seconds.append(time.perf_counter() - started)
            assert response.status_code == 429
            body = response.json()
            assert body["type"] == "urn:snapcite:problem:overloaded"
            assert body["request_id"] == response.headers["x-request-id"]
            assert int(response.headers["retry-after"]) >= 1
        assert sorted(seconds)[2] < 0.05 + 3 * sorted(at_rest)[2]  # the machine may be busy
        encoder.go.set()
        assert [answer.result().json()["answer"]["year"] for answer in answers] == [1992] * 3
        assert ask(client).status_code == 200  # and the server is as before


def wait_until(condition) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def test_a_large_photo_is_refused_whole_and_the_connection_lives_on(index: Index) -> None:
    big = encoded(photo(3, size=(1600, 1200)), "BMP")  # 5.8 MB: more than a socket's buffers
    with held_server(index, queue=0) as (client, encoder), asking(client, 1) as answers:
        assert encoder.begun.acquire(timeout=10)
        for _ in range(3):
            files = {"photo": ("p.bmp", big, "image/bmp")}
            assert client.post("/v1/ask", files=files, data=QUESTION).status_code == 429
        encoder.go.set()
        assert answers[0].result().status_code == 200


def test_what_waits_longer_than_its_deadline_is_dropped(index: Index) -> None:
    with held_server(index, queue=5, timeout=0.4) as (client, encoder), asking(client, 1):
        assert encoder.begun.acquire(timeout=10)
        started = time.perf_counter()
        late = ask(client)
        waited = time.perf_counter() - started
        sooner = ask(client, **{"X-Request-Timeout": "0.1"})
        encoder.go.set()
        assert late.status_code == sooner.status_code == 504
        assert late.json()["type"] == "urn:snapcite:problem:deadline"
        assert int(late.headers["retry-after"]) >= 1
        assert 0.3 < waited < 2.0
        assert not encoder.begun.acquire(timeout=0.1)  # neither was begun


def test_a_client_cannot_give_itself_more_time_than_there_is(index: Index) -> None:
    with held_server(index, queue=5, timeout=0.3) as (client, encoder), asking(client, 1):
        assert encoder.begun.acquire(timeout=10)
        started = time.perf_counter()
        assert ask(client, **{"X-Request-Timeout": "3600"}).status_code == 504
        assert time.perf_counter() - started < 2.0
        encoder.go.set()


@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "inf", "nan"])
def test_a_timeout_that_is_none_is_refused(index: Index, seconds: str) -> None:
    with held_server(index) as (client, _):
        response = ask(client, **{"X-Request-Timeout": seconds})
        assert response.status_code == 422
        assert "X-Request-Timeout" in response.json()["detail"]


def test_work_that_is_late_ends_between_two_stages(index: Index) -> None:
    reader = CountingReader()
    encoder = HeldEncoder()
    encoder.go.set()
    app = create_app(Service(Pipeline(index, encoder, reader), request_timeout=0.3))
    with served(app) as client:
        reader.read_before = reader.count
        encoder.go.clear()
        while encoder.begun.acquire(blocking=False):
            pass
        with asking(client, 1) as answers:
            assert encoder.begun.acquire(timeout=10)
            time.sleep(0.5)
            encoder.go.set()
            assert answers[0].result().status_code == 504
    assert reader.count == reader.read_before


class CountingReader(ExtractiveReader):
    """Counts what it was asked to read."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.read_before = 0

    def read(self, reading):
        self.count += 1
        return super().read(reading)


def test_a_client_that_hangs_up_frees_its_place(index: Index) -> None:
    with held_server(index, queue=1) as (client, encoder), asking(client, 1) as answers:
        assert encoder.begun.acquire(timeout=10)
        files = {"photo": ("p.jpg", STATION, "image/jpeg")}
        with pytest.raises(httpx.ReadTimeout):  # waits in the queue's only place, then hangs up
            httpx.post(f"{client.base_url}/v1/ask", files=files, data=QUESTION, timeout=0.3)
        with asking(client, 1) as others:  # the place is free again: this one is not refused
            time.sleep(0.3)
            assert not others[0].done()
            encoder.go.set()
            assert others[0].result().status_code == 200
        assert answers[0].result().status_code == 200


def test_an_upload_that_does_not_end_is_given_up(index: Index) -> None:
    with held_server(index, timeout=0.3) as (client, encoder):
        encoder.go.set()
        address = (client.base_url.host, client.base_url.port)
        with socket.create_connection(address, timeout=10) as slow:
            head = (
                "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
            )
            slow.sendall(head.encode())
            answer = ""
            while not answer.endswith("}"):
                answer += slow.recv(4096).decode()
        assert answer.startswith("HTTP/1.1 408")
        assert "urn:snapcite:problem:upload-timeout" in answer
        assert ask(client).status_code == 200


def test_every_request_of_a_connection_has_its_own_time(index: Index) -> None:
    with held_server(index, timeout=0.5) as (client, encoder):
        encoder.go.set()
        for _ in range(3):
            assert ask(client).status_code == 200
            time.sleep(0.3)
