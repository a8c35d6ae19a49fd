"""Every answer has an id and security headers, also one that is an error."""

import asyncio

import pytest

from api.http.middleware import RequestEnvelope


def answer_of(app) -> tuple[int, dict[str, str], bytes]:
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/v1/x", "headers": [], "query_string": b""}
    asyncio.run(RequestEnvelope(app)(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent)


async def fine(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"fine"})


async def broken(scope, receive, send):
    raise RuntimeError("/etc/secret has no key hunter2")


async def broken_midway(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("midway")


@pytest.mark.parametrize(("app", "status"), [(fine, 200), (broken, 500)])
def test_every_answer_has_an_id_and_safe_headers(app, status):
    got, headers, _ = answer_of(app)

    assert got == status
    assert len(headers["x-request-id"]) == 32
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]


def test_an_unforeseen_error_is_a_problem_without_details(caplog):
    _, headers, body = answer_of(broken)

    assert headers["content-type"] == "application/problem+json"
    assert b"urn:snapcite:problem:internal" in body
    assert headers["x-request-id"].encode() in body
    assert b"hunter2" not in body
    assert headers["x-request-id"] in caplog.text


def test_an_answer_that_breaks_off_is_not_taken_for_whole():
    with pytest.raises(RuntimeError, match="midway"):
        answer_of(broken_midway)
