"""Logs, audit log and traces of `snapcite serve`, as the settings say."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from api.settings import Settings
from api.watching.audit import AuditLog
from api.watching.logs import Level, configure_logging
from api.watching.tracing import Tracing, build_tracing


@dataclass(frozen=True, slots=True)
class Watch:
    """The audit log and the traces; each is None unless the settings want it."""

    audit: AuditLog | None
    tracing: Tracing | None


@contextmanager
def watching(settings: Settings) -> Iterator[Watch]:
    """Configure logging; keep the audit log and the exporter of traces open meanwhile.

    Raises:
        ConfigurationError: a file cannot be written, or a package is not installed.
    """
    start_logging(settings)
    with ExitStack() as opened:
        watch = Watch(_open_audit(settings), _open_tracing(settings))
        if watch.audit is not None:
            opened.callback(watch.audit.close)
        if watch.tracing is not None:
            opened.callback(watch.tracing.close)
        yield watch


def start_logging(settings: Settings) -> None:
    """Configure the logging of this process."""
    usual: Level = "info" if settings.log_format == "json" else "warning"
    configure_logging(
        settings.log_format, level=settings.log_level or usual, content=settings.log_content
    )


def _open_audit(settings: Settings) -> AuditLog | None:
    if settings.audit_file is None:
        return None
    return AuditLog(
        settings.audit_file,
        questions=settings.audit_questions,
        required=settings.audit_failure == "refuse",
    )


def _open_tracing(settings: Settings) -> Tracing | None:
    wanted = settings.tracing
    if wanted is None:
        wanted = settings.otlp_endpoint is not None
    return build_tracing() if wanted else None
