"""Every route, asked by callers in different groups: what is closed to them is in no answer.

An answer of the archive with closed documents equals that of one that never held them, header for
header, but for times and ids of requests.
"""

import json
import re
from contextlib import ExitStack

import pytest
from closed_documents import VIEWERS, canary, corpus_seen_by, make_archive, sees
from fastapi.testclient import TestClient
from http_asking import wait_until_ready
from sample_documents import corpus_of
from support import encoded, photo

from api.access.keys import add_key
from api.http.app import create_app
from api.memory.results import ResultCache, Results
from api.memory.store import MemoryStore
from api.service import Service
from api.settings import Settings
from api.wiring.doors import build_doors
from indexer.run import fingerprint_of, index_corpus
from knowledge.index import layout
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

GROUPS = {"nobody": (), "staff": ("Staff",), "donors": ("donors",), "both": ("staff", "donors")}
WRITE_OR_STATIC = {
    ("POST", "/v1/documents"),
    ("PUT", "/v1/documents/{corpus}/{id:path}"),
    ("DELETE", "/v1/documents/{corpus}/{id:path}"),
    ("DELETE", "/v1/conversations/{conversation_id}"),
    ("GET", "/v1/samples"),
    ("GET", "/v1/samples/{number}/photo"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{model}"),
}
"""Routes of administrators, and those that show nothing of the index."""
VARYING = re.compile(
    r'"(?:request_id|timings|id|created|measured_at)":\s*(?:"[^"]*"|\{[^}]*\}|\d+)|\d+\.\d{4,}'
)
VARYING_HEADERS = {"x-request-id", "date", "content-length", "server-timing"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory, encoder):
    """The documents, and name → a client of the whole archive and one of what is open alone."""
    root = tmp_path_factory.mktemp("archive")
    documents = make_archive(root, count=9)
    keys = root / "keys.json"
    secrets = {n: add_key(keys, n, scopes={"ask"}, groups=g)[0] for n, g in GROUPS.items()}
    doors = build_doors(Settings(keys_file=keys), host="127.0.0.1")

    with ExitStack() as stack:

        def served(name, corpus):
            index = stack.enter_context(
                open_index(str(root / name), fingerprint_of(encoder), create=True)
            )
            index_corpus(corpus, index, encoder)
            pipeline = Pipeline(index, encoder, ExtractiveReader())
            cache = ResultCache(MemoryStore(max_bytes=2**24, seconds=600))
            service = Service(pipeline, doors=doors, results=Results(cache, pipeline))
            client = TestClient(create_app(service), base_url="http://localhost")
            stack.enter_context(client)
            wait_until_ready(client)
            return client

        whole = served("whole", corpus_of(documents, root))
        alone = {
            name: served(f"alone-{name}", corpus_seen_by(viewer, documents, root))
            for name, viewer in VIEWERS.items()
            if name in ("nobody", "staff")
        }
        yield documents, whole, alone, secrets


def requests_about(documents):
    """What may be asked of each route, of open and of closed documents alike."""
    for document in documents:
        word = document.id.removeprefix("d-")
        question = f"When was the {document.title} built?"
        number = documents.index(document)
        picture = encoded(photo(number % 4, size=(64, 48)), "PNG")
        yield "GET", f"/v1/documents/{document.document_id}", {}
        yield "GET", "/v1/documents", {"params": {"text": word}}
        yield "GET", "/v1/suggestions", {"params": {"text": word}}
        for id_ in layout.photo_point_ids(document):
            yield "GET", f"/v1/photos/{id_}", {}
        for route in ("/v1/search", "/v1/ask"):
            yield "POST", route, {"data": {"question": question, "k": "9"}}
            yield "POST", route, {"files": {"photo": picture}, "data": {"question": "What is it?"}}
            chosen = {"document_id": document.document_id} if number % 4 else {"tags": word}
            filters = json.dumps(chosen)
            yield "POST", route, {"data": {"question": "When?", "filters": filters}}
        events = {"accept": "text/event-stream"}
        yield "POST", "/v1/ask", {"data": {"question": question}, "headers": events}
        messages = [{"role": "user", "content": question}]
        if number % 4:
            messages += [{"role": "assistant", "content": "?"},
                         {"role": "user", "content": "And when was it demolished?"}]  # fmt: skip
        chat = {"messages": messages, "stream": number % 4 == 2}
        yield "POST", "/v1/chat/completions", {"json": chat}
        yield "POST", "/v1/chat/vision", {"files": {"image": picture}, "data": {"prompt": question}}
        encoded_photo = {"mime_type": "image/png", "data": _base64(picture)}
        inputs = {"inputs": [encoded_photo, {"text": question}]}
        yield "POST", "/v1/models/any:predict", {"json": inputs}
    wrong = {"document_id": documents[3].document_id, "what": "built", "value": "1900",
             "evidence": "Register"}  # fmt: skip
    yield "POST", "/v1/corrections", {"json": wrong}
    yield "POST", "/v1/corrections/none/approve", {}
    yield "GET", "/v1/corrections", {}
    for path in ("/v1/corpus", "/v1/documents", "/v1/suggestions", "/health", "/ready", "/metrics"):
        yield "GET", path, {}


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


def plain(response) -> tuple[int, str, dict[str, str]]:
    headers = {k: v for k, v in response.headers.items() if k not in VARYING_HEADERS}
    return response.status_code, VARYING.sub("", response.content.decode("latin-1")), headers


def test_no_route_shows_what_is_closed(archive):
    documents, whole, alone, secrets = archive
    asked = set()
    for method, path, sent in requests_about(documents):
        asked.add((method, path))
        for name, secret in secrets.items():
            if method == "POST" and name not in alone:
                continue
            given = {**sent, "headers": {**sent.get("headers", {}), "x-api-key": secret}}
            response = whole.request(method, path, **given)
            said = response.content.decode("latin-1") + repr(response.headers)
            request = path + repr(sent)
            for number, document in enumerate(documents):
                if not sees(VIEWERS[name], document) and canary(number) not in request.casefold():
                    assert canary(number) not in said.casefold(), (name, method, path)
            if name in alone and path != "/metrics":
                other = alone[name].request(method, path, **given)
                assert plain(response) == plain(other), (name, method, path, sent)
    for route in whole.app.routes:
        if not getattr(route, "path", "").startswith("/v1/"):
            continue
        pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(route.path)) + "$")
        for method in route.methods - {"HEAD"}:
            known = (method, route.path) in WRITE_OR_STATIC
            assert known or any(m == method and pattern.match(p) for m, p in asked), route.path


