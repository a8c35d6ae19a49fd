"""SIGTERM to a real process: it finishes its requests, refuses new ones, and ends."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from chat_server import ChatServer, Reply, chat_server
from snapcite_process import Served, make_starter_index, snapcite_serve

QUESTION = {"question": "When was the Old Station demolished?"}


@pytest.fixture(scope="module")
def starter_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_starter_index(tmp_path_factory.mktemp("starter"))


def reads_with(server: ChatServer, **settings: str) -> dict[str, str]:
    """Settings of a server that reads with a model, and of nothing else."""
    return {
        "SNAPCITE_READER": "openai",
        "SNAPCITE_READER_URL": server.url,
        "SNAPCITE_READER_MODEL": "m",
        **settings,
    }


def ask(served: Served) -> httpx.Response:
    return httpx.post(f"{served.url}/v1/ask", data=QUESTION, timeout=30)


def until_asked(server: ChatServer, count: int) -> None:
    for _ in range(500):
        if len(server.requests) >= count:
            return
        time.sleep(0.02)
    raise AssertionError("the model was never asked")


def test_what_is_under_way_ends_and_what_is_new_is_refused(starter_index):
    pytest.importorskip("openai")
    slow = Reply("no answer", after=2.0)
    with (
        chat_server(Reply("warm-up"), Reply("warm-up"), slow) as model,
        snapcite_serve(starter_index, reads_with(model)) as served,
        ThreadPoolExecutor(1) as pool,
    ):
        warm = len(model.requests)
        under_way = pool.submit(ask, served)
        until_asked(model, warm + 1)
        stopped_at = served.terminate()
        refused = ask(served)
        ready = httpx.get(f"{served.url}/ready")

        assert refused.status_code == 503
        assert refused.json()["type"] == "urn:snapcite:problem:stopping"
        assert refused.headers["connection"] == "close"
        assert ready.status_code == 503
        assert httpx.get(f"{served.url}/health").status_code == 200
        answer = under_way.result()
        assert answer.status_code == 200
        assert answer.json()["answer"]["year"] == 1992  # by the extractive reader, which stands in
        assert served.process.wait(timeout=10) == 0
        assert time.monotonic() - stopped_at < 10


def test_an_idle_server_goes_at_once(starter_index):
    with snapcite_serve(starter_index) as served:
        assert ask(served).json()["answer"]["year"] == 1992
        stopped_at = served.terminate()
        assert served.process.wait(timeout=10) == 0
        assert time.monotonic() - stopped_at < 3


def test_a_load_balancer_is_given_time_to_notice(starter_index):
    with snapcite_serve(starter_index, {"SNAPCITE_SHUTDOWN_DELAY": "1.5"}) as served:
        stopped_at = served.terminate()
        while time.monotonic() - stopped_at < 1.0:
            assert ask(served).status_code == 503
            time.sleep(0.1)
        assert served.process.wait(timeout=10) == 0
        assert time.monotonic() - stopped_at >= 1.5


def test_the_grace_is_kept_whatever_hangs(starter_index):
    pytest.importorskip("openai")
    stuck = Reply("never", after=8.0)
    settings = {"SNAPCITE_SHUTDOWN_GRACE": "3"}
    with (
        chat_server(Reply("warm-up"), Reply("warm-up"), stuck) as model,
        snapcite_serve(starter_index, reads_with(model, **settings)) as served,
        ThreadPoolExecutor(1) as pool,
    ):
        warm = len(model.requests)
        under_way = pool.submit(ask, served)
        until_asked(model, warm + 1)
        stopped_at = served.terminate()
        assert served.process.wait(timeout=10) == 1
        assert time.monotonic() - stopped_at < 4
        assert under_way.exception() or under_way.result().status_code == 500
    with snapcite_serve(starter_index) as again:  # and the index is as it was
        assert ask(again).json()["answer"]["year"] == 1992
