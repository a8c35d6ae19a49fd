"""What was read from a document's photos, taken up into its text.

Knows no photo and no reader of pictures; `indexer` brings the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge.corpus.limits import MOST_TEXT_CHARS
from knowledge.corpus.text import one_line, reflow_page
from knowledge.documents import Document, Page, page_of_photo
from knowledge.language import fold, guess_language
from knowledge.picture_text import LinePlace, PicturePlace, PictureText


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a document's text that was read from one of its photos.

    Attributes:
        photo: position of the photo among the document's.
        start: of the section in the document's text.
        end: of the section.
        turn: as `PictureText.turn`.
        lines: its lines.
    """

    photo: int
    start: int
    end: int
    turn: int
    lines: tuple[LinePlace, ...]

    def place(self, photo_id: str, start: int, end: int) -> PicturePlace | None:
        """Where `document.text[start:end]` stands in the section's picture."""
        return PicturePlace(photo_id, self.turn, self.lines).within(start, end)


def with_picture_text(
    document: Document,
    texts: Mapping[int, PictureText],
    *,
    most_chars: int = MOST_TEXT_CHARS,
) -> tuple[Document, tuple[Section, ...], tuple[int, ...]]:
    """The document with what was read from its photos after its own text.

    Lines that a PDF's page holds as text as well are left out.

    Args:
        document: as the corpus has it.
        texts: position of a photo among the document's → what was read from it.
        most_chars: of the document's text.

    Returns:
        The document, where in its text what was read stands, and the positions of photos whose text
        found no room in it.
    """
    parts, length = [document.text] if document.text else [], len(document.text)
    pages, sections, left_out = list(document.pages), [], []
    own = {page.number: document.text[page.start : page.end] for page in document.pages}
    for position in sorted(texts):
        read = texts[position]
        number = page_of_photo(document.photos[position].path)
        known = fold(own.get(number, "")) if number is not None else ""
        lines = [
            (words, line)
            for line in read.lines
            if (words := one_line(line.text)) and not (known and fold(words) in known)
        ]
        if not lines:
            continue
        start = length + 2 if parts else 0
        body = reflow_page("\n".join(words for words, _ in lines))
        if start + len(body) > most_chars:
            left_out.append(position)
            continue
        places, end = [], 0
        for words, line in lines:  # a line is in the text as it was read, whatever is between two
            begin = body.index(words, end)
            end = begin + len(words)
            places.append(LinePlace(start + begin, start + end, line.box, line.certainty))
        parts.append(body)
        length = start + len(body)
        sections.append(Section(position, start, length, read.turn, tuple(places)))
        if number is not None:
            pages.append(Page(number, start, length))
    if not sections:
        return document, (), tuple(left_out)
    text = "\n\n".join(parts)
    language = document.language if document.text else guess_language(text)
    if not document.text and language == "en" != document.language.partition("-")[0]:
        language = document.language  # Latin letters do not tell German from English
    return (
        replace(document, text=text, pages=tuple(pages), language=language),
        tuple(sections),
        tuple(left_out),
    )
