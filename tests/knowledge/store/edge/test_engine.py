"""The embedded engine: its directory, its lock, its disk, and `kill -9`."""

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import edge_in_child
import numpy as np
import pytest
from edge_in_child import BATCH, SCHEMA, point, replaced, uid, write_batch

from knowledge.errors import (
    DiskFullError,
    IndexBusyError,
    IndexMismatchError,
    IndexMissingError,
    StorageError,
)
from knowledge.store.base import Point, Schema, SparseVector
from knowledge.store.edge.engine import EdgeStore

ROOT = Path(__file__).parents[4]

not_as_root = pytest.mark.skipif(
    os.name == "posix" and os.geteuid() == 0, reason="root may write everywhere"
)


def make(path, **options):
    return EdgeStore.open(path, schema=SCHEMA, create=True, **options)


@contextmanager
def child(*arguments):
    """A process that runs `edge_in_child`; killed with SIGKILL at the end."""
    process = subprocess.Popen(
        [sys.executable, "-P", edge_in_child.__file__, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# The directory


def test_what_was_written_is_there_after_reopening(tmp_path):
    with make(tmp_path / "index") as store:
        store.upsert([point(n) for n in range(700)])
        store.replace_payload({uid(1): {"kind": "new"}})
        store.delete([uid(0)])
    with EdgeStore.open(tmp_path / "index", schema=None, create=False) as store:
        assert store.count() == 699
        assert store.count({"kind": "kind 2"}) == 233  # 2, 5, …, 698
        assert store.retrieve([uid(1)])[0].payload == {"kind": "new"}
        assert store.schema == SCHEMA
        (record,) = store.retrieve([uid(9)], with_vectors=True)
        assert record.vectors["bm25"] == SparseVector((4,), (1.0,))
        assert (record.vectors["image"] == point(9).vectors["image"]).all()


def test_parent_directories_are_made(tmp_path):
    with make(tmp_path / "a" / "b" / "索引 1") as store:
        assert store.count() == 0


def test_an_index_that_is_not_there_is_named_and_not_made(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(IndexMissingError, match=r"no index at .*`snapcite index`"):
            EdgeStore.open(path, schema=None, create=False)
    with pytest.raises(IndexMissingError):
        EdgeStore.open(tmp_path / "none", schema=None, create=True)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"precious")
    with pytest.raises(StorageError, match="holds other files"):
        make(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["photo.jpg"]


@pytest.mark.parametrize("below", ["", "index"])
def test_a_file_is_no_place_for_an_index(tmp_path, below):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="file"):
        make(tmp_path / "file" / below)


def test_a_name_that_the_disk_does_not_take_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"Cannot use .* for an index: File name too long"):
        make(tmp_path / ("x" * 300))


@not_as_root
def test_an_unwritable_place_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match=str(tmp_path)):
        make(tmp_path / "index")


