"""The Python client and its retrievers against a real `snapcite serve` in another process."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import snapcite_client
from http_asking import STATION
from snapcite_client import (
    AskResult,
    AsyncClient,
    BadRequest,
    Client,
    Forbidden,
    NotFound,
    PhotoRefused,
    RateLimited,
    ResponseError,
    Retries,
    SearchResult,
    TransportError,
    Unauthorized,
    Unavailable,
)
from snapcite_client import _models as models
from snapcite_process import make_starter_index, snapcite_serve

from api.access.keys import add_key
from api.http import schemas
from api.http.routes import corpus, documents

QUESTION = "When was the station demolished?"


@dataclass(frozen=True)
class Running:
    url: str
    asker: str
    admin: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("client")
    index = make_starter_index(root)
    settings = {"SNAPCITE_KEYS_FILE": str(root / "keys.json"), "SNAPCITE_OCR": "0"}

    asker, _ = add_key(root / "keys.json", "asker", scopes=["ask"])
    admin, _ = add_key(root / "keys.json", "admin", scopes=["ask", "admin"])
    with snapcite_serve(index, settings) as running:
        yield Running(running.url, asker, admin)


def test_all_calls(served, tmp_path):
    file = tmp_path / "station.jpg"
    file.write_bytes(STATION)
    with Client(served.url, api_key=served.asker) as client:
        assert client.health().ready
        asked = client.ask(file, QUESTION, k=2, filters={"language": ["en"]}, language="en")
        assert asked.answer.source is not None
        assert asked.answer.source.quote in client.document(asked.answer.source.document_id).text
        same = [
            client.ask(photo, QUESTION, k=2, filters={"language": "en"}, language="en").answer
            for photo in (str(file), STATION, io.BytesIO(STATION), [STATION])
        ]
        assert same == [asked.answer] * 4
        found = client.search(STATION, QUESTION, k=1)
        assert found.evidence
        first, last = client.stream(STATION, QUESTION)
        assert type(first) is SearchResult
        assert isinstance(last, AskResult)
        assert last.evidence == first.evidence
        assert last.answer.text == client.ask(STATION, QUESTION).answer.text
        listing = client.documents("station", limit=5)
        assert listing.total == len(listing.documents) >= 1
        photo_id = next(each.photo_id for each in found.evidence if each.photo_id)
        assert client.photo(photo_id)[8:12] == b"WEBP"
        assert client.index().corpora[0].documents == 3
        with pytest.raises(Forbidden):
            client.put_document("live/a", {"title": "A"}, STATION)


def test_documents_are_written_and_removed(served):
    with Client(served.url, api_key=served.admin) as admin:
        document = {"title": "Water tower", "text": "The water tower was built in 1912."}
        said = [{"caption": "x"}]
        written = admin.put_document("live/tower", document, STATION, photo_metadata=said)
        assert (written.document_id, written.status) == ("live/tower", "created")
        assert admin.document("live/tower").photos[0].caption == "x"
        batch = admin.put_documents(
            [
                {"corpus": "live", "id": "tower", **document},
                {"corpus": "live", "id": "mill", "title": "Mill", "files": ["mill.jpg"]},
                {"corpus": "live", "id": "nothing"},
            ],
            files={"mill.jpg": STATION},
        )
        assert [each.status for each in batch.results] == ["unchanged", "created", "failed"]
        assert batch.failed == 1
        for id_ in ("live/tower", "live/mill"):
            assert admin.delete_document(id_).status == "removed"
        assert admin.delete_document("live/tower").status == "absent"
        with pytest.raises(NotFound):
            admin.document("live/tower")
        assert admin.forget("d7a5-0000-0001").status == "absent"


def test_errors_are_those_of_the_server(served):
    with Client(served.url, api_key=served.asker) as client:
        with pytest.raises(PhotoRefused) as refused:
            client.ask(b"no photo", QUESTION)
        assert refused.value.status == 415
        assert refused.value.request_id
        with pytest.raises(BadRequest, match="colour"):
            list(client.stream(STATION, QUESTION, filters={"colour": "red"}))
        with pytest.raises(ValueError, match="not the id"):
            client.document("a/../b")
        with pytest.raises(TypeError, match="opened with 'rb'"):
            client.ask(io.StringIO("text"))
    with Client(served.url) as nobody, pytest.raises(Unauthorized):
        nobody.search(question="x")
    with (
        Client("http://127.0.0.1:9", retries=Retries(most=0)) as client,
        pytest.raises(TransportError),
    ):
        client.health()


def test_async_and_the_two_retrievers(served):
    from langchain_core.documents import Document
    from snapcite_client import langchain, llama_index

    async def run(client: Client) -> None:
        async with AsyncClient(served.url, api_key=served.asker) as awaited:
            parts = [part async for part in awaited.stream(STATION, QUESTION)]
            assert parts[-1].answer == (await awaited.ask(STATION, QUESTION)).answer
            both = await asyncio.gather(*(awaited.search(STATION, QUESTION) for _ in range(4)))
            assert {each.evidence[0].document_id for each in both} == {
                parts[0].evidence[0].document_id
            }
            chain = langchain.SnapCiteRetriever(client=client, async_client=awaited)
            assert await chain.ainvoke(QUESTION) == chain.invoke(QUESTION)
            nodes = llama_index.SnapCiteRetriever(client, async_client=awaited)
            assert await nodes.aretrieve(QUESTION) == nodes.retrieve(QUESTION)
            alone = llama_index.SnapCiteRetriever(client)
            assert await alone.aretrieve(QUESTION) == nodes.retrieve(QUESTION)

    with Client(served.url, api_key=served.asker) as client:
        asyncio.run(run(client))
        found = client.search(STATION, QUESTION, k=1)
        texts = [each.text for each in found.evidence if each.kind == "passage"]
        retriever = langchain.SnapCiteRetriever(client=client, k=1)
        documents = retriever.invoke(QUESTION, photos=STATION)
        assert [each.page_content for each in documents] == texts
        assert isinstance(documents[0], Document)
        about = documents[0].metadata
        whole = client.document(about["document_id"])
        assert whole.text[about["start"] : about["end"]] == documents[0].page_content
        assert about["citation"] == whole.citation


def test_a_llama_index_query_takes_a_photo(served, tmp_path):
    from llama_index.core.schema import QueryBundle
    from snapcite_client.llama_index import SnapCiteRetriever

    (tmp_path / "station.jpg").write_bytes(STATION)
    with Client(served.url, api_key=served.asker) as client:
        bundle = QueryBundle(QUESTION, image_path=str(tmp_path / "station.jpg"))
        nodes = SnapCiteRetriever(client, k=1).retrieve(bundle)
        texts = [each.text for each in client.search(STATION, QUESTION, k=1).evidence if each.text]
        assert [each.text for each in nodes] == texts
        scores = [each.score for each in nodes]
        assert scores == sorted(scores, reverse=True)


def test_models_know_what_the_server_sends():
    """Each field of a model of the client is one of the server's model of the same thing."""
    pairs = {
        models.Answer: schemas.AnswerOut, models.AskResult: schemas.AskOut,
        models.Evidence: schemas.EvidenceOut, models.Source: schemas.SourceOut,
        models.Conflict: schemas.ConflictOut, models.Candidate: schemas.NearSubjectOut,
        models.Document: schemas.DocumentOut, models.PhotoFacts: schemas.PhotoOut,
        models.Event: schemas.EventOut, models.Picture: schemas.PictureOut,
        models.Listing: corpus.DocumentsOut, models.Entry: corpus.EntryOut,
        models.IndexFacts: corpus.IndexOut, models.Batch: documents.BatchOut,
        models.BatchItem: documents.ItemOut, models.Written: documents.WrittenOut,
        models.HeldPicture: schemas.HeldPictureOut, models.Alignment: schemas.AlignmentOut,
    }  # fmt: skip
    for ours, theirs in pairs.items():
        assert ours.model_fields.keys() <= theirs.model_fields.keys(), ours


