"""What a store keeps, for how long, within which bounds, and what it does without its Redis."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis_server import free_port, redis_server

from api.memory.store import MemoryStore, RedisStore
from knowledge.errors import ConfigurationError, StoreUnavailableError


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.binary(max_size=40)), max_size=60))
def test_memory_never_holds_more_than_its_bytes_and_never_another_value(puts):
    store, latest = MemoryStore(max_bytes=64, seconds=60), {}
    for key, value in puts:
        store.put(key, value)
        latest[key] = value
    kept = {key: store.get(key) for key in latest}
    assert all(value in (None, latest[key]) for key, value in kept.items())
    assert sum(len(value) for value in kept.values() if value is not None) <= 64


def test_what_was_used_longest_ago_goes_first():
    store = MemoryStore(max_bytes=30, seconds=60)
    store.put("a", b"x" * 10)
    store.put("b", b"x" * 10)
    store.put("c", b"x" * 10)
    assert store.get("a")
    store.put("d", b"x" * 10)
    assert [store.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_what_is_larger_than_all_the_room_is_not_kept_and_pushes_nothing_out():
    store = MemoryStore(max_bytes=10, seconds=60)
    store.put("small", b"x" * 10)
    store.put("large", b"x" * 11)
    assert store.get("large") is None
    assert store.get("small") == b"x" * 10


def test_nothing_is_kept_longer_than_its_time():
    store = MemoryStore(max_bytes=10, seconds=0.05)
    store.put("a", b"x")
    assert store.get("a") == b"x"
    time.sleep(0.06)
    assert store.get("a") is None


def test_a_value_is_removed_once():
    store = MemoryStore(max_bytes=10, seconds=60)
    store.put("a", b"x")
    assert store.delete("a")
    assert not store.delete("a")
    assert store.get("a") is None


def test_replicas_share_a_redis_and_it_forgets():
    with redis_server() as port:
        url = f"redis://127.0.0.1:{port}/0"
        one, other = (RedisStore.connect(url, seconds=1, timeout=1) for _ in range(2))
        one.put("k", b"\x00\xff")
        assert other.get("k") == b"\x00\xff"
        assert other.get("other") is None
        assert other.delete("k")
        assert not one.delete("k")
        one.put("k", b"1")
        time.sleep(1.1)
        assert other.get("k") is None


@pytest.mark.parametrize("pause", [0.0, 5.0])
def test_a_redis_that_is_gone_is_an_error_with_and_without_a_pause(pause):
    url = f"redis://127.0.0.1:{free_port()}/0"
    store = RedisStore.connect(url, seconds=60, timeout=0.25, pause=pause)
    for call in (lambda: store.get("k"), lambda: store.put("k", b"1"), lambda: store.delete("k")):
        with pytest.raises(StoreUnavailableError, match="Redis") as raised:
            call()
        assert "127.0.0.1" not in str(raised.value)


def test_a_url_that_is_not_of_a_redis_is_refused():
    with pytest.raises(ConfigurationError, match="SNAPCITE_REDIS_URL"):
        RedisStore.connect("http://127.0.0.1", seconds=60, timeout=1)