def test_a_conversation_forgets_what_its_caller_may_no_longer_see(archive):
    documents, whole, _, secrets = archive
    closed = next(d for d in documents if d.groups == ("staff",) and not d.closed_until)
    about = {"question": f"When was the {closed.title} built?", "conversation_id": "conversation-1"}
    headers = {"x-api-key": secrets["staff"]}
    assert whole.post("/v1/ask", data=about, headers=headers).json()["answer"]["year"]
    again = {"question": "And when was it demolished?", "conversation_id": "conversation-1"}
    assert closed.title in whole.post("/v1/ask", data=again, headers=headers).text
    other = whole.post("/v1/ask", data=again, headers={"x-api-key": secrets["nobody"]})
    assert closed.title not in other.text


def test_a_photo_that_one_caller_saw_is_not_kept_for_another(archive):
    documents, whole, _, secrets = archive
    number = next(
        n for n, d in enumerate(documents) if d.groups == ("staff",) and d.photos
        and not d.closed_until
    )  # fmt: skip
    (id_,) = layout.photo_point_ids(documents[number])
    seen = whole.get(f"/v1/photos/{id_}", headers={"x-api-key": secrets["staff"]})
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/webp")
    hidden = whole.get(f"/v1/photos/{id_}", headers={"x-api-key": secrets["nobody"]})
    absent = whole.get("/v1/photos/none", headers={"x-api-key": secrets["nobody"]})
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"].replace(id_, "none") == absent.json()["detail"]
