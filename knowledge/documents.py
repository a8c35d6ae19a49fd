"""The nouns of a knowledge base: documents, their passages and their photos.

Plain values: nothing here reads a file, opens an image or knows the store.
"""

import re
from dataclasses import dataclass

from knowledge.picture_text import PicturePlace

_PHOTO_PAGE = re.compile(r"#page=([1-9][0-9]{0,6})$")
_PHOTO_TIME = re.compile(r"#t=([0-9]{1,6}(?:\.[0-9]{1,3})?)$")
_CITED_RIGHTS = 300
"""Characters of the rights that a citation has room for; terms of use can be pages long."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph that belongs to a document.

    Attributes:
        path: of its file, relative to the corpus root, with `/`; a page of a PDF is
            `guide.pdf#page=3` (pages count from 1), a frame of a film `fire.mp4#t=12.5`
            (seconds). `knowledge.corpus.read_photo` opens it.
        sha256: hexadecimal digest of those bytes; of a page or a frame, of its file's digest and
            its number or time.
    """

    path: str
    sha256: str


def page_of_photo(path: str) -> int | None:
    """The page that a `Photo.path` names, counted from 1.

    >>> page_of_photo("guide.pdf#page=3"), page_of_photo("bridge.jpg")
    (3, None)
    """
    match = _PHOTO_PAGE.search(path)
    return int(match[1]) if match else None


def time_of_photo(path: str) -> float | None:
    """The time of a film's frame that a `Photo.path` names, in seconds from its beginning.

    >>> time_of_photo("fire.mp4#t=12.5"), time_of_photo("bridge.jpg")
    (12.5, None)
    """
    match = _PHOTO_TIME.search(path)
    return float(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF or of a scan: `document.text[start:end]` stands on it; numbers begin at 1."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled value of a record; a record may have several fields of one label.

    Attributes:
        label: what the value is, in the record's own words (`Photographer`).
        value: one of the label's values, without markup.
        start: where the line that says it begins in `Document.text`.
        end: where that line ends; several values may stand in one line.
    """

    label: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One subject, or one text, that can be retrieved, read and cited.

    Attributes:
        corpus: name of the corpus it came from.
        id: unique in that corpus.
        title: the subject's usual name in `language`.
        text: plain prose; every passage and every quotation is a span of it.
        language: BCP 47 tag of the text (`en`, `zh`).
        aliases: other names, other languages included.
        place: town and country, if known.
        source: the citation a reader is shown.
        url: address of the source, if it has one.
        tags: free words to filter by.
        photos: the subject's photographs.
        rights: who owns the photographs or the record, and what others may do with them.
        fields: the record that it was made of, in the order of the text; empty for prose.
        pages: where the text of its pages stands, if it has pages.
        dates: the dates of its record in EDTF, where its table shows how they are written; what is
            written plainly is read from the text (`knowledge.document_dates`).
    """

    corpus: str
    id: str
    title: str
    text: str
    language: str
    aliases: tuple[str, ...] = ()
    place: str | None = None
    source: str = ""
    url: str | None = None
    tags: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()
    rights: str = ""
    fields: tuple[Field, ...] = ()
    pages: tuple[Page, ...] = ()
    dates: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    closed_until: str = ""

    @property
    def document_id(self) -> str:
        """Identity in an index, which may hold several corpora: `<corpus>/<id>`."""
        return f"{self.corpus}/{self.id}"

    @property
    def citation(self) -> str:
        """What a reader is shown and copies: the source, and whose the photographs are.

        >>> Document("c", "i", "T", "", "en", source="Vogt, hall.jpg", rights="© Archive").citation
        'Vogt, hall.jpg. © Archive'
        """
        rights = self.rights
        if len(rights) > _CITED_RIGHTS:
            rights = rights[:_CITED_RIGHTS].rstrip() + "…"
        if not rights or rights in self.source:
            return self.source
        return f"{self.source.rstrip('.')}. {rights}" if self.source else rights

    def page_at(self, position: int) -> int | None:
        """The page on which a character of the text stands; None where it stands on none."""
        for page in self.pages:
            if page.start <= position < page.end:
                return page.number
        return None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document's text: `document.text[start:end] == text`.

    `picture`: where it was read, if it was read from a picture.
    """

    document_id: str
    ordinal: int
    text: str
    start: int
    end: int
    picture: PicturePlace | None = None

    @property
    def passage_id(self) -> str:
        """Identity within an index: `<document_id>#<ordinal>`."""
        return f"{self.document_id}#{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a corpus that could not be used; the rest of the corpus goes on.

    Attributes:
        path: the file (and row or page) it concerns, relative to the corpus root.
        reason: one sentence that says what is wrong and what to do.
        document_id: `<corpus>/<id>` of the document that it would have been or belongs to, if
            known; the index keeps what it already holds of that document.
    """

    path: str
    reason: str
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know of a corpus, though nothing in it is wrong or left out.

    Attributes:
        path: the file that it concerns; "" for the whole corpus.
        text: one sentence or two.
    """

    path: str
    text: str
