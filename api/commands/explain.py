"""`snapcite index --explain`: how a corpus would be read, and what the columns of a table hold.

Indexes nothing. What it prints of a table is a mapping file, the documents in it as comments.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from api.commands.options import print_json, stderr, stdout
from api.plain_output import escaped
from knowledge.corpus import Corpus, mapping_file, mapping_yaml
from knowledge.documents import Document, Problem

_SHOWN = 3
"""Documents of a corpus."""
_READ_AHEAD = 200
"""Documents and problems that are read to find them."""
_LONGEST_TEXT = 600
"""Characters of a document's text that are shown."""


@dataclass(frozen=True, slots=True)
class _Explained:
    """A corpus, its first documents, and what was found wrong up to there."""

    corpus: Corpus
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def explain_all(corpora: Sequence[Corpus], *, as_json: bool) -> None:
    """Print how each corpus would be read."""
    explained = [_explained(corpus) for corpus in corpora]
    if as_json:
        found = [_as_json(each) for each in explained]
        print_json(json.dumps(found, ensure_ascii=False, indent=2))
        return
    console = stdout()
    for each in explained:
        if console.is_terminal:
            _show(console, each)
        else:
            _print(console, each)
        for problem in each.problems:
            where, why = (escaped(part, one_line=True) for part in (problem.path, problem.reason))
            stderr().print(f"  {where}: {why}")


def _explained(corpus: Corpus) -> _Explained:
    documents: list[Document] = []
    problems: list[Problem] = []
    for found in islice(corpus.read(), _READ_AHEAD):
        if isinstance(found, Problem):
            problems.append(found)
        elif isinstance(found, Document):
            documents.append(found)
        if len(documents) == _SHOWN:
            break
    return _Explained(corpus, tuple(documents), tuple(problems))


def _print(console: Console, explained: _Explained) -> None:
    """Plain lines: of a table a mapping file, of anything else the documents."""
    lines = [line for document in explained.documents for line in _lines(document)]
    corpus = explained.corpus
    if corpus.roles is None:
        lines = [f"{corpus.name}: {corpus.kind}", *lines]
        text = "\n".join(escaped(line) for line in lines)
    else:
        text = mapping_yaml(corpus.path.name, corpus.roles, comments=_escaped_lines(lines))
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _escaped_lines(lines: Sequence[str]) -> list[str]:
    return [escaped(line) for line in lines]


def _show(console: Console, explained: _Explained) -> None:
    """The same on a terminal, with each document in a frame."""
    corpus = explained.corpus
    if corpus.roles is not None:
        mapping = mapping_yaml(corpus.path.name, corpus.roles)
        console.print(Syntax(mapping.rstrip(), "yaml", background_color="default", word_wrap=True))
    else:
        console.print(f"{escaped(corpus.name)}: {corpus.kind}", markup=False, highlight=False)
    for document in explained.documents:
        title, *lines = _lines(document)[1:]
        console.print(Panel(Text("\n".join(map(escaped, lines))), title=Text(escaped(title))))


def _lines(document: Document) -> list[str]:
    """A document as it is read, its fields first."""
    about = {
        "id": document.id,
        "other names": "; ".join(document.aliases),
        "place": document.place,
        "source": document.source,
        "rights": document.rights,
        "url": document.url,
        "photos": ", ".join(photo.path for photo in document.photos),
        "language": document.language,
    }
    text = document.text[:_LONGEST_TEXT] + ("…" if len(document.text) > _LONGEST_TEXT else "")
    lines = [f"  {name}: {' '.join(value.split())}" for name, value in about.items() if value]
    return ["", document.title, *lines, *(f"  | {line}" for line in text.split("\n") if line)]


def _as_json(explained: _Explained) -> dict[str, Any]:
    corpus = explained.corpus
    found: dict[str, Any] = {"corpus": corpus.name, "kind": corpus.kind, "path": str(corpus.path)}
    if corpus.roles is not None:
        file = mapping_file(corpus.path)
        columns = asdict(corpus.roles.columns)
        del columns["settled"]
        found |= {
            "mapping_file": str(file),
            "mapping_file_used": file.is_file(),
            "columns": columns,
            "other_columns": [
                name for name in corpus.roles.names if name not in corpus.roles.columns.named()
            ],
        }
    found["documents"] = [
        {key: value for key, value in asdict(each).items() if key != "corpus"}
        for each in explained.documents
    ]
    found["problems"] = [
        {"path": problem.path, "reason": problem.reason} for problem in explained.problems
    ]
    return found
