"""Fit an encoder's and a reader's confidence on several kinds of material; write it to its folder.

    python scripts/calibrate.py --kind NAME=INDEX:TESTSET[:TESTSET…] --kind … --foreign PHOTOS
    python scripts/calibrate.py @OUT/kinds.args            # which scripts/kinds/make.py writes

A kind is material of one sort with questions on it: INDEX is a folder, and a kind that is named
again has further indexes. At most `--most` questions of a kind are asked, drawn with a fixed seed.
Kinds with photos get two further sorts of questions that must be abstained from: photos of nothing
indexed (`--foreign`), and photo questions with their subject hidden. Any number of these can be
made, so they are weighted to `--unknown-share` of the kind's questions, half of each sort; that
share is an assumption about future questions.

What is printed first is how far such a fit can be believed on material that it has not seen: for
each kind, the weights and the threshold come from the other kinds, and the figures from this one
(search/evaluation/left_out.py). Then the fit on all kinds is written as calibration.json beside
the encoder's card, where search/confidence.py reads it. Answers are asked for once and kept in
`--cache` for as long as index, code and reader stay the same.
"""

import argparse
import datetime
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from api.settings import Settings, load_settings
from api.wiring.pipeline import build_pipeline
from search.confidence import FILE, READER_SIGNALS, SIGNALS, CalibrationFile, Fit
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
from vlm.models import encoder_folder

_SEED = 14
_FEWEST_KINDS = 3

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
    path, file, reader = calibration_file(options)
    began = time.monotonic()
    judged: list[Judged] = []
    for material in options.kind:
        judged += ask(material, options)
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
    for name, weight in weighing.weights.items():
        print(f"  {name:20} {weight:+.2f}  {(SIGNALS | READER_SIGNALS).get(name, 'undescribed')}")
    print(f"  threshold {weighing.threshold:.3f}")
    if options.json:
        plain = {title: [asdict(each) for each in rows] for title, rows in figures.items()}
        content = json.dumps({"figures": plain, "weighing": asdict(weighing)}, indent=2)
        options.json.write_text(f"{content}\n", encoding="utf-8")
    if not options.dry_run:
        fit = as_fit(weighing, judged, options.wrong_per_100)
        file = file.model_copy(update={"readers": {**file.readers, reader: fit}})
        path.write_text(file.model_dump_json(indent=2) + "\n", encoding="utf-8")
        print(f"written: {path}")


def on_each_kind(judged: Sequence[Judged], weighing: Weighing) -> list[Figures]:
    """What one fit gives on each kind."""
    kinds = dict.fromkeys(j.kind for j in judged)
    return [figures_of(kind, [j for j in judged if j.kind == kind], weighing) for kind in kinds]


def ask(material: Material, options: argparse.Namespace) -> list[Judged]:
    """Ask the questions of one index and judge what is drafted, whatever its confidence."""
    pipeline = build_pipeline(_settings(options, index=str(material.index)))
    pipeline.fit, pipeline.withholds = None, False
    beside = sum(other.kind == material.kind for other in options.kind)
    with pipeline.index, Cache(options.cache) as cache:
        questions = gather(
            material.testsets,
            options.foreign,
            list(all_documents(pipeline.index)),
            most=options.most // beside,
            made=options.made,
        )
        full = [system for system in SYSTEMS if system.name == FULL]
        outcomes = run_questions(questions, pipeline, systems=full, cache=cache)[FULL]
    print(f"{material.kind}: {len(outcomes)} questions of {material.index.name}", flush=True)
    return [
        Judged(
            kind=material.kind,
            origin=outcome.question.origin,
            answerable=outcome.question.answerable,
            right=is_right(outcome),
            signals=outcome.said.signals,
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


def calibration_file(options: argparse.Namespace) -> tuple[Path, CalibrationFile, str]:
    """Where the encoder's calibration is kept, what it holds for these weights, and the reader."""
    settings = _settings(options, index=str(options.kind[0].index))
    pipeline = build_pipeline(settings)
    pipeline.index.close()
    card = pipeline.encoder.card
    folder = encoder_folder(
        settings.encoder or card.name, models_root=settings.models, own_root=settings.encoders
    )
    path = folder / FILE
    file = CalibrationFile(encoder=card.name, fingerprint=card.fingerprint, readers={})
    if path.is_file():
        known = CalibrationFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
        file = known if known.fingerprint == card.fingerprint else file
    return path, file, pipeline.reader.name


def _settings(options: argparse.Namespace, *, index: str) -> Settings:
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
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
    add("--dry-run", action="store_true", help="write no calibration")
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
