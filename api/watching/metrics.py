"""What is counted and timed, as Prometheus reads it.

One `Metrics` an application, with a registry of its own, so that two in one process never add up.
Every label has few values: route templates, not paths; causes, not messages. What is a state
rather than an event (points, queues, memory) is read when asked for, by
`api.watching.metrics_state`.
"""

from collections.abc import Mapping
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from search.answer import Answer, Reason
from search.citation import Cause

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one application. Safe to use from several threads.

    Attributes:
        registry: what `exposition` prints; further collectors may register.
    """

    def __init__(self) -> None:
        # A series of creation times a counter is of no use to Prometheus and doubles the output;
        # the library knows only a switch for the whole process.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
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
        # A counter that appears only with its first event hides that event from `rate`.
        for reason in get_args(Reason):
            self._abstentions.labels(reason)
        for verdict in ("held", *get_args(Cause)):
            self._citations.labels(verdict)

    def request_ended(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template, `seconds` to the end of the response."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def stages(self, timings: Mapping[str, float]) -> None:
        """Note how long stages took: stage → seconds."""
        for stage, seconds in timings.items():
            self._stage_seconds.labels(stage).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Count an answer that goes out, remembered or new."""
        if answer.reason is None:
            self._answers.inc()
        else:
            self._abstentions.labels(answer.reason).inc()

    def citation_checked(self, answer: Answer) -> None:
        """Count the verdict on the citation of an answer that was just read, if it cited."""
        if answer.withdrawn is not None:
            self._citations.labels(answer.withdrawn).inc()
        elif answer.source is not None or answer.reason == "low_confidence":
            self._citations.labels("held").inc()

    def exposition(self) -> bytes:
        """Everything, in Prometheus's text format."""
        return generate_latest(self.registry)
