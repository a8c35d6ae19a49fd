"""A quotation with all that its citation says, apart from the index and the answer it came from."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Self

from knowledge.documents import Document, Passage
from knowledge.picture_text import Box
from search.answer import Source, source_of
from search.citation import Citation

_AROUND = 40
"""Characters before and after a quotation, by which it is found again in a changed text."""
_MAKERS = frozenset(
    {"author", "authors", "creator", "creators", "photographer", "artist", "maker", "dc:creator"}
    | {
        "autor",
        "autorin",
        "fotograf",
        "fotografin",
        "urheber",
        "auteur",
        "photographe",
        "fotógrafo",
    }
    | {"作者", "创作者", "摄影", "摄影者", "摄影师", "拍摄者", "攝影者", "攝影"}
)
"""Labels of the fields that say who made what is cited, folded."""
_MOST_MAKERS = 20


@dataclass(frozen=True, slots=True)
class Cited:
    """A quotation and where it stands.

    Attributes:
        document_id: of the document.
        title: the document's.
        citation: of the document, as a reader is shown it.
        url: of the document, with the page of a PDF; None without an address.
        quote: the words.
        start: of the quotation in the document's text, in characters.
        end: of the quotation in the document's text.
        language: BCP 47 tag of the quotation.
        accessed: day on which it was retrieved, as `2026-11-29`.
        page: on which it begins, from 1; None without pages.
        makers: who made the text or the picture, as its record names them.
        before: the characters before the quotation.
        after: the characters after it.
        photo_id: of the picture that it was read from; None where it was not.
        boxes: left, top, width and height of its lines in that picture, in shares of it.
        comment: the answer that was read from it; "" without one.
        comment_language: BCP 47 tag of the comment.
    """

    document_id: str
    title: str
    citation: str
    url: str | None
    quote: str
    start: int
    end: int
    language: str
    accessed: str
    page: int | None = None
    makers: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    photo_id: str | None = None
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    comment: str = ""
    comment_language: str = "en"

    @property
    def key(self) -> str:
        """A name for the citation: letters, digits and `_`, the same for the same quotation and
        another for any other.

        >>> Cited("c/ab", "T", "", None, "q", 5, 6, "en", "2026-11-29").key
        'c_ab_5_6'
        >>> Cited("c/钟楼", "T", "", None, "q", 5, 6, "en", "2026-11-29").key
        'c____5_6_985da948'
        """
        ascii_only = "".join(c if c.isascii() and c.isalnum() else "_" for c in self.document_id)
        key = f"{ascii_only}_{self.start}_{self.end}"
        if ascii_only == self.document_id.replace("/", "_", 1):
            return key
        # Other ids become the same letters: those of another script become none.
        return f"{key}_{hashlib.sha256(self.document_id.encode(errors='replace')).hexdigest()[:8]}"

    def commented(self, comment: str, language: str) -> Self:
        """The same with the answer that was read from it."""
        return replace(self, comment=comment, comment_language=language)

    def to_json(self) -> dict[str, Any]:
        """Values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """What `to_json` gave."""
        values = dict(raw)
        values["makers"] = tuple(values["makers"])
        values["boxes"] = tuple(tuple(box) for box in values["boxes"])
        return cls(**values)


def cite(document: Document, source: Source, *, accessed: date) -> Cited:
    """All that a citation of an answer's source says.

    Args:
        document: that the source names.
        source: of the answer.
        accessed: today.
    """
    text, picture = document.text, source.picture
    return Cited(
        document_id=source.document_id,
        title=source.title,
        citation=source.citation,
        url=source.url,
        quote=source.quote,
        start=source.start,
        end=source.end,
        language=source.language,
        accessed=accessed.isoformat(),
        page=source.page,
        makers=_makers(document),
        before=text[max(0, source.start - _AROUND) : source.start],
        after=text[source.end : source.end + _AROUND],
        photo_id=picture.photo_id if picture else None,
        boxes=tuple(_sides(line.box) for line in picture.lines) if picture else (),
    )


def cite_span(
    document: Document, start: int, end: int, *, passages: Iterable[Passage] = (), accessed: date
) -> Cited:
    """All that a citation of a span of a document's text says.

    Args:
        document: whose words are cited.
        start: where they begin; `start < end`.
        end: where they end, within the text.
        passages: of the document, which know what was read from a picture.
        accessed: today.
    """
    found = next((p for p in passages if p.start <= start < p.end), None)
    whole = Passage(document.document_id, 0, document.text, 0, len(document.text))
    passage = whole if found is None else replace(whole, picture=found.picture)
    citation = Citation(passage, document.text[start:end], start, end)
    return cite(document, source_of(citation, document), accessed=accessed)


def _makers(document: Document) -> tuple[str, ...]:
    named = [each.value for each in document.fields if each.label.casefold().strip() in _MAKERS]
    return tuple(dict.fromkeys(named))[:_MOST_MAKERS]


def _sides(box: Box) -> tuple[float, float, float, float]:
    return (box.x, box.y, box.width, box.height)
