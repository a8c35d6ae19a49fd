"""Why a question failed: one cause each, so that failures can be counted by who can mend them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from search.evaluation.judge import Outcome

CAUSES: Mapping[str, str] = {
    "answered_unknown": "answered though no document says it",
    "taken_for_foreign": "taken for something that is not indexed",
    "subject_missed": "the right subject was not found among the first twenty",
    "withheld": "withheld for low confidence",
    "withdrawn": "withdrawn by the citation check",
    "subject_not_first": "another subject came first, and was answered or abstained about",
    "reader_silent": "the right subject came first, and the reader found no answer in it",
    "wrong_document": "the right subject came first, and another document was cited",
    "wrong_existence": "the right document, the wrong verdict on existence",
    "wrong_year": "the right document, the wrong year",
}
"""Cause → what it means. The first that applies counts."""


def cause(outcome: Outcome) -> str:
    """The cause of an outcome that is not right."""
    if not outcome.question.answerable:
        return "answered_unknown"
    reason = outcome.said.reason
    if reason == "nothing_similar":
        return "taken_for_foreign"
    if outcome.rank is None:
        return "subject_missed"
    if reason == "low_confidence":
        return "withheld"
    if reason == "citation_failed":
        return "withdrawn"
    if outcome.rank != 1 and not outcome.source_right:
        return "subject_not_first"
    if outcome.abstained:
        return "reader_silent"
    if not outcome.source_right:
        return "wrong_document"
    return "wrong_existence" if outcome.exists_right is False else "wrong_year"


def count_causes(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Cause → failed questions, most first."""
    return dict(Counter(cause(o) for o in outcomes if not o.right).most_common())
