"""What a search brings: the subjects that it found, and the evidence that is shown of each.

Knows no ranking: `search.retrieve` makes both.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from knowledge.documents import Document, Passage, page_of_photo, time_of_photo
from knowledge.index import View
from knowledge.optional import optional
from knowledge.picture_text import PicturePlace
from knowledge.store import Hit
from vlm.chronology import Chronology, chronology_from_payload

_PDF = re.compile(r"\.pdf(?:\?|$)", re.IGNORECASE)

_PASSAGES_SHOWN = 3
"""How many passages of a subject are shown as evidence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage or a photo that was retrieved.

    Attributes:
        document: what it belongs to.
        kind: `passage` or `photo`.
        rank: of its subject, from 1.
        scores: by name; higher is better in all. `image`: photo to photo, cosine. `photo_text`:
            photo to passage, cosine. `question_text`: question to passage, cosine. `bm25`:
            question's words in the passage. `rrf`: the subject's fused score. `rerank`: how likely
            the subject answers, from 0 to 1, where a reranker scored it.
        photo_id: of a photo.
        text: of a passage, `document.text[start:end]`.
        start: first character of the passage in the document's text.
        end: one past its last.
        ordinal: position of the passage or photo in its document, from 0.
        page: on which it begins, counted from 1, if the document has pages.
        picture: where the passage was read, if it was read from a picture.
        seconds: of a film's frame, from the film's beginning.
        turned: degrees by which a photo's file has to be turned clockwise to be upright, as far as
            the encoder saw that when it was indexed.
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
    page: int | None = None
    picture: PicturePlace | None = None
    seconds: float | None = None
    turned: int = 0

    @property
    def url(self) -> str | None:
        """The document's address, with the page where that is one of a PDF."""
        return url_of_page(self.document.url, self.page)


@dataclass(frozen=True, slots=True)
class Subject:
    """A document that was found, with its passages and closest photo and what found them.

    Attributes:
        document: the document.
        rank: from 1.
        scores: the document's best score in each ranking that found it, `rrf`, and `rerank` where
            a reranker scored it.
        ranks: its rank, from 1, in each of those rankings.
        margins: its score less the best other document's, in each ranking that has scores.
        resembles: probability that the question's photo shows it (`search.resemblance`); None
            where no photo was asked with, or another subject is likelier.
        is_shown: whether that is enough by what the index has measured of itself; None where it has
            measured nothing.
        chronology: what its text says over time, as the index holds it.
        called: names that the question's spelling gives the document, beside its own.
        corrects: id of the document that this one is an approved correction of, None for any other;
            it was found by what found that document.
        photo: its closest photo, when photos were asked with.
        passages: its passages, the most fitting for the question first.
        passage_scores: `Passage.ordinal` → scores by name.
    """

    document: Document
    rank: int
    scores: Mapping[str, float]
    ranks: Mapping[str, int]
    photo: Hit | None
    passages: tuple[Passage, ...]
    passage_scores: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    margins: Mapping[str, float] = field(default_factory=dict)
    resembles: float | None = None
    is_shown: bool | None = None
    chronology: Chronology = field(default_factory=Chronology)
    called: tuple[str, ...] = ()
    corrects: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether the question, or the writing on its photo, calls the subject by name."""
        return "name" in self.ranks or "photo_name" in self.ranks

    def evidence(self) -> list[Evidence]:
        """What is shown of the subject: its closest photo and its best passages."""
        items = []
        of_subject = {name: self.scores[name] for name in ("rrf", "rerank") if name in self.scores}
        if self.photo is not None and self.corrects is None:
            items.append(
                Evidence(
                    document=self.document,
                    kind="photo",
                    rank=self.rank,
                    scores={"image": self.photo.score, **of_subject},
                    ordinal=self.photo.payload["ordinal"],
                    photo_id=self.photo.id,
                    page=page_of_photo(self.photo.payload["path"]),
                    seconds=time_of_photo(self.photo.payload["path"]),
                    turned=self.photo.payload.get("turned", 0),
                )
            )
        for passage in self.passages[:_PASSAGES_SHOWN]:
            items.append(
                Evidence(
                    document=self.document,
                    kind="passage",
                    rank=self.rank,
                    scores={**self.passage_scores.get(passage.ordinal, {}), **of_subject},
                    ordinal=passage.ordinal,
                    text=passage.text,
                    start=passage.start,
                    end=passage.end,
                    page=self.document.page_at(passage.start),
                    picture=passage.picture,
                )
            )
        return items


def url_of_page(url: str | None, page: int | None) -> str | None:
    """The address of a PDF's page, as browsers open it; any other address as it is.

    >>> url_of_page("https://example.org/guide.pdf", 3), url_of_page("https://example.org/a", 3)
    ('https://example.org/guide.pdf#page=3', 'https://example.org/a')
    """
    if url is None or page is None or "#" in url:
        return url
    return f"{url}#page={page}" if _PDF.search(url) else url


def stored_chronologies(view: View, document_ids: Sequence[str]) -> dict[str, Chronology]:
    """What each document's text says over time, as the index holds it.

    A chronology that is missing or cannot be read is an empty one.

    Raises:
        StorageError: the index cannot be read.
    """
    stored = view.chronologies(document_ids)
    return {id_: read_chronology(stored.get(id_, {}), id_) for id_ in document_ids}


def read_chronology(payload: Mapping[str, Any], document_id: str) -> Chronology:
    """A chronology as the index holds it; an empty one where it cannot be read."""
    return optional(
        lambda: chronology_from_payload(payload),
        otherwise=Chronology(),
        what="chronology",
        document_id=document_id,
    )
