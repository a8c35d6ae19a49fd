"""Whether what a system said is right: an observation held against the labelled answer."""

import re
from dataclasses import dataclass

from knowledge.language import fold, guess_language, is_han
from search.evaluation.observation import Observation
from search.evaluation.testset import LabelledQuestion

_USE_SHARE = 0.4
"""A current use is right where the answer holds this share of the reference's words: a reference
is somebody's summary, so its words are rarely all there."""

_SMALL_WORDS = frozenset(
    fold(
        "a an and are as at by for from in into is it its no not of on or that the there they this "
        "to used was were where which with"
    ).split()
)
_LATIN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system made of a question, judged.

    Attributes:
        question: with its right answer.
        said: what the system said.
        rank: of the right subject, from 1; None if not found or there is none.
        exists_right: None where existence was not asked for.
        year_right: None where no year was asked for.
        year_near: the same, with a year off by one let pass.
        use_right: None where the use was not asked for, or the reference is in another language
            than what was quoted, so that words cannot be compared.
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
    source_right: bool | None
    document_language: str | None = None

    @property
    def abstained(self) -> bool:
        """Whether no answer was given."""
        return self.said.abstained

    @property
    def right(self) -> bool:
        """All that was asked for is right, source included; for the unanswerable, an abstention.

        The use is left out: its reference is a summary, and comparing words is too rough a judge.
        """
        if not self.question.answerable:
            return self.abstained
        return bool(self.source_right) and False not in (self.exists_right, self.year_right)

    @property
    def wrong(self) -> bool:
        """An answer was given that is not right."""
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
    asks_existence = question.kind in ("exists", "demolished") and question.exists is not None
    near = said.year is not None and abs(said.year - (question.year or 0)) <= 1
    return Outcome(
        question=question,
        said=said,
        rank=rank,
        exists_right=said.exists == question.exists if asks_existence else None,
        year_right=said.year == question.year if asks_year else None,
        year_near=near if asks_year else None,
        use_right=_use_right(question, said),
        source_right=None if said.source is None else is_labelled(question.document, said.source),
        document_language=document_language,
    )


def is_labelled(document: str | None, document_id: str) -> bool:
    """Whether an index's document is the labelled one; a namesake of another corpus counts."""
    return document is not None and document_id.split("/", 1)[1] == document


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


def _units(text: str) -> set[str]:
    folded = fold(text)
    runs = re.findall(r"[\u3400-\u9fff]+", folded)
    pairs = {run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))}
    words = {w.removesuffix("s") for w in _LATIN.findall(folded) if not any(map(is_han, w))}
    return pairs | (words - _SMALL_WORDS)
