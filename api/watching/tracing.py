"""OpenTelemetry spans of requests and of their stages, for those who run a collector.

OpenTelemetry is imported only where tracing is switched on. The exporter and the sampler read
their own standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`,
`OTEL_TRACES_SAMPLER`, …). A span holds a route, a status and times, never what was asked.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import Scope

from knowledge.errors import ConfigurationError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Tracer

_IS_TRACED: ContextVar[bool] = ContextVar("snapcite_is_traced", default=False)
"""Whether the current request is traced."""


class Tracing:
    """Makes spans and sends them. Close it, so that the last spans arrive."""

    def __init__(self, processor: "SpanProcessor") -> None:
        """`processor`: takes finished spans, as that of `build_tracing` does."""
        from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider

        resource = Resource.create({SERVICE_NAME: "snapcite"}).merge(
            OTELResourceDetector().detect()
        )
        # Not OpenTelemetry's global provider: other code of the process is not traced.
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("snapcite")

    @contextmanager
    def request(self, scope: Scope) -> Iterator["RequestTrace"]:
        """A span of a request, below the caller's own (W3C `traceparent`) where it sent one."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        token = _IS_TRACED.set(True)
        try:
            with self._tracer.start_as_current_span(
                scope["method"],
                context=parent,
                kind=SpanKind.SERVER,
                attributes={"http.request.method": scope["method"]},
                record_exception=False,  # the message may hold what was asked
                set_status_on_exception=False,
            ):
                yield RequestTrace(scope["method"], self._tracer)
        finally:
            _IS_TRACED.reset(token)

    def close(self) -> None:
        """Send the last spans and stop."""
        self._provider.shutdown()


class RequestTrace:
    """The span of the current request, and the spans of its stages."""

    def __init__(self, method: str, tracer: "Tracer") -> None:
        self._method = method
        self._tracer = tracer

    def stage(self, name: str) -> AbstractContextManager[object]:
        """A span of one stage of the request, below the span that is current."""
        return self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        )

    def ended(self, *, route: str, status: int) -> None:
        """Name the span by its route, and note the status."""
        from opentelemetry import trace

        span = trace.get_current_span()
        span.update_name(f"{self._method} {route}")
        span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", status)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            span.set_status(trace.StatusCode.ERROR)


def build_tracing() -> Tracing:
    """Spans that go by OTLP over HTTP to the address in the standard variables.

    Raises:
        ConfigurationError: the packages are not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "Tracing needs OpenTelemetry's packages: pip install '.[service]', or set "
            "SNAPCITE_TRACING=false."
        ) from error
    return Tracing(BatchSpanProcessor(OTLPSpanExporter()))


def current_trace_id() -> str | None:
    """The id of the current request's trace, 32 hexadecimal digits; None without a trace."""
    if not _IS_TRACED.get():
        return None
    from opentelemetry import trace

    return f"{trace.get_current_span().get_span_context().trace_id:032x}"
