"""How the server logs: one line an event, as text for people or as JSON for programs.

Every line of a request has the request's id. No line holds what was asked: no question, no file
name, nothing of a photo. Such words could only get in through the message of an error that quotes
its input. So an error's message is written only if it cannot quote any, or if the operator allows
it (`SNAPCITE_LOG_CONTENT`).
"""

import json
import logging
import sys
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TextIO

from api.plain_output import escaped, json_line
from api.watching.context import current_request_id
from api.watching.tracing import current_trace_id
from knowledge.credentials import without_credentials
from knowledge.errors import (
    ConfigurationError,
    ModelMissingError,
    ModelUnavailableError,
    StorageError,
)
from vlm.readers.schema import InvalidAnswerError

Format = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]

FIELDS = ("method", "route", "status", "seconds", "caller", "question", "outcome", "stages")
"""Fields that a line may have besides its message; `extra` gives them."""

_OURS = ("api", "indexer", "knowledge", "search", "vlm", "uvicorn")
"""Loggers that follow the level. All others only warn: at lower levels some log whole requests."""

_QUOTES_NOTHING = (
    StorageError,
    ConfigurationError,
    ModelMissingError,
    ModelUnavailableError,
    OSError,
)
"""Errors whose messages are about this machine and its servers and quote no question."""


def configure_logging(
    format_: Format, *, level: Level, content: bool, stream: TextIO | None = None
) -> None:
    """Send all logging of the process to `stream`, by default stderr.

    Args:
        format_: `json` for one object a line.
        level: the lowest level of SnapCite and its server that is logged.
        content: whether lines may hold what was asked.
        stream: where the lines go.
    """
    handler = RepeatsCounted(stream or sys.stderr)
    handler.setFormatter(Lines(format_, content=content))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(level.upper())
    logging.captureWarnings(True)


_PERIOD = 60.0
"""Seconds in which a fault is written once."""

_MOST_FAULTS = 512
"""Different faults that are counted at a time."""


class RepeatsCounted(logging.StreamHandler[TextIO]):
    """Writes a warning or an error once a minute, and then how often it happened meanwhile.

    Faults are the same if they differ in nothing but the request: the same line of code, the same
    words, the same error. Lines below a warning are all written.
    """

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._faults: OrderedDict[tuple[object, ...], _Fault] = OrderedDict()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or count it."""
        now = self._clock()
        while self._faults:  # the one that was written first is over first
            fault, entry = next(iter(self._faults.items()))
            if now - entry.written_at < _PERIOD and len(self._faults) <= _MOST_FAULTS:
                break
            del self._faults[fault]
            self._write_count(entry)
        if record.levelno >= logging.WARNING:
            fault = _fault_of(record)
            if (known := self._faults.get(fault)) is not None:
                known.repeated += 1
                return
            self._faults[fault] = _Fault(record, now)
        super().emit(record)

    def close(self) -> None:
        """Write the counts that are still to be written."""
        with self.lock or nullcontext():
            while self._faults:
                self._write_count(self._faults.popitem(last=False)[1])
        super().close()

    def _write_count(self, entry: "_Fault") -> None:
        if not entry.repeated:
            return
        first = entry.record
        said = f"{entry.repeated} more times in a minute: {first.msg}"
        count = logging.LogRecord(
            first.name, first.levelno, first.pathname, first.lineno, said, first.args, None
        )
        super().emit(count)


@dataclass(slots=True)
class _Fault:
    """A fault's first line, when it was written (seconds), and how often it happened since."""

    record: logging.LogRecord
    written_at: float
    repeated: int = 0


def _fault_of(record: logging.LogRecord) -> tuple[object, ...]:
    """What makes faults the same."""
    request = current_request_id()
    arguments = record.args if isinstance(record.args, tuple) else ()
    words = tuple(str(value)[:200] for value in arguments if value != request)
    error = record.exc_info[1] if record.exc_info else None
    place = traceback.extract_tb(error.__traceback__)[-1:] if error is not None else []
    where = [(frame.filename, frame.lineno) for frame in place]
    return (record.name, record.levelno, record.pathname, record.lineno, words,
            type(error).__name__, *where)  # fmt: skip


class Lines(logging.Formatter):
    """Formats a record as one line of text or JSON."""

    def __init__(self, format_: Format, *, content: bool) -> None:
        """`content`: whether a line may hold what was asked."""
        super().__init__()
        self._json = format_ == "json"
        self._content = content

    def format(self, record: logging.LogRecord) -> str:
        """The record on one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_credentials(self._message(record)),
        }
        for name, value in (("request_id", current_request_id()), ("trace_id", current_trace_id())):
            if value is not None:
                line[name] = value
        for name in FIELDS:
            value = record.__dict__.get(name)
            if value is not None and (name != "question" or self._content):
                line[name] = value
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = without_credentials(self._trace(record.exc_info[1]))
        if self._json:
            return json_line(json.dumps(line, ensure_ascii=False, default=str))
        return _text(line)

    def _message(self, record: logging.LogRecord) -> str:
        if not isinstance(record.args, tuple):
            return record.getMessage()
        arguments = tuple(
            self._message_of(argument) if isinstance(argument, BaseException) else argument
            for argument in record.args
        )
        return str(record.msg) % arguments if arguments else str(record.msg)

    def _message_of(self, error: BaseException) -> str:
        """An error's message, or only its type if the message may quote what was asked."""
        quotes = isinstance(error.__cause__, InvalidAnswerError)  # what a model said
        if self._content or (isinstance(error, _QUOTES_NOTHING) and not quotes):
            return str(error)
        return type(error).__name__

    def _trace(self, error: BaseException) -> str:
        """Type, place and causes of an error, the first cause last, without values of variables."""
        parts: list[str] = []
        seen: BaseException | None = error
        while seen is not None and len(parts) < _CAUSES:
            place = traceback.extract_tb(seen.__traceback__)[-_FRAMES:]
            frames = " < ".join(f"{at.filename}:{at.lineno} {at.name}" for at in reversed(place))
            message = self._message_of(seen)
            name = type(seen).__name__
            parts.append(f"{name}{'' if message == name else ': ' + message} at {frames or '?'}")
            seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        return "; because of ".join(parts)


_CAUSES = 5
_FRAMES = 8


def _text(line: dict[str, object]) -> str:
    """`2026-11-21T07:00:00.000+00:00 INFO api.watching.observed: POST /v1/ask 200 seconds=0.1 …`"""
    more = "".join(
        f" {name}={json.dumps(value, ensure_ascii=False, default=str)}"
        if isinstance(value, dict | str) and name in ("question", "stages", "error")
        else f" {name}={value}"
        for name, value in line.items()
        if name not in ("time", "level", "logger", "message", "method", "route", "status")
    )
    head = f"{line['time']} {str(line['level']).upper()} {line['logger']}: {line['message']}"
    return escaped(head + more, one_line=True)
