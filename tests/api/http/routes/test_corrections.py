"""Corrections: proposed by readers, decided by reviewers, cited in the next answer, and kept."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from http_asking import STATION, ask, assert_problem, wait_until_ready
from qdrant_client import QdrantClient
from sample_documents import corpus_of, make_documents
from typer.testing import CliRunner

from api.access.keys import add_key
from api.cli import app as command_line
from api.http.app import create_app
from api.service import Service
from api.settings import Settings
from api.wiring.doors import build_doors
from indexer.corrections import Corrections
from indexer.live import LiveUpdates
from indexer.report import IndexReport
from indexer.run import fingerprint_of, index_corpus, remove_corpus
from knowledge.corpus import open_corpus
from knowledge.documents import Document
from knowledge.errors import CorpusError, DocumentError, NotFoundError
from knowledge.index import copy_index
from knowledge.index.index import Index, open_index
from knowledge.store.server import ServerStore
from knowledge.viewer import Viewer
from search.evaluation import load_testset
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader

WRONG = {
    "document_id": "corpus/old_station", "what": "opened", "value": "1911",
    "evidence": "Town register, page 4 <script>alert(1)</script>",
    "link": "https://archive.example/4", "name": "Ann\u202e Reader",
}  # fmt: skip
OPENED = "When was the Old Station opened?"


@pytest.fixture
def documents(tmp_path):
    return make_documents(tmp_path / "corpus")


@pytest.fixture
def served(empty_index, encoder, documents, tmp_path) -> Iterator[tuple[TestClient, dict]]:
    """A client, and key name → header."""
    index_corpus(corpus_of(documents, tmp_path / "corpus"), empty_index, encoder)
    file = tmp_path / "keys.json"
    scopes = {"reader": {"ask"}, "reviewer": {"ask", "review"}, "staff": {"ask", "review"}}
    keys = {
        name: {"x-api-key": add_key(file, name, scopes=of, groups=["staff"] * (name == "staff"))[0]}
        for name, of in scopes.items()
    }
    doors = build_doors(Settings(keys_file=file), host="127.0.0.1")
    service = Service(Pipeline(empty_index, encoder, ExtractiveReader()), doors=doors)
    with TestClient(create_app(service), base_url="http://localhost") as client:
        wait_until_ready(client)
        yield client, keys


def opened(client, headers, *photos: bytes) -> dict:
    client.headers.update(headers)
    return ask(client, *photos, question=OPENED).json()["answer"]


def test_a_correction_is_proposed_approved_cited_and_taken_back(served):
    client, keys = served
    reader, reviewer = keys["reader"], keys["reviewer"]
    assert opened(client, reader)["year"] == 1912

    made = client.post("/v1/corrections", json=WRONG, headers=reader)
    assert (made.status_code, made.json()["state"]) == (202, "pending")
    id_ = made.json()["id"]
    assert client.post("/v1/corrections", json=WRONG, headers=reader).json()["id"] == id_
    assert opened(client, reader)["year"] == 1912
    assert client.get(f"/v1/documents/_corrections/{id_}", headers=reader).status_code == 404
    for path in ("", f"/{id_}/approve"):
        method = "POST" if path else "GET"
        refused = client.request(method, f"/v1/corrections{path}", headers=reader)
        assert_problem(refused, 403, "forbidden")

    waiting = client.get("/v1/corrections?state=pending", headers=reviewer).json()
    assert waiting["total"] == 1
    assert waiting["corrections"][0]["name"] == "Ann Reader"
    approved = client.post(f"/v1/corrections/{id_}/approve", headers=reviewer).json()
    assert (approved["state"], approved["reviewer"]) == ("approved", "key:reviewer")

    for photos in ((), (STATION,)):
        answer = opened(client, reader, *photos)
        assert (answer["year"], answer["subject"]["document_id"]) == (1911, "corpus/old_station")
        source = answer["source"]
        assert source["quote"] == "Old Station was opened in 1911."
        assert source["citation"].startswith(f"Correction by Ann Reader, {approved['proposed']}: ")
        assert source["url"] == WRONG["link"]
        assert [conflict["year"] for conflict in answer["conflicts"]] == [1912]
        assert (
            client.get(f"/v1/documents/{source['document_id']}").json()["text"] == source["quote"]
        )
    other = ask(client, question="When was the Old Station demolished?").json()["answer"]
    assert (other["year"], other["source"]["document_id"]) == (1992, "corpus/old_station")
    assert client.get("/v1/documents").json()["total"] == 3
    assert [each["corpus"] for each in client.get("/v1/corpus").json()["corpora"]] == ["corpus"]

    client.post(f"/v1/corrections/{id_}/withdraw", headers=reviewer)
    assert opened(client, reader)["year"] == 1912
    assert client.get(f"/v1/documents/_corrections/{id_}", headers=reader).status_code == 404
    declined = client.post(f"/v1/corrections/{id_}/decline", headers=reviewer)
    assert_problem(declined, 422, "bad-document")
    assert client.post("/v1/corrections/none/approve", headers=reviewer).status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"document_id": "corpus/none"}, {"value": " \u200b "}, {"what": ""}, {"value": "x" * 301},
     {"link": "javascript:alert(1)"}, {"evidence": "", "link": ""}, {"name": "n" * 101}],
)  # fmt: skip
def test_a_proposal_that_cannot_be_used_is_refused(served, change):
    client, keys = served
    refused = client.post("/v1/corrections", json=WRONG | change, headers=keys["reader"])
    assert refused.status_code == (404 if "document_id" in change else 422)
    waiting = client.get("/v1/corrections", headers=keys["reviewer"]).json()
    assert waiting == {"total": 0, "corrections": []}


def test_who_proposes_too_often_has_to_wait(served):
    client, keys = served
    sent = [client.post("/v1/corrections", json=WRONG | {"value": str(1900 + n)},
                        headers=keys["reader"]) for n in range(6)]  # fmt: skip
    assert [each.status_code for each in sent] == [202] * 5 + [429]
    assert int(sent[-1].headers["retry-after"]) > 0


def test_a_correction_is_closed_with_its_document(
    served, empty_index, encoder, documents, tmp_path
):
    client, keys = served
    id_ = client.post("/v1/corrections", json=WRONG, headers=keys["reader"]).json()["id"]
    client.post(f"/v1/corrections/{id_}/approve", headers=keys["reviewer"])
    again = WRONG | {"document_id": f"_corrections/{id_}", "value": "1899"}
    other = client.post("/v1/corrections", json=again, headers=keys["reader"]).json()["id"]
    decided = client.post(f"/v1/corrections/{other}/approve", headers=keys["reviewer"]).json()
    assert decided["document_id"] == WRONG["document_id"]  # of the document, not of a correction
    withdrawn = client.post(f"/v1/corrections/{other}/withdraw", headers=keys["reviewer"])
    assert withdrawn.status_code == 200
    closed = replace(documents[0], groups=("staff",))
    index_corpus(corpus_of([closed, *documents[1:]], tmp_path / "corpus"), empty_index, encoder)

    path = f"/v1/documents/_corrections/{id_}"
    assert client.get(path, headers=keys["reviewer"]).status_code == 404
    assert client.get(path, headers=keys["staff"]).status_code == 200
    assert client.get("/v1/corrections", headers=keys["reviewer"]).json()["total"] == 0
    withdraw = f"/v1/corrections/{id_}/withdraw"
    assert client.post(withdraw, headers=keys["reviewer"]).status_code == 404
    assert client.post("/v1/corrections", json=WRONG, headers=keys["reader"]).status_code == 404
    assert opened(client, keys["reader"])["year"] is None
    assert opened(client, keys["staff"])["year"] == 1911


def approved(index: Index) -> str:
    corrections = Corrections(index)
    made = corrections.propose(index.whole, **WRONG)
    corrections.decide(index.whole, made.id, "approved", reviewer="test")
    return made.id


def year(index: Index, encoder) -> int | None:
    return Pipeline(index, encoder, ExtractiveReader()).ask(Query(OPENED)).answer.year


def test_indexing_again_and_a_copy_to_a_server_keep_it(empty_index, encoder, documents, tmp_path):
    corpus = corpus_of(documents, tmp_path / "corpus")
    index_corpus(corpus, empty_index, encoder)
    id_ = approved(empty_index)
    changed = replace(documents[0], text=documents[0].text + " It is missed.")
    index_corpus(corpus_of([changed, *documents[1:]], tmp_path / "corpus"), empty_index, encoder)
    assert year(empty_index, encoder) == 1911

    fingerprint = fingerprint_of(encoder)
    store = ServerStore.open(
        "http://127.0.0.1:6333", collection="c", api_key=None, schema=fingerprint.schema(),
        create=True, client=QdrantClient(":memory:"),
    )  # fmt: skip
    target = Index(store, fingerprint, "http://127.0.0.1:6333")
    copy_index(empty_index, target)
    assert year(target, encoder) == 1911
    Corrections(target).decide(target.whole, id_, "withdrawn", reviewer="test")
    copy_index(empty_index, target)
    assert year(target, encoder) == 1912


def remove_live(index: Index, encoder, corpus) -> None:
    assert LiveUpdates(index, encoder).remove(WRONG["document_id"])


def remove_from_files(index: Index, encoder, corpus) -> None:
    others = [each for each in corpus.read() if each.document_id != WRONG["document_id"]]
    report = index_corpus(corpus_of(others, corpus.root), index, encoder)
    assert [note.path for note in report.notes] == [WRONG["document_id"]]


def remove_all(index: Index, encoder, corpus) -> None:
    remove_corpus("corpus", index)


def remove_by_copy(index: Index, encoder, corpus) -> None:
    with open_index(str(corpus.root.parent / "less"), index.fingerprint, create=True) as less:
        index_corpus(corpus_of(list(corpus.read())[1:], corpus.root), less, encoder)
        copy_index(less, index, replace=True)


@pytest.mark.parametrize("remove", [remove_live, remove_from_files, remove_all, remove_by_copy])
def test_another_document_under_the_same_id_is_not_corrected(
    remove, empty_index, encoder, documents, tmp_path
):
    def index(document: Document) -> IndexReport:
        changed = corpus_of([document, *documents[1:]], tmp_path / "corpus")
        return index_corpus(changed, empty_index, encoder)

    def speaks() -> bool:
        return bool(empty_index.whole.corrections([WRONG["document_id"]]))

    corrections = Corrections(empty_index)
    corpus, original = corpus_of(documents, tmp_path / "corpus"), documents[0]
    library = replace(
        original, title="Town Library", aliases=(), text="The Town Library was opened in 1950."
    )
    namesake = replace(original, text="This one is in another town. It has four towers.", photos=())
    index_corpus(corpus, empty_index, encoder)
    id_ = approved(empty_index)

    index(replace(original, text="Rewritten: the terminus, which opened in 1913."))
    assert speaks()  # it was there all the time
    index(original)
    remove(empty_index, encoder, corpus)
    assert not speaks()
    (gone,) = corrections.all(empty_index.whole)
    assert (gone.state, gone.document_is) == ("approved", "gone")
    for other in (library, namesake):
        report = index(other)
        assert not speaks()
        assert id_ in report.notes[-1].text
        assert [each.document_is for each in corrections.all(empty_index.whole)] == ["another"]
        with pytest.raises(NotFoundError):
            empty_index.whole.document(f"_corrections/{id_}")
        with pytest.raises(DocumentError, match="another document"):
            corrections.decide(empty_index.whole, id_, "approved", reviewer="test")
    again = corrections.propose(empty_index.whole, **WRONG)
    assert again.id != id_
    assert corrections.propose(empty_index.whole, **WRONG).id == again.id
    corrections.decide(empty_index.whole, again.id, "approved", reviewer="test")
    assert speaks()
    corrections.decide(empty_index.whole, again.id, "withdrawn", reviewer="test")

    report = index(replace(original, text=original.text + " It is missed."))  # it came back
    assert speaks()
    assert report.notes == []
    index(replace(original, text="Rewritten, as it is there all the time again."))
    assert speaks()
    index(replace(library, photos=()))  # and nobody removed it before this one came
    assert not speaks()
    corrections.decide(empty_index.whole, id_, "withdrawn", reviewer="test")


def test_who_was_not_to_see_a_document_sees_no_correction_of_it_when_it_is_gone(
    empty_index, encoder, documents, tmp_path
):
    closed = replace(documents[0], groups=("staff",))
    index_corpus(corpus_of([closed, *documents[1:]], tmp_path / "corpus"), empty_index, encoder)
    id_ = approved(empty_index)
    corrections = Corrections(empty_index)
    staff, anybody = (empty_index.seen_by(Viewer.of(each)) for each in (["staff"], []))
    library = replace(
        documents[0], title="Library", text="", aliases=(), photos=documents[1].photos
    )
    for others in (documents[1:], [library, *documents[1:]]):
        index_corpus(corpus_of(others, tmp_path / "corpus"), empty_index, encoder)
        assert [each.id for each in corrections.all(staff)] == [id_]
        assert corrections.all(anybody) == []
        with pytest.raises(NotFoundError):
            corrections.decide(anybody, id_, "withdrawn", reviewer="test")
    corrections.decide(staff, id_, "withdrawn", reviewer="test")


def test_no_document_takes_the_place_of_a_correction(empty_index, encoder, documents, tmp_path):
    index_corpus(corpus_of(documents, tmp_path / "corpus"), empty_index, encoder)
    id_ = approved(empty_index)
    assert not LiveUpdates(empty_index, encoder).remove(f"_corrections/{id_}")
    assert empty_index.whole.corrections([WRONG["document_id"]])
    with pytest.raises(CorpusError, match="another name"):
        open_corpus(tmp_path / "corpus", name="_corrections")


def test_the_command_line_lists_decides_and_exports(encoder, documents, tmp_path):
    where = str(tmp_path / "own")
    with open_index(where, fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of(documents, tmp_path / "corpus"), index, encoder)
        made = Corrections(index).propose(index.whole, **WRONG)

    def run(*words: str):
        result = CliRunner().invoke(command_line, ["corrections", *words, "--index", where])
        assert result.exit_code == 0, result.output
        return result.output

    assert "<script>" in run("list")
    run("approve", made.id)
    assert json.loads(run("list", "--json", "--state", "approved"))[0]["reviewer"] == "operator"
    run("export", str(tmp_path / "set.jsonl"))
    run("export", str(tmp_path / "set.jsonl"), "--overwrite")
    (question,) = load_testset(tmp_path / "set.jsonl")
    assert (question.question, question.year, question.document) == (
        "When was Old Station opened?",
        1911,
        "old_station",
    )
    with open_index(where, None) as index:
        assert year(index, encoder) == 1911
    run("withdraw", made.id)
    with open_index(where, None) as index:
        assert year(index, encoder) == 1912
        with pytest.raises(DocumentError):
            Corrections(index).decide(index.whole, made.id, "declined", reviewer="test")
