"""The API keeps to its own description: no 5xx, no status, type or shape that is not described.

schemathesis makes the requests from the description, so a new route is tested as soon as it is
described. Callers have a key for everything; without a key only the open paths answer.
"""

import base64
import dataclasses
import warnings
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from sample_documents import corpus_of, make_documents
from support import TinyEncoder, encoded, photo

from api.access.guard import OPEN_PATHS
from api.access.keys import add_key
from api.http.app import create_app
from api.http.documents_in import DocumentIn
from api.service import Service
from api.settings import Settings
from api.wiring.doors import build_doors
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import front_of
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from vlm.images.decoding import ImageLimits
from vlm.readers.extractive import ExtractiveReader

with warnings.catch_warnings():  # of its own imports
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import load_all_checks
    from schemathesis.python import asgi
    from schemathesis.specs.openapi import checks

load_all_checks()

STATION = encoded(photo(1, size=(320, 240)))

ENCODED = base64.b64encode(STATION).decode()

EXAMPLES = 15
"""Requests to each operation in each mode; with 1,000 the same takes some minutes."""

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, encoder: TinyEncoder
) -> Iterator[tuple[FastAPI, str]]:
    """An application behind a key, over an index that it may change, and the key."""
    root = tmp_path_factory.mktemp("described")
    documents = make_documents(root / "corpus")
    secret, _ = add_key(root / "keys.json", "tester", scopes={"ask", "admin", "review"})
    given = Settings(
        keys_file=root / "keys.json",
        rate_limit_key="none",
        rate_limit_address="none",
        allowed_hosts="testserver",
    )
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of(documents, root / "corpus"), index, encoder)
        app = create_app(
            Service(
                Pipeline(index, encoder, ExtractiveReader()),
                limits=ImageLimits(max_bytes=2**20),
                doors=build_doors(given, host="127.0.0.1"),
            )
        )
        yield app, secret


@pytest.fixture(scope="module")
def client(served: tuple[FastAPI, str]) -> Iterator[asgi.ASGIClient]:
    app, secret = served
    with asgi.get_client(app) as client:
        client.headers["X-API-Key"] = secret
        yield client


MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


def operations(app: FastAPI):
    description = schemathesis.openapi.from_dict(app.openapi())
    return [found.ok() for found in description.get_all_operations()]


def fill_in(case) -> None:
    """Replace what a description cannot say: a photo that is one, an id that is there."""
    if "document_id" in case.path_parameters:
        case.path_parameters["document_id"] = "corpus/old_station"
    if isinstance(case.body, dict) and case.media_type == "multipart/form-data":
        case.body = {
            name: value for name, value in case.body.items() if name not in ("filters", "schema")
        }
        case.body |= {"photo": [STATION], "question": "Is it still there?", "language": "en"}
        case.body |= {"k": 2, "caption": [], "region": "0,0,1,1"}
    if isinstance(case.body, dict) and "messages" in case.body:
        parts = [{"type": "text", "text": "Is it still there?"}]
        parts += [{"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{ENCODED}"}}]
        case.body = {"model": "snapcite", "messages": [{"role": "user", "content": parts}]}
    if isinstance(case.body, dict) and "inputs" in case.body:
        photo_ = {"mime_type": "image/jpeg", "data": ENCODED}
        case.body = {"inputs": [photo_, {"text": "Is it still there?"}]}


@pytest.mark.parametrize("mode", MODES)
def test_whatever_is_sent_gets_an_answer_that_is_described(mode, served, client):
    wrong = []
    for operation in operations(served[0]):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode), real=booleans())
        def holds(case, real):
            if real:
                fill_in(case)
            response = case.call(app=served[0], session=client)
            case.validate_response(response, checks=CHECKS)

        try:
            holds()
        except Unsatisfiable:
            continue  # nothing is wrong that could be sent: it takes no parameter
        except Exception as error:
            error.add_note(operation.label)
            wrong.append(error)
    if wrong:
        raise ExceptionGroup(f"{len(wrong)} operations", wrong)


def test_documents_are_described_by_the_model_that_reads_them(served):
    schemas = served[0].openapi()["components"]["schemas"]
    assert set(schemas["DocumentIn"]["properties"]) == set(DocumentIn.model_fields)
    keys = {field.name for field in dataclasses.fields(type(front_of({})))} - {"pairs", "closing"}
    keys |= {"groups", "closed_until"}
    assert keys <= set(DocumentIn.model_fields)  # whatever front matter has, a document may have
    listed = set(schemas["ListedDocumentIn"]["properties"])
    assert listed == keys | {"description", "caption", "corpus", "files", "photo_metadata"}
    assert schemas["ListedDocumentIn"]["required"] == ["title", "id", "corpus"]


def test_nothing_but_the_open_paths_answers_without_a_key(served, client):
    for operation in operations(served[0]):
        response = client.request(operation.method, operation.path, headers={"X-API-Key": ""})
        assert (response.status_code == 401) == (operation.path not in OPEN_PATHS), operation.label
        assert bool(operation.definition.raw.get("security")) == (response.status_code == 401)


def test_every_error_is_described_as_a_problem_document(served):
    described = 0
    for operation in operations(served[0]):
        for status, response in operation.definition.raw["responses"].items():
            if int(status) >= 400:
                assert set(response["content"]) == {"application/problem+json"}, operation.label
                described += 1
    assert described > 40