@pytest.mark.parametrize(
    "file",
    [
        "edge_config.json",
        "segments/*/segment.json",
        "segments/*/vector_storage-image/deleted/status.dat",  # makes the engine panic
        "wal/first-index",
    ],
)
def test_a_damaged_index_is_named_and_what_to_do(tmp_path, file):
    with make(tmp_path / "index") as store:
        store.upsert([point(1)])
    (found,) = (tmp_path / "index" / "shard").glob(file)
    os.truncate(found, found.stat().st_size // 2)
    with pytest.raises(StorageError, match=rf"{tmp_path}/index is damaged .* `snapcite index`"):
        EdgeStore.open(tmp_path / "index", schema=None, create=False)
    with pytest.raises(StorageError, match="is damaged"):  # and its lock was released
        EdgeStore.open(tmp_path / "index", schema=None, create=False)


def test_another_schema_is_refused_with_both_dimensions(tmp_path):
    with make(tmp_path / "index") as store:
        store.upsert([point(1)])
    other = Schema(dense={"image": 512}, sparse=("bm25",), keywords=("kind",))
    for create in (True, False):
        with pytest.raises(IndexMismatchError, match=r"image \(8 dim.*image \(512 dim"):
            EdgeStore.open(tmp_path / "index", schema=other, create=create)
    with pytest.raises(IndexMismatchError, match="bm25"):
        EdgeStore.open(tmp_path / "index", schema=Schema({"image": 8}, ("words",), ()), create=True)
    with EdgeStore.open(tmp_path / "index", schema=SCHEMA, create=False) as store:
        assert store.count() == 1


def test_a_payload_index_that_is_lacking_is_made(tmp_path):
    with make(tmp_path / "index") as store:
        store.upsert([point(n) for n in range(9)])
    more = Schema(SCHEMA.dense, SCHEMA.sparse, ("document_id", "kind"))
    with EdgeStore.open(tmp_path / "index", schema=more, create=True) as store:
        assert store.schema.keywords == ("document_id", "kind")
        assert store.count({"kind": "kind 1"}) == 3


def test_optimize_builds_hnsw_that_finds_the_same(tmp_path):
    rows = np.random.default_rng(0).standard_normal((6000, 512)).astype(np.float32)
    schema = Schema(dense={"image": 512}, sparse=(), keywords=())
    with EdgeStore.open(tmp_path / "index", schema=schema, create=True) as store:
        store.upsert([Point(uid(n), {"n": n}, {"image": row}) for n, row in enumerate(rows)])
        store.optimize()
        found = [store.query(rows[n], using="image", k=1)[0].payload["n"] for n in range(100)]
    assert sum(hit == n for n, hit in enumerate(found)) >= 99  # HNSW is approximate


# The lock


def test_a_second_store_in_this_process_is_refused(tmp_path):
    with (
        make(tmp_path / "index"),
        pytest.raises(IndexBusyError, match="already open in this process"),
    ):
        make(tmp_path / "index")
    make(tmp_path / "index").close()


def test_another_process_is_refused_and_named_until_it_dies(tmp_path):
    make(tmp_path / "index").close()
    with child("hold", tmp_path / "index") as process:
        assert process.stdout.readline() == "holding 0\n"
        with pytest.raises(IndexBusyError, match=f"in use by process {process.pid}; stop it"):
            EdgeStore.open(tmp_path / "index", schema=None, create=False)
        process.kill()
        process.wait()
        EdgeStore.open(tmp_path / "index", schema=None, create=False).close()


def test_a_failed_opening_lets_the_lock_go(tmp_path):
    make(tmp_path / "index").close()
    with pytest.raises(IndexMismatchError):
        EdgeStore.open(tmp_path / "index", schema=Schema({"x": 1}, (), ()), create=True)
    make(tmp_path / "index").close()


# The disk


def test_a_write_that_does_not_fit_is_refused_with_sizes_before_it_begins(tmp_path):
    with make(tmp_path / "index") as store:
        store.upsert([point(1)])
    everything = shutil.disk_usage(tmp_path).total
    with EdgeStore.open(
        tmp_path / "index", schema=SCHEMA, create=False, reserve_bytes=everything
    ) as store:
        sizes = r"[\d,]+ MB free.* [\d,]+ MB must stay free"
        with pytest.raises(DiskFullError, match=sizes):
            store.upsert([point(2)])
        with pytest.raises(DiskFullError, match=sizes):
            store.replace_payload({uid(1): {}})
        with pytest.raises(DiskFullError, match=sizes):
            store.delete([uid(1)])
        with pytest.raises(DiskFullError, match=sizes):
            store.optimize()
        assert [record.payload["n"] for record in store.scroll()] == [1]
        assert len(store.query(point(1).vectors["image"], using="image", k=5)) == 1


def test_no_index_is_begun_where_it_does_not_fit(tmp_path):
    everything = shutil.disk_usage(tmp_path).total
    with pytest.raises(DiskFullError):
        make(tmp_path / "index", reserve_bytes=everything)
    with pytest.raises(IndexMissingError):
        EdgeStore.open(tmp_path / "index", schema=None, create=False)
    make(tmp_path / "index").close()


# kill -9


def test_an_interrupted_creation_is_made_again(tmp_path):
    unfinished = tmp_path / "index" / "shard.unfinished" / "segments"
    unfinished.mkdir(parents=True)
    (unfinished / "half").write_bytes(b"\0" * 100)
    (tmp_path / "index" / ".lock").write_text("1")
    with pytest.raises(IndexMissingError):
        EdgeStore.open(tmp_path / "index", schema=None, create=False)
    with make(tmp_path / "index") as store:
        store.upsert([point(1)])
    assert not unfinished.exists()


def test_a_killed_creation_leaves_a_place_where_an_index_can_be_made(tmp_path):
    moments = random.Random(5)
    for attempt in range(6):
        path = tmp_path / f"index {attempt}"
        with child("create", path) as process:
            assert process.stdout.readline() == "creating\n"
            time.sleep(moments.uniform(0, 0.2))
        with make(path) as store:
            store.upsert([point(1)])
            assert store.count() == 1


def test_every_acknowledged_write_survives_kill_9(tmp_path):
    moments = random.Random(7)
    make(tmp_path / "index").close()
    first = 0  # everything below it is known to be there
    for _ in range(6):
        with child("write", tmp_path / "index", first) as process:
            said = process.stdout.readline()
            time.sleep(moments.uniform(0, 0.5))
            process.kill()
            acknowledged = int((said + process.stdout.read()).split()[-1])
        assert acknowledged > first
        with EdgeStore.open(tmp_path / "index", schema=None, create=False) as store:
            found = {record.payload["n"]: record for record in store.scroll(with_vectors=True)}
            for n in range(acknowledged):
                if n % BATCH == 0:
                    assert n not in found
                    continue
                expected = replaced(n) if n % BATCH == 1 else point(n).payload
                assert found[n].payload == expected
                assert (found[n].vectors["image"] == point(n).vectors["image"]).all()
                assert found[n].vectors["bm25"] == point(n).vectors["bm25"]
            write_batch(store, acknowledged)  # the killed process may have got half way through it
        first = acknowledged + BATCH


def test_a_version_is_not_met_again_after_opening_again(tmp_path):
    versions = []
    for _ in range(2):
        with EdgeStore.open(tmp_path / "index", schema=SCHEMA, create=True) as store:
            versions.append(store.version())
    assert versions[0] != versions[1]
