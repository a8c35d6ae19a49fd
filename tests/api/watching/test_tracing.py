"""Spans of requests and stages, collected in memory by OpenTelemetry's own exporter."""

import subprocess
import sys

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from support import encoded, photo

from api.http.app import create_app
from api.service import Service
from api.settings import load_settings
from api.watching.tracing import Tracing
from api.wiring.watch import watching
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

STATION = encoded(photo(1, size=(320, 240)))
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def client_of(index, encoder, exporter, reader=None) -> TestClient:
    tracing = Tracing(SimpleSpanProcessor(exporter))
    pipeline = Pipeline(index, encoder, reader or ExtractiveReader())
    return TestClient(create_app(Service(pipeline, tracing=tracing)), raise_server_exceptions=False)


def ask(client: TestClient, **headers: str):
    files = [("photo", ("p.jpg", STATION, "image/jpeg"))]
    return client.post(
        "/v1/ask", files=files, data={"question": "When was this demolished?"}, headers=headers
    )


def test_a_request_s_stages_lie_within_it_and_within_the_caller_s_trace(index, encoder, exporter):
    assert ask(client_of(index, encoder, exporter), traceparent=PARENT).status_code == 200
    spans = {span.name: span for span in exporter.get_finished_spans()}
    request = spans.pop("POST /v1/ask")

    assert set(spans) == {"decode", "encode", "retrieve", "picture", "read"}
    assert request.kind is SpanKind.SERVER
    assert f"{request.context.trace_id:032x}" == PARENT.split("-")[1]
    assert f"{request.parent.span_id:016x}" == PARENT.split("-")[2]
    assert request.attributes["http.route"] == "/v1/ask"
    assert request.attributes["http.response.status_code"] == 200
    for span in spans.values():
        assert span.parent.span_id == request.context.span_id
        assert request.start_time <= span.start_time <= span.end_time <= request.end_time


def test_spans_hold_nothing_of_what_was_asked(index, encoder, exporter):
    class Failing:
        name = "failing"

        def read(self, reading):
            raise ValueError(f"cannot read {reading.question}")

    assert ask(client_of(index, encoder, exporter, Failing())).status_code == 500
    spans = exporter.get_finished_spans()
    request = next(span for span in spans if span.name == "POST /v1/ask")

    assert request.status.status_code is StatusCode.ERROR
    assert all(not span.events for span in spans)
    assert "demolished" not in "".join(span.to_json() for span in spans)


def test_probes_are_not_traced_and_requests_without_a_parent_begin_traces(index, encoder, exporter):
    client = client_of(index, encoder, exporter)
    client.get("/health")
    client.get("/v1/corpus")
    client.get("/v1/corpus")
    spans = exporter.get_finished_spans()

    assert [span.name for span in spans] == ["GET /v1/corpus"] * 2
    assert len({span.context.trace_id for span in spans}) == 2


@pytest.mark.parametrize(
    ("variable", "value", "wanted"),
    [
        (None, None, False),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9", True),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9/v1/traces", True),
        ("SNAPCITE_TRACING", "true", True),
    ],
)
def test_the_standard_variables_switch_it_on(
    logging_restored, monkeypatch, variable, value, wanted
):
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, value)
    with watching(load_settings()) as watch:
        assert (watch.tracing is not None) == wanted


def test_switched_off_it_is_not_even_imported():
    code = (
        "import sys, api.http.app, api.wiring.watch; from api.settings import load_settings\n"
        "with api.wiring.watch.watching(load_settings()): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60,
        env={"PATH": "", "SNAPCITE_TRACING": "false"},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
