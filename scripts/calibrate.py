"""Fit an encoder's and a reader's confidence on development questions; write it to its folder.

    python scripts/calibrate.py --index INDEX --foreign PHOTOS TESTSET...

The weights are fitted on the odd lines of the test sets; the result on the even lines, which the
fit never saw, is printed. Two kinds of questions that must be abstained from are added: photos of
nothing indexed (`--foreign`), and every photo question with its subject hidden. Any number of them
can be made, so they are weighted to `--unknown-share` of all questions, half of each kind; that
share is an assumption about future questions. The threshold, one number, is chosen on all lines:
the lowest at which, with those weights, at most `--wrong-per-100` of the answers given are wrong.
Writes calibration.json beside the encoder's card, where search/confidence.py reads it.
"""

import argparse
import datetime
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from api.settings import load_settings
from api.wiring.pipeline import build_pipeline
from search.confidence import FILE, SIGNALS, CalibrationFile, Fit
from search.evaluation import (
    FULL,
    SYSTEMS,
    Cache,
    LabelledQuestion,
    Outcome,
    all_documents,
    bootstrap_mean,
    expected_calibration_error,
    fit_logistic,
    foreign,
    leave_one_out,
    load_testset,
    run_questions,
    threshold_for,
)
from search.evaluation.fitting import Floats
from vlm.models import encoder_folder

_RIDGE = 0.1
"""Holds weights back a little; the fit has some hundred drafts for a dozen signals."""


def main() -> None:
    """Observe, fit on one half, report on the other, write."""
    options = _options()
    settings = load_settings(
        index=options.index,
        encoder=options.encoder,
        reader=options.reader,
        reader_model=options.reader_model,
    )
    pipeline = build_pipeline(settings)
    pipeline.fit = None
    with pipeline.index, Cache(options.cache) as cache:
        questions, odd = gather(options.testsets, options.foreign, all_documents(pipeline.index))
        full = [system for system in SYSTEMS if system.name == FULL]
        outcomes = run_questions(questions, pipeline, systems=full, cache=cache)[FULL]
    pairs = list(zip(outcomes, odd, strict=True))
    odd_ones, even_ones = ([o for o, is_odd in pairs if is_odd is half] for half in (True, False))
    fit = make_fit(odd_ones, options.unknown_share, options.wrong_per_100)
    fit = with_threshold(fit, outcomes, options.unknown_share)
    print(f"weights from {fit.questions} drafts; threshold {fit.threshold:.3f}")
    for name, weight in fit.weights.items():
        print(f"  {name:20} {weight:+.2f}  {SIGNALS[name]}")
    report("odd lines, fitted on", odd_ones, fit, options.unknown_share)
    report("even lines", even_ones, fit, options.unknown_share)
    folder = encoder_folder(
        settings.encoder or pipeline.encoder.card.name,
        models_root=settings.models,
        own_root=settings.encoders,
    )
    write(folder / FILE, pipeline.encoder.card.name, pipeline.encoder.card.fingerprint,
          pipeline.reader.name, fit)  # fmt: skip


def gather(
    testsets: Sequence[Path], foreign_photos: Path | None, documents: Sequence[str]
) -> tuple[list[LabelledQuestion], list[bool]]:
    """All questions, and for each whether it belongs to the half that is fitted on."""
    written = [(q, n % 2 == 1) for path in testsets for n, q in enumerate(load_testset(path), 1)]
    found = list(written)
    for question, is_odd in written:
        found += [(hidden, is_odd) for hidden in leave_one_out([question], documents)]
    if foreign_photos is not None:
        made = foreign(foreign_photos, [q for q, _ in written], count=300)
        found += [(question, n % 2 == 1) for n, question in enumerate(made, 1)]
    return [question for question, _ in found], [is_odd for _, is_odd in found]


def counts_of(outcomes: Sequence[Outcome], unknown_share: float) -> Floats:
    """What each question counts: a written one 1; made ones together `unknown_share` of all."""
    of_origin = Counter(o.question.origin for o in outcomes)
    made = [origin for origin in of_origin if origin != "testset"]
    each = of_origin["testset"] * unknown_share / (1 - unknown_share) / max(1, len(made))
    counts = {origin: each / of_origin[origin] for origin in made} | {"testset": 1.0}
    return np.array([counts[o.question.origin] for o in outcomes])


