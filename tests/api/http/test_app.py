"""The HTTP API over a real index, with the extractive reader and real uploads."""

import io
import json
from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
import pytest
from fastapi.testclient import TestClient
from http_asking import STATION, ask, assert_problem, wait_until_ready
from PIL import Image
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.http.samples import Sample
from api.service import Service
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.images.decoding import ImageLimits
from vlm.readers import Draft
from vlm.readers.extractive import ExtractiveReader


@pytest.fixture(scope="module")
def client(
    index: Index, encoder: TinyEncoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    file = tmp_path_factory.mktemp("samples") / "sample.jpg"
    file.write_bytes(STATION)
    app = create_app(
        Service(
            Pipeline(index, encoder, ExtractiveReader()),
            limits=ImageLimits(max_bytes=8 * 2**20),
            max_photos=2,
            samples=[Sample(file, "Old Station", {"en": "Is it still there?"}, "nobody, CC0")],
        )
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until_ready(client)
        yield client


def test_a_photo_and_a_question_get_a_cited_answer(client):
    body = ask(client, STATION, question="When was this demolished?").json()

    answer = body["answer"]
    assert answer["subject"] == {"document_id": "corpus/old_station", "title": "Old Station"}
    assert (answer["value"], answer["year"], answer["year_event"]) == ("1992", 1992, "demolished")
    assert answer["exists"] in (None, False)  # which was not asked
    assert not answer["abstained"]
    source = answer["source"]
    assert source["quote"] == "The Old Station was demolished in 1992."
    assert source["citation"] == "City archive"
    document = client.get(f"/v1/documents/{source['document_id']}").json()
    assert document["text"][source["start"] : source["end"]] == source["quote"]
    assert body["models"] == {"encoder": "tiny", "reader": "extractive"}
    assert set(body["timings"]) == {"decode", "encode", "retrieve", "picture", "read", "total"}


def test_a_chinese_question_is_answered_in_chinese_from_an_english_document(client):
    answer = ask(client, STATION, question="这座车站是哪一年拆除的?").json()["answer"]

    assert answer["year"] == 1992
    assert "1992" in answer["text"]
    assert answer["text"].endswith("。")


def test_the_photo_decides_which_subject_is_meant(client):
    tower = encoded(photo(2, size=(320, 240)))
    answers = [
        ask(client, data, question="Is it still standing?").json()["answer"]
        for data in (STATION, tower)
    ]

    assert [a["exists"] for a in answers] == [False, True]
    assert [a["subject"]["title"] for a in answers] == ["Old Station", "Clock Tower"]


def test_a_question_alone_and_a_photo_alone_are_enough(client):
    alone = ask(client, question="When was the Clock Tower completed?").json()["answer"]
    assert alone["year"] == 1889

    photo_alone = ask(client, STATION).json()["answer"]
    assert photo_alone["exists"] is False


def test_what_the_documents_do_not_say_is_not_answered(client):
    answer = ask(client, STATION, question="How much did it cost?").json()["answer"]

    assert answer["abstained"]
    assert answer["reason"] == "not_in_evidence"
    assert (answer["exists"], answer["year"], answer["source"]) == (None, None, None)
    assert answer["subject"]["title"] == "Old Station"


class Naming:
    """Answers who built the station, in the source's words; a language it does not read with that
    reason."""

    name = "naming"

    def read(self, reading) -> Draft:
        if reading.question.startswith("Wer"):
            return Draft("", reason="language_not_read")
        quote = "It was built by the railway company."
        passage = next(p for c in reading.candidates for p in c.passages if quote in p.text)
        return Draft(quote, passage.document_id, value="the railway company", quote=quote,
                     passage_id=passage.passage_id, confidence=0.9)  # fmt: skip


def test_a_value_and_its_language_go_out_by_every_door(index, encoder):
    question = "Who built the Old Station?"
    body = {"model": "x", "messages": [{"role": "user", "content": question}]}
    with TestClient(create_app(Service(Pipeline(index, encoder, Naming())))) as client:
        answers = [
            ask(client, question=question).json()["answer"],
            client.post("/v1/chat/completions", json=body).json()["snapcite"]["answer"],
        ]
    for answer in answers:
        assert answer["value"] == "the railway company"
        assert answer["source"]["language"] == "en"


def test_a_language_that_is_not_read_is_a_reason(index, encoder):
    with TestClient(create_app(Service(Pipeline(index, encoder, Naming())))) as client:
        answer = ask(client, STATION, question="Wer baute den Bahnhof?").json()["answer"]
        described = client.get("/openapi.json").json()["components"]["schemas"]["AnswerOut"]

    assert (answer["abstained"], answer["reason"]) == (True, "language_not_read")
    assert "the reader naming was not measured" in answer["text"]
    assert answer["subject"]["title"] == "Old Station"
    assert "language_not_read" in json.dumps(described["properties"]["reason"])


def test_a_foreign_photo_gets_no_neighbour_s_story(client):
    answer = ask(client, encoded(photo(77, size=(320, 240))), question="Is it there?").json()

    assert answer["answer"]["reason"] == "nothing_similar"
    assert answer["evidence"]
    near = answer["answer"]["candidates"][0]
    assert near["title"] in answer["answer"]["text"]
    assert near["why"] == "looks_like"
    assert 0 <= near["nearness"] < 0.5
    assert client.get(near["photo_url"]).status_code == 200


def test_the_one_that_is_meant_can_be_chosen(client):
    foreign = encoded(photo(77, size=(320, 240)))
    chosen = json.dumps({"document_id": "corpus/old_station"})
    answer = ask(client, foreign, question="Is it there?", filters=chosen).json()["answer"]

    assert answer["reason"] is None
    assert answer["subject"]["title"] == "Old Station"


def test_search_finds_without_reading(client):
    files = [("photo", ("p.jpg", STATION, "image/jpeg"))]
    body = client.post("/v1/search", files=files, data={"k": "1"}).json()

    assert "answer" not in body
    assert {item["document_id"] for item in body["evidence"]} == {"corpus/old_station"}
    assert body["models"]["reader"] is None


def test_evidence_shows_its_photo(client):
    evidence = ask(client, STATION, question="Is it there?").json()["evidence"]
    url = next(item["photo_url"] for item in evidence if item["kind"] == "photo")
    response = client.get(url)

    assert response.status_code == 200
    assert Image.open(io.BytesIO(response.content)).size == (320, 240)


def test_filters_region_language_and_several_photos(client):
    body = ask(client, STATION, STATION, question="Is it still there?", language="zh",
               filters='{"tags": "railway"}').json()  # fmt: skip
    assert {item["document_id"] for item in body["evidence"]} == {"corpus/old_station"}
    assert "年" in body["answer"]["text"] or "在" in body["answer"]["text"]

    two = Image.new("RGB", (640, 240))
    two.paste(photo(2, size=(320, 240)), (0, 0))
    two.paste(photo(1, size=(320, 240)), (320, 0))
    right_half = ask(
        client, encoded(two), question="Is it still there?", region="0.5,0,0.5,1"
    ).json()
    assert right_half["answer"]["subject"]["title"] == "Old Station"


def bomb() -> bytes:
    """A small file that unfolds to 40,000 × 40,000 pixels."""
    buffer = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("upload", "status", "slug"),
    [
        (b"", 422, "broken-image"),
        (b"Dear Sir, this is a letter." * 20, 415, "unsupported-image"),
        (STATION[: len(STATION) // 2], 422, "broken-image"),
        (bomb(), 413, "image-too-large"),
        (b"\x00" * (9 * 2**20), 413, "image-too-large"),
    ],
    ids=["empty", "text named .jpg", "truncated", "bomb", "too many bytes"],
)
def test_uploads_that_cannot_be_used_are_explained(client, upload, status, slug):
    assert_problem(ask(client, upload, question="Is it there?"), status, slug)


def test_a_50_megapixel_photo_is_taken(client):
    rng = np.random.default_rng(5)
    big = Image.fromarray(rng.integers(0, 255, (10, 10, 3), dtype=np.uint8)).resize((8660, 5774))
    response = ask(client, encoded(big), question="Is it there?")

    assert big.size[0] * big.size[1] > 50_000_000
    assert response.status_code == 200


def test_a_body_beyond_all_photos_is_refused_by_its_length(client):
    body = ask(client, *[b"\xff\xd8\xff" + b"\x00" * (8 * 2**20)] * 3, question="x")

    assert_problem(body, 413, "request-too-large")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Nothing was asked"),
        ({"question": "x" * 3000}, "3,000 characters"),
        ({"question": "x", "k": "0"}, "k is 0"),
        ({"question": "x", "k": "many"}, "k:"),
        ({"question": "x", "language": "fr"}, "'fr'"),
        ({"question": "x", "filters": "{"}, "not JSON"),
        ({"question": "x", "filters": '{"year": "1"}'}, "no filter 'year'"),
        ({"question": "x", "filters": '{"date": "soon"}'}, "'soon' is not a date"),
        ({"question": "x", "filters": '{"date": "1914/1900"}'}, "ends before it begins"),
        ({"question": "x", "filters": '{"date": "n.d."}'}, "is not a date"),
        ({"question": "x", "filters": '{"date": 1900}'}, "needs a text"),
    ],
)
def test_fields_that_cannot_be_used_are_explained(client, fields, says):
    response = ask(client, **fields)

    assert response.status_code == 422
    assert says in response.json()["detail"]


def test_too_many_photos(client):
    body = assert_problem(ask(client, STATION, STATION, STATION), 422, "bad-query")

    assert "at most 2" in body["detail"]


@pytest.mark.parametrize(
    "path", ["/v1/documents/corpus/none", "/v1/photos/none", "/v1/samples/7/photo", "/nowhere"]
)
def test_what_is_not_there_is_a_problem_document(client, path):
    assert_problem(client.get(path), 404, "not-found")


def test_a_document_is_no_photo(client, index):
    point = next(iter(index.store.scroll({"kind": "document"})))

    assert_problem(client.get(f"/v1/photos/{point.id}"), 404, "not-found")


def test_samples_come_with_attribution(client):
    sample = client.get("/v1/samples").json()["samples"][0]

    assert sample["attribution"] == "nobody, CC0"
    assert client.get(sample["photo_url"]).content == STATION


def test_health_names_the_parts(client):
    body = client.get("/health").json()

    assert body["status"] == "ok"
    assert body["ready"] is True
    assert body["encoder"]["name"] == "tiny"
    assert body["reader"] == {"name": "extractive", "loaded": True}
    assert body["encoder"]["loaded"]
    assert (body["store"]["name"], body["store"]["loaded"]) == ("qdrant-edge", True)
    films = {"most_seconds": 60, "most_bytes": 8 * 2**20}
    assert body["films"] == (films if find_spec("av") else None)


def test_not_ready_before_warm_up(index, encoder):
    app = create_app(Service(Pipeline(index, encoder, ExtractiveReader())))
    cold = TestClient(app)  # without `with`, the application is not started

    assert cold.get("/ready").status_code == 503
    assert cold.get("/health").status_code == 200


def test_the_description_and_the_page_need_no_other_host(client):
    docs = client.get("/docs")
    assert docs.status_code == 200
    assert "https://" not in docs.text
    assert "default-src 'self'" in docs.headers["content-security-policy"]

    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]


def test_an_error_of_the_server_says_nothing_to_the_caller(index, encoder):
    class Broken:
        name = "broken"

        def read(self, reading):
            raise RuntimeError("secret path /srv/models")

    app = create_app(Service(Pipeline(index, encoder, Broken())))
    client = TestClient(app, raise_server_exceptions=False)
    response = client.post("/v1/ask", data={"question": "Is the Old Station there?"})

    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["type"] == "urn:snapcite:problem:internal"
