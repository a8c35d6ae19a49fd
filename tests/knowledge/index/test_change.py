"""A change that is cut off at any of its writes is completed or undone, never left in part."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pytest

from knowledge.errors import StorageError
from knowledge.index.change import Change, Journal
from knowledge.store.base import Point, Schema
from knowledge.store.edge.engine import EdgeStore

SCHEMA = Schema(dense={"image": 4}, sparse=(), keywords=("kind",))


class CutOffError(Exception):
    """The process was killed."""


class Shared:
    """A store that other processes may have open."""

    is_shared = True

    def __init__(self, store: EdgeStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Dying:
    """A store that takes `writes` writes and dies at the next one."""

    def __init__(self, store: EdgeStore | Shared, writes: int) -> None:
        self._store = store
        self._left = writes

    def _live(self) -> None:
        if self._left == 0:
            raise CutOffError
        self._left -= 1

    def upsert(self, points: Sequence[Point]) -> None:
        self._live()
        self._store.upsert(points)

    def replace_payload(self, payloads: Mapping[str, Mapping[str, Any]]) -> None:
        self._live()
        self._store.replace_payload(payloads)

    def delete(self, ids: Sequence[str]) -> None:
        self._live()
        self._store.delete(ids)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def uid(name):
    return str(uuid5(NAMESPACE_URL, name))


def document(version):
    return Point(uid("document"), {"kind": "document", "content_hash": f"hash {version}"})


def photo(name):
    return Point(uid(name), {"kind": "photo", "of": 1}, {"image": np.eye(4, dtype=np.float32)[0]})


FIRST = Change(files={uid("old"): b"old"}, added=[photo("old"), photo("kept")], marks=[document(1)])
SECOND = Change(
    files={uid("new"): b"new"},
    added=[photo("new")],
    payloads={uid("kept"): {"kind": "photo", "of": 2}},
    removed=[uid("old")],
    marks=[document(2)],
)
WRITES = 6  # pending, added, payloads, removed, marks, the pending's end


@pytest.fixture
def store(tmp_path):
    with EdgeStore.open(tmp_path / "index", schema=SCHEMA, create=True) as opened:
        yield opened


def contents(store, tmp_path):
    files = {path.name for path in (tmp_path / "index" / "photos").rglob("*") if path.is_file()}
    return {record.id: record.payload for record in store.scroll()}, files


@pytest.mark.parametrize("writes", range(WRITES))
def test_a_change_cut_off_anywhere_is_whole_after_recovery(store, tmp_path, writes):
    journal = Journal(store)
    journal.apply_whole(FIRST)
    before = contents(store, tmp_path)

    with pytest.raises(CutOffError):
        Journal(Dying(store, writes)).apply_whole(SECOND)
    assert journal.recover() == (0 if writes == 0 else 1)

    after = contents(store, tmp_path)
    if writes < 2:
        assert after == before
    else:
        assert after == (
            {
                uid("kept"): {"kind": "photo", "of": 2},
                uid("new"): {"kind": "photo", "of": 1},
                uid("document"): document(2).payload,
            },
            {uid("new")},
        )
    assert journal.recover() == 0


@pytest.mark.parametrize("writes", range(1, WRITES))
def test_recovery_that_is_cut_off_is_recovered(store, tmp_path, writes):
    Journal(store).apply_whole(FIRST)
    with pytest.raises(CutOffError):
        Journal(Dying(store, writes)).apply_whole(SECOND)
    for recovered in range(4):
        dying = Journal(Dying(store, recovered))
        try:
            dying.recover()
        except CutOffError:
            continue
    Journal(store).recover()
    payloads, files = contents(store, tmp_path)
    version = payloads[uid("document")]["content_hash"]
    assert version == ("hash 1" if writes == 1 else "hash 2")
    assert files == ({uid("old")} if writes == 1 else {uid("new")})


def test_what_was_replaced_since_is_left_alone(store, tmp_path):
    journal = Journal(store)
    journal.apply_whole(FIRST)
    with pytest.raises(CutOffError):
        Journal(Dying(store, 3)).apply_whole(SECOND)
    store.upsert([document(3)])
    journal.recover()
    payloads, _ = contents(store, tmp_path)
    assert payloads[uid("document")] == document(3).payload
    assert set(payloads) == {uid("document"), uid("kept"), uid("new"), uid("old")}


def test_another_process_has_time_to_end_its_change(store):
    with pytest.raises(CutOffError):
        Journal(Dying(Shared(store), 2)).apply_whole(FIRST)
    assert Journal(Shared(store)).recover() == 0
    assert store.retrieve([uid("document")]) == []


def test_a_copy_that_shows_what_was_before_undoes_nothing(store, tmp_path, monkeypatch):
    """A node that hung while a change was completed goes on, and a process looks at it first."""

    class Stale(Shared):
        shows_old = True

        def scroll(self, where):
            return iter([pending]) if self.shows_old else self._store.scroll(where)

        def retrieve(self, ids, **options):
            found = self._store.retrieve(ids, **options)
            return [] if self.shows_old and list(ids) == [uid("new")] else found

    def settle(seconds):
        assert seconds > 3  # what was measured
        stale.shows_old = False

    Journal(store).apply_whole(FIRST)
    with pytest.raises(CutOffError):
        Journal(Dying(store, 1)).apply_whole(SECOND)
    (pending,) = store.scroll({"kind": "pending"})
    pending.payload["begun"] -= 600
    store.delete([pending.id])
    Journal(store).apply_whole(SECOND)
    whole = contents(store, tmp_path)
    stale = Stale(store)
    monkeypatch.setattr("knowledge.index.change.time.sleep", settle)
    Journal(stale).recover()
    assert not stale.shows_old
    assert contents(store, tmp_path) == whole


def test_a_failed_change_of_our_own_is_recovered_at_once(store):
    class Full:
        def write(self, name: str, data: bytes) -> None:
            raise StorageError("full")

        def delete(self, names: Sequence[str]) -> None:
            store.files.delete(names)

    class FullStore(Shared):
        files = Full()

    journal = Journal(FullStore(store))
    with pytest.raises(StorageError, match="full"):
        journal.apply_whole(FIRST)
    assert journal.recover() == 1
    assert store.count() == 0


def test_a_removal_takes_the_document_and_its_files(store, tmp_path):
    journal = Journal(store)
    journal.apply_whole(FIRST)
    everything = [uid("old"), uid("kept"), uid("document")]
    journal.apply_whole(Change(removed=everything))
    assert contents(store, tmp_path) == ({}, set())
