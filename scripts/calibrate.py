"""Fit a reader's confidence on several kinds of material; write it to the folder of models.

    python scripts/calibrate.py --kind NAME=INDEX:TESTSET[:TESTSET…] --kind … --foreign PHOTOS
    python scripts/calibrate.py @OUT/kinds.args            # which scripts/kinds/make.py writes

A kind is material of one sort with questions on it: INDEX is a folder, and a kind that is named
again has further indexes. `snapcite calibrate --index INDEX` has to have calibrated each first. At
most `--most` questions of a kind are asked, drawn with a fixed seed.
Kinds with photos get two further sorts of questions that must be abstained from: photos of nothing
indexed (`--foreign`), and photo questions with their subject hidden. Any number of these can be
made, so they are weighted to `--unknown-share` of the kind's questions, half of each sort; that
share is an assumption about future questions.

What is printed first is how far such a fit can be believed on material that it has not seen: for
each kind, the weights and the threshold come from the other kinds, and the figures from this one
(search/evaluation/left_out.py). Then the fit on all kinds is written to confidence.json beside the
models, where search/confidence.py reads it: no signal depends on the encoder, so the fit goes with
the reader.

A second fit, of the reader `model`, is made of the same drafts for language models that were never
measured: it weighs the search's signals alone, and says how likely the cited document is the one
asked about, whoever reads it. Answers are asked for once and kept in
`--cache` for as long as index, code and reader stay the same.
"""

import argparse
import datetime
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from api.settings import Settings, load_settings
from api.wiring.pipeline import build_pipeline, build_reader
from search.confidence import FILE, MODEL, READER_SIGNALS, SIGNALS, Fit, Fits
from search.evaluation import (
    FULL,
    SYSTEMS,
    Cache,
    Figures,
    Fitting,
    Judged,
    LabelledQuestion,
    Outcome,
    Weighing,
    all_documents,
    figures_of,
    fit_kinds,
    foreign,
    leave_each_out,
    leave_one_out,
    load_testset,
    run_questions,
)
from search.resemblance import read_calibration

_SEED = 14
_FEWEST_KINDS = 3

_READERS = ("reader", "year")
"""Signals of `SIGNALS` that depend on what the reader drafted."""

COLUMNS: Mapping[str, str] = {
    "questions": "questions",
    "given": "answers given",
    "wrong": "wrong in 100",
    "calibration_error": "ECE",
    "false_abstentions": "false abstentions",
    "unanswerable_abstained": "unanswerable abstained",
    "right": "right, of the answerable",
}
"""Figure → its column in the table."""


@dataclass(frozen=True, slots=True)
class Material:
    """One index of a kind with the test sets that are asked of it."""

    kind: str
    index: Path
    testsets: tuple[Path, ...]


def main() -> None:
    """Ask, leave each kind out, fit on all, write."""
    options = _options()
    path, file, reader = confidence_file(options)
    began = time.monotonic()
    asked: list[tuple[Judged, bool | None]] = []
    for material in options.kind:
        asked += ask(material, options)
    judged = [each for each, _ in asked]
    print(f"{len(judged)} questions in {time.monotonic() - began:.0f} s")
    fitting = Fitting(
        ridge=options.ridge,
        unknown_share=options.unknown_share,
        wrong_share=options.wrong_per_100 / 100,
        set_aside=tuple(filter(None, options.set_aside.split(","))),
    )
    left_out = leave_each_out(judged, fitting)
    weighing = fit_kinds(judged, fitting)
    figures = {"Each kind left out of the fit": left_out}
    figures["The fit on all kinds, on what it was fitted on"] = on_each_kind(judged, weighing)
    if reader in file.readers:
        kept = file.readers[reader]
        known = Weighing(kept.intercept, kept.weights, kept.threshold)
        figures[f"The fit of {kept.date}, which is in use until now"] = on_each_kind(judged, known)
    for title, rows in figures.items():
        print(f"\n{title}:\n\n{table(rows)}")
    print()
    described = {**SIGNALS, **READER_SIGNALS}
    for name, weight in weighing.weights.items():
        print(f"  {name:20} {weight:+.2f}  {described.get(name, 'undescribed')}")
    print(f"  threshold {weighing.threshold:.3f}")
    subjects = of_the_search(asked)
    searching = fit_kinds(subjects, fitting)
    found = leave_each_out(subjects, fitting)
    figures["The right document, by the search alone, each kind left out"] = found
    print(f"\nThe fit `{MODEL}`: the right document, each kind left out:\n\n{table(found)}\n")
    for name, weight in searching.weights.items():
        print(f"  {name:20} {weight:+.2f}  {SIGNALS[name]}")
    print(f"  threshold {searching.threshold:.3f}")
    if options.json:
        plain = {title: [asdict(each) for each in rows] for title, rows in figures.items()}
        content = json.dumps({"figures": plain, "weighing": asdict(weighing)}, indent=2)
        options.json.write_text(f"{content}\n", encoding="utf-8")
    if not options.dry_run:
        fits = {
            reader: as_fit(weighing, judged, options.wrong_per_100),
            MODEL: as_fit(searching, subjects, options.wrong_per_100),
        }
        file = file.model_copy(update={"readers": {**file.readers, **fits}})
        path.write_text(file.model_dump_json(indent=2) + "\n", encoding="utf-8")
        print(f"written: {path}")


