"""Live updates over HTTP: the next question sees them, and errors name the field."""

import io
import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from http_asking import assert_problem, wait_until_ready
from support import encoded, photo

from api.http.app import create_app
from api.service import Service
from search.pipeline import Pipeline
from vlm.images.decoding import ImageLimits
from vlm.readers.extractive import ExtractiveReader

BRIDGE = {
    "title": "Iron Bridge",
    "text": "The Iron Bridge was opened in 1901. It still stands.",
    "source": "City archive",
    "tags": ["bridge"],
}
PHOTO = encoded(photo(7, size=(320, 240)))
WHERE = "/v1/documents/archive/iron_bridge"


@pytest.fixture
def client(empty_index, encoder) -> Iterator[TestClient]:
    app = create_app(
        Service(
            Pipeline(empty_index, encoder, ExtractiveReader()),
            limits=ImageLimits(max_bytes=2**20, max_pixels=1_000_000),
        )
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until_ready(client)
        yield client


def put(client, *photos: bytes, where: str = WHERE, document: object = BRIDGE, **fields: str):
    files = [("photo", (f"{n}.jpg", data, "image/jpeg")) for n, data in enumerate(photos)]
    text = document if isinstance(document, str) else json.dumps(document)
    # Without a file httpx would send no multipart form.
    return client.put(where, files=files or {"photo_metadata": (None, "[]")}, data={
        "document": text, **fields})  # fmt: skip


def ask(client, question: str, *photos: bytes):
    files = [("photo", ("p.jpg", data, "image/jpeg")) for data in photos]
    response = client.post("/v1/ask", files=files or None, data={"question": question})
    return response.json()["answer"]


def test_a_document_is_found_by_the_next_question_and_gone_after_its_removal(client):
    response = put(client, PHOTO)
    assert (response.status_code, response.json()) == (
        201,
        {"document_id": "archive/iron_bridge", "status": "created"},
    )
    assert ask(client, "When was it opened?", PHOTO)["year"] == 1901
    shown = client.get(WHERE).json()
    assert shown["title"] == "Iron Bridge"
    assert client.get(shown["photos"][0]["photo_url"]).status_code == 200
    assert client.get("/v1/documents", params={"text": "iron"}).json()["total"] == 1

    assert client.delete(WHERE).json()["status"] == "removed"
    assert client.delete(WHERE).json()["status"] == "absent"
    assert ask(client, "When was it opened?", PHOTO)["reason"] == "nothing_similar"
    assert_problem(client.get(WHERE), 404, "not-found")
    assert_problem(client.get(shown["photos"][0]["photo_url"]), 404, "not-found")


def test_the_pages_of_a_tiff_are_photos(client):
    buffer = io.BytesIO()
    pages = [photo(n, size=(120, 90)) for n in (3, 4, 5)]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    assert put(client, buffer.getvalue()).status_code == 201
    shown = client.get(WHERE).json()["photos"]
    assert len(shown) == 3
    assert all(client.get(each["photo_url"]).status_code == 200 for each in shown)

    many = io.BytesIO()
    pages[0].resize((2, 2)).save(many, "TIFF", save_all=True, append_images=[
        page.resize((2, 2)) for page in pages * 40])  # fmt: skip
    assert "pages, more than" in put(client, many.getvalue()).json()["detail"]


def test_sending_the_same_twice_is_as_sending_it_once(client):
    statuses = [put(client, PHOTO).json()["status"] for _ in range(2)]
    assert statuses == ["created", "unchanged"]


def test_a_correction_keeps_the_photos_and_changes_the_answer(client):
    put(client, PHOTO)
    corrected = BRIDGE | {"text": "The Iron Bridge was opened in 1899."}
    assert put(client, document=corrected).json()["status"] == "updated"
    assert ask(client, "When was it opened?", PHOTO)["year"] == 1899
    photo_id = client.get(WHERE).json()["photos"][0]["photo_id"]
    put(client, document=corrected | {"photos": []})
    assert client.get(WHERE).json()["photos"] == []
    assert put(client, document=corrected | {"photos": [photo_id]}).status_code == 422


def test_what_is_said_of_a_photo_is_shown(client):
    metadata = [{"caption": "From the east", "taken_at": "1912-05", "latitude": 51.5}]
    assert put(client, PHOTO, photo_metadata=json.dumps(metadata)).status_code == 422
    metadata[0]["taken_at"] = "1912-05-01"
    put(client, PHOTO, photo_metadata=json.dumps(metadata))
    (shown,) = client.get(WHERE).json()["photos"]
    assert (shown["caption"], shown["taken_at"], shown["latitude"]) == (
        "From the east", "1912-05-01", 51.5)  # fmt: skip


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "document: it is not valid JSON"),
        ("[]", "document: it is not a JSON object"),
        (BRIDGE | {"title": " "}, "title: it is empty"),
        ({"text": "No title."}, "title: it is missing"),
        (BRIDGE | {"text": {"a": 1}}, "text: it must be a text or a list of texts"),
        (BRIDGE | {"id": ["x"]}, "id: an id is one line"),
        (BRIDGE | {"title": ["a", "b"]}, "title: 'title' must be one text"),
        (BRIDGE | {"tags": [{"a": 1}]}, "tags: 'tags' must be a list of texts"),
        (BRIDGE | {"language": "english language"}, "language: "),
        (BRIDGE | {"text": ""}, "text: there is neither text nor a photo"),
        (BRIDGE | {"photos": "p.jpg"}, "photos: it must be a list of ids"),
        (BRIDGE | {"photos": ["p.jpg"]}, "photos: archive/iron_bridge has no photo 'p.jpg'"),
        (BRIDGE | {"id": "other"}, "id: the document says 'other'"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(client, document, says):
    body = assert_problem(put(client, document=document), 422, "bad-document")
    assert body["detail"].startswith(says)
    assert client.get("/v1/documents").json()["total"] == 0


def test_a_key_that_no_document_has_becomes_a_sentence_of_its_text(client):
    document = BRIDGE | {"architect": "A. Example", "files": "3 boxes", "corpus": "elsewhere"}
    assert put(client, document=document).status_code == 201
    text = client.get(WHERE).json()["text"]
    assert "A. Example" in text
    assert "3 boxes" in text
    assert "elsewhere" not in text


def test_a_value_may_be_a_number_or_stand_alone(client):
    assert put(client, document=BRIDGE | {"title": 1984, "tags": "bridge"}).status_code == 201
    shown = client.get(WHERE).json()
    assert (shown["title"], shown["tags"]) == ("1984", ["bridge"])


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ("{}", "it must be a list"),
        ("[{}, {}]", "it has 2 items for 1 photos"),
        ('["x"]', "item 1: it must be an object"),
        ('[{"title": "x"}]', "item 1: title: there is no such key"),
        ('[{"latitude": 91}]', "item 1: latitude: Input should be less than or equal to 90"),
        ('[{"latitude": NaN}]', "NaN is not a number in JSON"),
        ('[{"longitude": "east"}]', "item 1: longitude: it must be a number"),
        ('[{"longitude": true}]', "item 1: longitude: it must be a number"),
        ('[{"caption": 3}]', "item 1: caption: it must be a text"),
        ('[{"caption": "%s"}]' % ("x" * 501), "item 1: caption: it has more than 500"),
        ('[{"taken_at": "May"}]', "item 1: taken_at: it is not a date or time"),
    ],
)
def test_what_cannot_be_said_of_a_photo_is_named(client, metadata, says):
    body = assert_problem(put(client, PHOTO, photo_metadata=metadata), 422, "bad-document")
    assert body["detail"].startswith("photo_metadata: ")
    assert says in body["detail"]


