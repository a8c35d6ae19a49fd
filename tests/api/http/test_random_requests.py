"""Random documents and random JSON: no route answers with an error of the server."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_documents import corpus_of, make_documents
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.service import Service
from indexer.run import fingerprint_of, index_corpus
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

STATION = encoded(photo(1, size=(320, 240)))

ODD = ["\u202e", "\u0000", "é", "é", "\x1b[31m", "李", "\u2028", "'", "</script>", "en-12"]
TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*ODD, "built in 1901 ", "demolished ", ". ", "\n"])).map("".join),
)
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.sampled_from([10**400, -0.0])
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
KEYS = ["title", "text", "description", "caption", "aliases", "language", "place", "source", "url",
        "tags", "photos", "id", "built", "year"]  # fmt: skip
LINES = TEXT | st.lists(TEXT, max_size=3)
DOCUMENT = st.one_of(
    st.dictionaries(st.one_of(st.sampled_from(KEYS), TEXT), VALUE, max_size=6),
    st.fixed_dictionaries(
        {"title": TEXT.map("A title {}".format)},
        optional={
            "text": LINES,
            "description": LINES,
            "aliases": LINES,
            "language": st.sampled_from(["en", "zh", "en-12", "", "x-y", "EN", "en_GB"]) | TEXT,
            "place": TEXT,
            "source": TEXT,
            "url": TEXT,
            "tags": LINES,
            "built": SCALAR,
        },
    ),
)
TYPES = st.sampled_from(
    ["object", "array", "string", "integer", "null", 5, None, ["string", 5], {}]
)
SCHEMA = st.recursive(
    st.one_of(VALUE, st.fixed_dictionaries({"type": TYPES})),
    lambda inner: st.fixed_dictionaries(
        {"type": TYPES},
        optional={
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | VALUE,
            "items": inner,
            "enum": VALUE,
            "const": VALUE,
            "anyOf": st.lists(inner, max_size=3) | VALUE,
            "minItems": VALUE,
            "maxItems": VALUE,
            "required": VALUE,
        },
    ),
    max_leaves=8,
)
RANDOM = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, encoder: TinyEncoder) -> Iterator[TestClient]:
    """A server over an index that it may change, which answers with its errors."""
    root = tmp_path_factory.mktemp("random")
    documents = make_documents(root / "corpus")
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of(documents, root / "corpus"), index, encoder)
        app = create_app(Service(Pipeline(index, encoder, ExtractiveReader())))
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client


def is_fine(response) -> bool:
    return response.status_code < 500 or response.status_code == 503


def dumped(value: Any) -> str:
    return json.dumps(value)


@given(document=DOCUMENT, id_=TEXT, metadata=st.none() | VALUE)
@RANDOM
def test_whatever_a_document_holds_every_route_shows_it(client, document, id_, metadata):
    path = "/v1/documents/random/x" + quote(id_.encode("utf-8", "replace"), safe="")
    data = {"document": dumped(document)}
    if metadata is not None:
        data["photo_metadata"] = dumped(metadata)
    files = [("photo", ("p.jpg", STATION, "image/jpeg"))]
    written = client.put(path, data=data, files=files)
    assert is_fine(written), written.text
    if written.status_code > 201:
        return
    document_id = written.json()["document_id"]
    shown = client.get("/v1/documents/" + quote(document_id, safe="/"))
    assert shown.status_code == 200, shown.text
    listed = client.get("/v1/documents", params={"corpus": "random", "limit": 100})
    assert listed.status_code == 200, listed.text
    for each in listed.json()["documents"]:
        if each["document_id"] == document_id and each["photo_url"]:
            assert client.get(each["photo_url"]).status_code == 200
    for path in (
        "/v1/corpus",
        "/v1/suggestions?n=8",
        "/v1/suggestions?n=8&language=zh",
        "/metrics",
    ):
        assert client.get(path).status_code == 200, path
    title = shown.json()["title"]
    asked = client.post("/v1/ask", data={"question": f"When was {title} built?"[:500]})
    assert is_fine(asked), asked.text
    assert is_fine(client.delete("/v1/documents/" + quote(document_id, safe="/")))


POSTS = ("/v1/ask", "/v1/search", "/v1/documents", "/v1/chat/completions", "/v1/chat/vision",
         "/v1/models/x:predict")  # fmt: skip
BODY = st.one_of(
    VALUE,
    st.lists(
        st.one_of(DOCUMENT, st.fixed_dictionaries({"corpus": TEXT, "id": TEXT, "title": TEXT}))
    ),
    st.fixed_dictionaries(
        {
            "model": st.just("x"),
            "messages": st.lists(
                st.fixed_dictionaries(
                    {"role": st.sampled_from(["user", "system", "x"]), "content": VALUE}
                ),
                max_size=3,
            )
            | VALUE,
        },
        optional={"snapcite": VALUE, "response_format": VALUE, "n": VALUE, "stream": VALUE},
    ),
    st.fixed_dictionaries(
        {"inputs": st.lists(st.dictionaries(st.sampled_from(["text", "data", "mime_type"]), TEXT))}
    ),
)


@given(body=BODY, path=st.sampled_from(POSTS))
@RANDOM
def test_whatever_json_is_posted_is_no_fault_of_the_server(client, body, path):
    headers = {"Content-Type": "application/json"}
    response = client.post(path, content=dumped(body), headers=headers)
    assert is_fine(response), (path, response.text)


@given(fields=st.dictionaries(
    st.sampled_from(["question", "k", "language", "filters", "region", "caption", "schema",
                     "conversation_id"]), TEXT | VALUE.map(dumped)))  # fmt: skip
@RANDOM
def test_whatever_a_form_holds_is_no_fault_of_the_server(client, fields):
    data = {name: text.encode("utf-8", "replace").decode() for name, text in fields.items()}
    for path in ("/v1/ask", "/v1/search"):
        assert is_fine(client.post(path, data=data)), path


@given(schema=SCHEMA)
@RANDOM
def test_whatever_schema_is_sent_is_no_fault_of_the_server(client, schema):
    for one in (schema, {"type": "object", "properties": {"a": schema}}):
        data = {"question": "When was the Old Station demolished?", "schema": dumped(one)}
        response = client.post("/v1/ask", data=data)
        assert is_fine(response), response.text


@pytest.mark.parametrize("type_", [5, None, [], [5], {}, "", True, ["string", None]])
def test_a_type_that_is_none_is_refused(client, type_):
    schema = {"type": "object", "properties": {"a": {"type": type_}}}
    data = {"question": "When was the Old Station demolished?", "schema": dumped(schema)}
    assert client.post("/v1/ask", data=data).status_code == 422
