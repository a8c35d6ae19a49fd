"""The nouns of a search: what is asked, and the evidence that comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from PIL import Image

from knowledge.documents import Document
from knowledge.errors import QueryError
from knowledge.language import guess_language
from search.recall import NOTHING, Recalled, refers_back

MAX_QUESTION_CHARS = 2_000
MAX_CAPTION_CHARS = 200
MAX_SUBJECTS = 50
DEFAULT_K = 5
FILTER_KEYS = ("corpus", "document_id", "language", "tags")


@dataclass(frozen=True, slots=True)
class Query:
    """A question about photos, a question alone, or photos alone.

    Attributes:
        question: what is asked; empty when only photos are given.
        photos: upright RGB photos of one subject.
        language: BCP 47 tag of the answer; guessed from the question when None.
        k: how many subjects to bring evidence for.
        filters: payload key (`corpus`, `document_id`, `language`, `tags`) → allowed values.
        captions: of the photos, in their order: a date or a few words each.
        answer_schema: JSON schema of the fields that the caller wants for an answer.
        recalled: what went before in the same conversation; part of what is asked.

    Raises:
        QueryError: there is neither a question nor a photo, or a value is out of bounds.
    """

    question: str = ""
    photos: tuple[Image.Image, ...] = ()
    language: str | None = None
    k: int = DEFAULT_K
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    captions: tuple[str, ...] = ()
    answer_schema: Mapping[str, Any] | None = None
    recalled: Recalled = NOTHING

    def __post_init__(self) -> None:
        if not self.question.strip() and not self.photos:
            raise QueryError("Nothing was asked: give a question, a photo or both.")
        if len(self.question) > MAX_QUESTION_CHARS:
            raise QueryError(
                f"The question has {len(self.question):,} characters; at most "
                f"{MAX_QUESTION_CHARS:,} are read. Shorten it."
            )
        if not 1 <= self.k <= MAX_SUBJECTS:
            raise QueryError(f"k is {self.k}; it can be 1 to {MAX_SUBJECTS}.")
        if len(self.captions) > len(self.photos):
            raise QueryError(
                f"{len(self.captions)} captions were given for {len(self.photos)} photos."
            )
        if any(len(caption) > MAX_CAPTION_CHARS for caption in self.captions):
            raise QueryError(f"A caption has more than {MAX_CAPTION_CHARS} characters; shorten it.")
        unknown = sorted(set(self.filters) - set(FILTER_KEYS))
        if unknown:
            raise QueryError(
                f"There is no filter {unknown[0]!r}; the filters are {', '.join(FILTER_KEYS)}."
            )

    @property
    def shows(self) -> bool:
        """Whether there is something to see: a photo, or an earlier one that is recalled."""
        return bool(self.photos or self.recalled.photos)

    @property
    def continues(self) -> bool:
        """Whether it is about what was asked about before, rather than a photo of its own."""
        recalled = self.recalled
        meant = recalled.subject is not None and refers_back(self.question)
        return not self.photos and (bool(recalled.photos) or meant)

    @property
    def answer_language(self) -> str:
        """The language to answer in: as told, else the question's, else English."""
        if self.language:
            return self.language
        return guess_language(self.question) if self.question.strip() else "en"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage or a photo that was retrieved.

    Attributes:
        document: what it belongs to.
        kind: `passage` or `photo`.
        rank: of its subject, from 1.
        scores: by name; higher is better in all. `image`: photo to photo, cosine. `photo_text`:
            photo to passage, cosine. `question_text`: question to passage, cosine. `bm25`:
            question's words in the passage. `rrf`: the subject's fused score.
        photo_id: of a photo.
        text: of a passage, `document.text[start:end]`.
        start: first character of the passage in the document's text.
        end: one past its last.
        ordinal: position of the passage or photo in its document, from 0.
    """

    document: Document
    kind: Literal["passage", "photo"]
    rank: int
    scores: Mapping[str, float]
    ordinal: int = 0
    photo_id: str | None = None
    text: str | None = None
    start: int | None = None
    end: int | None = None
