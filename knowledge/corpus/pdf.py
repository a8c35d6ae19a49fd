"""PDFs: one document a file, its text page by page, pages with little text kept as photos."""

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.corpus.lines import reflow_page
from knowledge.corpus.pdfium import read_pages
from knowledge.corpus.photos import hash_photo, pdf_page_path
from knowledge.corpus.text import clean, one_line
from knowledge.documents import Photo

_LITTLE_TEXT = 100
"""Characters, white space not counted: a page with fewer shows rather than tells."""

_NO_TITLE = re.compile(
    r"untitled|无标题|.*\.\w{2,4}|microsoft word - .*|document\d*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Guide:
    """What a PDF holds.

    Attributes:
        title: from its metadata, "" if that is none.
        text: of all pages.
        photos: pages with little text.
        damaged: `Photo.path` of the pages that cannot be read.
    """

    title: str
    text: str
    photos: tuple[Photo, ...]
    damaged: tuple[str, ...]


def read_pdf(root: Path, path: str) -> Guide:
    """Read a PDF.

    Args:
        root: folder of the corpus.
        path: of the PDF, relative to it.

    Raises:
        CorpusError: it is encrypted, damaged or unreadable.
        NotFoundError: it is not there.
    """
    pdf = read_pages(root / path, name=path)
    pages = {
        pdf_page_path(path, number): None if page is None else clean(reflow_page(clean(page)))
        for number, page in enumerate(pdf.pages, start=1)
    }
    title = one_line(pdf.title)
    shown = [name for name, text in pages.items() if text is not None and _is_little(text)]
    return Guide(
        title="" if _NO_TITLE.fullmatch(title) else title,
        text="\n\n".join(filter(None, pages.values())),
        photos=tuple(Photo(name, hash_photo(root, name)) for name in shown),
        damaged=tuple(name for name, text in pages.items() if text is None),
    )


def _is_little(text: str) -> bool:
    return len("".join(text.split())) < _LITTLE_TEXT
