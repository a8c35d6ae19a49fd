"""How the server logs: one line an event, as text for people or as JSON for programs.

Every line of a request has the request's id. No line holds what was asked: no question, no file
name, nothing of a photo. Such words could only get in through the message of an error that quotes
its input. So an error's message is written only if it cannot quote any, or if the operator allows
it (`SNAPCITE_LOG_CONTENT`).
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Literal, TextIO

from api.plain_output import json_line, visible
from api.watching.context import current_request_id
from api.watching.tracing import current_trace_id
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
    handler = logging.StreamHandler(stream or sys.stderr)
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
            "message": self._message(record),
        }
        for name, value in (("request_id", current_request_id()), ("trace_id", current_trace_id())):
            if value is not None:
                line[name] = value
        for name in FIELDS:
            value = record.__dict__.get(name)
            if value is not None and (name != "question" or self._content):
                line[name] = value
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = self._trace(record.exc_info[1])
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
    return visible(head + more, one_line=True)
