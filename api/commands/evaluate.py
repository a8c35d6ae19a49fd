"""`snapcite eval`: measures the pipeline, baselines and ablations on labelled questions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.commands.calibrate import in_words
from api.commands.options import (
    AsGroupOption,
    EncoderOption,
    IndexOption,
    JsonOption,
    print_json,
    stderr,
    stdout,
)
from api.commands.own_questions import figures_of_reader, questions_in_words
from api.commands.progress_bar import progress_bar
from api.settings import load_settings
from api.wiring.pipeline import build_pipeline, build_reader, model_read_with
from knowledge.errors import ConfigurationError, InputError
from knowledge.viewer import Viewer
from search.evaluation import (
    FULL,
    MEASURES,
    SYSTEMS,
    Cache,
    LabelledQuestion,
    Outcome,
    all_documents,
    foreign,
    leave_one_out,
    load_testset,
    run_questions,
    summarise_all,
    with_readers,
    write_report,
)
from search.own_questions import read_figures
from search.pipeline import Pipeline
from search.resemblance import read_calibration
from vlm.readers import LookingReader
from vlm.readers.fallback import FallbackReader

_TITLES: Mapping[str, str] = {
    "by_testset": "by test set",
    "by_kind": "by kind",
    "by_language": "by language of the question",
    "by_photo": "with and without a photo",
    "by_document_language": "by language of the document",
    "by_crossing": "question and document in one language, or across",
    "made": "made questions, to be abstained from",
}


@dataclass(frozen=True, slots=True)
class _Made:
    """The questions to make beside those of the test sets."""

    foreign: Path | None
    foreign_count: int
    leave_one_out: bool


def evaluate(
    testsets: Annotated[
        list[Path], typer.Argument(metavar="TESTSET...", help="testset.jsonl files.")
    ],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    readers: Annotated[
        list[str] | None,
        typer.Option(
            "--reader",
            help="Reader, such as openai or extractive:MODEL; give it again for more readers, "
            "each of which is a system.",
        ),
    ] = None,
    systems: Annotated[
        list[str] | None,
        typer.Option(
            "--system", help="Only this system, beside the full pipeline; can be repeated."
        ),
    ] = None,
    foreign_photos: Annotated[
        Path | None,
        typer.Option("--foreign", help="Folder of photos that show nothing indexed."),
    ] = None,
    foreign_count: Annotated[
        int, typer.Option("--foreign-count", min=1, help="How many of them to ask about.")
    ] = 200,
    hide: Annotated[
        bool,
        typer.Option("--leave-one-out", help="Ask each photo's question with its subject hidden."),
    ] = False,
    cache: Annotated[
        Path,
        typer.Option(
            "--cache", help="File that keeps observations, so that an interrupted run continues."
        ),
    ] = Path(".snapcite/evaluation.jsonl"),
    report: Annotated[
        Path | None, typer.Option("--report", help="Write one self-contained HTML file.")
    ] = None,
    as_group: AsGroupOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure answers on labelled questions, beside baselines and ablations."""
    loaded = {str(path): load_testset(path) for path in testsets}
    first = readers[0] if readers else None
    settings = load_settings(index=index, encoder=encoder, reader=first)
    further = {
        name: build_reader(load_settings(index=index, encoder=encoder, reader=name))
        for name in (readers or [])[1:]
    }
    chosen = [
        system
        for system in with_readers(SYSTEMS, list(further))
        if systems is None or system.name in (FULL, *systems) or system.reader
    ]
    unknown = sorted(set(systems or ()) - {system.name for system in SYSTEMS})
    if unknown:
        raise ConfigurationError(
            f"No system is called {unknown[0]!r}; the systems are "
            f"{', '.join(system.name for system in SYSTEMS)}."
        )
    # The page shows the measures to everybody, so that closed documents count for none.
    viewer = Viewer.of(as_group or ())
    pipeline = build_pipeline(settings)
    with pipeline.index, Cache(cache) as kept:
        written = [question for testset in loaded.values() for question in testset]
        made = _make(written, pipeline, _Made(foreign_photos, foreign_count, hide), viewer)
        questions = [*written, *made]
        with progress_bar(stderr(), "asking", counted="questions") as show:
            outcomes = run_questions(
                questions,
                pipeline,
                systems=chosen,
                readers=further,
                cache=kept,
                viewer=viewer,
                on_progress=lambda done: show(done, len(questions)),
            )
        fit = pipeline.fits.of(
            pipeline.reader.name, composed=not isinstance(pipeline.reader, LookingReader)
        )
        stood_in = sum(
            reader.stood_in
            for reader in (pipeline.reader, *further.values())
            if isinstance(reader, FallbackReader)
        )
        measured = read_calibration(pipeline.index)
        model = model_read_with(settings, pipeline.reader)
        own = figures_of_reader(read_figures(pipeline.index), pipeline.reader.name, model)
        result: dict[str, Any] = {
            "testsets": {name: len(testset) for name, testset in loaded.items()},
            "made": {
                origin: sum(q.origin == origin for q in made)
                for origin in ("foreign", "leave_one_out")
            },
            "encoder": pipeline.encoder.card.name,
            "reader": pipeline.reader.name,
            "stood_in": stood_in,
            "threshold": fit.threshold if fit else None,
            "resemblance": None if measured is None else measured.model_dump(mode="json"),
            "own_questions": None if own is None else own.model_dump(mode="json"),
            "about": {system.name: system.about for system in chosen},
            "systems": summarise_all(outcomes),
        }
        if report is not None:
            _write(report, result, outcomes, pipeline, viewer)
    if stood_in:
        stderr().print(
            f"{stood_in:,} readings were the extractive reader's, since the model failed: the "
            "figures are not the model's alone. They are not kept; run the same command again "
            "when the model answers.",
            highlight=False,
        )
    if as_json:
        print_json(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print_tables(stdout(), result)
        if measured is not None:
            stdout().print(f"resemblance: {in_words(measured)}", highlight=False)
        if own is not None:
            stdout().print(f"own questions: {questions_in_words(own)}", highlight=False)


def _make(
    written: Sequence[LabelledQuestion], pipeline: Pipeline, wanted: _Made, viewer: Viewer
) -> list[LabelledQuestion]:
    made: list[LabelledQuestion] = []
    if wanted.foreign is not None:
        made += foreign(wanted.foreign, written, count=wanted.foreign_count)
    if wanted.leave_one_out:
        made += leave_one_out(written, all_documents(pipeline.index.seen_by(viewer)))
    return made


def _write(
    path: Path,
    result: dict[str, Any],
    outcomes: dict[str, list[Outcome]],
    pipeline: Pipeline,
    viewer: Viewer,
) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            write_report(result, outcomes, pipeline.index.seen_by(viewer)), encoding="utf-8"
        )
    except OSError as error:
        raise InputError(f"The report {path} cannot be written: {error}.") from error


def print_tables(console: Console, result: Mapping[str, Any]) -> None:
    """Print all measures of every system, the full pipeline by group, and the comparison."""
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
            f"(95% {low:+.3f} to {high:+.3f}); only it right {compared['only_this_right']} to "
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
