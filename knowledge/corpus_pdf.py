"""PDFs: one document a file, its text page by page, pages with little text kept as photos."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.corpus_lines import reflow_page
from knowledge.corpus_pdfium import read_text
from knowledge.corpus_text import clean, one_line
from knowledge.documents import Photo
from knowledge.photos import hash_photo, pdf_page_path

_LITTLE_TEXT = 100
"""Characters, white space not counted: a page with fewer shows rather than tells."""

_NO_TITLE = re.compile(
    r"untitled|无标题|.*\.\w{2,4}|microsoft word - .*|document\d*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Guide:
    """What a PDF holds: `title` from its metadata ("" if that is none), pages' text and photos."""

    title: str
    text: str
    photos: tuple[Photo, ...]


def read_pdf(root: Path, path: str) -> Guide:
    """Read a PDF.

    Args:
        root: folder of the corpus.
        path: of the PDF, relative to it.

    Raises:
        CorpusError: it is encrypted, damaged or unreadable.
        NotFoundError: it is not there.
    """
    pdf = read_text(root / path, name=path)
    pages = [clean(reflow_page(clean(page))) for page in pdf.pages]
    title = one_line(pdf.title)
    return Guide(
        title="" if _NO_TITLE.fullmatch(title) else title,
        text="\n\n".join(filter(None, pages)),
        photos=tuple(_page_photos(root, path, pages)),
    )


def _page_photos(root: Path, path: str, pages: list[str]) -> Iterator[Photo]:
    for number, page in enumerate(pages, start=1):
        if len("".join(page.split())) < _LITTLE_TEXT:
            photo = pdf_page_path(path, number)
            yield Photo(photo, hash_photo(root, photo))
