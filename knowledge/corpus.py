"""The front door of everything that can be indexed: a path in, a stream of documents out.

Tells what a path is and hands it to the reader of that kind; knows no format itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from knowledge.corpus_columns import NO_COLUMNS, Columns
from knowledge.corpus_folder import KNOWLEDGE, count_documents, read_folder
from knowledge.corpus_text import check_language, one_line, slug
from knowledge.documents import Document, Problem
from knowledge.errors import CorpusError

__all__ = ["Columns", "Corpus", "open_corpus"]

Kind = Literal["folder", "photos", "texts", "pdf", "mixed", "table"]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Something that can be indexed.

    Attributes:
        name: the first part of every `document_id`; holds no `/`.
        root: folder that photo paths are relative to.
        size: how many documents there are, where that is known before reading them.
        kind: what it is, for people.
        read: its documents, in the same order every time, each after the problems found in it.
            A broken file or row is a `Problem`, never an exception, and the rest goes on.
    """

    name: str
    root: Path
    size: int | None
    kind: Kind
    read: Callable[[], Iterator[Document | Problem]]


def open_corpus(
    path: Path,
    *,
    name: str | None = None,
    columns: Columns = NO_COLUMNS,
    language: str | None = None,
) -> Corpus:
    """Tell what `path` is and make ready to read it.

    Args:
        path: a folder or a file.
        name: the corpus's name; None takes the folder's or file's.
        columns: what the columns of a table are.
        language: of documents that name none themselves; None guesses it for each.

    Raises:
        CorpusError: `path` is missing, unreadable, empty or of an unknown kind, or an option does
            not fit it.
    """
    if language is not None:
        check_language(language)
    path = path.resolve()
    corpus = _name(path, name)
    if (path / KNOWLEDGE).is_dir():
        return Corpus(
            name=corpus,
            root=path,
            size=count_documents(path),
            kind="folder",
            read=partial(read_folder, path, corpus=corpus, language=language),
        )
    if columns != NO_COLUMNS:
        raise CorpusError(f"Column names are for tables, and {path.name!r} is none.")
    raise CorpusError(f"{path.name!r} is of no known kind.")


def _name(path: Path, name: str | None) -> str:
    if name is None:
        return slug(path.name if path.is_dir() else path.stem)
    if name != one_line(name) or not name or "/" in name:
        raise CorpusError(f"{name!r} cannot name a corpus; use a word without `/`.")
    return name
