"""The two compatibility routes for callers written for other services."""

import base64
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from http_asking import STATION, assert_problem
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.service import Service
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

QUESTION = "When was this demolished?"
CITED = "> The Old Station was demolished in 1992.\n> — Old Station, City archive"


@pytest.fixture(scope="module")
def client(index: Index, encoder: TinyEncoder) -> Iterator[TestClient]:
    app = create_app(Service(Pipeline(index, encoder, ExtractiveReader()), max_photos=2))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def vision(client, data: bytes, **fields: str):
    files = {"image": ("p.jpg", data, "image/jpeg")}
    return client.post("/v1/chat/vision", files=files, data=fields)


def predict(client, *inputs: dict, model: str = "qwen3-vl"):
    return client.post(f"/v1/models/{model}:predict", json={"inputs": list(inputs)})


def image(data: bytes, kind: str = "image/jpeg") -> dict:
    return {"mime_type": kind, "data": base64.b64encode(data).decode()}


def test_vision_answers_in_one_string(client):
    response = vision(client, STATION, prompt=QUESTION)

    assert response.status_code == 200
    assert set(response.json()) == {"response"}
    assert "1992" in response.json()["response"]
    assert response.json()["response"].endswith(CITED)


def test_vision_takes_a_png(client):
    data = encoded(photo(1, size=(320, 240)), "PNG")
    assert vision(client, data, prompt=QUESTION).status_code == 200


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(50), b"%PDF-1.7", b"RIFF1234WEBPVP8 "])
def test_vision_takes_nothing_but_jpeg_and_png_by_their_first_bytes(client, data):
    assert_problem(vision(client, data, prompt=QUESTION), 400, "bad-input")


def test_vision_names_a_damaged_photo(client):
    assert_problem(vision(client, STATION[:900], prompt=QUESTION), 422, "broken-image")


def test_predict_answers_one_output(client):
    response = predict(client, image(STATION), {"text": QUESTION})

    assert response.status_code == 200
    (output,) = response.json()["outputs"]
    assert "1992" in output["text"]
    assert output["text"].endswith(CITED)


@pytest.mark.parametrize(
    ("inputs", "status", "slug"),
    [
        ([], 422, "bad-request"),
        ([{}], 422, "bad-query"),
        ([{"text": "x", "data": "aGk=", "mime_type": "image/png"}], 422, "bad-query"),
        ([{"data": "aGk="}], 422, "bad-query"),
        ([image(b"hi")], 415, "unsupported-image"),
        ([{"mime_type": "image/png", "data": "?"}], 415, "unsupported-image"),
        ([image(STATION)] * 3, 422, "bad-query"),
        ([image(STATION[:900])], 422, "broken-image"),
    ],
)
def test_inputs_that_cannot_be_used_are_explained(client, inputs, status, slug):
    assert_problem(predict(client, *inputs), status, slug)


def test_a_model_s_name_and_its_prediction_are_two_routes(client):
    assert client.get("/v1/models/qwen3-vl").json()["id"] == "snapcite"
    assert client.get("/v1/models/qwen3-vl:predict").status_code in (200, 405)
