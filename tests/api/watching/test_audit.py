"""The audit log: an answer is given only after its line is on the disk, whole."""

import hashlib
import json
import os
import resource
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support import encoded, photo

from api.access.auth import Caller
from api.access.guard import Doors
from api.http.app import create_app
from api.service import Service
from api.watching.audit import AuditLog
from knowledge.errors import AuditError, ConfigurationError
from search.answer import Answer
from search.pipeline import Asked, Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader

STATION = encoded(photo(1, size=(320, 240)))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def client_of(index, encoder, audit: AuditLog) -> Iterator[TestClient]:
    doors = Doors(authenticate=lambda headers: Caller("key:archive", frozenset({"ask", "admin"})))
    app = create_app(
        Service(Pipeline(index, encoder, ExtractiveReader()), audit=audit, doors=doors)
    )
    yield TestClient(app, raise_server_exceptions=False)
    audit.close()


def ask(client: TestClient, question: str = "When was this demolished?", **headers: str):
    files = [("photo", ("p.jpg", STATION, "image/jpeg"))]
    return client.post("/v1/ask", files=files, data={"question": question}, headers=headers)


def test_who_when_which_photo_which_documents_which_answer(index, encoder, tmp_path):
    path = tmp_path / "audit" / "audit.jsonl"
    with client_of(index, encoder, AuditLog(path)) as client:
        response = ask(client)
    found, answered = lines(path)

    assert [found["event"], answered["event"]] == ["found", "answered"]
    for line in (found, answered):
        assert line["request_id"] == response.headers["x-request-id"]
        assert line["caller"] == "key:archive"
        assert line["photos"] == [hashlib.sha256(STATION).hexdigest()]
        assert line["time"].endswith("+00:00")
        assert "question" not in line
    shown = [item["document_id"] for item in response.json()["evidence"]]
    assert found["documents"] == list(dict.fromkeys(shown))
    answer = response.json()["answer"]
    assert answered["answer"] == answer["text"]
    assert (answered["year"], answered["exists"]) == (1992, answer["exists"])
    assert answered["source"] == "corpus/old_station"
    assert answered["span"] == [answer["source"]["start"], answer["source"]["end"]]


def test_the_question_is_kept_only_if_that_is_allowed(index, encoder, tmp_path):
    path = tmp_path / "audit.jsonl"
    with client_of(index, encoder, AuditLog(path, questions=True)) as client:
        ask(client, "Is it still there?")

    assert {line["question"] for line in lines(path)} == {"Is it still there?"}


def test_an_abstention_and_a_search_are_recorded_too(index, encoder, tmp_path):
    path = tmp_path / "audit.jsonl"
    with client_of(index, encoder, AuditLog(path)) as client:
        ask(client, "How much did it cost?")
        client.post("/v1/search", data={"question": "Clock Tower"})
    _, answered, searched = lines(path)

    assert (answered["reason"], answered["source"]) == ("not_in_evidence", None)
    assert searched["event"] == "found"
    assert searched["photos"] == []
    assert searched["documents"][0] == "corpus/clock_tower"


def test_a_moved_file_is_followed_by_a_new_one(index, encoder, tmp_path):
    path, moved = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1"
    with client_of(index, encoder, AuditLog(path)) as client:
        ask(client)
        path.rename(moved)
        ask(client)

    assert len(lines(moved)) == len(lines(path)) == 2


@contextmanager
def a_full_disk(limit: int) -> Iterator[None]:
    """No file of this process can grow beyond `limit` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_what_cannot_be_recorded_is_not_answered(index, encoder, tmp_path):
    path = tmp_path / "audit.jsonl"
    audit = AuditLog(path)
    with client_of(index, encoder, audit) as client:
        assert ask(client).status_code == 200
        kept = path.stat().st_size
        with a_full_disk(kept + 20):  # room for a part of a line
            refused = ask(client)
            events = ask(client, Accept="text/event-stream")
        assert ask(client).status_code == 200

    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:snapcite:problem:not-recorded"
    assert int(refused.headers["retry-after"]) > 0
    assert "corpus/old_station" not in refused.text
    assert "event: evidence" not in events.text
    assert audit.failures == 2
    assert len(lines(path)) == 4  # no half line between the two that were answered


def test_or_is_answered_and_counted_if_the_operator_says_so(index, encoder, tmp_path):
    path = tmp_path / "audit.jsonl"
    audit = AuditLog(path, required=False)
    with client_of(index, encoder, audit) as client, a_full_disk(0):
        assert ask(client).status_code == 200
        exposed = client.get("/metrics").text

    assert audit.failures == 2
    assert "snapcite_audit_failures_total 2.0" in exposed
    assert path.read_bytes() == b""


def test_a_folder_that_is_gone_refuses_until_it_is_back(tmp_path):
    folder = tmp_path / "audit"
    audit = AuditLog(folder / "audit.jsonl")
    asked = Asked((), Answer(None, "Nothing.", reason="nothing_similar"))
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(AuditError, match="without a record"):
        audit.answered(Query("What?"), asked)
    folder.mkdir()
    audit.answered(Query("What?"), asked)
    audit.close()

    assert len(lines(folder / "audit.jsonl")) == 1


def test_threads_write_whole_lines(tmp_path):
    path = tmp_path / "audit.jsonl"
    audit = AuditLog(path, questions=True)
    asked = Asked((), Answer(None, "x" * 500, reason="nothing_similar"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: audit.answered(Query(f"{n} 老车站"), asked), range(64)))
    audit.close()

    assert {line["question"] for line in lines(path)} == {f"{n} 老车站" for n in range(64)}


def test_the_file_is_not_for_everybody(tmp_path):
    path = tmp_path / "audit.jsonl"
    AuditLog(path).close()

    assert path.stat().st_mode & 0o007 == 0


def test_a_place_that_cannot_be_written_is_an_error_at_the_start(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="SNAPCITE_AUDIT_FILE"):
        AuditLog(tmp_path / "file" / "audit.jsonl")
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208
