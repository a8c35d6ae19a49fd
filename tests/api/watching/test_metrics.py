"""The metrics, read with Prometheus's own parser."""

import sys
import time
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from support import encoded, photo

from api.access.auth import Caller
from api.access.guard import CredentialError, Doors
from api.http.app import create_app
from api.memory.results import ResultCache, Results
from api.memory.store import MemoryStore
from api.service import Service
from api.watching.metrics import IndexCensus, Metrics
from knowledge.errors import ModelError, StoreUnavailableError
from search.answer import Answer
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.fallback import FallbackReader

STATION = encoded(photo(1, size=(320, 240)))


class Moody:
    """A reader with a model that is always away."""

    name = "moody"
    photo_side = 0
    evidence_side = 0

    def warm_up(self) -> None: ...

    def read(self, reading):
        raise ModelError("not today")


@pytest.fixture
def client(index, encoder) -> TestClient:
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    cache = ResultCache(MemoryStore(max_bytes=2**20, seconds=60))
    return TestClient(create_app(Service(pipeline, results=Results(cache, pipeline))))


def samples(client: TestClient, **headers: str) -> dict[str, float]:
    """`name{label=value}{label=value}` → value, labels by name."""
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200, response.text
    return {
        sample.name + _labels(sample.labels): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def _labels(labels: dict[str, str]) -> str:
    return "".join(f"{{{name}={value}}}" for name, value in sorted(labels.items()))


def until(holds: Callable[[], bool]) -> None:
    """Wait for what a thread brings about."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")


def ask(client: TestClient, question: str, *photos: bytes):
    files = [("photo", ("p.jpg", data, "image/jpeg")) for data in photos]
    return client.post("/v1/ask", files=files or None, data={"question": question})


def test_an_answer_is_counted_and_its_stages_are_timed(client):
    assert ask(client, "When was this demolished?", STATION).status_code == 200
    now = samples(client)

    assert now["snapcite_answers_total"] == 1
    assert now["snapcite_citations_total{verdict=held}"] == 1
    for stage in ("decode", "encode", "retrieve", "read"):
        assert now[f"snapcite_stage_seconds_count{{stage={stage}}}"] == 1
        assert now[f"snapcite_stage_seconds_sum{{stage={stage}}}"] > 0
    assert now["snapcite_requests_total{method=POST}{route=/v1/ask}{status=200}"] == 1
    assert now["snapcite_request_seconds_count{route=/v1/ask}"] == 1
    assert now["process_resident_memory_bytes"] > 2**20


def test_what_was_known_is_a_hit_and_is_not_checked_again(client):
    for _ in range(2):
        ask(client, "When was this demolished?", STATION)
    now = samples(client)

    assert now["snapcite_answers_total"] == 2
    assert now["snapcite_citations_total{verdict=held}"] == 1
    for kind in ("search", "answer"):
        assert now[f"snapcite_cache_misses_total{{kind={kind}}}"] == 1
        assert now[f"snapcite_cache_hits_total{{kind={kind}}}"] == 1
    assert now["snapcite_stage_seconds_count{stage=read}"] == 1


def test_abstentions_and_refusals_are_counted_by_cause(client):
    ask(client, "How much did it cost?", STATION)
    ask(client, "Is it there?", encoded(photo(77, size=(320, 240))))
    ask(client, "Is it there?", b"no photo")
    now = samples(client)

    assert now["snapcite_abstentions_total{reason=not_in_evidence}"] == 1
    assert now["snapcite_abstentions_total{reason=nothing_similar}"] == 1
    assert now["snapcite_abstentions_total{reason=citation_failed}"] == 0
    assert now["snapcite_requests_total{method=POST}{route=/v1/ask}{status=415}"] == 1


def test_withdrawn_citations_are_counted_by_cause_and_low_confidence_held():
    metrics = Metrics()
    for answer in (
        Answer(None, "", reason="citation_failed", withdrawn="year_not_in_quote"),
        Answer(None, "", reason="citation_failed", withdrawn="year_not_in_quote"),
        Answer(None, "", reason="low_confidence"),
        Answer(None, "", reason="not_in_evidence"),
    ):
        metrics.citation_checked(answer)
    verdict = {
        sample.labels["verdict"]: sample.value
        for family in metrics.registry.collect()
        if family.name == "snapcite_citations"
        for sample in family.samples
    }

    assert verdict["year_not_in_quote"] == 2
    assert verdict["held"] == 1
    assert sum(verdict.values()) == 3


def test_routes_are_templates_so_that_addresses_make_no_series(client, index):
    for point in list(index.store.scroll({"kind": "photo"}))[:2]:
        client.get(f"/v1/photos/{point.id}")
    for path in ("/nowhere/1", "/nowhere/2", "/static/app.js", "/static/logo.svg"):
        client.get(path)
    client.request("BREW", "/v1/ask")
    client.request("STEEP", "/v1/ask")
    now = samples(client)

    assert now["snapcite_requests_total{method=GET}{route=/v1/photos/{photo_id}}{status=200}"] == 2
    assert now["snapcite_requests_total{method=GET}{route=(none)}{status=404}"] == 2
    assert now["snapcite_requests_total{method=GET}{route=(files)}{status=200}"] == 2
    assert not [name for name in now if "BREW" in name or "nowhere" in name or "app.js" in name]


@given(method=st.text(max_size=12), status=st.integers(100, 599), seconds=st.floats(0, 1e6))
def test_any_method_and_time_keeps_the_series_few(method, status, seconds):
    metrics = Metrics()
    metrics.request_ended(method=method, route="/v1/ask", status=status, seconds=seconds)
    parsed = list(text_string_to_metric_families(metrics.exposition().decode()))

    assert parsed
    labels = {
        sample.labels["method"]
        for family in parsed
        if family.name == "snapcite_requests"
        for sample in family.samples
    }
    assert labels <= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"}


def test_states_are_exported_as_they_are(client, index):
    client.app.state.service.ready.set()
    first = samples(client)
    until(lambda: "snapcite_index_reachable" in samples(client))  # counted beside the first
    now = samples(client)

    assert first["snapcite_ready"] == 1
    assert now["snapcite_index_reachable"] == 1
    assert now["snapcite_index_points{kind=document}"] == 3
    assert now["snapcite_index_points{kind=photo}"] == 2
    gates = client.app.state.service.gates
    assert now["snapcite_queue_limit{stage=read}"] == gates.read.queue
    assert now["snapcite_queue_depth{stage=encode}"] == 0
    assert now["snapcite_queue_refusals_total{stage=decode}"] == 0
    assert "torch" in sys.modules or not [name for name in now if "device_memory" in name]


def test_a_reader_that_stands_in_is_counted(index, encoder):
    reader = FallbackReader(Moody(), ExtractiveReader())
    client = TestClient(create_app(Service(Pipeline(index, encoder, reader))))
    for _ in range(2):
        ask(client, "Is it still there?", STATION)

    assert samples(client)["snapcite_reader_fallbacks_total"] == 2


def test_two_applications_count_apart(index, encoder):
    one, other = (
        TestClient(create_app(Service(Pipeline(index, encoder, ExtractiveReader()))))
        for _ in range(2)
    )
    ask(one, "When was the Clock Tower completed?")

    assert samples(one)["snapcite_answers_total"] == 1
    assert samples(other)["snapcite_answers_total"] == 0


class Flaky:
    """An index whose server answers or not."""

    def __init__(self) -> None:
        self.fails = False
        self.store = self
        self.asked = 0

    def count(self, where) -> int:
        self.asked += 1
        if self.fails:
            raise StoreUnavailableError("gone")
        return 7

    def version(self) -> str:
        return "v1"


def test_the_census_counts_again_when_it_is_old_and_says_when_it_cannot():
    index, now = Flaky(), [0.0]
    census = IndexCensus(index, every=30, clock=lambda: now[0])
    until(lambda: census.latest().reachable is True)

    assert census.latest().points == {"document": 7, "passage": 7, "photo": 7}
    asked = index.asked
    now[0] = 29.0
    census.latest()
    assert index.asked == asked

    index.fails = True
    now[0] = 61.0
    until(lambda: census.latest().reachable is False)
    assert census.latest().points == {}


def doors(**given) -> Doors:
    def authenticate(headers):
        match headers.get("x-api-key"):
            case "admin":
                return Caller("key:ops", frozenset({"admin"}))
            case "ask":
                return Caller("key:app", frozenset({"ask"}))
        raise CredentialError("No key was sent")

    return Doors(authenticate=authenticate, **given)


def test_metrics_are_for_admins_unless_the_operator_opens_them(index, encoder):
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    closed = TestClient(create_app(Service(pipeline, doors=doors())))
    assert closed.get("/metrics").status_code == 401
    assert closed.get("/metrics", headers={"X-API-Key": "ask"}).status_code == 403
    assert samples(closed, **{"X-API-Key": "admin"})["snapcite_answers_total"] == 0

    opened = TestClient(create_app(Service(pipeline, doors=doors(metrics_open=True))))
    assert samples(opened)["snapcite_answers_total"] == 0
