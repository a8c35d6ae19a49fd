"""Whether what a system said is right, and if not, why: an observation held against the label.

Each failure has one cause, so that failures can be counted by who can mend them.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.dates import dated_from_edtf
from knowledge.language import fold, guess_language, is_han
from search.dating import years_named
from search.evaluation.observation import Observation
from search.evaluation.testset import LabelledQuestion, is_labelled

_USE_SHARE = 0.4
"""A current use is right where the answer holds this share of the reference's words. A reference
is somebody's summary, so an answer rarely holds all of its words."""

_SMALL_WORDS = frozenset(
    fold(
        "a an and are as at by for from in into is it its no not of on or that the there they this "
        "to used was were where which with"
    ).split()
)
_VALUE_F1 = 0.6
"""Least F1 of a value's words and the reference's."""
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_LATIN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A system's answer to a question, judged.

    Attributes:
        question: with its right answer.
        said: what the system said.
        rank: of the right subject, from 1; None if it was not found or the question has none.
        exists_right: None where existence was not asked for; an answer that dates an end need not
            say it, and is wrong where it says it wrongly.
        year_right: None where no year was asked for. A label's year is the one that the document
            names, so *about 1932* and *by 1932* are right where it is 1932: the answer then gives a
            date and no year.
        year_near: the same, with a year off by one let pass.
        use_right: None where the use was not asked for, or the reference is in another language
            than what was quoted, so that words cannot be compared.
        value_right: None where the label has no value.
        source_right: whether the cited document is the right one; None when abstained.
        document_language: of the right document, if known.
    """

    question: LabelledQuestion
    said: Observation
    rank: int | None
    exists_right: bool | None
    year_right: bool | None
    year_near: bool | None
    use_right: bool | None
    value_right: bool | None
    source_right: bool | None
    document_language: str | None = None

    @property
    def abstained(self) -> bool:
        """Whether no answer was given."""
        return self.said.abstained

    @property
    def right(self) -> bool:
        """Everything asked for is right, source included; for the unanswerable, an abstention.

        A current use does not count: its reference is a summary, and comparing words is too rough.
        """
        if not self.question.answerable:
            return self.abstained
        facts = (self.exists_right, self.year_right, self.value_right)
        return bool(self.source_right) and False not in facts

    @property
    def wrong(self) -> bool:
        """Whether an answer was given that is not right."""
        return not self.abstained and not self.right

    @property
    def crosses_languages(self) -> bool:
        """Whether the question is in another language than the right document."""
        return self.document_language not in (None, self.question.language)

    @property
    def seconds(self) -> float:
        """From the decoded query to the answer."""
        return sum(self.said.timings.values())


def judge(
    question: LabelledQuestion, said: Observation, *, document_language: str | None = None
) -> Outcome:
    """Hold an observation against the labels."""
    rank = next(
        (i for i, id_ in enumerate(said.ranked, start=1) if is_labelled(question.document, id_)),
        None,
    )
    asks_year = question.answerable and question.year is not None
    labelled = question.exists is not None
    asks_existence = labelled and question.kind == "exists"
    says_existence = labelled and question.kind == "demolished" and said.exists is not None
    years = _years_said(said)
    near = any(abs(year - (question.year or 0)) <= 1 for year in years)
    return Outcome(
        question=question,
        said=said,
        rank=rank,
        exists_right=said.exists == question.exists if asks_existence or says_existence else None,
        year_right=question.year in years if asks_year else None,
        year_near=near if asks_year else None,
        use_right=_use_right(question, said),
        value_right=_value_right(question, said),
        source_right=None if said.source is None else is_labelled(question.document, said.source),
        document_language=document_language,
    )


def _years_said(said: Observation) -> frozenset[int]:
    """The year of an answer, or those that its date names, where it is no year for certain."""
    if said.year is not None:
        return frozenset({said.year})
    return frozenset() if said.date is None else years_named(dated_from_edtf(said.date))


def share_of_words(reference: str, text: str) -> float:
    """Share of a reference's words that stand in a text: Latin words, and pairs of Han characters.

    >>> share_of_words("A museum and a library", "It is a Museum today.") == 1 / 2
    True
    >>> share_of_words("地下购物中心", "今天是购物中心。") == 3 / 5
    True
    """
    wanted = _units(reference)
    return len(wanted & _units(text)) / len(wanted) if wanted else 0.0


def _use_right(question: LabelledQuestion, said: Observation) -> bool | None:
    if question.kind != "current_use" or question.answer is None:
        return None
    if said.abstained:
        return False
    text = " ".join(filter(None, (said.current_use, said.text, said.quote)))
    if guess_language(question.answer) not in (
        guess_language(said.quote or ""),
        guess_language(said.current_use or said.text),
    ):
        return None  # fmt: skip
    return bool(said.source) and share_of_words(question.answer, text) >= _USE_SHARE


def _value_right(question: LabelledQuestion, said: Observation) -> bool | None:
    if not question.answerable or not question.values:
        return None
    if said.abstained:
        return False
    if said.value is not None:
        return any(same_value(value, said.value) for value in question.values)
    year = [] if said.year is None else [str(abs(said.year))]
    return any(
        _stands_in(words, year) or _stands_in(words, _words(said.quote or ""))
        for words in map(_words, question.values)
    )


def same_value(reference: str, value: str) -> bool:
    """Whether a value is the reference in other words: the value holds the reference and is at most
    twice as long, or their words agree with an F1 of 0.6 or more and the value has no other number.

    Words are compared folded, and Chinese by characters. Rajpurkar et al., "SQuAD: 100,000+
    questions for machine comprehension of text", 2016, measure answers by the same F1.

    >>> same_value("Gustave Eiffel", "Eiffel")  # F1 = 2 · 1 · ½ / (1 + ½) = ⅔
    True
    >>> same_value("box 3, folder 7", "box 3, folder 2")  # F1 = ¾, another number
    False
    """
    wanted, said = _words(reference), _words(value)
    if _stands_in(wanted, said) and len(said) <= 2 * len(wanted):
        return True
    if any(word.isdigit() and word not in wanted for word in said):
        return False
    common = (Counter(wanted) & Counter(said)).total()
    return 2 * common >= _VALUE_F1 * (len(wanted) + len(said)) and common > 0


def _stands_in(words: Sequence[str], text: Sequence[str]) -> bool:
    """Whether words stand in a text one after the other."""
    size = len(words)
    return size > 0 and any(
        list(text[at : at + size]) == list(words) for at in range(len(text) - size + 1)
    )


def _words(text: str) -> list[str]:
    """The words of a text, folded, in order; each Chinese character is one."""
    return _WORD.findall(fold(text))


def _units(text: str) -> set[str]:
    folded = fold(text)
    runs = re.findall(r"[\u3400-\u9fff]+", folded)
    pairs = {run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))}
    words = {w.removesuffix("s") for w in _LATIN.findall(folded) if not any(map(is_han, w))}
    return pairs | (words - _SMALL_WORDS)


CAUSES: Mapping[str, str] = {
    "answered_unknown": "answered though no document says it",
    "taken_for_foreign": "taken for something that is not indexed",
    "subject_missed": "the right subject was not found among the first twenty",
    "withheld": "withheld for low confidence",
    "language_not_read": "in a language that the reader was not measured to read well",
    "withdrawn": "withdrawn by the citation check",
    "subject_not_first": "another subject came first, and was answered or abstained about",
    "reader_silent": "the right subject came first, and the reader found no answer in it",
    "wrong_document": "the right subject came first, and another document was cited",
    "wrong_existence": "the right document, the wrong verdict on existence",
    "wrong_year": "the right document, the wrong year",
    "wrong_value": "the right document, another value",
}
"""Cause → its meaning. The first that applies counts."""


def cause(outcome: Outcome) -> str:
    """Why an outcome is not right: a key of `CAUSES`."""
    if not outcome.question.answerable:
        return "answered_unknown"
    reason = outcome.said.reason
    if reason == "nothing_similar":
        return "taken_for_foreign"
    if outcome.rank is None:
        return "subject_missed"
    if reason == "low_confidence":
        return "withheld"
    if reason == "language_not_read":
        return "language_not_read"
    if reason == "citation_failed":
        return "withdrawn"
    if outcome.rank != 1 and not outcome.source_right:
        return "subject_not_first"
    if outcome.abstained:
        return "reader_silent"
    if not outcome.source_right:
        return "wrong_document"
    if outcome.exists_right is False:
        return "wrong_existence"
    return "wrong_year" if outcome.year_right is False else "wrong_value"


def count_causes(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Cause → failed questions, most first."""
    return dict(Counter(cause(o) for o in outcomes if not o.right).most_common())
