"""What was measured: lines with a ratio and a target, printed as a table and kept as JSON."""

import json
import operator
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was measured.

    Attributes:
        what: in words.
        value: SnapCite's figure, in `unit`.
        usual: the usual stack's, measured in the same run; None where there is nothing to compare.
        ratio: how many times better SnapCite is; None without `usual`.
        target: what `ratio` (or, without one, `value`) is to reach; None if nothing was promised.
        at: whether that is to be at least or at most the target.
        more: further figures of the same run.
    """

    what: str
    unit: str
    value: float
    usual: float | None = None
    ratio: float | None = None
    target: float | None = None
    at: Literal["least", "most"] = "least"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None if there is none."""
        if self.target is None:
            return None
        reached = operator.ge if self.at == "least" else operator.le
        return bool(reached(self.value if self.ratio is None else self.ratio, self.target))


def faster(what: str, *, ours_s: float, usual_s: float, target: float, **more: Any) -> Line:  # noqa: ANN401
    """A line of two times in seconds, shown in milliseconds."""
    return Line(what, "ms", 1e3 * ours_s, 1e3 * usual_s, usual_s / ours_s, target, more=more)


def more_per_second(
    what: str,
    unit: str,
    *,
    ours: float,
    usual: float,
    target: float,
    **more: Any,  # noqa: ANN401
) -> Line:
    """A line of two rates."""
    return Line(what, unit, ours, usual, ours / usual, target, more=more)


def show(lines: Sequence[Line]) -> None:
    """Print a table."""
    table = Table(box=None)
    for column in ("", "SnapCite", "usual stack", "unit", "ratio", "target", "met"):
        table.add_column(column, justify="left" if column in ("", "unit") else "right")
    for line in lines:
        sign = "≥" if line.at == "least" else "≤"
        table.add_row(
            line.what,
            _number(line.value),
            _number(line.usual),
            line.unit,
            f"{line.ratio:.1f}×" if line.ratio is not None else "",
            f"{sign} {line.target:g}" if line.target is not None else "",
            {True: "yes", False: "NO", None: ""}[line.met],
        )
    Console().print(table)


def save(folder: Path, name: str, lines: Sequence[Line], **settings: Any) -> Path:  # noqa: ANN401
    """Write lines, the settings of the run and the machine to `NAME.json` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    written = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe(),
        "settings": settings,
        "lines": [asdict(line) | {"met": line.met} for line in lines],
    }
    path.write_text(json.dumps(_rounded(written), indent=2, ensure_ascii=False) + "\n")
    return path


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _rounded(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
