"""Optimising online loses no write and holds up no query; cut off, it changes nothing."""

import shutil
import threading
import time
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pytest

from knowledge.errors import StorageError
from knowledge.store.base import Point, Schema
from knowledge.store.edge.engine import EdgeStore

SCHEMA = Schema(dense={"image": 32}, sparse=(), keywords=("kind",))
POINTS = 3_000


def uid(n):
    return str(uuid5(NAMESPACE_URL, f"point {n}"))


def point(n, version=0):
    vector = np.random.default_rng(n).standard_normal(32).astype(np.float32)
    return Point(uid(n), {"kind": "a", "v": version}, {"image": vector / np.linalg.norm(vector)})


def contents(store):
    return {record.id: record.payload["v"] for record in store.scroll()}


@pytest.fixture
def path(tmp_path):
    with EdgeStore.open(tmp_path / "index", schema=SCHEMA, create=True) as store:
        store.upsert([point(n) for n in range(POINTS)])
    return tmp_path / "index"


def open_store(path):
    return EdgeStore.open(path, schema=None, create=False)


def test_what_is_written_meanwhile_is_kept_and_queries_go_on(path):
    expected = dict.fromkeys(map(uid, range(POINTS)), 0)
    with open_store(path) as store:
        store.upsert([point(n) for n in range(10)])
        assert store.unoptimized == 10
        done = []
        optimizing = threading.Thread(target=lambda: done.append(store.optimize_online()))
        optimizing.start()
        n = 0
        while optimizing.is_alive():
            n += 1
            store.upsert([point(n, n), point(POINTS + n, n)])
            store.replace_payload({uid(n + 500): {"kind": "a", "v": -n}})
            store.delete([uid(n + 1_000)])
            expected.update({uid(n): n, uid(POINTS + n): n, uid(n + 500): -n})
            expected.pop(uid(n + 1_000), None)
            assert store.query(point(5).vectors["image"], using="image", k=1)[0].id == uid(5)
            time.sleep(0.01)
        optimizing.join()
        assert done == [True]
        assert contents(store) == expected
        assert store.unoptimized <= 2 * n
        for some in (3, POINTS + 1):
            vector = point(some).vectors["image"]
            assert store.query(vector, using="image", k=1)[0].id == uid(some)
    with open_store(path) as store:
        assert contents(store) == expected
    assert {entry.name for entry in path.iterdir()} == {"shard", ".lock"}


def test_only_one_is_under_way(path):
    with open_store(path) as store:
        done = []
        threads = [
            threading.Thread(target=lambda: done.append(store.optimize_online())) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [False, False, True]
        assert store.optimize_online()


@pytest.mark.parametrize("closing", [False, True], ids=["its process is killed", "it is closed"])
def test_an_optimisation_that_is_cut_off_changes_nothing(path, closing):
    with open_store(path) as store:
        failed = []

        def optimize():
            try:
                store.optimize_online()
            except StorageError as error:
                failed.append(str(error))

        thread = threading.Thread(target=optimize)
        thread.start()
        while store._child is None and thread.is_alive():
            time.sleep(0.001)
        if closing:
            store.close()
        elif store._child is not None:
            store._child.kill()
        thread.join()
        assert failed
        if not closing:
            store.upsert([point(1, 7)])
            assert contents(store)[uid(1)] == 7
    with open_store(path) as store:
        assert len(contents(store)) == POINTS
    assert {entry.name for entry in path.iterdir()} == {"shard", ".lock"}


@pytest.mark.parametrize("cut", ["copied", "between", "after"])
def test_an_index_is_whole_wherever_its_process_was_killed(path, cut):
    with open_store(path) as store:
        expected = contents(store)
    shutil.copytree(path / "shard", path / "shard.copy")
    if cut != "copied":
        (path / "shard").rename(path / "shard.old")
    if cut == "after":
        (path / "shard.copy").rename(path / "shard")
    with open_store(path) as store:
        assert contents(store) == expected
    assert {entry.name for entry in path.iterdir()} == {"shard", ".lock"}
