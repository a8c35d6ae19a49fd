"""The last report of `snapcite eval --json`, reduced to what the page shows."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

logger = logging.getLogger(__name__)

Measure = float | int | None


class _System(BaseModel):
    overall: dict[str, Measure]


class _Report(BaseModel):
    testsets: dict[str, int]
    encoder: str
    reader: str
    systems: dict[str, _System]


class EvaluationOut(BaseModel):
    """Measures of an evaluation. `testsets`: name → questions; `systems`: name → measures."""

    measured_at: datetime
    testsets: dict[str, int]
    encoder: str
    reader: str
    systems: dict[str, dict[str, Measure]]


def read_report(path: Path | None) -> EvaluationOut | None:
    """The report at `path`; None where the file is missing or cannot be read (which is logged)."""
    if path is None or not path.is_file():
        return None
    try:
        report = _Report.model_validate(json.loads(path.read_text(encoding="utf-8")))
        measured_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, ValidationError):
        logger.warning("the evaluation report %s cannot be read", path, exc_info=True)
        return None
    return EvaluationOut(
        measured_at=measured_at,
        # A test set lies in the folder of its corpus, whose path is not for callers.
        testsets={Path(name).parent.name or name: n for name, n in report.testsets.items()},
        encoder=report.encoder,
        reader=report.reader,
        systems={name: system.overall for name, system in report.systems.items()},
    )