@pytest.mark.parametrize(
    ("data", "status", "slug"),
    [
        (b"", 422, "broken-image"),
        (b"a letter" * 50, 415, "unsupported-image"),
        (PHOTO[:900], 422, "broken-image"),
        (encoded(photo(1, size=(1100, 1000))), 413, "image-too-large"),
    ],
)
def test_a_photo_that_cannot_be_used_is_named_and_nothing_is_written(client, data, status, slug):
    body = assert_problem(put(client, PHOTO, data), status, slug)
    assert body["detail"].startswith("photo 2: ")
    assert client.get("/v1/documents").json()["total"] == 0


@pytest.mark.parametrize("where", ["/v1/documents/a%20b/x", "/v1/documents/.x/y"])
def test_a_name_that_no_corpus_can_have_is_refused(client, where):
    body = assert_problem(put(client, where=where), 422, "bad-document")
    assert body["detail"].startswith("corpus: ")


def test_both_spellings_of_an_id_are_one_document(client):
    composed, decomposed = "/v1/documents/archive/caf%C3%A9", "/v1/documents/archive/cafe%CC%81"
    assert put(client, where=decomposed).json()["document_id"] == "archive/caf\u00e9"
    assert put(client, where=composed).json()["status"] == "unchanged"
    assert client.get(decomposed).json()["document_id"] == "archive/caf\u00e9"
    assert client.get("/v1/documents").json()["total"] == 1
    assert client.delete(decomposed).json()["status"] == "removed"
    assert client.get("/v1/documents").json()["total"] == 0


@pytest.mark.parametrize("id_", ["a%E2%80%AEb", "a%E2%80%8Bb", "a%1B[31m", "%E3%85%A4", "a" * 201])
def test_an_id_that_cannot_be_seen_is_refused(client, id_):
    body = assert_problem(put(client, where=f"/v1/documents/archive/{id_}"), 422, "bad-document")
    assert body["detail"].startswith("id: ")


