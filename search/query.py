"""What is asked: a question, photos, and what the same conversation asked before.

Of an earlier photo only the vectors are kept, which find the same subjects again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from knowledge.dates import Dated, InvalidEdtfError, dated_from_edtf, read_date
from knowledge.errors import QueryError
from knowledge.identifiers import SURROGATE
from knowledge.index import layout
from knowledge.language import guess_language
from knowledge.store import Overlap
from knowledge.viewer import ANYBODY, Viewer

MAX_QUESTION_CHARS = 2_000
MAX_CAPTION_CHARS = 200
MAX_PHOTO_TEXT_CHARS = 2_000
MAX_SUBJECTS = 50
DEFAULT_K = 5
DATE_FILTER = "date"
FILTER_KEYS = ("corpus", DATE_FILTER, "document_id", "language", "tags")


_REFERS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those)\b|[它这那其此该]"
    r"|^\s*(?:and |but |so )?(?:when|who|where|why|how(?: (?:much|many|big|old|long|high))?)\W*$"
    r"|^\s*(?:现在|如今|今天)?[还仍]?在吗|^\s*(?:什么时候|何时|哪一?年|谁|在?哪里?|为什么|多[大高长少])呢?\W*$",
    re.IGNORECASE,
)
"""A pronoun, or nothing but what is asked for: *And when?*"""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the same conversation asked before a question.

    Attributes:
        photos: vectors of the photos that were asked about, (n, dim), each of length 1; they are
            used where a question brings no photo of its own.
        subject: document id of the subject of the latest answer, None before the first answer.
        questions: the earlier questions, oldest first, for a reader with a language model.
    """

    photos: tuple[tuple[float, ...], ...] = ()
    subject: str | None = None
    questions: tuple[str, ...] = ()


NOTHING = Recalled()
"""What is recalled at the first question of a conversation."""


def refers_back(question: str) -> bool:
    """Whether a question points at something it does not name.

    >>> refers_back("And when was it built?"), refers_back("那它是什么时候建成的?")
    (True, True)
    >>> refers_back("And when?"), refers_back("When was the Eiffel Tower built?")
    (True, False)
    """
    return _REFERS_BACK.search(question) is not None


def _date_of(text: str) -> Dated:
    """The date that a filter names: in EDTF, or as people write it.

    Raises:
        QueryError: it is neither, or has no bounds.
    """
    try:
        dated: Dated | None = dated_from_edtf(text)
    except InvalidEdtfError as error:
        if "ends before" in str(error):
            raise QueryError(f"The filter date {text[:60]!r} ends before it begins.") from None
        dated = read_date(text)
    if dated is None or not dated.is_known:
        raise QueryError(
            f"The filter date {text[:60]!r} is not a date. Write a year, or a span of EDTF such as "
            "1900/1914, 1932-05, 189X, ../1904 or 1904/.. ."
        )
    return dated


@dataclass(frozen=True, slots=True)
class Query:
    """A question about photos, a question alone, or photos alone.

    Attributes:
        question: what is asked; empty when only photos are given.
        photos: upright RGB photos of one subject.
        language: BCP 47 tag of the answer; guessed from the question when None.
        k: how many subjects to find, at most.
        filters: `corpus`, `document_id`, `language`, `tags` → allowed values; `date` → dates in
            EDTF (`1900/1914`), with one of which a date of the document's record has to overlap.
        captions: of the photos, in their order: a date or a few words each.
        answer_schema: JSON schema of the fields that the caller wants for an answer.
        recalled: what the same conversation asked before.
        photo_text: lines that were read from the photos; they help to find what is meant.
        digests: SHA-256 of the files of the photos, in their order, hexadecimal; empty where a
            photo is only a part of its file.
        viewer: who asks; what is closed to them is as if it were not indexed. Who is not said to be
            anybody else sees what everybody does.

    Raises:
        QueryError: the query has neither a question nor a photo, or a value is out of bounds.
    """

    question: str = ""
    photos: tuple[Image.Image, ...] = ()
    language: str | None = None
    k: int = DEFAULT_K
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    captions: tuple[str, ...] = ()
    answer_schema: Mapping[str, Any] | None = None
    recalled: Recalled = NOTHING
    photo_text: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    viewer: Viewer = ANYBODY

    def __post_init__(self) -> None:
        if not self.question.strip() and not self.photos:
            raise QueryError("Nothing was asked: give a question, a photo or both.")
        words = [self.question, self.language or "", *self.captions]
        words += [value for values in self.filters.values() for value in values]
        if any(SURROGATE.search(text) for text in words):
            raise QueryError(
                "The query holds half a character (a lone surrogate, such as \\ud83d in JSON), "
                "which no text can; send the whole character."
            )
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
        for date in self.filters.get(DATE_FILTER, ()):
            _date_of(date)

    @property
    def where(self) -> dict[str, str | Sequence[str] | Sequence[Overlap]]:
        """The filters as the store takes them."""
        where: dict[str, str | Sequence[str] | Sequence[Overlap]] = {
            key: values for key, values in self.filters.items() if key != DATE_FILTER
        }
        if DATE_FILTER in self.filters:
            spans = [layout.overlap_of(_date_of(date)) for date in self.filters[DATE_FILTER]]
            where["dates"] = spans
        return where

    @property
    def chosen(self) -> str | None:
        """The one document that the caller says it is about, by a filter with that id alone."""
        ids = self.filters.get("document_id", ())
        return ids[0] if len(ids) == 1 else None

    @property
    def shows(self) -> bool:
        """Whether it has a photo, its own or one that is recalled."""
        return bool(self.photos or self.recalled.photos)

    @property
    def continues(self) -> bool:
        """Whether it is about the subject of an earlier question, and not about its own photo."""
        recalled = self.recalled
        meant = recalled.subject is not None and refers_back(self.question)
        return not self.photos and (bool(recalled.photos) or meant)

    @property
    def answer_language(self) -> str:
        """The language to answer in: `language` if set, else the question's, else English."""
        if self.language:
            return self.language
        return guess_language(self.question) if self.question.strip() else "en"
