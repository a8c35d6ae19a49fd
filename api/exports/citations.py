"""Citations for reference managers: CSL-JSON, RIS and BibTeX.

A text may hold anything: a line end in a RIS file would begin a new field, and a brace in a BibTeX
file end one, so both are written as what they are in those formats.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from api.exports.annotations import annotations
from api.exports.cited import Cited

Form = Literal["csl", "ris", "bibtex", "annotation"]

MEDIA_TYPES: dict[Form, str] = {
    "csl": "application/vnd.citationstyles.csl+json",
    "ris": "application/x-research-info-systems",
    "bibtex": "application/x-bibtex",
    "annotation": 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
}
ENDINGS: dict[str, Form] = {
    ".json": "csl",
    ".ris": "ris",
    ".bib": "bibtex",
    ".jsonld": "annotation",
}
"""Ending of a file → what is written into it."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_LONE_BRACES = {**_LATEX, "{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
"""BibTeX counts braces, also those behind a backslash: unless they are in pairs, they are named."""
_IN_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
"""What ends or escapes a BibTeX field, as an address writes it."""


def write_citations(form: Form, cited: Sequence[Cited]) -> str:
    """The citations in a form, each quotation once, in their order.

    One annotation is an object and more are a page of annotations; of the other forms one citation
    is a list of one.
    """
    once: dict[str, Cited] = {}
    for each in cited:
        once.setdefault(each.key, each)
    return _WRITERS[form](list(once.values()))


def _csl(cited: Sequence[Cited]) -> str:
    items = []
    for each in cited:
        year, month, day = (int(part) for part in each.accessed.split("-"))
        item: dict[str, object] = {
            "id": each.key,
            "type": "webpage" if each.url else "document",
            "title": each.title,
            "author": [{"literal": name} for name in each.makers],
            "source": each.citation,
            "URL": each.url,
            "page": None if each.page is None else str(each.page),
            "language": each.language,
            "accessed": {"date-parts": [[year, month, day]]},
            "note": f"“{each.quote}”",
        }
        items.append({name: value for name, value in item.items() if value})
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _ris(cited: Iterable[Cited]) -> str:
    lines: list[str] = []
    for each in cited:
        fields = [
            ("TY", "ELEC" if each.url else "GEN"),
            ("ID", each.key),
            ("TI", each.title),
            *(("AU", name) for name in each.makers),
            ("DP", each.citation),
            ("UR", each.url or ""),
            ("SP", "" if each.page is None else str(each.page)),
            ("LA", each.language),
            ("Y2", each.accessed.replace("-", "/")),
            ("N1", f"“{each.quote}”"),
        ]
        lines += [f"{tag}  - {_in_line(value)}" for tag, value in fields if value]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines)


def _bibtex(cited: Iterable[Cited]) -> str:
    entries = []
    for each in cited:
        fields = [
            ("title", f"{{{_latex(each.title)}}}"),  # in braces, so that its case is kept
            ("author", " and ".join(f"{{{_latex(name)}}}" for name in each.makers)),
            ("howpublished", _latex(each.citation)),
            ("url", _address(each.url or "")),
            ("urldate", each.accessed),
            ("pages", "" if each.page is None else str(each.page)),
            ("language", _latex(each.language)),
            ("note", _latex(f"“{each.quote}”")),
        ]
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields if value)
        entries.append(f"@misc{{{each.key},\n{body}\n}}\n")
    return "\n".join(entries)


def _in_line(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text).strip()


def _latex(text: str) -> str:
    line = _in_line(text)
    written = _LATEX if _is_balanced(line) else _LONE_BRACES
    return "".join(written.get(character, character) for character in line)


def _is_balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def _address(url: str) -> str:
    return "".join(_IN_ADDRESS.get(character, character) for character in _in_line(url))


_WRITERS: dict[Form, Callable[[Sequence[Cited]], str]] = {
    "csl": _csl,
    "ris": _ris,
    "bibtex": _bibtex,
    "annotation": annotations,
}
