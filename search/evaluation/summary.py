"""The measures of outcomes with their intervals, for all questions and for groups of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from search.evaluation.intervals import (
    Interval,
    bootstrap_mean,
    mcnemar,
    paired_difference,
)
from search.evaluation.judge import Outcome, count_causes
from search.evaluation.metrics import (
    expected_calibration_error,
    mean_ndcg_at_k,
    mean_reciprocal_rank,
    percentile,
    recall_at_k,
    reliability_bins,
    risk_coverage,
    truthfulness,
)
from search.evaluation.systems import KEYWORDS, UNCALIBRATED

Measures = dict[str, float | int | None]

MEASURES: Mapping[str, str] = {
    "questions": "questions",
    "subject_recall_at_1": "subject recall@1",
    "subject_recall_at_5": "subject recall@5",
    "subject_recall_at_20": "subject recall@20",
    "mrr": "MRR",
    "ndcg_at_10": "nDCG@10",
    "exists_accuracy": "exists right",
    "year_accuracy": "year right",
    "year_accuracy_within_1": "year right within 1",
    "use_accuracy": "current use right",
    "value_accuracy": "value right",
    "source_accuracy": "source right",
    "answers_right": "answers right",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
    "false_abstentions": "false abstentions",
    "wrong_per_100_answered": "wrong per 100 answered",
    "truthfulness": "truthfulness",
    "withdrawn": "withdrawn by the check",
    "citation_validity": "citation valid",
    "calibration_error": "calibration error",
    "latency_p50_s": "latency p50, s",
    "latency_p95_s": "latency p95, s",
}
"""Key of a measure → what it is called in a table."""

GROUPS: Mapping[str, Callable[[Outcome], str | None]] = {
    "by_testset": lambda o: o.question.testset,
    "by_kind": lambda o: o.question.kind,
    "by_language": lambda o: o.question.language,
    "by_photo": lambda o: "photo" if o.question.photo else "text alone",
    "by_document_language": lambda o: o.document_language,
    "by_crossing": lambda o: None if o.document_language is None else (
        "cross-language" if o.crosses_languages else "same language"
    ),
}  # fmt: skip
"""Name of a grouping → an outcome's group; None where the outcome is in no group."""


def summarise(outcomes: Sequence[Outcome]) -> Measures:
    """All measures of a set of outcomes; a measure over no question is None."""
    answered = [o for o in outcomes if not o.abstained]
    seconds = [o.seconds for o in outcomes]
    samples = _samples(outcomes)
    means = {name: sum(v) / len(v) if v else None for name, v in samples.items()}
    ranks = _ranks(outcomes)
    measures: Measures = {
        **means,
        "questions": len(outcomes),
        "subject_recall_at_1": recall_at_k(ranks, 1),
        "subject_recall_at_5": recall_at_k(ranks, 5),
        "subject_recall_at_20": recall_at_k(ranks, 20),
        "mrr": mean_reciprocal_rank(ranks),
        "ndcg_at_10": mean_ndcg_at_k(ranks, 10),
        "withdrawn": sum(o.said.reason == "citation_failed" for o in outcomes),
        "calibration_error": expected_calibration_error(
            [o.said.confidence for o in answered], [o.right for o in answered]
        ),
        "latency_p50_s": percentile(seconds, 0.50),
        "latency_p95_s": percentile(seconds, 0.95),
    }
    return {name: measures[name] for name in MEASURES}


def intervals(outcomes: Sequence[Outcome]) -> dict[str, Interval | None]:
    """95% intervals of those measures that are means over questions."""
    return {name: bootstrap_mean(values) for name, values in _samples(outcomes).items()}


