"""What Prometheus reads: counts and times of events, and the states of the application's parts.

One `Metrics` an application, with a registry of its own, so that two in one process never add up.
Every label has few values: route templates, not paths; causes, not messages.

A state (points, queues, memory) is read from the part itself when Prometheus asks. Nothing that
may be slow is asked then: the index is counted in a thread of its own, so that a Qdrant server
that hangs does not take the metrics with it. No model library is imported: the memory of a GPU is
given where PyTorch already uses one.
"""

import logging
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from knowledge.errors import StorageError
from knowledge.index import View
from search.answer import Answer, Reason
from search.citation import Cause
from vlm.readers.fallback import FallbackReader

if TYPE_CHECKING:
    from api.service import Service

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_COUNT_EVERY = 30.0
_KINDS = ("document", "passage", "photo")
_STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one application. Safe to use from several threads.

    Attributes:
        registry: holds what `exposition` prints.
        states: collectors that read a state when they are asked; all are in the registry.
    """

    def __init__(self) -> None:
        # Prometheus has no use for the time at which each counter was created, which doubles the
        # output; the library can only leave it out for the whole process.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.states: list[Collector] = []
        self.add_states(ProcessCollector(registry=None))
        self._requests = Counter(
            "snapcite_requests", "Requests that ended, by route template and HTTP status.",
            ["method", "route", "status"], registry=self.registry,
        )  # fmt: skip
        self._request_seconds = Histogram(
            "snapcite_request_seconds", "Seconds from a request to the end of its response.",
            ["route"], buckets=_REQUEST_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._stage_seconds = Histogram(
            "snapcite_stage_seconds", "Seconds that a stage of answering took.",
            ["stage"], buckets=_STAGE_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._answers = Counter(
            "snapcite_answers", "Answers given with a checked citation.", registry=self.registry
        )
        self._abstentions = Counter(
            "snapcite_abstentions", "Questions that were not answered, by reason.",
            ["reason"], registry=self.registry,
        )  # fmt: skip
        self._citations = Counter(
            "snapcite_citations",
            "Citations that were checked: `held`, or what of them did not hold.",
            ["verdict"], registry=self.registry,
        )  # fmt: skip
        self._tool_calls = Counter(
            "snapcite_tool_calls", "Tools that agents called (MCP): `ok`, or the problem's type.",
            ["tool", "outcome"], registry=self.registry,
        )  # fmt: skip
        # A counter that appears only with its first event hides that event from `rate`.
        for reason in get_args(Reason):
            self._abstentions.labels(reason)
        for verdict in ("held", *get_args(Cause)):
            self._citations.labels(verdict)

    def add_states(self, collector: Collector) -> None:
        """Register what reads the states of parts."""
        self.registry.register(collector)
        self.states.append(collector)

    def request_ended(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template, `seconds` to the end of the response."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def stage_ended(self, stage: str, seconds: float) -> None:
        """Note how long a stage took."""
        self._stage_seconds.labels(stage).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Count an answer that goes out, from the cache or new."""
        if answer.reason is None:
            self._answers.inc()
        else:
            self._abstentions.labels(answer.reason).inc()

    def citation_checked(self, answer: Answer) -> None:
        """Count the verdict on the citation of a new answer, if it has one."""
        if answer.withdrawn is not None:
            self._citations.labels(answer.withdrawn).inc()
        elif answer.source is not None or answer.signals or answer.reason == "low_confidence":
            self._citations.labels("held").inc()

    def tool_called(self, tool: str, problem_type: str | None = None) -> None:
        """Count a call of an agent's tool. `problem_type`: the URN of what went wrong."""
        outcome = "ok" if problem_type is None else problem_type.rpartition(":")[2]
        self._tool_calls.labels(tool, outcome).inc()

    def exposition(self) -> bytes:
        """Everything, in Prometheus's text format."""
        return generate_latest(self.registry)


@dataclass(frozen=True, slots=True)
class Count:
    """The last count of an index. `reachable`: None before the first count."""

    points: Mapping[str, int] = field(default_factory=dict)
    version: str | None = None
    reachable: bool | None = None