def make_fit(outcomes: Sequence[Outcome], unknown_share: float, wrong_per_100: float) -> Fit:
    """Weights from those questions that an answer was drafted for; no threshold yet."""
    counts = counts_of(outcomes, unknown_share)
    drafted = np.array([bool(o.said.signals) for o in outcomes])
    signals = np.array([[o.said.signals[n] for n in SIGNALS] for o in outcomes if o.said.signals])
    right = np.array([float(o.right) for o in outcomes if o.said.signals])
    intercept, weights = fit_logistic(signals, right, counts[drafted], ridge=_RIDGE)
    return Fit(
        intercept=round(intercept, 4),
        weights={name: round(float(w), 4) for name, w in zip(SIGNALS, weights, strict=True)},
        threshold=0.0,
        wrong_per_100=wrong_per_100,
        questions=len(right),
        data=dict(Counter(f"{o.question.origin}: {o.question.testset}" for o in outcomes)),
        date=datetime.date.today().isoformat(),
    )


def with_threshold(fit: Fit, outcomes: Sequence[Outcome], unknown_share: float) -> Fit:
    """The fit with the lowest threshold that keeps to its stated cost."""
    drafted = [o for o in outcomes if o.said.signals]
    counts = counts_of(outcomes, unknown_share)[[bool(o.said.signals) for o in outcomes]]
    threshold = threshold_for(
        np.array([fit.probability(o.said.signals) for o in drafted]),
        np.array([float(o.right) for o in drafted]),
        counts,
        wrong_share=fit.wrong_per_100 / 100,
    )
    return fit.model_copy(update={"threshold": round(threshold, 4)})


def report(title: str, outcomes: Sequence[Outcome], fit: Fit, unknown_share: float) -> None:
    """What the fit gives on a half of the questions."""
    counts = counts_of(outcomes, unknown_share)
    confidences = np.array(
        [fit.probability(o.said.signals) if o.said.signals else 0.0 for o in outcomes]
    )
    given = confidences >= fit.threshold
    right = np.array([o.right for o in outcomes])
    print(f"{title}:")
    written = np.array([o.question.origin == "testset" for o in outcomes])
    answerable = np.array([o.question.answerable for o in outcomes])

    def line(name: str, flags: Sequence[bool]) -> None:
        low, high = bootstrap_mean(flags) or (0.0, 0.0)
        print(f"  {name:44} {sum(flags) / len(flags):.3f} ({low:.3f}-{high:.3f}) of {len(flags)}")

    line("wrong, of the test sets' answered", list(~right[written & given]))
    line("false abstentions, of the answerable", list(~given[answerable]))
    for origin in ("foreign", "leave_one_out"):
        of_origin = np.array([o.question.origin == origin for o in outcomes])
        if of_origin.any():
            line(f"abstained, {origin}", list(~given[of_origin]))
    line("abstained, the test sets' unanswerable", list(~given[written & ~answerable]))
    wrong = (counts * (given & ~right)).sum() / (counts * given).sum()
    print(f"  {'wrong of the answered, as counted for the fit':44} {wrong:.3f}")
    error = expected_calibration_error(
        list(confidences[written & given]), list(right[written & given])
    )
    print(f"  {'calibration error, the test sets answered':44} {error or 0:.3f}")


def write(path: Path, encoder: str, fingerprint: str, reader: str, fit: Fit) -> None:
    """Put the fit into the encoder's file; other readers' fits for the same weights stay."""
    readers = {}
    if path.is_file():
        known = CalibrationFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
        readers = dict(known.readers) if known.fingerprint == fingerprint else {}
    readers[reader] = fit
    file = CalibrationFile(encoder=encoder, fingerprint=fingerprint, readers=readers)
    path.write_text(file.model_dump_json(indent=2) + "\n", encoding="utf-8")
    print(f"written: {path}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("testsets", nargs="+", type=Path)
    parser.add_argument("--index")
    parser.add_argument("--encoder")
    parser.add_argument("--reader")
    parser.add_argument("--reader-model")
    parser.add_argument("--foreign", type=Path, help="folder of photos that show nothing indexed")
    parser.add_argument("--unknown-share", type=float, default=0.05)
    parser.add_argument("--wrong-per-100", type=float, default=5.0)
    parser.add_argument("--cache", type=Path, default=Path(".snapcite/evaluation.jsonl"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
