"""PDFs through pdfium: a document's text page by page, and pages drawn as PNG. Knows no corpus.

PDFs come from strangers, and pdfium is written in C++: it runs in processes of its own
(`knowledge.isolation`), within limits on time, memory, pages and the size of a page.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.corpus.limits import MOST_TEXT_CHARS
from knowledge.corpus.text import clean, one_line, reflow_page
from knowledge.errors import CorpusError, NotFoundError
from knowledge.isolation import IsolationError, Result, Workers

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

_MOST_PAGES = 20_000
"""Of a PDF; a city's directories bound in one file have 3,000."""
_MOST_POINTS = 100_000
"""Of a page's longer side: 35 metres."""
_MOST_SIDE = 16_000
"""Pixels of a drawn page's longer side."""
_PAGES_AT_ONCE = 20
"""Read in one call: a page that hangs costs its neighbours, not the whole PDF."""
_SECONDS = 30.0
"""That one call may take."""
_MOST_FAILURES = 20
"""Pages that make their reader fail; after so many the rest counts as damaged."""
_MEMORY_BYTES = 512 * 2**20
_PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a PDF holds. Pages count from 1.

    Attributes:
        title: from its metadata; "" if that names no subject.
        pages: the text of each page; "" of a page without any, or one that cannot be read.
        picture_pages: pages with little text.
        damaged_pages: pages that cannot be read.
    """

    title: str
    pages: tuple[str, ...]
    picture_pages: tuple[int, ...]
    damaged_pages: tuple[int, ...]

    @property
    def text(self) -> str:
        """Of all pages, with a blank line between them."""
        return "\n\n".join(filter(None, self.pages))


def read_pdf(file: Path, *, name: str) -> Pdf:
    """Read all pages of a PDF.

    Args:
        file: the PDF.
        name: what messages call it.

    Raises:
        CorpusError: it is encrypted, damaged or unreadable, or has too many pages.
    """
    opened = _run("_describe", file, name).values
    title = one_line(opened["title"])
    drawn: list[str | None] = []
    failed = 0
    for first in range(0, opened["pages"], _PAGES_AT_ONCE):
        count = min(_PAGES_AT_ONCE, opened["pages"] - first)
        try:
            drawn += _run("_texts", file, name, first=first, count=count).values["texts"]
        except CorpusError:  # one of them hangs or crashes: the others are read alone
            for page in range(first, first + count):
                # So many failures are no accident, and each may cost its whole time.
                alone = _text_alone(file, name, page) if failed < _MOST_FAILURES else None
                failed += alone is None
                drawn.append(alone)
        if failed >= _MOST_FAILURES or sum(map(len, filter(None, drawn))) > MOST_TEXT_CHARS:
            drawn += [None] * (opened["pages"] - len(drawn))
            break
    pages = [None if page is None else clean(reflow_page(clean(page))) for page in drawn]
    numbered = list(enumerate(pages, start=1))
    return Pdf(
        title="" if _NO_TITLE.fullmatch(title) else title,
        pages=tuple(page or "" for page in pages),
        picture_pages=tuple(n for n, text in numbered if text is not None and _is_little(text)),
        damaged_pages=tuple(n for n, text in numbered if text is None),
    )


def count_pages(file: Path, *, name: str) -> int:
    """How many pages a PDF has.

    Raises:
        CorpusError: it is encrypted, damaged or unreadable, or has too many pages.
    """
    return int(_run("_describe", file, name).values["pages"])


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
    return bytes(_run("_draw", file, name, page=page).blobs[0])


def _is_little(text: str) -> bool:
    return len("".join(text.split())) < _LITTLE_TEXT


def _text_alone(file: Path, name: str, page: int) -> str | None:
    try:
        texts: list[str | None] = _run("_texts", file, name, first=page, count=1).values["texts"]
    except CorpusError:
        return None
    return texts[0]


def _run(function: str, file: Path, name: str, **arguments: int) -> Result:
    """One of the functions below, in another process."""
    values = {"file": str(file.absolute()), "name": name, **arguments}
    try:
        return _workers().run(f"knowledge.corpus.pdf:{function}", values, seconds=_SECONDS)
    except IsolationError as error:
        raise CorpusError(
            f"The PDF {name!r} cannot be read: {error.reason}; save it anew, or split it."
        ) from None


@cache
def _workers() -> Workers:
    return Workers(_PROCESSES, memory_bytes=_MEMORY_BYTES, modules=("pypdfium2",))


# What follows runs in a process of its own.

_Answer = tuple[dict[str, Any], list[bytes]]


def _describe(_: list[bytearray], *, file: str, name: str) -> _Answer:
    with _open(Path(file), name) as pdf:
        if len(pdf) > _MOST_PAGES:
            raise CorpusError(
                f"The PDF {name!r} says that it has {len(pdf):,} pages, more than {_MOST_PAGES:,}; "
                "split it."
            )
        return {"title": _title(pdf), "pages": len(pdf)}, []


def _texts(_: list[bytearray], *, file: str, name: str, first: int, count: int) -> _Answer:
    with _open(Path(file), name) as pdf:
        return {"texts": [_page_text(pdf, first + n) for n in range(count)]}, []


def _draw(_: list[bytearray], *, file: str, name: str, page: int) -> _Answer:
    with _open(Path(file), name) as pdf:
        if not 1 <= page <= len(pdf):
            raise NotFoundError(f"There is no {name!r}: the PDF has {len(pdf)} pages.")
        leaf = pdf[page - 1]
        width, height = leaf.get_size()
        if not (0 < width <= _MOST_POINTS and 0 < height <= _MOST_POINTS):
            raise CorpusError(
                f"{name!r} cannot be drawn: the page is {width:g} × {height:g} points large, and "
                f"each side may have 1 to {_MOST_POINTS:,}."
            )
        scale = min(
            _DPI / _POINTS_PER_INCH,
            (_MAX_PIXELS / (width * height)) ** 0.5,
            _MOST_SIDE / max(width, height),
        )
        bitmap = leaf.render(scale=scale)
        buffer = io.BytesIO()
        bitmap.to_pil().convert("RGB").save(buffer, "PNG")
        return {}, [buffer.getvalue()]


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
    """An open PDF, pdfium's errors turned into ours."""
    import pypdfium2

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