class Scripted(httpx.BaseTransport):
    """A server that answers from a list, and remembers what it was sent."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self.answers = list(answers)
        self.sent: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.read())
        answer = self.answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


def _problem(status: int, slug: str, retry_after: str | None = None) -> httpx.Response:
    body = {"type": f"urn:snapcite:problem:{slug}", "title": "t", "status": status, "detail": "d"}
    headers = {"Retry-After": retry_after} if retry_after else {}
    return httpx.Response(status, json=body, headers=headers)


def _found() -> httpx.Response:
    body = {"evidence": [], "timings": {}, "models": {"encoder": "e", "reader": None},
            "request_id": "1"}  # fmt: skip
    return httpx.Response(200, json={**body, "later": {"verdict": "none"}})


def test_what_is_sent_again():
    soon = Retries(most=2, first_seconds=0.001)

    def client(*answers) -> tuple[Client, Scripted]:
        server = Scripted(*answers)
        return Client("http://test", retries=soon, transport=server), server

    refused = [_problem(429, "overloaded", "0"), _problem(503, "stopping")]
    asking, server = client(*refused, _found())
    result = asking.search(io.BytesIO(STATION))
    assert result.later == {"verdict": "none"}  # what a newer server adds is kept
    assert len(server.sent) == 3
    assert all(STATION in body for body in server.sent)
    asking, server = client(*[_problem(429, "overloaded", "0")] * 3)
    with pytest.raises(RateLimited) as limited:
        asking.search(question="x")
    assert limited.value.retry_after == 0
    asking, server = client(_problem(503, "stopping", "3600"))
    with pytest.raises(Unavailable):
        asking.search(question="x")
    for answer in (_problem(504, "deadline"), httpx.ReadError("broke")):
        asking, server = client(answer)
        with pytest.raises(snapcite_client.SnapCiteError):
            asking.search(question="x")
        assert len(server.sent) == 1
    asking, server = client(httpx.ConnectError("refused"), _found())
    assert asking.search(question="x").evidence == []
    asking, server = client(
        httpx.ReadError("broke"), httpx.Response(200, json={"status": "ok", "ready": True})
    )
    assert asking.health().ready
    for answer in (httpx.Response(200, text="<html>"), httpx.Response(200, json={"a": 1})):
        asking, _ = client(answer)
        with pytest.raises(ResponseError):
            asking.search(question="x")


def _events(*events: tuple[str, object]) -> httpx.Response:
    text = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    return httpx.Response(200, text=text, headers={"Content-Type": "text/event-stream"})


def test_a_stream_that_breaks_off_is_an_error():
    evidence = ("evidence", json.loads(_found().text))
    problem = json.loads(_problem(503, "model-unavailable").text)
    for events, error in [
        ([evidence], ResponseError),
        ([evidence, ("error", problem)], Unavailable),
        ([("error", {})], snapcite_client.ServerFault),
    ]:
        client = Client("http://test", transport=Scripted(_events(*events)))
        with client, pytest.raises(error):
            list(client.stream(question="x"))


@pytest.mark.skipif(
    "SNAPCITE_TEST_IMPORTS" not in os.environ, reason="SNAPCITE_TEST_IMPORTS=1 takes some seconds"
)
def test_importing_the_retrievers_asks_nobody():
    """In a process that may open no connection: importing and building them needs none."""
    script = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('it asks somebody')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from snapcite_client import Client, langchain, llama_index\n"
        "client = Client('http://127.0.0.1:9')\n"
        "langchain.SnapCiteRetriever(client=client)\n"
        "llama_index.SnapCiteRetriever(client)\n"
    )
    source = Path(__file__).parents[2] / "clients" / "python" / "src"
    env = os.environ | {"PYTHONPATH": str(source)}
    ended = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
