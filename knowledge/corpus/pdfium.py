"""The edge to pdfium: the pages of a PDF as text or as PNG. Knows no document and no corpus.

PDFs come from strangers, and pdfium is written in C++: it runs in processes of its own
(`knowledge.isolation`), within limits on time, memory, pages and the size of a page.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import CorpusError, NotFoundError
from knowledge.isolation import CrashedError, Result, TooLargeError, TooSlowError, Workers

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_DPI = 150
_MAX_PIXELS = 4_000_000
_POINTS_PER_INCH = 72
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD."""

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
_MEMORY_BYTES = 512 * 2**20
_PROCESSES = 2


@dataclass(frozen=True, slots=True)
class PdfText:
    """What a PDF says.

    Attributes:
        title: from its metadata, "" if it has none.
        pages: the text of each page, lines as they are laid out and ended by a line feed; None for
            a page that is damaged.
    """

    title: str
    pages: tuple[str | None, ...]


def read_pages(file: Path, *, name: str) -> PdfText:
    """The text of every page.

    Args:
        file: the PDF.
        name: what messages call it.

    Raises:
        CorpusError: it is encrypted, damaged or unreadable, or has too many pages.
    """
    opened = _run("_describe", file, name)
    pages: list[str | None] = []
    for first in range(0, opened.values["pages"], _PAGES_AT_ONCE):
        asked = min(_PAGES_AT_ONCE, opened.values["pages"] - first)
        try:
            pages += _run("_texts", file, name, first=first, count=asked).values["texts"]
        except CorpusError:  # one of them hangs or crashes: find out which
            pages += [_text_alone(file, name, first + n) for n in range(asked)]
    return PdfText(opened.values["title"], tuple(pages))


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
        return _workers().run(f"knowledge.corpus.pdfium:{function}", values, seconds=_SECONDS)
    except TooSlowError:
        reason = f"it takes more than {_SECONDS:g} seconds"
    except TooLargeError:
        reason = "it needs more memory than it may have"
    except CrashedError:
        reason = "it makes its reader fail"
    raise CorpusError(f"The PDF {name!r} cannot be read: {reason}; save it anew, or split it.")


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
