"""Servers that send a byte now and then end with the request's time, also in their headers."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from readings import reading

from knowledge.errors import ModelUnavailableError
from vlm.hang_up import Alarm
from vlm.pooling_server import PoolingOptions, PoolingServer
from vlm.readers.openai import RemoteOptions, RemoteReader

HEAD = b"HTTP/1.1 200 OK\r\n"
DRIPS = 0.05
LONGEST = 30.0


@contextmanager
def dripping(*, head: bytes, line: bytes) -> Iterator[str]:
    """A server that sends its head, then a line every 50 ms for half a minute; its address."""
    stopped = threading.Event()

    def answer(connection: socket.socket) -> None:
        ends = time.monotonic() + LONGEST
        try:
            connection.recv(65_536)
            connection.sendall(head)
            while not stopped.wait(DRIPS) and time.monotonic() < ends:
                connection.sendall(line)
        except OSError:
            pass  # it was hung up on
        finally:
            connection.close()

    def accept() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(LONGEST)
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        stopped.set()


IN_HEADERS = {"head": HEAD, "line": b"X-More: x\r\n"}
IN_BODY = {"head": HEAD + b"Content-Length: 1000000\r\n\r\n", "line": b" "}


@pytest.mark.parametrize("where", [IN_HEADERS, IN_BODY], ids=["headers", "body"])
def test_a_server_of_vectors_does_not_outlast_its_time(where):
    with dripping(**where) as url:
        server = PoolingServer(PoolingOptions(url, timeout=0.5))
        started = time.monotonic()
        with pytest.raises(ModelUnavailableError, match=r"longer than 0\.5 seconds"):
            server.post("embeddings", {})
        assert time.monotonic() - started < LONGEST / 2


@pytest.mark.parametrize("where", [IN_HEADERS, IN_BODY], ids=["headers", "body"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_server_of_answers_does_not_outlast_its_time(where, stream):
    pytest.importorskip("openai")
    with dripping(**where) as url:
        asked = RemoteReader(RemoteOptions(base_url=url, model="m", timeout=0.5, stream=stream))
        started = time.monotonic()
        with pytest.raises(ModelUnavailableError, match=r"longer than 0\.5 seconds"):
            asked.read(reading())
        assert time.monotonic() - started < LONGEST / 2


def test_no_alarm_is_left_of_a_server_that_is_not_there():
    before = threading.active_count()
    with pytest.raises(ModelUnavailableError, match="could not be reached"):
        PoolingServer(PoolingOptions("http://127.0.0.1:9/v1", timeout=60)).post("embeddings", {})
    alarm = Alarm(60)
    alarm.trace("connection.connect_tcp.failed", {})
    time.sleep(0.2)
    assert threading.active_count() <= before


def test_a_connection_that_is_made_too_late_is_hung_up_on_at_once():
    here, there = socket.socketpair()
    with here, there:
        alarm = Alarm(0.01)
        time.sleep(0.3)
        alarm.trace("connection.connect_tcp.complete", {"return_value": Stream(here)})
        there.settimeout(5)
        assert there.recv(1) == b""


class Stream:
    """What httpx tells of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def get_extra_info(self, name: str) -> socket.socket | None:
        return self._connection if name == "socket" else None
