"""Over HTTP: the verdict on a picture beside a search and an answer, and two pictures aligned."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cell_reader import CellReader
from fastapi.testclient import TestClient
from http_asking import assert_problem, wait_until_ready
from PIL import Image
from support import TinyEncoder, encoded

from api.http.app import create_app
from api.memory.results import ResultCache, Results
from api.memory.store import MemoryStore
from api.service import Service
from api.traffic.gate import Gates
from knowledge.picture_text import PictureText
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

pytest.importorskip("cv2", reason="pictures are compared with `pip install '.[pictures]'`")

PHOTOS = Path(__file__).resolve().parents[3] / "data" / "landmarks" / "photos"
WHERE = "/v1/documents/archive/tower"


def picture(name: str) -> Image.Image:
    return Image.open(PHOTOS / f"{name}.webp").convert("RGB")


def cropped(name: str) -> Image.Image:
    """A photo without a tenth at the left and the right and a fifth at the top."""
    whole = picture(name)
    width, height = whole.size
    return whole.crop((width // 10, height // 5, width - width // 10, height))


def jpeg(image: Image.Image) -> tuple[str, bytes, str]:
    return "p.jpg", encoded(image), "image/jpeg"


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Iterator[TestClient]:
    from indexer.run import fingerprint_of
    from knowledge.index import open_index

    encoder = TinyEncoder()
    target = str(tmp_path_factory.mktemp("index") / "index")
    with open_index(target, fingerprint_of(encoder), create=True) as index:
        pipeline = Pipeline(index, encoder, ExtractiveReader())
        cache = ResultCache(MemoryStore(max_bytes=2**20, seconds=60))
        service = Service(pipeline, results=Results(cache, pipeline))
        with TestClient(create_app(service), raise_server_exceptions=False) as client:
            wait_until_ready(client)
            files = [("photo", jpeg(picture(name))) for name in ("eiffel_tower", "taj_mahal")]
            document = {"title": "Tower", "text": "The tower was completed in 1889."}
            sent = client.put(WHERE, files=files, data={"document": json.dumps(document)})
            assert sent.status_code == 201
            yield client


@pytest.fixture
def photo_ids(client) -> list[str]:
    return [each["photo_id"] for each in client.get(WHERE).json()["photos"]]


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
def test_a_cropped_copy_is_the_same_shot_also_from_the_cache(client, photo_ids, path):
    copy = cropped("eiffel_tower")
    for _ in range(2):
        body = client.post(path, files=[("photo", jpeg(copy))]).json()
        held = body["picture"]
        assert held["verdict"] == "same_shot"
        assert held["verified"]
        assert (held["document_id"], held["edits"]) == ("archive/tower", ["cropped"])
        assert (held["photo_id"], held["photo_url"]) == (
            photo_ids[0],
            f"/v1/photos/{photo_ids[0]}",
        )
        (a, _, c), (_, e, f), _last = held["alignment"]["homography"]
        assert (c, f) == pytest.approx((0.1, 0.2), abs=0.01)
        assert (a, e) == pytest.approx((0.8, 0.8), abs=0.02)
        assert len(held["alignment"]["points"]) == 40


def test_in_a_crowd_photos_are_neither_read_nor_laid_on_each_other_and_nothing_of_it_is_kept(
    client, monkeypatch
):
    read = []
    reader = CellReader()
    monkeypatch.setattr(reader, "read", lambda *a, **k: read.append(1) or PictureText(reader.name))
    service = client.app.state.service
    monkeypatch.setattr(service.pipeline, "text_reader", reader)
    copy = picture("eiffel_tower").reduce(2)

    def held() -> tuple[str, bool]:
        found = client.post("/v1/search", files=[("photo", jpeg(copy))]).json()["picture"]
        return found["verdict"], found["verified"]

    with monkeypatch.context() as crowd:
        crowd.setattr(Gates, "are_crowded", True)
        assert held() == ("same_shot", False)
        assert not read
    assert held() == ("same_shot", True)
    assert read


def test_the_same_file_and_no_photo_at_all(client):
    same = client.post("/v1/search", files=[("photo", jpeg(picture("taj_mahal")))]).json()
    assert same["picture"]["verdict"] == "same_file"
    alone = client.post("/v1/search", files={"question": (None, "When was it completed?")}).json()
    assert alone["picture"] is None
    assert "picture" not in alone["timings"]


def test_two_photos_and_a_sent_picture_are_aligned_or_not(client, photo_ids):
    tower, tomb = photo_ids
    same = client.get(f"/v1/photos/{tower}/alignment/{tower}").json()
    assert same["same_shot"]
    assert same["alignment"]["overlap"] == pytest.approx([1.0, 1.0], abs=0.02)
    assert client.get(f"/v1/photos/{tower}/alignment/{tomb}").json() == {
        "alignment": None,
        "same_shot": False,
        "verified": True,
    }
    sent = {"photo": jpeg(cropped("eiffel_tower"))}
    laid = client.post(f"/v1/photos/{tower}/alignment", files=sent).json()
    assert laid["same_shot"]


def test_what_cannot_be_aligned_is_a_problem(client, photo_ids):
    tower = photo_ids[0]
    missing = "0b5f2f0a-5a68-4e3b-9f4e-3d3d4f0c6a22"
    assert_problem(client.get(f"/v1/photos/{tower}/alignment/{missing}"), 404, "not-found")
    broken = {"photo": ("p.jpg", b"\xff\xd8\xff no", "image/jpeg")}
    response = client.post(f"/v1/photos/{tower}/alignment", files=broken)
    assert response.status_code in (400, 415, 422)
