"""An evaluation's result as tables for a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from search.evaluation import FULL, MEASURES

_TITLES: Mapping[str, str] = {
    "by_testset": "by test set",
    "by_kind": "by kind",
    "by_language": "by language of the question",
    "by_photo": "with and without a photo",
    "by_document_language": "by language of the document",
    "by_crossing": "question and document in one language, or across",
    "made": "made questions, to be abstained from",
}


def print_tables(console: Console, result: Mapping[str, Any]) -> None:
    """All measures of every system, then the full pipeline by group, and the comparison."""
    systems = result["systems"]
    full = systems[FULL]
    intervals = {FULL: full["intervals"]}
    console.print(_table("all questions", {n: s["overall"] for n, s in systems.items()}, intervals))
    for name, title in _TITLES.items():
        if full[name]:
            console.print(_table(f"full pipeline, {title}", full[name], {}))
    compared = full.get("against_keywords")
    if compared:
        low, high = compared["interval"]
        console.print(
            f"full pipeline against keywords only: {compared['difference']:+.3f} answers right "
            f"(95% {low:+.3f} to {high:+.3f}); right alone {compared['only_this_right']} to "
            f"{compared['only_other_right']}, McNemar p = {compared['mcnemar_p']:.2g}"
        )


def _table(
    title: str, columns: Mapping[str, Mapping[str, Any]], intervals: Mapping[str, Any]
) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right")
    for key, label in MEASURES.items():
        cells = [
            _cell(measures[key], (intervals.get(name) or {}).get(key))
            for name, measures in columns.items()
        ]
        table.add_row(label, *cells)
    return table


def _cell(value: float | int | None, interval: tuple[float, float] | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, int):
        return str(value)
    shown = f"{value:.3f}"
    return f"{shown} ({interval[0]:.3f}–{interval[1]:.3f})" if interval else shown