class IndexCensus:
    """The number of points in an index, which is counted again when the last count is old."""

    def __init__(
        self,
        view: View,
        *,
        every: float = _COUNT_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`view`: of whom the metrics may be shown to; closed documents are in no number of theirs.
        `every`: seconds of `clock` after which a count is old."""
        self._view = view
        self._every = every
        self._clock = clock
        self._lock = threading.Lock()
        self._counting: threading.Thread | None = None
        self._counted_at: float | None = None
        self._latest = Count()

    def latest(self) -> Count:
        """The last count, at once. If it is old, a thread counts again for the next call."""
        with self._lock:
            old = self._counted_at is None or self._clock() - self._counted_at >= self._every
            if old and (self._counting is None or not self._counting.is_alive()):
                self._counting = threading.Thread(target=self.count, name="census", daemon=True)
                self._counting.start()
            return self._latest

    def count(self) -> None:
        """Count now."""
        try:
            points = {kind: self._view.store.count({"kind": kind}) for kind in _KINDS}
            found = Count(points, self._view.version(), reachable=True)
        except StorageError as error:
            logger.warning("the index could not be counted: %s", error)
            found = Count(reachable=False)
        with self._lock:
            self._latest = found
            self._counted_at = self._clock()


class StateCollector(Collector):
    """Reads the parts of a service whenever Prometheus asks."""

    def __init__(self, service: "Service", census: IndexCensus) -> None:
        """`census`: of the service's index."""
        self._service = service
        self._pipeline = service.pipeline
        self._census = census

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry asks for this when the collector registers, too early to read."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The states of all parts."""
        yield GaugeMetricFamily(
            "snapcite_ready", "1 while models are loaded and the index is there.",
            value=float(self._service.is_able),
        )  # fmt: skip
        yield GaugeMetricFamily(
            "snapcite_requests_in_flight", "Requests under way.",
            value=self._service.traffic.in_flight,
        )  # fmt: skip
        yield from self._queues()
        yield self._build()
        yield from self._index_state()
        yield self._fallbacks()
        yield from self._caches()
        yield self._audit_failures()
        yield from _devices()

    def _build(self) -> Metric:
        fingerprint = self._pipeline.index.fingerprint
        return InfoMetricFamily(
            "snapcite_build", "What runs: versions, models and the index's fingerprint.",
            value={
                "version": version("snapcite"),
                "encoder": self._pipeline.encoder.card.name,
                "reader": self._pipeline.reader.name,
                "fingerprint": fingerprint.encoder_fingerprint[:12],
                "layout": str(fingerprint.schema_version),
            },
        )  # fmt: skip

    def _queues(self) -> Iterable[Metric]:
        """The gate of each stage, by the stage's name."""
        waiting = GaugeMetricFamily(
            "snapcite_queue_depth", "Requests that wait for a stage.", labels=["stage"]
        )
        running = GaugeMetricFamily(
            "snapcite_queue_running", "Requests that a stage works on.", labels=["stage"]
        )
        limit = GaugeMetricFamily(
            "snapcite_queue_limit", "Requests that may wait for a stage.", labels=["stage"]
        )
        refused = CounterMetricFamily(
            "snapcite_queue_refusals", "Requests refused because too many waited.",
            labels=["stage"],
        )  # fmt: skip
        expired = CounterMetricFamily(
            "snapcite_queue_expired", "Requests that waited until their time was over.",
            labels=["stage"],
        )  # fmt: skip
        gates = self._service.gates
        for stage, gate in (
            ("decode", gates.decode),
            ("encode", gates.encode),
            ("retrieve", gates.retrieve),
            ("read", gates.read),
        ):
            waiting.add_metric([stage], gate.waiting)
            running.add_metric([stage], gate.running)
            limit.add_metric([stage], gate.queue)
            refused.add_metric([stage], gate.refused)
            expired.add_metric([stage], gate.expired)
        return waiting, running, limit, refused, expired

    def _index_state(self) -> Iterable[Metric]:
        found = self._census.latest()
        points = GaugeMetricFamily(
            "snapcite_index_points", "Points of the index by kind, counted every half minute.",
            labels=["kind"],
        )  # fmt: skip
        for kind, number in found.points.items():
            points.add_metric([kind], number)
        version = GaugeMetricFamily(
            "snapcite_index_version_hash",
            "Made of the index's version: every write changes it.",
        )
        if found.version is not None:
            version.add_metric([], zlib.crc32(found.version.encode()))
        reachable = GaugeMetricFamily(
            "snapcite_index_reachable", "Whether the index could be asked when last counted."
        )
        if found.reachable is not None:
            reachable.add_metric([], float(found.reachable))
        return points, version, reachable

    def _fallbacks(self) -> Metric:
        reader = self._pipeline.reader
        stood_in = reader.stood_in if isinstance(reader, FallbackReader) else 0
        return CounterMetricFamily(
            "snapcite_reader_fallbacks",
            "Questions that the extractive reader read because the model failed.",
            value=stood_in,
        )  # fmt: skip

    def _caches(self) -> Iterable[Metric]:
        """By kind of value: `embedding`, `search` or `answer`."""
        hits = CounterMetricFamily(
            "snapcite_cache_hits", "Results that were still known.", labels=["kind"]
        )
        misses = CounterMetricFamily(
            "snapcite_cache_misses", "Results that had to be worked out.", labels=["kind"]
        )
        if self._service.results is not None:
            cache = self._service.results.cache
            for kind in ("embedding", "search", "answer"):
                hits.add_metric([kind], cache.hits[kind])
                misses.add_metric([kind], cache.misses[kind])
        return hits, misses

    def _audit_failures(self) -> Metric:
        audit = self._service.audit
        return CounterMetricFamily(
            "snapcite_audit_failures", "Lines that the audit log could not take.",
            value=audit.failures if audit else 0,
        )  # fmt: skip


def _devices() -> Iterable[Metric]:
    """Memory of each GPU that PyTorch uses in this process, in bytes."""
    family = GaugeMetricFamily(
        "snapcite_device_memory_bytes",
        "GPU memory: `used` by this process's tensors, `reserved` by its allocator, `free` and "
        "`total` of the device.",
        labels=["device", "kind"],
    )
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        for device in range(torch.cuda.device_count()):
            free, total = torch.cuda.mem_get_info(device)
            sizes = {
                "used": torch.cuda.memory_allocated(device),
                "reserved": torch.cuda.memory_reserved(device),
                "free": free,
                "total": total,
            }
            for kind, size in sizes.items():
                family.add_metric([f"cuda:{device}", kind], size)
    yield family