@pytest.mark.parametrize("language", ["en-12", "x-a", "en_US", "zh-yue"])
def test_a_language_that_browsers_refuse_is_refused(client, language):
    body = assert_problem(
        put(client, document=BRIDGE | {"language": language}), 422, "bad-document"
    )
    assert body["detail"].startswith("language: ")


def test_what_is_sent_is_stored_in_its_usual_form(client):
    put(client, document=BRIDGE | {
        "title": "Iron\u202e Bridge\x1b", "language": "ZH-hant-tw", "url": "javascript:alert(1)",
    })  # fmt: skip
    shown = client.get(WHERE).json()
    assert (shown["title"], shown["language"], shown["url"]) == ("Iron Bridge", "zh-Hant-TW", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "a" * 1_001), ("aliases", ["a" * 1_001]), ("tags", [str(n) for n in range(1_001)]),
     ("source", "a" * 5_001)],
)  # fmt: skip
def test_a_field_that_is_too_long_is_named(client, field, value):
    body = assert_problem(put(client, document=BRIDGE | {field: value}), 422, "bad-document")
    assert body["detail"].startswith(f"{field}: ")


def test_many_documents_at_once_each_with_its_result(client):
    items = [
        {"corpus": "archive", "id": "one", **BRIDGE},
        {"corpus": "archive", "id": "two", "text": "No title."},
        "no object",
        {"corpus": "archive", "id": "three", **BRIDGE, "title": "Third Bridge"},
    ]
    body = client.post("/v1/documents", json=items).json()
    assert [item["status"] for item in body["results"]] == [
        "created", "failed", "failed", "created"]  # fmt: skip
    assert body["results"][1]["document_id"] == "archive/two"
    assert body["results"][1]["detail"].startswith("title: ")
    assert body["failed"] == 2
    assert client.get("/v1/documents").json()["total"] == 2
    again = client.post("/v1/documents", json=items).json()
    assert [item["status"] for item in again["results"]] == [
        "unchanged", "failed", "failed", "unchanged"]  # fmt: skip


def test_many_documents_bring_their_photos_by_file_name(client):
    items = [
        {"corpus": "archive", "id": "one", **BRIDGE, "files": ["east.jpg", "west.jpg"],
         "photo_metadata": [{"caption": "From the east"}]},
        {"corpus": "archive", "id": "two", **BRIDGE, "files": ["north.jpg"]},
        {"corpus": "archive", "id": "three", **BRIDGE, "files": ["broken.jpg"]},
    ]  # fmt: skip
    files = [
        ("photo", ("east.jpg", PHOTO, "image/jpeg")),
        ("photo", ("west.jpg", encoded(photo(8, size=(320, 240))), "image/jpeg")),
        ("photo", ("broken.jpg", PHOTO[:500], "image/jpeg")),
    ]
    body = client.post("/v1/documents", data={"documents": json.dumps(items)}, files=files).json()
    assert [item["status"] for item in body["results"]] == ["created", "failed", "failed"]
    assert "files: no file 'north.jpg'" in body["results"][1]["detail"]
    assert body["results"][2]["detail"].startswith("photo 1: ")
    photos = client.get("/v1/documents/archive/one").json()["photos"]
    assert [shown["caption"] for shown in photos] == ["From the east", None]


@pytest.mark.parametrize("sent", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b"1"])
def test_a_batch_that_is_no_list_is_refused(client, sent):
    response = client.post(
        "/v1/documents", content=sent, headers={"Content-Type": "application/json"}
    )
    assert assert_problem(response, 422, "bad-document")["detail"].startswith("documents: ")


def test_too_many_photos_are_refused_before_they_are_decoded(client):
    body = assert_problem(put(client, *[b"x"] * 65), 422, "bad-document")
    assert body["detail"].startswith("photo: 65 photos")


@pytest.mark.parametrize("closing", [{"groups": ["staff"]}, {"closed_until": 2999}])
def test_a_document_may_be_sent_closed_and_opened_later(client, closing):
    assert put(client, PHOTO, document=BRIDGE | closing).status_code == 201
    assert client.get(WHERE).status_code == 404
    assert ask(client, "When was the Iron Bridge opened?")["year"] is None
    assert put(client, document=BRIDGE | {"groups": [], "closed_until": "1999"}).status_code == 200
    assert ask(client, "When was the Iron Bridge opened?")["year"] == 1901


@pytest.mark.parametrize("closing", [{"groups": {"a": 1}}, {"closed_until": "soon"}])
def test_a_closing_that_cannot_be_read_is_refused(client, closing):
    (field,) = closing
    response = put(client, document=BRIDGE | closing)
    assert assert_problem(response, 422, "bad-document")["detail"].startswith(f"{field}:")
