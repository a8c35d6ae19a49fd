"""Who may use a running application, with which key, how often, and how others are refused."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from support import TinyEncoder, encoded, photo

from api.access.keys import add_key, revoke_key
from api.http.app import create_app
from api.service import Service
from api.settings import Settings
from api.wiring.doors import build_doors
from knowledge.errors import ConfigurationError
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

STATION = encoded(photo(1, size=(320, 240)))
GUARDED = [("GET", "/v1/corpus"), ("POST", "/v1/ask"), ("GET", "/v1/photos/x"), ("GET", "/none")]

MakeApp = Callable[..., FastAPI]


@pytest.fixture
def make_app(index: Index, encoder: TinyEncoder, tmp_path: Path) -> MakeApp:
    """An application with the doors that settings say; `keys`: name → scopes."""

    def make(
        keys: dict[str, set[str]] | None = None, *, host: str = "127.0.0.1", **given: object
    ) -> FastAPI:
        file = tmp_path / "keys.json"
        for name, scopes in (keys or {}).items():
            SECRETS[name] = add_key(file, name, scopes=scopes)[0]
        settings = Settings(**({"keys_file": file} if keys else {}), **given)
        pipeline = Pipeline(index, encoder, ExtractiveReader())
        return create_app(Service(pipeline, doors=build_doors(settings, host=host)))

    return make


SECRETS: dict[str, str] = {}


def client_of(app: FastAPI, address: str = "203.0.113.7", **headers: str) -> TestClient:
    client = TestClient(app, client=(address, 50_000), base_url="http://localhost")
    client.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return client


def assert_refused(response, status: int, slug: str) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] == response.json()["request_id"]
    assert response.json()["type"] == f"urn:snapcite:problem:{slug}"
    assert response.json()["status"] == status
    return response.json()


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_key_nothing_is_said(make_app, method, path):
    response = client_of(make_app({"press": {"ask"}})).request(method, path)

    assert_refused(response, 401, "no-credential")
    assert response.headers["www-authenticate"].startswith("Bearer ")


def test_probes_the_page_and_the_description_are_open(make_app):
    client = client_of(make_app({"press": {"ask"}}))

    for path in ("/", "/corpus", "/health", "/docs", "/openapi.json", "/static/app.js"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    "headers",
    [
        lambda key: {"Authorization": f"Bearer {key}"},
        lambda key: {"Authorization": f"bearer   {key} "},
        lambda key: {"X-API-Key": key},
        lambda key: {"X-API-Key": key, "Authorization": "Basic Zm9vOmJhcg=="},
    ],
)
def test_a_key_comes_in_either_header(make_app, headers):
    client = client_of(make_app({"press": {"ask"}}))

    assert client.get("/v1/corpus", headers=headers(SECRETS["press"])).status_code == 200


@pytest.mark.parametrize("sent", ["snapcite_wrong", "x" * 10_000, "Bearer", "a.b.c", "\x7f"])
def test_another_key_is_refused_and_not_repeated(make_app, sent, caplog):
    client = client_of(make_app({"press": {"ask"}}))
    with caplog.at_level("DEBUG", logger="api"):
        response = client.get("/v1/corpus", headers={"Authorization": f"Bearer {sent}"})

    assert_refused(response, 401, "no-credential")
    if len(sent) > 6:
        assert sent not in response.text + caplog.text


def test_a_key_that_was_revoked_is_refused_by_the_running_server(make_app, tmp_path):
    app = make_app({"press": {"ask"}, "museum": {"ask"}})
    press, museum = (client_of(app, x_api_key=SECRETS[name]) for name in ("press", "museum"))
    assert press.get("/v1/corpus").status_code == 200

    revoke_key(tmp_path / "keys.json", "press")
    assert press.get("/v1/corpus").status_code == 401
    assert museum.get("/v1/corpus").status_code == 200


def test_a_damaged_key_file_lets_nobody_in(make_app, tmp_path):
    client = client_of(make_app({"press": {"ask"}}), x_api_key=SECRETS["press"])
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")

    assert "keys.json" not in json.dumps(assert_refused(client.get("/v1/corpus"), 500, "internal"))


def test_a_missing_scope_is_named(make_app):
    client = client_of(make_app({"writer": {"admin"}}), x_api_key=SECRETS["writer"])

    body = assert_refused(client.get("/v1/corpus"), 403, "forbidden")
    assert "'ask'" in body["detail"]
    assert "key:writer" in body["detail"]


HOST = (b"host", b"localhost")


def send_raw(app: FastAPI, headers: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """POST /v1/ask; the status, and how many pieces of the body were read."""
    reads, statuses = 0, []

    async def receive():
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": "POST", "path": "/v1/ask", "headers": [HOST, *headers],
             "query_string": b"", "client": ("203.0.113.7", 1), "scheme": "http",
             "server": ("localhost", 80), "http_version": "1.1", "root_path": ""}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return statuses[0], reads


def test_no_body_is_read_of_whom_is_refused(make_app):
    app = make_app({"press": {"ask"}})
    form = (b"content-type", b"multipart/form-data; boundary=b")

    assert send_raw(app, [form]) == (401, 0)
    assert send_raw(app, [form, (b"x-api-key", b"snapcite_wrong")]) == (401, 0)
    status, reads = send_raw(app, [form, (b"x-api-key", SECRETS["press"].encode())])
    assert (status, reads > 0) == (400, True)  # not a form, as reading it showed


def test_one_key_s_limit_is_not_another_s(make_app):
    app = make_app({"press": {"ask"}, "museum": {"ask"}}, rate_limit_key="2/minute")
    press, museum = (client_of(app, x_api_key=SECRETS[name]) for name in ("press", "museum"))

    assert [press.get("/v1/samples").status_code for _ in range(3)] == [200, 200, 429]
    assert museum.get("/v1/samples").status_code == 200
    response = press.get("/v1/samples")
    assert_refused(response, 429, "too-many-requests")
    assert 1 <= int(response.headers["retry-after"]) <= 60


def test_an_address_is_limited_before_its_keys_are_looked_at(make_app):
    app = make_app({"press": {"ask"}}, rate_limit_address="3/minute")
    guessing = client_of(app)
    statuses = [
        guessing.get("/v1/samples", headers={"X-API-Key": str(n)}).status_code for n in range(5)
    ]

    assert statuses == [401, 401, 401, 429, 429]
    elsewhere = client_of(app, "203.0.113.8", x_api_key=SECRETS["press"])
    assert elsewhere.get("/v1/samples").status_code == 200
    assert guessing.get("/health").status_code == 200


def test_this_machine_s_own_address_has_no_limit(make_app):
    client = client_of(make_app(rate_limit_address="1/minute"), "127.0.0.1")

    assert [client.get("/v1/samples").status_code for _ in range(3)] == [200, 200, 200]


def test_behind_a_trusted_proxy_each_client_counts_for_itself(make_app):
    app = make_app(rate_limit_address="1/minute", trusted_proxies="10.0.0.0/8, 127.0.0.1")
    proxy = client_of(app, "10.0.0.1")

    def status(forwarded: str) -> int:
        return proxy.get("/v1/samples", headers={"X-Forwarded-For": forwarded}).status_code

    assert [status("198.51.100.1"), status("198.51.100.2")] == [200, 200]
    assert [status("198.51.100.1"), status("8.8.8.8, 198.51.100.2")] == [429, 429]


def test_who_is_no_trusted_proxy_cannot_change_his_address(make_app):
    client = client_of(make_app(rate_limit_address="1/minute"))
    statuses = [
        client.get("/v1/samples", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(2)
    ]

    assert statuses == [200, 429]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://proxy.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://photos.home"}, 200),
        ({"Origin": "http://localhost:3000"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Origin": "https://friend.example", "Sec-Fetch-Site": "cross-site"}, 200),
        ({"Host": "rebound.example"}, 403),
        ({"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000"}, 200),
        ({"Host": "[::1]:8000"}, 200),
        ({"Host": "photos.home:8000"}, 200),
    ],
)
def test_no_other_website_can_use_an_open_server_through_a_visitor(make_app, headers, status):
    app = make_app(cors_origins="https://friend.example", allowed_hosts="photos.home")
    client = client_of(app, "127.0.0.1", **headers)
    response = client.post("/v1/search", data={"question": "Is the Old Station there?"})

    assert response.status_code == status, response.text
    if status == 403:
        assert response.json()["type"].rpartition(":")[2] in ("cross-site", "unknown-host")


def test_other_websites_may_call_when_they_are_named_and_only_then(make_app):
    asks = {"Origin": "https://friend.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "X-API-Key"}  # fmt: skip
    app = make_app({"press": {"ask"}}, cors_origins="https://friend.example")
    allowed = client_of(app).options("/v1/ask", headers=asks)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://friend.example"
    other = client_of(app).options("/v1/ask", headers=asks | {"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers

    closed = client_of(make_app()).get("/v1/corpus", headers={"Origin": "https://friend.example"})
    assert not [name for name in closed.headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "snapcite.example"])
def test_where_others_reach_it_a_server_is_not_open_by_accident(make_app, host):
    with pytest.raises(ConfigurationError, match="--insecure-open"):
        make_app(host=host)
    assert client_of(make_app(host=host, insecure_open=True)).get("/v1/corpus").status_code == 200
    with_key = client_of(make_app({"press": {"ask"}}, host=host))
    assert with_key.get("/v1/corpus").status_code == 401


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"rate_limit_key": "often"}, "600/minute"),
        ({"cors_origins": "friend.example"}, "SNAPCITE_CORS_ORIGINS"),
        ({"cors_origins": "https://friend.example/"}, "SNAPCITE_CORS_ORIGINS"),
        ({"trusted_proxies": "proxy"}, "SNAPCITE_TRUSTED_PROXIES"),
        ({"keys_file": Path("nowhere.json")}, "nowhere.json"),
        ({"jwt_secret_file": Path("nowhere")}, "SNAPCITE_JWT_ISSUER"),
        ({"jwt_keys_file": Path("no"), "jwt_issuer": "i", "jwt_audience": "a"}, "cannot be read"),
    ],
)
def test_doors_that_cannot_be_built_are_errors_before_anything_starts(given, says):
    with pytest.raises(ConfigurationError, match=says):
        build_doors(Settings(**given), host="127.0.0.1")


def test_keys_that_are_all_gone_are_no_open_door(make_app, tmp_path):
    make_app({"press": {"ask"}})
    revoke_key(tmp_path / "keys.json", "press")

    with pytest.raises(ConfigurationError, match="holds no key"):
        build_doors(Settings(keys_file=tmp_path / "keys.json"), host="127.0.0.1")


def test_tokens_and_keys_work_side_by_side(make_app, tmp_path):
    import jwt

    (tmp_path / "secret").write_text("s" * 32, encoding="utf-8")
    app = make_app({"press": {"ask"}}, jwt_secret_file=tmp_path / "secret",
                   jwt_issuer="login", jwt_audience="snapcite")  # fmt: skip
    claims = {"sub": "alice", "iss": "login", "aud": "snapcite", "exp": 4e9, "scope": "ask"}
    token = jwt.encode(claims, "s" * 32, "HS256")
    forged = jwt.encode(claims, "t" * 32, "HS256")

    statuses = [
        client_of(app).get("/v1/corpus", headers={"Authorization": f"Bearer {sent}"}).status_code
        for sent in (token, forged, SECRETS["press"])
    ]
    assert statuses == [200, 401, 200]


REBOUND = ["rebound.example", "localhost.", "127.1", "0", "2130706433", "0x7f.1", "evil@localhost",
           "localhost:80@evil.example", "", "localhost/", "127.0.0.1.nip.io"]  # fmt: skip


@pytest.mark.parametrize("name", REBOUND)
@pytest.mark.parametrize("how", ["open", "insecure", "keys"])
def test_no_other_name_reads_the_archive(make_app, name, how):
    given = {"open": {}, "insecure": {"host": "0.0.0.0", "insecure_open": True},
             "keys": {"keys": {"press": {"ask"}}, "host": "0.0.0.0"}}[how]  # fmt: skip
    client = client_of(make_app(**given), x_api_key=SECRETS.get("press", ""))
    for path in ("/", "/health", "/v1/corpus", "/openapi.json"):
        response = client.get(path, headers={"Host": name})
        assert_refused(response, 403, "unknown-host")


@pytest.mark.parametrize("host", ["127.1", "0", "0.0.0.0", "localhost", "::", "192.168.1.4"])
def test_the_names_of_the_list_and_of_this_machine_are_answered(make_app, host):
    app = make_app(host=host, insecure_open=True, allowed_hosts="API, archive.example")
    for name in ("api:8000", "archive.example", "127.0.0.1:8000", "localhost", "[::1]:80"):
        assert client_of(app, host=name).get("/health").status_code == 200, name


def test_the_address_that_a_connection_came_to_is_answered(make_app):
    app = make_app(host="0.0.0.0", insecure_open=True)
    probe = TestClient(app, base_url="http://10.1.2.3:8000")  # as the kubelet asks a pod
    assert probe.get("/ready").status_code in (200, 503)
    assert probe.get("/ready", headers={"Host": "10.1.2.4:8000"}).status_code == 403


@pytest.mark.parametrize("name", ["https://archive.example", "archive.example:443", "*", "a/b"])
def test_a_host_of_the_list_is_a_name(name):
    with pytest.raises(ConfigurationError, match="SNAPCITE_ALLOWED_HOSTS"):
        build_doors(Settings(allowed_hosts=name), host="127.0.0.1")


def removal(app: FastAPI, address: str = "127.0.0.1", **headers: str) -> int:
    return client_of(app, address, **headers).delete("/v1/documents/no/such").status_code


def test_without_keys_a_program_of_this_machine_may_change_the_index(make_app):
    app = make_app()
    assert removal(app) == 200
    assert removal(app, "::1", host="[::1]:8000") == 200
    assert removal(app, "203.0.113.7") == 403


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Via", "X-Real-IP"],
)
def test_whom_a_proxy_lets_in_may_only_ask(make_app, header):
    client = client_of(make_app(), "127.0.0.1", **{header: "203.0.113.9"})
    assert client.get("/v1/corpus").status_code == 200
    assert client.delete("/v1/documents/no/such").status_code == 403
    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize(
    "given", [{"trusted_proxies": "127.0.0.1"}, {"allowed_hosts": "archive.example"}]
)
def test_behind_the_proxy_of_the_recipe_nobody_is_admin(make_app, given):
    assert removal(make_app(**given)) == 403
    assert removal(make_app(allowed_hosts="localhost, 127.0.0.1")) == 200


def test_an_old_proxy_that_says_nothing_is_seen_by_its_protocol(make_app):
    scope = {"type": "http", "method": "DELETE", "path": "/v1/documents/no/such",
             "raw_path": b"/v1/documents/no/such", "headers": [HOST], "query_string": b"",
             "client": ("127.0.0.1", 1), "scheme": "http", "server": ("127.0.0.1", 80),
             "root_path": "", "http_version": "1.0"}  # fmt: skip
    statuses = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        statuses.append(message.get("status"))

    asyncio.run(make_app()(scope, receive, send))
    assert statuses[0] == 403


def test_visitors_of_a_proxy_that_is_not_named_share_one_rate(make_app):
    proxy = client_of(make_app(rate_limit_address="2/minute"), "127.0.0.1")
    statuses = [
        proxy.get("/v1/samples", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]
    assert proxy.get("/v1/samples").status_code == 200


def test_a_key_that_is_made_while_the_server_runs_is_needed_from_then_on(
    index, encoder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    doors = build_doors(Settings(), host="127.0.0.1")
    app = create_app(Service(Pipeline(index, encoder, ExtractiveReader()), doors=doors))
    client = client_of(app, "127.0.0.1")
    assert client.get("/v1/corpus").status_code == 200

    secret, _ = add_key(tmp_path / ".snapcite" / "keys.json", "press", scopes={"ask"})
    assert client.get("/v1/corpus").status_code == 401
    assert client.get("/v1/corpus", headers={"X-API-Key": secret}).status_code == 200
    (tmp_path / ".snapcite" / "keys.json").unlink()
    assert client.get("/v1/corpus").status_code == 401
    assert client.get("/v1/corpus", headers={"X-API-Key": secret}).status_code == 500


@pytest.mark.parametrize(
    "given",
    [
        {"jwt_issuer": "i"},
        {"jwt_audience": "a"},
        {"jwt_issuer": "i", "jwt_audience": "a"},
        {"jwt_issuer": "", "jwt_audience": "a", "jwt_secret_file": Path("secret")},
        {"jwt_issuer": "i", "jwt_keys_file": Path("keys")},
    ],
)
def test_half_a_set_up_of_tokens_starts_nothing(given):
    for host in ("127.0.0.1", "0.0.0.0"):
        with pytest.raises(ConfigurationError, match="SNAPCITE_JWT_"):
            build_doors(Settings(insecure_open=True, **given), host=host)


def test_other_protocols_are_refused(make_app):
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    for kind in ("websocket", "another"):
        scope = {"type": kind, "path": "/v1/ask", "headers": [HOST], "query_string": b""}
        asyncio.run(make_app()(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_another_website_shows_no_photo_and_may_link_here(make_app):
    client = client_of(make_app(), "127.0.0.1")
    for mode, status in (("no-cors", 403), ("navigate", 200)):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
        assert client.get("/v1/corpus", headers=headers).status_code == status
        assert client.get("/", headers=headers).status_code == status
