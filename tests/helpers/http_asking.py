"""Ask the HTTP API in a test, and check the shape of its problem documents."""

import time

from fastapi.testclient import TestClient
from support import encoded, photo

STATION = encoded(photo(1, size=(320, 240)))


def wait_until_ready(client: TestClient) -> None:
    for _ in range(200):
        if client.get("/ready").status_code == 200:
            return
        time.sleep(0.05)
    raise AssertionError("/ready never came true")


def ask(client: TestClient, *photos: bytes, **fields: str):
    files = [("photo", ("p.jpg", data, "image/jpeg")) for data in photos]
    return client.post("/v1/ask", files=files or None, data=fields)


def assert_problem(response, status: int, slug: str) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:snapcite:problem:{slug}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == response.headers["x-request-id"]
    return body
