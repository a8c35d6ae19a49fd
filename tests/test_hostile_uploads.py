"""A short run of `benchmarks/hostile_uploads.py`: a real server on loopback, every kind of attack.

Ten thousand of them, with the server's memory watched, are the benchmark's: docs/reliability.md.
"""

import logging
import re
import socket
import threading
from contextlib import suppress

import pytest
from fastapi.testclient import TestClient
from serving import running
from support import TinyEncoder, encoded, photo

from api.http.app import create_app
from api.service import Service
from benchmarks.hostile_files import hostile_file, photos
from benchmarks.hostile_uploads import GPS, Outcome, attack, upload
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.images import ImageLimits, decode_image
from vlm.readers.extractive import ExtractiveReader

UPLOADS = 200


@pytest.fixture(scope="module")
def app(index: Index, encoder: TinyEncoder):
    limits = ImageLimits(max_bytes=16 * 2**20)
    return create_app(Service(Pipeline(index, encoder, ExtractiveReader()), limits=limits))


# Starlette leaves the file of a part whose sender hangs up to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_nothing_that_is_sent_breaks_the_server_or_the_next_question(app):
    outcome = Outcome()
    with running(app) as url:
        attack(url, range(UPLOADS), outcome, clients=2)
        after = Outcome()
        upload(url, [number_of("PNG untouched")], after)

    assert outcome.wrong == []
    assert outcome.statuses.total() + outcome.closed == UPLOADS + UPLOADS / 10
    assert {200, 400, 413, 415, 422} <= set(outcome.statuses)
    assert len(outcome.kinds) > 60
    assert after.statuses == {200: 1}


def number_of(kind: str) -> int:
    return next(number for number in range(10_000) if hostile_file(number).kind == kind)


def test_an_upload_that_is_wrong_is_noticed():
    outcome = Outcome()
    outcome.note("kind", 500, b"")
    outcome.note("kind", 200, b'{"latitude": 41.40338}')
    upload("http://127.0.0.1:9", [0], outcome)  # nobody listens there

    assert [text.split(":")[1].strip()[:10] for text in outcome.wrong] == [
        "status 500", "the answer", "Connection",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(name for name in photos() if name != "PNG palette"))
def test_where_a_photo_was_taken_is_neither_answered_nor_logged(app, name, caplog):
    data = photos()[name]
    taken = decode_image(data).latitude
    assert taken is None or f"{taken}".encode().startswith(GPS)
    with TestClient(app) as client, caplog.at_level(logging.DEBUG):
        for number, photo_ in enumerate((data, data[: len(data) // 2])):  # answered, refused
            said = ""
            for accept in ("application/json", "text/event-stream"):
                files = {"photo": (f"private-name-{number}.jpg", photo_, "image/jpeg")}
                response = client.post(
                    "/v1/ask", files=files, data={"question": "Is it?"}, headers={"Accept": accept}
                )
                said += response.text + str(response.headers)
            for secret in ("41.40", "2.17", "private-name"):
                assert secret not in said
                assert secret not in caplog.text


def test_only_what_its_bytes_say_is_decoded(app):
    with TestClient(app) as client:
        for name, type_ in (("photo.jpg", "image/jpeg"), ("photo.svg", "image/svg+xml")):
            svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
            refused = client.post("/v1/search", files={"photo": (name, svg, type_)})
            assert refused.status_code == 415
            png = encoded(photo(1, size=(320, 240)), "PNG")
            taken = client.post("/v1/search", files={"photo": (name, png, type_)})
            assert taken.status_code == 200


@pytest.fixture
def visited():
    """An address on this machine, and whoever came to it."""
    visitors = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        stop = threading.Event()

        def wait() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    visitor, address = listener.accept()
                    visitors.append(address)
                    visitor.close()

        thread = threading.Thread(target=wait)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/photo.jpg", visitors
        stop.set()
        thread.join()


def test_no_address_is_ever_visited(app, visited):
    url, visitors = visited
    image = encoded(photo(1, size=(320, 240)))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>'.encode()
    part = {"type": "image_url", "image_url": {"url": url}}
    asked = {"role": "user", "content": [{"type": "text", "text": "What is it?"}, part]}
    with TestClient(app) as client:
        for sent in (
            {"data": {"question": f"What is on {url} ?", "photo": url}},
            {"data": {"question": url}},
            {"files": {"photo": ("p", url.encode(), "image/jpeg")}},
            {"files": {"photo": ("p.svg", svg, "image/svg+xml")}},
            {"files": {"photo": (url, image, "message/external-body")}},
            {"files": {"photo": ("p", image)}, "data": {"filters": f'{{"document_id": "{url}"}}'}},
        ):
            assert client.post("/v1/ask", **sent).status_code in (200, 415, 422)
        refused = client.post("/v1/chat/completions", json={"model": "x", "messages": [asked]})
        assert 400 <= refused.status_code < 500
        assert client.get(f"/v1/documents/{url}").status_code == 404
        assert client.get("/v1/photos/" + re.sub("[/:]", "%2f", url)).status_code == 404

    assert visitors == []


def test_a_visit_would_be_noticed(visited):
    url, visitors = visited
    address = re.search(r"//(.*):(\d+)/", url)
    with socket.create_connection((address[1], int(address[2]))) as client:
        assert client.recv(1) == b""
    assert len(visitors) == 1