def on_each_kind(judged: Sequence[Judged], weighing: Weighing) -> list[Figures]:
    """What one fit gives on each kind."""
    kinds = dict.fromkeys(j.kind for j in judged)
    return [figures_of(kind, [j for j in judged if j.kind == kind], weighing) for kind in kinds]


def of_the_search(asked: Sequence[tuple[Judged, bool | None]]) -> list[Judged]:
    """The drafts as the search's alone: right where they cite the document asked about."""
    made = {"leave_one_out", "foreign"}
    return [
        replace(
            each,
            right=bool(cites),
            signals={n: v for n, v in each.signals.items() if n in SIGNALS and n not in _READERS},
        )
        for each, cites in asked
        if each.answerable or each.origin in made
    ]


def ask(material: Material, options: argparse.Namespace) -> list[tuple[Judged, bool | None]]:
    """Ask the questions of one index and judge what is drafted, whatever its confidence: with each,
    whether it cites the document asked about; None where it cites none."""
    pipeline = build_pipeline(settings_of(options, index=str(material.index)))
    if read_calibration(pipeline.index) is None and pipeline.index.store.count({"kind": "photo"}):
        pipeline.index.close()
        raise SystemExit(f"Run `snapcite calibrate --index {material.index}` first.")
    pipeline.fits, pipeline.withholds = Fits(), False
    beside = sum(other.kind == material.kind for other in options.kind)
    with pipeline.index, Cache(options.cache) as cache:
        questions = gather(
            material.testsets,
            options.foreign,
            list(all_documents(pipeline.index.whole)),
            most=options.most // beside,
            made=options.made,
        )
        full = [system for system in SYSTEMS if system.name == FULL]
        outcomes = run_questions(questions, pipeline, systems=full, cache=cache)[FULL]
    print(f"{material.kind}: {len(outcomes)} questions of {material.index.name}", flush=True)
    return [
        (
            Judged(
                kind=material.kind,
                origin=outcome.question.origin,
                answerable=outcome.question.answerable,
                right=is_right(outcome),
                signals=outcome.said.signals,
            ),
            outcome.source_right,
        )
        for outcome in outcomes
    ]


def gather(
    testsets: Sequence[Path],
    foreign_photos: Path | None,
    documents: Sequence[str],
    *,
    most: int,
    made: int,
) -> list[LabelledQuestion]:
    """Up to `most` questions of the test sets, and where they have photos `made` of each made sort.

    Drawn with a fixed seed.
    """
    random = Random(_SEED)
    written = _draw(random, [q for path in testsets for q in load_testset(path)], most)
    hidden = _draw(random, leave_one_out(written, documents), made)
    strangers = []
    if foreign_photos is not None and any(q.photo is not None for q in written):
        strangers = foreign(foreign_photos, written, count=made)
    return [*written, *hidden, *strangers]


def _draw(random: Random, questions: list[LabelledQuestion], most: int) -> list[LabelledQuestion]:
    kept = set(random.sample(range(len(questions)), min(most, len(questions))))
    return [question for place, question in enumerate(questions) if place in kept]


def is_right(outcome: Outcome) -> bool:
    """Whether an answer is right by the test set's labels.

    To a question about an end that the document denies (`demolished`, still there, no year), only
    the answer that says so is right.
    """
    question, said = outcome.question, outcome.said
    if outcome.right and question.kind == "demolished" and question.exists:
        return question.year is not None or (said.exists is True and said.year is None)
    return outcome.right


