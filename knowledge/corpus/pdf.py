"""PDFs through pdfium: a document's text page by page, and pages drawn as PNG. Knows no corpus.

Only one thread of the process may be inside pdfium at a time, so every call holds one lock.
"""

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.corpus.text import clean, one_line, reflow_page
from knowledge.errors import CorpusError, NotFoundError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_DPI = 150
_MAX_PIXELS = 4_000_000
_POINTS_PER_INCH = 72
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD."""

_LITTLE_TEXT = 100
"""Characters, white space not counted: a page with fewer is a picture, a plate or a scan."""

_NO_TITLE = re.compile(
    r"untitled|无标题|.*\.\w{2,4}|microsoft word - .*|document\d*", re.IGNORECASE
)

_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a PDF holds. Pages count from 1.

    Attributes:
        title: from its metadata; "" if that names no subject.
        text: of all pages, with a blank line between them.
        picture_pages: pages with little text.
        damaged_pages: pages that cannot be read.
    """

    title: str
    text: str
    picture_pages: tuple[int, ...]
    damaged_pages: tuple[int, ...]


def read_pdf(file: Path, *, name: str) -> Pdf:
    """Read all pages of a PDF.

    Args:
        file: the PDF.
        name: what messages call it.

    Raises:
        CorpusError: it is encrypted, damaged or unreadable.
    """
    with _open(file, name) as pdf:
        title = one_line(_title(pdf))
        drawn = [_page_text(pdf, index) for index in range(len(pdf))]
    pages = [None if page is None else clean(reflow_page(clean(page))) for page in drawn]
    numbered = list(enumerate(pages, start=1))
    return Pdf(
        title="" if _NO_TITLE.fullmatch(title) else title,
        text="\n\n".join(filter(None, pages)),
        picture_pages=tuple(n for n, text in numbered if text is not None and _is_little(text)),
        damaged_pages=tuple(n for n, text in numbered if text is None),
    )


def count_pages(file: Path, *, name: str) -> int:
    """How many pages a PDF has.

    Raises:
        CorpusError: it is encrypted, damaged or unreadable.
    """
    with _open(file, name) as pdf:
        return len(pdf)


def render_page(file: Path, page: int, *, name: str) -> bytes:
    """A page as PNG, at 150 dots an inch but no more than 4 megapixels.

    Args:
        file: the PDF.
        page: counted from 1.
        name: what messages call it.

    Raises:
        CorpusError: the PDF is encrypted, damaged or unreadable, or the page cannot be drawn.
        NotFoundError: it has no such page.
    """
    with _open(file, name) as pdf:
        if not 1 <= page <= len(pdf):
            raise NotFoundError(f"There is no {name!r}: the PDF has {len(pdf)} pages.")
        leaf = pdf[page - 1]
        width, height = leaf.get_size()
        if width <= 0 or height <= 0:
            raise CorpusError(f"{name!r} cannot be drawn: the page has no size.")
        scale = min(_DPI / _POINTS_PER_INCH, (_MAX_PIXELS / (width * height)) ** 0.5)
        bitmap = leaf.render(scale=scale)
        buffer = io.BytesIO()
        bitmap.to_pil().convert("RGB").save(buffer, "PNG")
        return buffer.getvalue()


def _is_little(text: str) -> bool:
    return len("".join(text.split())) < _LITTLE_TEXT


def _title(pdf: "PdfDocument") -> str:
    try:
        return str(pdf.get_metadata_value("Title"))
    except UnicodeDecodeError:
        return ""


def _page_text(pdf: "PdfDocument", index: int) -> str | None:
    """The text of a page, lines as they are laid out; None if the page is damaged.

    `index` counts from 0.
    """
    import pypdfium2

    try:
        page = pdf[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        text = page.get_textpage()
        drawn = str(text.get_text_bounded())
        text.close()
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()
    return drawn.replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _open(file: Path, name: str) -> Iterator["PdfDocument"]:
    """An open PDF, with the lock held and pdfium's errors turned into ours."""
    import pypdfium2

    with _lock:
        try:
            pdf = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            if error.err_code == _PASSWORD_ERROR:
                reason = "it is locked with a password; save a copy without one"
            else:
                reason = "it is damaged or not a PDF; open it and save it again"
            raise CorpusError(f"The PDF {name!r} cannot be read: {reason}.") from error
        except OSError as error:
            why = error.strerror or str(error)
            raise CorpusError(f"The PDF {name!r} cannot be read ({why}).") from error
        try:
            yield pdf
        except pypdfium2.PdfiumError as error:
            raise CorpusError(
                f"The PDF {name!r} is damaged ({error}); open it and save it again."
            ) from error
        finally:
            pdf.close()
