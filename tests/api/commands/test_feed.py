"""A running server is kept as a corpus is, by its API, and what others wrote stays."""

import json
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from support import encoded, photo

from api.access.auth import Caller
from api.access.guard import CredentialError, Doors
from api.commands.feed import Feed, Ledger, as_sent
from api.http.app import create_app
from api.service import Service
from knowledge.corpus import open_corpus
from knowledge.documents import Document, Field
from knowledge.errors import ConfigurationError, StoreUnavailableError
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

RECORDS = "id,title,Architect,Built\n1,Town hall,A. Example,1911\n2,Mill,B. Other,1899\n"


def _authenticate(headers) -> Caller:
    if headers.get("x-api-key") not in ("admin", "ask"):
        raise CredentialError("The key is not known")
    scopes = {"ask", "admin"} if headers["x-api-key"] == "admin" else {"ask"}
    return Caller("key:x", frozenset(scopes))


@pytest.fixture
def served(empty_index, encoder):
    service = Service(
        Pipeline(empty_index, encoder, ExtractiveReader()), doors=Doors(authenticate=_authenticate)
    )
    with TestClient(create_app(service), headers={"X-API-Key": "admin"}) as client:
        yield client


class Through(httpx.BaseTransport):
    """The application under test instead of the network."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.client.request(
            request.method, request.url.raw_path.decode(), content=request.read(),
            headers=dict(request.headers),
        )  # fmt: skip
        return httpx.Response(
            response.status_code, content=response.content, headers=dict(response.headers)
        )


def test_a_server_is_kept_as_a_folder_is(served, tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    for seed, name in enumerate(("mill", "tower", "bridge")):
        (folder / f"{name}.txt").write_text(f"The {name} was built in 1912 by A. Example.")
        (folder / f"{name}.jpg").write_bytes(encoded(photo(seed, size=(96, 64))))
    (folder / "catalogue.csv").write_text(RECORDS)
    served.put("/v1/documents/notes/other", data={"document": json.dumps(
        {"title": "Other", "text": "Somebody else wrote this."})})  # fmt: skip
    feed = Feed("http://test", "admin", tmp_path / "sent", transport=Through(served))

    def send(most_gone: float = 0.5):
        return feed.send(open_corpus(folder), most_gone=most_gone)

    def there() -> set[str]:
        found = served.get("/v1/documents", params={"corpus": "notes", "limit": 100}).json()
        return {each["document_id"] for each in found["documents"]}

    def outcome(report) -> tuple[int, int, int, int, int]:
        return (report.new, report.changed, report.unchanged, report.removed, report.withheld)

    first = send()
    assert not first.problems
    count = first.new
    assert len(there()) == count + 1
    documents = [each for each in open_corpus(folder).read() if isinstance(each, Document)]
    assert len(documents) == count == 5
    for document in documents:
        shown = served.get(f"/v1/documents/{document.document_id}").json()
        assert shown["text"] == document.text
        assert shown["title"] == document.title
        assert len(shown["photos"]) == len(document.photos)
        fields = [(each["label"], each["value"]) for each in shown["fields"]]
        assert fields == [(each.label, each.value) for each in document.fields]
    assert outcome(send()) == (0, 0, count, 0, 0)
    (folder / "mill.txt").write_text("The mill was pulled down in 1950.")
    assert outcome(send()) == (0, 1, count - 1, 0, 0)
    texts = {path: path.read_bytes() for path in folder.iterdir()}
    for path in texts:
        if path.name != "mill.txt":
            path.unlink()
    assert send().withheld == count - 1
    assert len(there()) == count + 1
    for path, data in texts.items():
        path.write_bytes(data)
    for path in (folder / "tower.txt", folder / "tower.jpg"):
        path.unlink()
    served.delete("/v1/documents/notes/mill")  # by somebody else: it is sent again
    assert outcome(send()) == (1, 0, count - 2, 1, 0)
    assert there() >= {"notes/other", "notes/mill"}
    assert "notes/tower" not in there()


def test_what_the_server_refuses_is_said(served, tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "mill.txt").write_text("The mill was built in 1912.")
    corpus = open_corpus(folder)
    for key, words in [("ask", "scope"), ("wrong", "refuses the key")]:
        feed = Feed("http://test", key, tmp_path / "sent", transport=Through(served))
        with pytest.raises(ConfigurationError, match=words):
            feed.send(corpus, most_gone=0.5)
    down = Feed("http://127.0.0.1:9", None, tmp_path / "sent")
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        down.send(corpus, most_gone=0.5)
    with pytest.raises(ConfigurationError, match="not the address"):
        Feed("ftp:/x", None, tmp_path / "sent").send(corpus, most_gone=0.5)


def test_a_note_that_a_kill_cut_off_is_left_out(tmp_path: Path):
    path = tmp_path / "sent.jsonl"
    ledger = Ledger(path)
    ledger.note("c/a", "1")
    ledger.note("c/b", "2")
    ledger.note("c/a", None)
    assert Ledger(path).sent == {"c/b": "2"}
    path.write_bytes(path.read_bytes()[:-3])  # the removal of a
    again = Ledger(path)
    assert again.sent == {"c/a": "1", "c/b": "2"}
    again.note("c/d", "4")
    assert Ledger(path).sent == {"c/a": "1", "c/b": "2", "c/d": "4"}


def test_fields_that_the_api_would_make_otherwise_are_sent_as_text():
    text = "source: The annals"
    field = Field("source", "The annals", 0, len(text))
    values = as_sent(Document("c", "i", "T", text, "en", fields=(field,)))
    assert values["text"] == text


def test_closed_documents_are_closed_on_the_server_and_sent_once(served, tmp_path):
    """The key sees none of them; one whose day cannot be read any more closes there as well."""
    folder = tmp_path / "notes"
    folder.mkdir()
    sent: list[str] = []

    class Counting(Through):
        def handle_request(self, request):
            sent.append(f"{request.method} {request.url.path}")
            return super().handle_request(request)

    def write(name: str, **more: str) -> None:
        said = {"title": name, "text": f"The {name} was built in 1912.", **more}
        (folder / f"{name}.json").write_text(json.dumps(said))
        (folder / f"{name}.jpg").write_bytes(encoded(photo(len(name), size=(96, 64))))

    def statuses() -> list[int]:
        names = ("mill", "tower", "bridge")
        return [served.get(f"/v1/documents/notes/{name}").status_code for name in names]

    for name, more in {"mill": {}, "tower": {"groups": "staff"}, "bridge": {}}.items():
        write(name, **more)
    feed = Feed("http://test", "admin", tmp_path / "sent", transport=Counting(served))
    assert feed.send(open_corpus(folder), most_gone=0.5).new == 3
    assert statuses() == [200, 404, 200]

    write("bridge", closed_until="soon")
    report = feed.send(open_corpus(folder), most_gone=0.5)
    assert (report.problems, report.changed, statuses()) == ([], 1, [200, 404, 404])

    sent.clear()
    assert feed.send(open_corpus(folder), most_gone=0.5).unchanged == 3
    assert [line for line in sent if line.startswith("PUT")] == []
    write("bridge")
    feed.send(open_corpus(folder), most_gone=0.5)
    assert statuses() == [200, 404, 200]
