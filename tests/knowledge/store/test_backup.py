"""Backups of an embedded index: restored, made while it is written to, and refused."""

import os
import shutil
import threading
from uuid import NAMESPACE_URL, uuid5

import pytest
from sample_documents import corpus_of, make_documents
from support import photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.errors import StorageError
from knowledge.index.index import Index, open_index
from knowledge.store.base import Point
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader


def points(index: Index) -> dict[str, dict]:
    return {record.id: dict(record.payload) for record in index.store.scroll()}


def test_a_backup_is_an_index_that_answers(index, encoder, tmp_path):
    size = index.store.back_up(tmp_path / "backups" / "monday")

    with open_index(str(tmp_path / "backups" / "monday"), fingerprint_of(encoder)) as copy:
        assert points(copy) == points(index)
        query = Query("When was it demolished?", (photo(1, size=(320, 240)),))
        assert Pipeline(copy, encoder, ExtractiveReader()).ask(query).answer.year == 1992
    apparent = sum(path.stat().st_size for path in (tmp_path / "backups").rglob("*"))
    assert size < apparent / 4  # the holes of the engine's files were not filled


def test_restored_in_its_place_the_lost_index_is_there_again(encoder, tmp_path):
    documents = make_documents(tmp_path / "corpus")
    place = tmp_path / "index"
    with open_index(str(place), fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of(documents, tmp_path / "corpus"), index, encoder)
        index.uploads.write("ab12", b"an uploaded photo")
        before = points(index)
        index.store.back_up(tmp_path / "backup")
    shutil.rmtree(place)
    shutil.copytree(tmp_path / "backup", place)

    with open_index(str(place), fingerprint_of(encoder)) as index:
        assert points(index) == before
        assert index.uploads.read("ab12") == b"an uploaded photo"
        report = index_corpus(corpus_of(documents, tmp_path / "corpus"), index, encoder)
        assert (report.new, report.unchanged) == (0, 3)


def numbered(n: int) -> Point:
    return Point(str(uuid5(NAMESPACE_URL, str(n))), {"kind": "document", "n": n})


def test_it_is_made_while_others_write_and_holds_what_was_acknowledged(empty_index, tmp_path):
    acknowledged = []
    enough, stop = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            n = len(acknowledged)
            empty_index.store.upsert([numbered(n)])
            acknowledged.append(n)
            if n == 50:
                enough.set()

    writer = threading.Thread(target=write)
    writer.start()
    enough.wait(30)
    for number in range(3):
        before = len(acknowledged)
        empty_index.store.back_up(tmp_path / str(number))
        with open_index(str(tmp_path / str(number)), None) as copy:
            found = {payload["n"] for payload in points(copy).values() if "n" in payload}
        assert found == set(range(len(found)))  # a moment of the index, not a mixture
        assert len(found) >= before
    stop.set()
    writer.join()


def test_a_place_that_exists_is_left_alone(index, tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match="exists already"):
        index.store.back_up(tmp_path / "taken")

    assert not list((tmp_path / "taken").iterdir())


def test_a_place_that_cannot_be_written_leaves_nothing(index, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="Cannot write"):
        index.store.back_up(tmp_path / "file" / "backup")

    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208


def test_what_an_interrupted_backup_left_does_not_hinder(index, tmp_path):
    (tmp_path / "backup.unfinished").mkdir()
    (tmp_path / "backup.unfinished" / "half").write_text("a half")
    index.store.back_up(tmp_path / "backup")

    assert not (tmp_path / "backup.unfinished").exists()
    assert not (tmp_path / "backup" / "half").exists()
