"""The `Reader` protocol: a photo, a question and evidence → a draft answer.

A reader knows nothing of Qdrant and is not trusted: `search.citation` checks each draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from PIL import Image

from knowledge.documents import Passage

YearEvent = Literal["built", "demolished", "other"]
"""What happened in an answer's year."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject that retrieval found, with its passages, the most fitting one first.

    `photos`: those of its photos that are closest to the question's; empty for readers that do not
    look.
    """

    document_id: str
    title: str
    aliases: tuple[str, ...]
    language: str
    passages: tuple[Passage, ...]
    photos: tuple[Image.Image, ...] = field(default=(), hash=False)  # an image has no hash


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader's whole input. Candidates are ordered, the likeliest subject first.

    Attributes:
        captions: a date or a few words for each photo, in the photos' order; may be fewer than
            photos.
        answer_schema: JSON schema of the fields that the caller wants instead of `exists`, `year`
            and `current_use`; only readers with a language model can fill it.
        earlier: the earlier questions of the same conversation, oldest first.
        known: the conversation was about the first candidate before, so a question can mean it
            without a photo and without its name.
        contradictions: where documents about the first candidate say different things, each as one
            line that quotes both; the answer should mention them.
    """

    question: str
    language: str
    photos: tuple[Image.Image, ...]
    candidates: tuple[Candidate, ...]
    captions: tuple[str, ...] = ()
    answer_schema: Mapping[str, Any] | None = None
    earlier: tuple[str, ...] = ()
    known: bool = False
    contradictions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader claims. A draft without `passage_id` abstains and says why in `reason`.

    Attributes:
        document_id: the subject the reader settled on, also when it abstains.
        exists: whether the subject stands today; None if the evidence does not say.
        year: the year asked for; for a question about existence, the year it ceased to exist.
            Years before the common era are negative (-515 is 515 BC).
        date: EDTF of the date that the quotation gives; `search.dating` reads it, no reader.
        year_event: what happened in `year`.
        value: the answer in the source's own few words: a name, a number, a place, a date as it is
            written. None where the answer is a statement (existence, yes or no) or not given.
        current_use: what it, or its site, is used for today.
        text: one or two sentences in the question's language.
        passage_id: `Passage.passage_id` of the passage that is quoted.
        quote: the words of that passage, to the letter, that say it.
        confidence: from 0 to 1, how plainly the quoted words answer the question.
        reason: why it abstains (`not_in_evidence`, `nothing_similar`, `language_not_read`), else
            None.
        fields: what the caller's own schema asks for.
        reasoning: what the model thought before it answered, where that was asked for.
        note: a remark for people on how it was read, for example by the second reader.
        composed: code made `text`, `current_use` and `year_event` from the question and the
            quotation, as `vlm.readers.extractive` does. What a language model wrote is never
            `composed`, so `search.grounding` checks it word by word.
        reader: name of the reader that read, where it is not the one that was asked
            (`vlm.readers.fallback`); empty otherwise.
        signals: name → what the reader measured of its own answer, from -1 to 1, which the fit of
            the confidence weighs; `search.confidence.READER_SIGNALS` describes them.
    """

    text: str
    document_id: str | None = None
    exists: bool | None = None
    year: int | None = None
    date: str | None = None
    year_event: YearEvent | None = None
    value: str | None = None
    current_use: str | None = None
    passage_id: str | None = None
    quote: str | None = None
    confidence: float = 0.0
    reason: str | None = None
    fields: Mapping[str, Any] | None = None
    reasoning: str | None = None
    note: str | None = None
    composed: bool = False
    reader: str = ""
    signals: Mapping[str, float] = field(default_factory=dict, hash=False)


class Reader(Protocol):
    """Reads evidence. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Its name in answers, logs and evaluations."""

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence alone, or abstain.

        Raises:
            ModelError: the model behind the reader failed.
        """


@runtime_checkable
class LookingReader(Reader, Protocol):
    """A reader that looks at the photos itself, and has a model to load first."""

    @property
    def photo_side(self) -> int:
        """Longest side of a question's photo, in pixels, that it can use."""

    @property
    def evidence_side(self) -> int:
        """Longest side of a candidate's photo, in pixels, that it can use; 0 for none."""

    def warm_up(self) -> None:
        """Load what loads lazily, so that the first question does not wait.

        Raises:
            ModelError: the model cannot be loaded or reached.
        """
