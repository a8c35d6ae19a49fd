"""The states that Prometheus is told: read from the parts themselves when it asks.

Asks nobody who may be slow: the index is counted in a thread of its own, so that a Qdrant server
that hangs does not take the metrics with it. Imports no model library; a GPU's memory is told
where PyTorch already uses one.
"""

import logging
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from api.http.state import AppState
from knowledge.errors import StorageError
from knowledge.index import Index
from vlm.readers.fallback import FallbackReader

logger = logging.getLogger(__name__)

_COUNT_EVERY = 30.0
_KINDS = ("document", "passage", "photo")


@dataclass(frozen=True, slots=True)
class Count:
    """What was last found. `reachable`: None before the index was ever asked."""

    points: Mapping[str, int] = field(default_factory=dict)
    version: str | None = None
    reachable: bool | None = None


class IndexCensus:
    """How many points an index holds, as last counted; counted again when that is old."""

    def __init__(
        self,
        index: Index,
        *,
        every: float = _COUNT_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`every`: seconds of `clock` after which a count is old."""
        self._index = index
        self._every = every
        self._clock = clock
        self._lock = threading.Lock()
        self._counting: threading.Thread | None = None
        self._counted_at: float | None = None
        self._latest = Count()

    def latest(self) -> Count:
        """The last count, at once; an old one is replaced in the background, for the next time."""
        with self._lock:
            old = self._counted_at is None or self._clock() - self._counted_at >= self._every
            if old and (self._counting is None or not self._counting.is_alive()):
                self._counting = threading.Thread(target=self.count, name="census", daemon=True)
                self._counting.start()
            return self._latest

    def count(self) -> None:
        """Count now."""
        try:
            points = {kind: self._index.store.count({"kind": kind}) for kind in _KINDS}
            found = Count(points, self._index.version(), reachable=True)
        except StorageError as error:
            logger.warning("the index could not be counted: %s", error)
            found = Count(reachable=False)
        with self._lock:
            self._latest = found
            self._counted_at = self._clock()


class StateCollector(Collector):
    """Told to a registry once; reads the application's parts whenever Prometheus asks."""

    def __init__(self, state: AppState, census: IndexCensus) -> None:
        """`census`: of the state's index."""
        self._state = state
        self._pipeline = state.pipeline
        self._census = census

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering asks this, and must not read anything yet."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """All states."""
        yield GaugeMetricFamily(
            "snapcite_ready", "1 once models are loaded and a query has gone through.",
            value=float(self._state.ready.is_set()),
        )  # fmt: skip
        yield GaugeMetricFamily(
            "snapcite_requests_in_flight", "Requests under way.",
            value=self._state.traffic.in_flight,
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
        gates = self._state.gates
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
            "snapcite_reader_fallbacks", "Questions that rules read because the model failed.",
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
        if self._state.remembered is not None:
            cache = self._state.remembered.cache
            for kind in ("embedding", "search", "answer"):
                hits.add_metric([kind], cache.hits[kind])
                misses.add_metric([kind], cache.misses[kind])
        return hits, misses

    def _audit_failures(self) -> Metric:
        audit = self._state.audit
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
