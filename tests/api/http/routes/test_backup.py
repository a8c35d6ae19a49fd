"""Backups of the index over HTTP, while it answers questions."""

from fastapi.testclient import TestClient

from api.access.auth import Caller
from api.access.guard import Doors
from api.http.app import create_app
from api.service import Service
from indexer.run import fingerprint_of
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader


def client_of(index, encoder, **given) -> TestClient:
    return TestClient(create_app(Service(Pipeline(index, encoder, ExtractiveReader()), **given)))


def test_a_backup_is_made_beside_the_questions(index, encoder, tmp_path):
    client = client_of(index, encoder, backups=tmp_path / "backups")
    made = [client.post("/v1/backups") for _ in range(2)]

    assert [response.status_code for response in made] == [201, 201]
    names = [response.json()["name"] for response in made]
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == sorted(set(names))
    with open_index(str(tmp_path / "backups" / names[0]), fingerprint_of(encoder)) as copy:
        assert copy.store.count() == index.store.count()
    asked = client.post("/v1/ask", data={"question": "When was the Clock Tower completed?"})
    assert asked.json()["answer"]["year"] == 1889


def test_only_admins_make_one_and_only_where_there_is_a_folder(index, encoder, tmp_path):
    doors = Doors(authenticate=lambda headers: Caller("key:app", frozenset({"ask"})))
    asking = client_of(index, encoder, doors=doors, backups=tmp_path / "backups")
    assert asking.post("/v1/backups").status_code == 403
    assert client_of(index, encoder).post("/v1/backups").status_code == 404
    assert not (tmp_path / "backups").exists()


def test_a_folder_that_cannot_be_written_is_our_fault(index, encoder, tmp_path):
    (tmp_path / "file").write_text("")
    response = client_of(index, encoder, backups=tmp_path / "file").post("/v1/backups")

    assert response.status_code == 500
    assert str(tmp_path) not in response.text
