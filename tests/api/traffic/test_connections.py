"""Slow clients, greedy clients and too many of them, at a real server: others are served."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import uvicorn
from serving import until_listening
from snapcite_process import Served, make_starter_index, snapcite_serve

from api.traffic.connections import ConnectionLimits, Connections

HALF = b"GET /health HTTP/1.1\r\nHost: loc"
BODY = (
    b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b"
)
MOST = 30


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    index = make_starter_index(tmp_path_factory.mktemp("starter"))
    with snapcite_serve(index, {"SNAPCITE_MAX_CONNECTIONS": str(MOST)}) as served:
        yield served


@contextmanager
def clients(url: str, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Connections on each of which something was sent."""
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    with ExitStack() as opened:
        made = []
        for _ in range(count):
            made.append(opened.enter_context(socket.create_connection(address, timeout=20)))
            made[-1].sendall(sent)
        yield made


def health(served: Served) -> int:
    return httpx.get(f"{served.url}/health", timeout=5).status_code


def answer(served: Served) -> int:
    data = {"question": "When was the Old Station demolished?"}
    return httpx.post(f"{served.url}/v1/ask", data=data, timeout=20).status_code


@pytest.mark.parametrize("sent", [HALF, b""])
def test_half_sent_headers_take_nobody_s_place(served, sent):
    with clients(served.url, 300, sent):
        assert [health(served) for _ in range(5)] == [200] * 5
        assert answer(served) == 200


def test_slow_bodies_leave_a_place_for_probes_and_then_for_others(served):
    with clients(served.url, MOST + 8, BODY) as slow:
        assert health(served) == 200
        deadline = time.monotonic() + 30
        while (status := answer(served)) != 200:
            assert status == 429
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert health(served) == 200
        assert slow[-1].recv(12) in (b"HTTP/1.1 408", b"HTTP/1.1 429")


def test_a_slow_and_a_greedy_client_together_stop_nobody(served):
    greedy = b"GET /v1/corpus HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400
    with clients(served.url, 200, HALF), clients(served.url, 20, greedy):
        for _ in range(5):
            started = time.monotonic()
            assert health(served) == 200
            assert time.monotonic() - started < 5
        assert answer(served) == 200


async def endless(scope, receive, send):
    """An application that answers without reading, and sends 64 MB to whoever asks for `/much`."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(64 if scope["path"] == "/much" else 0):
        await send({"type": "http.response.body", "body": bytes(2**20), "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture
def quick() -> Iterator[tuple[str, Connections]]:
    """A server whose connections have half a second for everything."""
    limits = ConnectionLimits(header_seconds=0.5, linger_seconds=0.5, send_seconds=0.5)
    connections = Connections(limits)
    config = uvicorn.Config(endless, http=connections.protocol, lifespan="off", log_config=None)
    with until_listening(config) as url:
        yield url, connections


@pytest.mark.parametrize(
    "sent",
    [b"", HALF, BODY, b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ids=["nothing", "half a header", "a body that nobody reads", "a client that does not read"],
)
def test_a_connection_that_does_nothing_is_closed(quick, sent):
    url, connections = quick
    with clients(url, 3, sent):
        deadline = time.monotonic() + 10
        while connections.dropped < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert connections.opened == 0
    assert not connections.waiting
    assert not connections.sending


def test_a_connection_is_kept_for_the_next_request(quick):
    url, connections = quick
    with httpx.Client(base_url=url) as client:
        for _ in range(3):
            assert client.get("/").status_code == 200
            time.sleep(0.7)
        assert connections.opened == 1
    assert connections.dropped == 0


@pytest.mark.parametrize("path", ["/v1/ask", "/health"])
def test_a_request_of_two_lengths_is_refused_and_nothing_behind_it_is_read(served, path):
    smuggled = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        "GET /v1/corpus HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    with clients(served.url, 1, smuggled.encode()) as (client,):
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer.lower()
