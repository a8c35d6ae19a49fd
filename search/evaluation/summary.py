"""Outcomes summed up: one table of measures for all, and for each kind and language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from search.evaluation.metrics import (
    mean_reciprocal_rank,
    percentile,
    precision_recall,
    rate,
    recall_at_k,
)
from search.evaluation.run import Outcome

Measures = dict[str, float | int | None]

MEASURES: Mapping[str, str] = {
    "questions": "questions",
    "subject_recall_at_1": "subject recall@1",
    "subject_recall_at_5": "subject recall@5",
    "mrr": "MRR",
    "exists_accuracy": "exists right",
    "year_accuracy": "year right",
    "source_accuracy": "source right",
    "answers_right": "answers right",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
    "citation_validity": "citation valid",
    "latency_p50_s": "latency p50, s",
    "latency_p95_s": "latency p95, s",
}
"""Key of a measure → what it is called in a table."""


def summarise(outcomes: Sequence[Outcome]) -> Measures:
    """All measures of a set of outcomes; a measure that nothing was there for is None."""
    known = [o for o in outcomes if o.question.document is not None]
    ranks = [o.rank for o in known]
    precision, recall = precision_recall(
        [o.abstained for o in outcomes], [not o.question.answerable for o in outcomes]
    )
    seconds = [o.seconds for o in outcomes]
    return {
        "questions": len(outcomes),
        "subject_recall_at_1": recall_at_k(ranks, 1),
        "subject_recall_at_5": recall_at_k(ranks, 5),
        "mrr": mean_reciprocal_rank(ranks),
        "exists_accuracy": rate(_known(o.exists_right for o in outcomes)),
        "year_accuracy": rate(_known(o.year_right for o in outcomes)),
        "source_accuracy": rate([bool(o.source_right) for o in outcomes if o.question.answerable]),
        "answers_right": rate([o.right for o in outcomes]),
        "abstention_precision": precision,
        "abstention_recall": recall,
        "citation_validity": rate(_known(o.citation_valid for o in outcomes)),
        "latency_p50_s": percentile(seconds, 0.50),
        "latency_p95_s": percentile(seconds, 0.95),
    }


def summarise_all(outcomes: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    """system → {"overall", "by_kind", "by_language"} → measures."""
    return {
        system: {
            "overall": summarise(found),
            "by_kind": _by(found, lambda o: o.question.kind),
            "by_language": _by(found, lambda o: o.question.language),
        }
        for system, found in outcomes.items()
    }


def _by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Measures]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    return {name: summarise(groups[name]) for name in sorted(groups)}


def _known(flags: Iterable[bool | None]) -> list[bool]:
    return [flag for flag in flags if flag is not None]
