"""`snapcite eval`: the pipeline and its baselines on labelled questions."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from api.cli_options import (
    EncoderOption,
    IndexOption,
    JsonOption,
    ReaderOption,
    stderr,
    stdout,
)
from api.settings import load_settings
from api.wiring import build_pipeline
from search.evaluation.run import run_questions
from search.evaluation.summary import MEASURES, Measures, summarise_all
from search.evaluation.testset import load_testset


def evaluate(
    testsets: Annotated[list[Path], typer.Argument(help="Test sets: testset.jsonl files.")],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure answers on labelled questions, beside two baselines."""
    loaded = {str(path): load_testset(path) for path in testsets}
    questions = [question for testset in loaded.values() for question in testset]
    pipeline = build_pipeline(load_settings(index=index, encoder=encoder, reader=reader))
    console = stderr()
    with pipeline.index:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("questions", total=len(questions))
            outcomes = run_questions(
                questions, pipeline, on_progress=lambda done: bar.update(task, completed=done)
            )
        result: dict[str, Any] = {
            "testsets": {name: len(testset) for name, testset in loaded.items()},
            "encoder": pipeline.encoder.card.name,
            "reader": pipeline.reader.name,
            "systems": summarise_all(outcomes),
        }
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print_tables(stdout(), result["systems"])


def print_tables(console: Console, systems: dict[str, Any]) -> None:
    """All measures of every system, then the full pipeline by kind and by language."""
    overall = {name: summary["overall"] for name, summary in systems.items()}
    console.print(_table("all questions", overall))
    full = systems["full"]
    console.print(_table("full pipeline, by kind", full["by_kind"]))
    console.print(_table("full pipeline, by language", full["by_language"]))


def _table(title: str, columns: dict[str, Measures]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right")
    for key, label in MEASURES.items():
        table.add_row(label, *(_cell(measures[key]) for measures in columns.values()))
    return table


def _cell(value: float | int | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
