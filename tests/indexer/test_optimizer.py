"""An index that takes updates is optimised while it answers, once enough was written."""

import time

from fastapi.testclient import TestClient
from http_asking import wait_until_ready

from api.http.app import create_app
from api.service import Service
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader


def item(n: int) -> dict:
    text = f"Bridge number {n} was opened in {1800 + n}."
    return {"corpus": "archive", "id": f"b{n}", "title": f"Bridge {n}", "text": text}


def test_it_is_optimised_after_so_many_points_and_answers_go_on(empty_index, encoder):
    app = create_app(
        Service(Pipeline(empty_index, encoder, ExtractiveReader()), optimize_after=100)
    )
    with TestClient(app) as client:
        wait_until_ready(client)
        for start in range(0, 120, 40):
            client.post("/v1/documents", json=[item(n) for n in range(start, start + 40)])
        waited_until = time.monotonic() + 60
        while empty_index.store.unoptimized >= 100 and time.monotonic() < waited_until:
            asked = client.post("/v1/ask", data={"question": "When was Bridge 7 opened?"})
            assert asked.json()["answer"]["year"] == 1807
        assert empty_index.store.unoptimized < 100
        assert client.get("/v1/documents").json()["total"] == 120
        asked = client.post("/v1/ask", data={"question": "When was Bridge 117 opened?"})
        assert asked.json()["answer"]["year"] == 1917


def test_it_is_left_alone_where_that_is_wanted(empty_index, encoder):
    app = create_app(Service(Pipeline(empty_index, encoder, ExtractiveReader()), optimize_after=0))
    with TestClient(app) as client:
        client.post("/v1/documents", json=[item(n) for n in range(20)])
        time.sleep(0.2)
        assert empty_index.store.unoptimized >= 40