def summarise_all(outcomes: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    """system → "overall" and "intervals" of the test sets' questions, the groups of `GROUPS`,
    "made" (the made questions by origin), "latency", "calibration" and "against_keywords"."""
    return {
        system: _system(found, outcomes.get(KEYWORDS), outcomes.get(UNCALIBRATED))
        for system, found in outcomes.items()
    }


def _system(
    found: Sequence[Outcome],
    keywords: Sequence[Outcome] | None,
    uncalibrated: Sequence[Outcome] | None,
) -> dict[str, Any]:
    written = _written(found)
    made = [o for o in found if o.question.origin != "testset"]
    result: dict[str, Any] = {"overall": summarise(written), "intervals": intervals(written)}
    for name, key in GROUPS.items():
        result[name] = _by(written, key)
    result["failures"] = count_causes(written)
    result["made"] = _by(made, lambda o: o.question.origin)
    result["latency"] = _latency(written)
    result["calibration"] = _calibration(written, _written(uncalibrated or found))
    if keywords is not None and keywords is not found:
        result["against_keywords"] = compare(written, _written(keywords))
    return result


def compare(first: Sequence[Outcome], second: Sequence[Outcome]) -> dict[str, Any] | None:
    """Whether `first` answers more questions rightly than `second`, over the same questions."""
    rights = [o.right for o in first], [o.right for o in second]
    difference = paired_difference(*rights)
    if difference is None:
        return None
    return {
        "difference": difference[0],
        "interval": difference[1],
        "only_this_right": sum(a and not b for a, b in zip(*rights, strict=True)),
        "only_other_right": sum(b and not a for a, b in zip(*rights, strict=True)),
        "mcnemar_p": mcnemar(*rights),
    }


def _calibration(found: Sequence[Outcome], open_: Sequence[Outcome]) -> dict[str, Any]:
    """Reliability of the answers given; risk against coverage over all that could be given."""
    answered = [o for o in found if not o.abstained]
    possible = [o for o in open_ if not o.abstained]
    return {
        "bins": [
            asdict(b)
            for b in reliability_bins(
                [o.said.confidence for o in answered], [o.right for o in answered]
            )
        ],
        "risk_coverage": [
            asdict(o)
            for o in risk_coverage(
                [o.said.confidence for o in possible],
                [o.right for o in possible],
                questions=len(open_) or 1,
            )
        ],
        "coverage": len(answered) / len(found) if found else None,
        "risk": sum(o.wrong for o in answered) / len(answered) if answered else None,
    }


def _latency(outcomes: Sequence[Outcome]) -> dict[str, Measures]:
    """stage → p50 and p95 in seconds."""
    stages: dict[str, list[float]] = {}
    for outcome in outcomes:
        for stage, seconds in outcome.said.timings.items():
            stages.setdefault(stage, []).append(seconds)
    return {
        stage: {"p50_s": percentile(values, 0.5), "p95_s": percentile(values, 0.95)}
        for stage, values in stages.items()
    }


def _samples(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Measure → its value for each question that it covers; the measure is their mean."""
    ranks = _ranks(outcomes)
    answerable = [o for o in outcomes if o.question.answerable]
    right, abstained = [o.right for o in outcomes], [o.abstained for o in outcomes]
    samples: dict[str, Iterable[float]] = {
        "subject_recall_at_1": (r is not None and r <= 1 for r in ranks),
        "subject_recall_at_5": (r is not None and r <= 5 for r in ranks),
        "subject_recall_at_20": (r is not None and r <= 20 for r in ranks),
        "mrr": (1 / r if r else 0.0 for r in ranks),
        "ndcg_at_10": (mean_ndcg_at_k([r], 10) or 0.0 for r in ranks),
        "exists_accuracy": _known(o.exists_right for o in outcomes),
        "year_accuracy": _known(o.year_right for o in outcomes),
        "year_accuracy_within_1": _known(o.year_near for o in outcomes),
        "use_accuracy": _known(o.use_right for o in outcomes),
        "value_accuracy": _known(o.value_right for o in outcomes),
        "source_accuracy": (bool(o.source_right) for o in answerable),
        "answers_right": right,
        "abstention_precision": (not o.question.answerable for o in outcomes if o.abstained),
        "abstention_recall": (o.abstained for o in outcomes if not o.question.answerable),
        "false_abstentions": (o.abstained for o in answerable),
        "wrong_per_100_answered": (100.0 * o.wrong for o in outcomes if not o.abstained),
        "truthfulness": truthfulness(right, abstained),
        "citation_validity": _known(o.said.citation_valid for o in outcomes),
    }
    return {name: [float(value) for value in values] for name, values in samples.items()}


def _ranks(outcomes: Sequence[Outcome]) -> list[int | None]:
    return [o.rank for o in outcomes if o.question.document is not None]


def _by(
    outcomes: Sequence[Outcome], key: Callable[[Outcome], str | None]
) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        name = key(outcome)
        if name is not None:
            groups.setdefault(name, []).append(outcome)
    return {
        name: {**summarise(groups[name]), "intervals": intervals(groups[name])}
        for name in sorted(groups)
    }


def _written(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of the test sets' own questions."""
    return [o for o in outcomes if o.question.origin == "testset"]


def _known(flags: Iterable[bool | None]) -> list[bool]:
    return [flag for flag in flags if flag is not None]
