"""The edge to the model that reads: a photo, a question and evidence in, a draft answer out.

A reader knows nothing of Qdrant and is not trusted: `search.citation` checks each draft.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from PIL import Image

from knowledge.documents import Passage

YearEvent = Literal["built", "demolished", "other"]
"""What happened in an answer's year."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject that retrieval found, with its passages, the most fitting one first."""

    document_id: str
    title: str
    aliases: tuple[str, ...]
    language: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a reader is given: candidates are ordered, the likeliest subject first."""

    question: str
    language: str
    photos: tuple[Image.Image, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader claims. A draft without `passage_id` abstains and says why in `reason`.

    Attributes:
        document_id: the subject the reader settled on, also when it abstains.
        exists: whether the subject stands today; None where the evidence does not say.
        year: the year asked for; for a question about existence, the year it ceased to exist.
            Years before the common era are negative (-515 is 515 BC).
        year_event: what happened in `year`.
        current_use: what it, or its site, is used for today.
        text: one or two sentences in the question's language.
        passage_id: `Passage.passage_id` of the passage that is quoted.
        quote: the words of that passage, to the letter, that say it.
        confidence: from 0 to 1, how plainly the quoted words answer the question.
        reason: why it abstains (`not_in_evidence`, …), else None.
    """

    text: str
    document_id: str | None = None
    exists: bool | None = None
    year: int | None = None
    year_event: YearEvent | None = None
    current_use: str | None = None
    passage_id: str | None = None
    quote: str | None = None
    confidence: float = 0.0
    reason: str | None = None


class Reader(Protocol):
    """Reads evidence. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What it is called in answers, logs and evaluations."""

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence alone, or abstain.

        Raises:
            ModelError: the model behind the reader failed.
        """
