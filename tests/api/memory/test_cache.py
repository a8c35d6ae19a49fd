"""What is kept, within which bounds, and that a Redis which is gone costs nothing but the hits."""

import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis_server import free_port, redis_server

from api.memory.cache import Cache, MemoryBackend, RedisBackend
from knowledge.errors import ConfigurationError


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.binary(max_size=40)), max_size=60))
def test_memory_never_holds_more_than_its_bytes_and_never_another_value(puts):
    backend, latest = MemoryBackend(max_bytes=64, seconds=60), {}
    for key, value in puts:
        backend.put(key, value)
        latest[key] = value
    kept = {key: backend.get(key) for key in latest}
    assert all(value in (None, latest[key]) for key, value in kept.items())
    assert sum(len(value) for value in kept.values() if value is not None) <= 64


def test_what_was_used_longest_ago_goes_first():
    backend = MemoryBackend(max_bytes=30, seconds=60)
    backend.put("a", b"x" * 10)
    backend.put("b", b"x" * 10)
    backend.put("c", b"x" * 10)
    assert backend.get("a")
    backend.put("d", b"x" * 10)
    assert [backend.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_what_is_larger_than_all_the_room_is_not_kept_and_pushes_nothing_out():
    backend = MemoryBackend(max_bytes=10, seconds=60)
    backend.put("small", b"x" * 10)
    backend.put("large", b"x" * 11)
    assert backend.get("large") is None
    assert backend.get("small") == b"x" * 10


def test_nothing_is_kept_longer_than_its_time():
    backend = MemoryBackend(max_bytes=10, seconds=0.05)
    backend.put("a", b"x")
    assert backend.get("a") == b"x"
    time.sleep(0.06)
    assert backend.get("a") is None


def test_hits_and_misses_are_counted_by_kind():
    cache = Cache(MemoryBackend(max_bytes=100, seconds=60))
    assert cache.get("answer", "k") is None
    cache.put("answer", "k", b"1")
    assert cache.get("answer", "k") == b"1"
    assert cache.get("answer", "k") == b"1"
    assert cache.get("search", "k") is None  # another kind is another value
    assert (cache.hits, cache.misses) == ({"answer": 2}, {"answer": 1, "search": 1})


def test_replicas_share_a_redis_and_it_forgets():
    with redis_server() as port:
        url = f"redis://127.0.0.1:{port}/0"
        one, other = (Cache(RedisBackend.connect(url, seconds=1)) for _ in range(2))
        one.put("answer", "k", b"\x00\xff")
        assert other.get("answer", "k") == b"\x00\xff"
        assert other.get("answer", "other") is None
        time.sleep(1.1)
        assert other.get("answer", "k") is None


def test_a_redis_that_is_gone_is_a_miss_and_is_back_without_a_restart():
    port = free_port()
    backend = RedisBackend.connect(f"redis://127.0.0.1:{port}/0", seconds=60, pause=0.2)
    assert backend.get("k") is None  # never was there
    backend.put("k", b"1")
    time.sleep(0.25)
    for _ in range(2):
        with redis_server(port):
            backend.put("k", b"1")
            assert backend.get("k") == b"1"
        started = time.perf_counter()
        for _ in range(100):
            assert backend.get("k") is None
        assert time.perf_counter() - started < 0.5  # asked once, then left alone
        time.sleep(0.25)


def test_a_redis_that_hangs_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        backend = RedisBackend.connect(url, seconds=60)
        started = time.perf_counter()
        for _ in range(100):
            assert backend.get("k") is None
        assert time.perf_counter() - started < 1.0


def test_a_url_that_is_no_redis_is_refused():
    with pytest.raises(ConfigurationError, match="SNAPCITE_REDIS_URL"):
        RedisBackend.connect("http://127.0.0.1", seconds=60)