def table(figures: Sequence[Figures]) -> str:
    """A Markdown table, a line a kind, with the mean of the kinds at its end."""
    made = list(dict.fromkeys(origin for each in figures for origin in each.made_abstained))
    heads = [*COLUMNS.values(), *(f"{origin} abstained" for origin in made)]
    lines = [f"| kind | {' | '.join(heads)} |", "| --- " * (len(heads) + 1) + "|"]
    for each in figures:
        cells = [_cell(each, name) for name in COLUMNS]
        cells += [_number(each.made_abstained.get(origin)) for origin in made]
        lines.append(f"| {each.kind} | {' | '.join(cells)} |")
    means = [_mean(figures, name) for name in COLUMNS]
    lines.append(f"| mean of the kinds | {' | '.join([*means, *('' for _ in made)])} |")
    return "\n".join(lines)


def _cell(figures: Figures, name: str) -> str:
    value = getattr(figures, name)
    if name == "wrong" and value is not None and figures.wrong_interval is not None:
        low, high = figures.wrong_interval
        return f"{100 * value:.1f} ({100 * low:.1f}–{100 * high:.1f})"
    return str(value) if name in ("questions", "given") else _number(value)


def _mean(figures: Sequence[Figures], name: str) -> str:
    values = [getattr(each, name) for each in figures if getattr(each, name) is not None]
    if name in ("questions", "given"):
        return str(sum(values))
    mean = sum(values) / len(values) if values else None
    return f"{100 * mean:.1f}" if name == "wrong" and mean is not None else _number(mean)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def as_fit(weighing: Weighing, judged: Sequence[Judged], wrong_per_100: float) -> Fit:
    """What is kept of a fit."""
    return Fit(
        intercept=round(weighing.intercept, 4),
        weights={name: round(weight, 4) for name, weight in weighing.weights.items()},
        threshold=round(weighing.threshold, 4),
        wrong_per_100=wrong_per_100,
        questions=sum(bool(j.signals) for j in judged),
        data=dict(Counter(f"{j.origin}: {j.kind}" for j in judged)),
        date=datetime.date.today().isoformat(),
    )


def confidence_file(options: argparse.Namespace) -> tuple[Path, Fits, str]:
    """Where the fits are kept, what is kept there, and the reader."""
    settings = settings_of(options, index=str(options.kind[0].index))
    path = settings.models / FILE
    file = Fits()
    if path.is_file():
        file = Fits.model_validate(json.loads(path.read_text(encoding="utf-8")))
    return path, file, build_reader(settings).name


def settings_of(options: argparse.Namespace, *, index: str) -> Settings:
    """The settings for an index of a kind."""
    return load_settings(
        index=index,
        encoder=options.encoder,
        reader=options.reader,
        reader_model=options.reader_model,
    )


def _material(text: str) -> Material:
    kind, found, rest = text.partition("=")
    index, *testsets = rest.split(":")
    if not found or not testsets:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=INDEX:TESTSET")
    return Material(kind, Path(index), tuple(map(Path, testsets)))


def option_parser(description: str | None) -> argparse.ArgumentParser:
    """The parser of the options that name kinds of material and how they are asked."""
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        fromfile_prefix_chars="@",
    )
    add, usual = parser.add_argument, Fitting()
    add("--kind", type=_material, action="append", required=True, metavar="NAME=INDEX:TESTSET")
    add("--foreign", type=Path, help="folder of photos that show nothing indexed")
    add("--encoder")
    add("--reader")
    add("--reader-model", help="which model the reader reads with")
    add("--most", type=int, default=200, help="questions of a kind")
    add("--made", type=int, default=40, help="made questions of a sort, for kinds with photos")
    add("--unknown-share", type=float, default=usual.unknown_share)
    add("--wrong-per-100", type=float, default=100 * usual.wrong_share)
    add("--ridge", type=float, default=usual.ridge, help="how strongly weights are held to 0")
    add("--set-aside", default=",".join(usual.set_aside), help="signals that are not weighed")
    add("--cache", type=Path, default=Path(".snapcite/evaluation.jsonl"))
    add("--json", type=Path, help="file for the figures as JSON")
    return parser


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__)
    parser.add_argument("--dry-run", action="store_true", help="write no calibration")
    options = parser.parse_args()
    kinds = {material.kind for material in options.kind}
    if len(kinds) < _FEWEST_KINDS:
        parser.error(
            f"{len(kinds)} kinds were named; a fit needs {_FEWEST_KINDS}: one is left out, and of "
            "the others each is left out again."
        )
    return options


if __name__ == "__main__":
    main()
