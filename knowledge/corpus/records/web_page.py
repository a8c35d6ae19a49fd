"""HTML files → one record: title, main text, tables, and the pictures that lie beside.

lxml reads them; no script runs and nothing is fetched.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree, html

from knowledge.corpus.encoding import detect_encoding
from knowledge.corpus.limits import MOST_TEXT_BYTES
from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.markup import one_line
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.word import rows_as_lines
from knowledge.corpus.regular_files import read_whole
from knowledge.errors import CorpusError

_LOOKS = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_LEFT_OUT_TEXT = """
    script style noscript template svg nav header footer aside form iframe object embed button
    select input textarea canvas video audio head
"""
_LEFT_OUT = frozenset(_LEFT_OUT_TEXT.split())
_BLOCKS_TEXT = """
    p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 section article blockquote pre hr figure
    figcaption main body address details summary tr td th table caption
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_MAIN = ("main", "article")
_LEAST_MAIN_CHARS = 100
_META = {
    "dc.creator": vocabulary.CREATOR,
    "dc.date": vocabulary.DATE,
    "dc.rights": vocabulary.RIGHTS,
    "dc.identifier": vocabulary.IDENTIFIER,
    "dcterms.creator": vocabulary.CREATOR,
    "dcterms.date": vocabulary.DATE,
    "author": vocabulary.CREATOR,
    "copyright": vocabulary.RIGHTS,
}


def looks_like_html(head: bytes) -> bool:
    """Whether a file that begins like this is HTML.

    >>> looks_like_html(b"<!DOCTYPE html><title>x"), looks_like_html(b"<ead>")
    (True, False)
    """
    return _LOOKS.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read_web_page(file: Path) -> Iterator[Record | UnusableRecordError]:
    """The record of a page.

    Raises:
        CorpusError: it is too large, no text, or has no elements.
    """
    data = read_whole(file, most=MOST_TEXT_BYTES)
    parser = html.HTMLParser(
        encoding=_encoding(file, data),
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise CorpusError(
            f"{file.name!r} cannot be read as HTML ({one_line(str(error))[:200]}); save it again."
        ) from error
    record = Record(id=file.stem, language=root.get("lang") or "")
    title = one_line(" ".join(part.text_content() for part in root.iter("title")))
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").casefold()
        if name in _META:
            record.add(_META[name], meta.get("content"))
        elif name == "og:title" and not title:
            title = one_line(meta.get("content") or "")
    for link in root.iter("link"):
        if (link.get("rel") or "").casefold() == "canonical":
            record.add_address(link.get("href"))
    main = _main(root)
    heading = one_line(next((part.text_content() for part in main.iter("h1")), ""))
    record.add(vocabulary.TITLE, heading or title)
    record.add(vocabulary.TEXT, "\n\n".join(line for line in _lines(main) if line != heading))
    record.pictures = [part.get("src") or part.get("data-src") or "" for part in main.iter("img")]
    yield record


def _encoding(file: Path, data: bytes) -> str:
    declared = _DECLARED.search(data[:4_096])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = declared[1].decode("ascii")
        try:
            data[:4_096].decode(name, errors="replace")
        except LookupError:
            pass
        else:
            return "cp1252" if name.casefold() in ("iso-8859-1", "latin1") else name
    return detect_encoding(file).removesuffix("-sig")


def _main(root: Any) -> Any:  # noqa: ANN401 - an element of lxml
    """The element with the main text: the fullest `main` or `article`, else the body."""
    for name in _MAIN:
        found = list(root.iter(name))
        fullest = max(found, key=lambda part: len(part.text_content()), default=None)
        chars = 0 if fullest is None else len(fullest.text_content())
        if chars >= _LEAST_MAIN_CHARS and (len(found) == 1 or name == "main"):
            return fullest
    body = next(root.iter("body"), None)
    return root if body is None else body


def _lines(main: Any) -> Iterator[str]:  # noqa: ANN401
    """The paragraphs, list items and table rows of an element."""
    parts: list[str] = []
    hidden = 0
    table: Any = None
    for event, part in etree.iterwalk(main, events=("start", "end")):
        name = part.tag if isinstance(part.tag, str) else ""
        if event == "start":
            if name in _LEFT_OUT and part is not main:
                hidden += 1
            if hidden or table is not None:
                continue
            if name in _BLOCKS:
                yield from _line(parts)
            if name == "table" and not any(True for _ in part.iterdescendants("table")):
                yield from rows_as_lines(_cells(part))
                table = part
                continue
            if name == "img":
                parts.append(f" {part.get('alt') or ''} ")
            parts.append(part.text or "" if name else "")
            continue
        shown = not hidden and table is None
        if name in _LEFT_OUT and part is not main:
            hidden -= 1
        if part is table:
            table = None
        if shown and name in _BLOCKS:
            yield from _line(parts)
        if not hidden and table is None and part is not main:
            parts.append(part.tail or "")
    yield from _line(parts)


def _line(parts: list[str]) -> Iterator[str]:
    text = one_line("".join(parts))
    parts.clear()
    if text:
        yield text


def _cells(table: Any) -> list[list[str]]:  # noqa: ANN401
    rows = []
    for row in table.iterdescendants("tr"):
        cells = [part for part in row if part.tag in ("td", "th")]
        rows.append([one_line(part.text_content()) for part in cells])
    return rows
