"""Markdown → plain prose, with the images it shows. Knows no file and no document.

Every fact stays: headings and list items become lines, the rows of a table become lines that name
their columns, links become their words, images their description. Only the marks are removed.
"""

import html
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from knowledge.corpus.text import fact_line, gap, one_line

if TYPE_CHECKING:
    from markdown_it.token import Token

_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_FACT = re.compile(r"[^\W\d_][^:：.!?。！？\n]{0,39}(?::[ \t]+|：\s*)\S")
"""A line that begins with a label."""
_HTML_IMAGE = re.compile(r"<img\b[^<>]*?\bsrc\s*=\s*[\"']([^\"'<>]+)[\"']", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prose:
    """What a Markdown text says.

    Attributes:
        text: paragraphs, with a blank line between them.
        heading: its first heading, "" if it has none.
        images: addresses of the images that it shows, as written, in order.
    """

    text: str
    heading: str
    images: tuple[str, ...]


def to_prose(markdown: str) -> Prose:
    """Reduce Markdown (CommonMark and tables) to prose.

    >>> to_prose("# Tower\\n\\nIt was *built* in\\n[1889](a.html).").text
    'Tower\\n\\nIt was built in 1889.'
    """
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    blocks: list[str] = []
    images: list[str] = []
    heading = ""
    marker = ""
    position = 0
    while position < len(tokens):
        token = tokens[position]
        match token.type:
            case "table_open":
                end = _closing(tokens, position)
                blocks.append("\n".join(_table_lines(tokens[position:end])))
                images += _images(tokens[position:end])
                position = end
            case "bullet_list_open" | "ordered_list_open" if token.level == 0:
                blocks.append("")  # what the tight items below are added to
            case "list_item_open":
                # An ordered marker may be a year that begins a sentence: "1889. The tower …".
                marker = f"{token.info}{token.markup} " if token.info else ""
            case "inline":
                text = marker + _inline(token.children or [])
                marker = ""
                if not heading and tokens[position - 1].type == "heading_open":
                    heading = one_line(text)
                if tokens[position - 1].hidden and blocks:  # the paragraph of a tight list's item
                    blocks[-1] += f"\n{text}"
                else:
                    blocks.append(text)
                images += _images([token])
            case "code_block" | "fence":
                blocks.append(token.content)
            case "html_block":
                blocks.append(_strip_html(token.content))
                images += _images([token])
        position += 1
    text = "\n\n".join(block.strip() for block in blocks if block.strip())
    return Prose(text, heading, tuple(dict.fromkeys(images)))


def _inline(tokens: Sequence["Token"]) -> str:
    """The words of a paragraph, with wrapped lines joined, but not those of a record."""
    lines = [""]
    for position, token in enumerate(tokens):
        match token.type:
            case "text" | "code_inline":
                lines[-1] += token.content
            case "softbreak":
                lines.append("")
            case "hardbreak":
                lines[-1] += "\n"
            case "image":
                lines[-1] += token.content
            case "html_inline":
                lines[-1] += "\n" if _BREAK.match(token.content) else ""
            case "link_open" if tokens[position + 1].type == "link_close":
                lines[-1] += str(token.attrGet("href") or "")
    return "\n".join(one_line(line) for line in _joined(lines).split("\n"))


def _joined(lines: Sequence[str]) -> str:
    """The lines of a paragraph as one, a line for each fact where they are *Label: value*."""
    first, *others = [line for line in lines if line] or [""]
    is_record = _FACT.match(first) is not None
    text = first
    for line in others:
        text += "\n" if is_record and _FACT.match(line) else gap(text, line)
        text += line
    return text


def _table_lines(tokens: Sequence["Token"]) -> Iterator[str]:
    """One line a row: `Name: Eiffel Tower. Built: 1889.`"""
    header: list[str] = []
    row: list[str] = []
    for position, token in enumerate(tokens):
        match token.type:
            case "th_open":
                header.append(one_line(_inline(tokens[position + 1].children or [])))
            case "td_open":
                row.append(one_line(_inline(tokens[position + 1].children or [])))
            case "tr_close" if row:
                cells = zip(header, row, strict=True)  # the parser fills and cuts rows
                facts = [fact_line(label, cell) if label else cell for label, cell in cells if cell]
                yield " ".join(facts)
                row = []
    if header and not any(token.type == "td_open" for token in tokens):
        yield " ".join(header)


def _images(tokens: Sequence["Token"]) -> list[str]:
    found = []
    for token in tokens:
        for child in token.children or []:
            if child.type == "image":
                found.append(str(child.attrGet("src") or ""))
            elif child.type == "html_inline":
                found += _HTML_IMAGE.findall(child.content)
        if token.type == "html_block":
            found += _HTML_IMAGE.findall(token.content)
    return [html.unescape(source) for source in found if source]


def _strip_html(content: str) -> str:
    if content.lstrip().lower().startswith(("<script", "<style")):
        return ""
    content = _TAG.sub("", _BREAK.sub("\n", _COMMENT.sub("", content)))
    lines = html.unescape(content).split("\n")
    return "\n".join(filter(None, map(one_line, lines)))


def _closing(tokens: Sequence["Token"], position: int) -> int:
    """The position at which the table that opens at `position` closes; tables do not nest."""
    return next(n for n in range(position, len(tokens)) if tokens[n].type == "table_close")


def image_path(source: str, *, folder: str) -> str | None:
    """The path of a Markdown file's image, relative to the corpus; None if it is on the web.

    Args:
        source: as the Markdown has it: relative to its own file; with a leading `/`, to the corpus.
        folder: the Markdown file's, relative to the corpus; "" for the corpus itself.

    >>> image_path("../photos/a%20b.jpg", folder="texts")
    'photos/a b.jpg'
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", source):
        return None
    path = unquote(source.split("?")[0]).replace("\\", "/")
    if path.startswith("/"):
        return posixpath.normpath(path.lstrip("/"))
    return posixpath.normpath(posixpath.join(folder, path))
