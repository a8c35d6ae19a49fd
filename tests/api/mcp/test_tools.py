"""Agents get what HTTP callers get, over both transports, with the SDK's own client."""

import asyncio
import base64
import json
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import httpx2
import pytest
from http_asking import STATION
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from serving import running
from snapcite_process import COMMAND, make_starter_index
from support import TinyEncoder

from api.access.auth import Caller
from api.access.guard import CredentialError, Doors
from api.http import schemas
from api.http.app import create_app
from api.mcp.tools import output_schema
from api.service import Service
from api.settings import load_settings
from api.wiring.service import build_service
from api.wiring.watch import watching
from knowledge.index.index import Index
from search.pipeline import Pipeline
from vlm.images import ImageLimits
from vlm.readers.extractive import ExtractiveReader

ROOT = Path(__file__).resolve().parents[3]
PHOTO = base64.b64encode(STATION).decode()
QUESTION = "When was the station demolished?"
MODES = ["auto", "legacy"]  # protocol 2026-07-28, and the handshake that came before it


def _authenticate(headers) -> Caller:
    if headers.get("x-api-key") != "right":
        raise CredentialError("The key is not known")
    return Caller("key:agent", frozenset({"ask"}))


@pytest.fixture(scope="module")
def service(index: Index, encoder: TinyEncoder) -> Service:
    return Service(
        Pipeline(index, encoder, ExtractiveReader()),
        limits=ImageLimits(max_bytes=2**20, max_pixels=4_000_000),
        doors=Doors(authenticate=_authenticate, hosts=frozenset()),
    )


@pytest.fixture(scope="module")
def url(service: Service) -> Iterator[str]:
    with running(create_app(service)) as address:
        while httpx.get(f"{address}/ready").status_code != 200:
            pass
        yield address


