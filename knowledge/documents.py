"""The nouns of a knowledge base: documents, their passages and their photos.

Plain values: nothing here reads a file, opens an image or knows the store.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph that belongs to a document.

    Attributes:
        path: of its file, relative to the corpus root, with `/`; a page of a PDF is
            `guide.pdf#page=3` (pages count from 1). `knowledge.corpus.read_photo` opens it.
        sha256: hexadecimal digest of those bytes; of a page, of its PDF's digest and number.
    """

    path: str
    sha256: str


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
    dates: tuple[str, ...] = ()

    @property
    def document_id(self) -> str:
        """Identity in an index, which may hold several corpora: `<corpus>/<id>`."""
        return f"{self.corpus}/{self.id}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document's text: `document.text[start:end] == text`."""

    document_id: str
    ordinal: int
    text: str
    start: int
    end: int

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