@asynccontextmanager
async def agent(url: str, mode: str = "auto", key: str = "right") -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(headers={"X-API-Key": key}, timeout=20) as http:
        transport = streamable_http_client(f"{url}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


def over_http(url: str, path: str, data: dict, *photos: bytes) -> dict:
    files = [("photo", ("p.jpg", photo, "image/jpeg")) for photo in photos]
    response = httpx.post(
        f"{url}{path}", data=data, files=files or None, headers={"X-API-Key": "right"}
    )
    assert response.status_code == 200, response.text
    return response.json()


def comparable(answer: dict) -> dict:
    return {name: answer[name] for name in answer if name not in ("timings", "request_id")}


@pytest.mark.parametrize("mode", MODES)
def test_what_http_answers_and_what_mcp_answers_is_equal(url, mode):
    async def run() -> None:
        async with agent(url, mode) as client:
            given = {"question": QUESTION, "photos": [f"data:image/jpeg;base64,{PHOTO}"]}
            filters = {"filters": {"language": "en"}, "k": 2, "region": "0,0,1,1"}
            sent = {**filters, "filters": json.dumps(filters["filters"])}
            for tool, extra, form in [
                ("ask", {}, {}), ("search", {}, {}), ("ask", filters, sent),
            ]:  # fmt: skip
                result = await client.call_tool(tool, {**given, **extra})
                expected = over_http(url, f"/v1/{tool}", {"question": QUESTION, **form}, STATION)
                assert not result.is_error
                assert comparable(result.structured_content) == comparable(expected)
                assert result.structured_content.keys() == expected.keys()
                assert json.loads(result.content[0].text) == result.structured_content
            document_id = expected["evidence"][0]["document_id"]
            links = [each for each in result.content if each.type == "resource_link"]
            assert links[0].name == expected["answer"]["source"]["document_id"]
            assert links[0].description == expected["answer"]["source"]["citation"]
            shown = httpx.get(
                f"{url}/v1/documents/{document_id}", headers={"X-API-Key": "right"}
            ).json()
            document = await client.call_tool("get_document", {"document_id": document_id})
            assert document.structured_content == shown
            resource = await client.read_resource(links[0].uri)
            assert json.loads(resource.contents[0].text)["document_id"] == links[0].name
            photos = [each for each in document.content if each.type == "image"]
            assert len(photos) == len(shown["photos"][:3]) > 0
            first = httpx.get(
                f"{url}{shown['photos'][0]['photo_url']}", headers={"X-API-Key": "right"}
            )
            assert base64.b64decode(photos[0].data) == first.content
            assert photos[0].mime_type == first.headers["content-type"] == "image/webp"

    asyncio.run(run())


def test_schemas_are_those_of_http(url):
    async def run() -> None:
        async with agent(url) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            described = httpx.get(f"{url}/openapi.json").json()["components"]["schemas"]
            for name, model in {
                "ask": schemas.AskOut, "search": schemas.SearchOut,
                "get_document": schemas.DocumentOut,
            }.items():  # fmt: skip
                given = tools[name].output_schema
                assert given == output_schema(model)
                assert given["properties"].keys() == described[model.__name__]["properties"].keys()
                assert "photo_paths" not in tools[name].input_schema["properties"]

    asyncio.run(run())


HOSTILE = {
    "not base64": ({"photos": ["@@@"]}, "not valid base64"),
    "not an image": ({"photos": [base64.b64encode(b"text " * 99).decode()]}, "it is text"),
    "an address": ({"photos": ["https://example.org/a.jpg"]}, "never fetched"),
    "a page": ({"photos": ["data:text/html;base64,aaaa"]}, "begins with data:image/"),
    "larger than a photo may be": ({"photos": ["A" * 3 * 2**20]}, "a photo may have"),
    "too many": ({"photos": [PHOTO] * 5}, "at most 4"),
    "empty": ({"photos": [""]}, "empty"),
    "a path": ({"photo_paths": ["/etc/passwd"]}, "reads no files"),
    "nothing": ({}, "photo"),
    "another name": ({"query": "x"}, "there is no such argument"),
    "another type": ({"k": "many"}, "k: "),
    "a filter": ({"question": "x", "filters": {"colour": "red"}}, "colour"),
    "a language": ({"question": "x", "language": "fr"}, "en or zh"),
    "a schema": ({"question": "x", "schema": {"type": "nonsense"}}, "not that of an object"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_used_is_a_tool_error_that_says_why(url, case):
    arguments, words = HOSTILE[case]

    async def run() -> None:
        async with agent(url) as client:
            result = await client.call_tool("ask", arguments)
            assert result.is_error
            assert words in result.content[0].text
            assert "Traceback" not in result.content[0].text
            assert result.meta["snapcite/problem"]["detail"] in result.content[0].text

    asyncio.run(run())


def test_what_is_not_there_is_said(url):
    async def run() -> None:
        async with agent(url) as client:
            gone = await client.call_tool("get_document", {"document_id": "../../etc/passwd"})
            assert gone.is_error
            assert gone.meta["snapcite/problem"]["status"] == 404
            for uri in ("snapcite://documents/a/b", "file:///etc/passwd", "snapcite://documents/"):
                with pytest.raises(
                    MCPError, match=r"no such resource|There is no document|holds no"
                ):
                    await client.read_resource(uri)
            with pytest.raises(MCPError, match="there are ask, search"):
                await client.call_tool("delete", {})

    asyncio.run(run())


def test_the_doors_are_those_of_http(url, service):
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"X-API-Key": "right", "Accept": "application/json, text/event-stream"}

    def post(**other):
        content = other.pop("content", json.dumps(listing))
        sent = {**headers, "Content-Type": "application/json", **other}
        return httpx.post(f"{url}/mcp", content=content, headers=sent)

    assert post().status_code == 200
    assert post(**{"X-API-Key": "wrong"}).status_code == 401
    assert post(Host="evil.example").status_code == 403
    assert post(Origin="https://evil.example").status_code == 403
    assert httpx.get(f"{url}/mcp", headers=headers).status_code == 405
    many = '{"a": [' + "[]," * 30_000 + "[]]}"
    assert post(content=many).status_code == 422
    assert post(content="[" * 50_000).status_code == 422
    assert post(content="{").status_code == 400
    assert post(content=b" " * (40 * 2**20)).status_code == 413

    async def call_both() -> None:
        async with agent(url) as client:
            await client.call_tool("ask", {"question": QUESTION})
            await client.call_tool("get_document", {"document_id": "a/b"})

    asyncio.run(call_both())
    counted = service.metrics.exposition().decode()
    assert 'snapcite_requests_total{method="POST",route="/mcp",status="200"}' in counted
    assert 'snapcite_tool_calls_total{outcome="ok",tool="ask"}' in counted
    assert 'snapcite_tool_calls_total{outcome="not-found",tool="get_document"}' in counted


def test_it_can_be_switched_off(index, encoder):
    service = Service(Pipeline(index, encoder, ExtractiveReader()), mcp=False)
    with running(create_app(service)) as address:
        assert httpx.post(f"{address}/mcp", json={}).status_code == 404


@pytest.mark.parametrize("mode", MODES)
def test_a_call_that_is_cancelled_leaves_its_place(url, service, mode):
    """By itself where the protocol has a way for it, else with its client, which hangs up."""
    gate, go_on = service.gates.retrieve, threading.Event()

    async def until(count: int) -> None:
        async with asyncio.timeout(10):
            while gate.waiting != count:
                await asyncio.sleep(0.01)

    async def run() -> None:
        async with agent(url, mode) as client:
            call = asyncio.create_task(client.call_tool("search", {"question": "station"}))
            if mode == "auto":
                await until(1)
                call.cancel()
                await until(0)
            await asyncio.gather(call, return_exceptions=True)

    async def bounded() -> None:
        client = asyncio.create_task(run())
        if mode == "legacy":
            await until(1)
            client.cancel()
        await asyncio.gather(client, return_exceptions=True)
        await until(0)

    blockers = [gate._submit(go_on.wait) for _ in range(gate.at_once)]
    try:
        asyncio.run(bounded())
    finally:
        go_on.set()
        for each in blockers:
            each.result()


def test_over_the_standard_streams(tmp_path, logging_restored):
    """One process: the answer is that of HTTP, photos may lie in the folder and nowhere else, and
    nothing but the protocol is printed."""
    index = make_starter_index(tmp_path)
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (allowed / "station.jpg").write_bytes(STATION)
    (tmp_path / "secret.jpg").write_bytes(STATION)
    (allowed / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    os.mkfifo(allowed / "pipe.jpg")
    ours = {key: value for key, value in os.environ.items() if not key.startswith("SNAPCITE_")}
    command = [*COMMAND, "mcp", "--index", str(index), "--folder", str(allowed)]
    program = StdioServerParameters(
        command=sys.executable, args=command[1:], cwd=ROOT, env={**ours, "SNAPCITE_OCR": "0"}
    )

    async def run() -> dict:
        with (tmp_path / "stderr").open("w") as errors:
            return await ask_all(stdio_client(program, errlog=errors))

    async def ask_all(transport) -> dict:
        async with Client(transport) as client:
            listed = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert "photo_paths" in listed["ask"].input_schema["properties"]
            by_path = await client.call_tool(
                "ask", {"question": QUESTION, "photo_paths": ["station.jpg"]}
            )
            by_bytes = await client.call_tool("ask", {"question": QUESTION, "photos": [PHOTO]})
            assert not by_path.is_error
            same = comparable(by_path.structured_content)
            assert same == comparable(by_bytes.structured_content)
            for path in (
                "../secret.jpg", str(tmp_path / "secret.jpg"), "link.jpg", "/etc/passwd",
                "~/x.jpg", "a\0b", "../allowed/../secret.jpg",
            ):  # fmt: skip
                refused = await client.call_tool("ask", {"photo_paths": [path]})
                assert refused.is_error
                assert "does not lie in a folder" in refused.content[0].text
            for path, words in {"pipe.jpg": "not a file", "no.jpg": "cannot be read"}.items():
                refused = await client.call_tool("ask", {"photo_paths": [path]})
                assert words in refused.content[0].text
            return same

    answered = asyncio.run(run())
    settings = load_settings(index=str(index), ocr=False)
    with watching(settings) as watch:
        service = build_service(settings, Doors(), watch)
        with service.pipeline.index, running(create_app(service)) as address:
            expected = over_http(address, "/v1/ask", {"question": QUESTION}, STATION)
    assert comparable(expected) == answered
