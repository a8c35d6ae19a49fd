"""A corpus: a path that can be indexed, as a stream of documents.

Finds out what kind of thing a path is and calls the reader of that kind; knows no format itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal
from unicodedata import normalize

from knowledge.corpus.closing import with_notes
from knowledge.corpus.columns import NO_COLUMNS, Columns, Roles
from knowledge.corpus.files import read_files
from knowledge.corpus.folder import KNOWLEDGE, count_documents, read_folder
from knowledge.corpus.photos import is_image, read_head
from knowledge.corpus.records import open_records
from knowledge.corpus.regular_files import is_folder
from knowledge.corpus.scan import LooseFile, scan, scan_file
from knowledge.corpus.table import looks_like_table, open_table, read_table, use_table
from knowledge.corpus.text import slug
from knowledge.corpus.unread import advice_for
from knowledge.documents import Document, Note, Problem
from knowledge.errors import CorpusError
from knowledge.films import is_film
from knowledge.identifiers import checked_corpus, checked_language

__all__ = ["Columns", "Corpus", "open_corpus"]

Kind = Literal["folder", "photos", "texts", "pdf", "mixed", "table", "records"]

_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """Something that can be indexed.

    Attributes:
        name: the first part of every `document_id`; holds no `/`.
        path: the folder or file that was opened; two corpora of one name differ in it.
        root: folder that photo paths are relative to.
        size: how many documents it has, if that is known before reading them.
        kind: a corpus `folder`, loose files (`photos`, `texts`, `pdf` or `mixed`), a `table`, or
            `records` of a format that says itself what its values are.
        roles: what the columns of a table or the labels of records hold; None for anything else.
        read: yields its documents, in the same order every time, each after the problems found in
            it. A broken file or row is a `Problem`, never an exception, and the rest is read.
        is_named: whether somebody gave it its name, rather than its folder or file.
    """

    name: str
    path: Path
    root: Path
    size: int | None
    kind: Kind
    read: Callable[[], Iterator[Document | Problem | Note]]
    roles: Roles | None = None
    is_named: bool = False

    def named(self, name: str) -> "Corpus":
        """The same under another name, which its documents have too."""
        return replace(self, name=name, read=partial(_read_as, self, name))


def _read_as(corpus: Corpus, name: str) -> Iterator[Document | Problem | Note]:
    for item in corpus.read():
        if isinstance(item, Document):
            yield replace(item, corpus=name)
        elif isinstance(item, Problem) and item.document_id is not None:
            id_ = item.document_id.removeprefix(f"{corpus.name}/")
            yield replace(item, document_id=f"{name}/{id_}")
        else:
            yield item


def open_corpus(
    path: Path,
    *,
    name: str | None = None,
    columns: Columns = NO_COLUMNS,
    language: str | None = None,
) -> Corpus:
    """Find out what `path` is and prepare to read it.

    Args:
        path: a folder or a file.
        name: the corpus's name; None takes the folder's or file's.
        columns: what the columns of a table hold.
        language: of documents that name no language themselves; None guesses it for each.

    Raises:
        CorpusError: `path` is missing, unreadable, empty or of an unknown kind, or an option does
            not fit it.
    """
    if language is not None:
        language = checked_language(language)
    try:
        found = path.resolve(strict=True)
        corpus = _name(path if path.name not in ("", "..") else found, name)
        if found.is_dir():
            opened = _open_folder(found, corpus, language)
        else:
            opened = _open_file(found, corpus, columns, language)
    except FileNotFoundError as error:
        raise CorpusError(f"There is no file or folder {str(path)!r}; check the path.") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        why = getattr(error, "strerror", None) or error
        raise CorpusError(f"{str(path)!r} cannot be read ({why}); check it.") from error
    if columns != NO_COLUMNS and opened.kind != "table":
        raise CorpusError(
            f"Only a table has columns to name, and {str(path)!r} is not a table; leave out the "
            "options that name columns."
        )
    read = opened.read
    return replace(opened, is_named=name is not None, read=lambda: with_notes(read()))


def _open_folder(path: Path, corpus: str, language: str | None) -> Corpus:
    if is_folder(path / KNOWLEDGE):
        if not (path / KNOWLEDGE).resolve().is_relative_to(path):
            raise CorpusError(
                f"{str(path / KNOWLEDGE)!r} is a link that leaves the folder; copy the files "
                "themselves into the folder."
            )
        size = count_documents(path)
        if not size:
            raise CorpusError(
                f"{str(path / KNOWLEDGE)!r} holds no .md file; write one for each document, or "
                "rename the folder if these are loose files."
            )
        read = partial(read_folder, path, corpus=corpus, language=language)
        return Corpus(name=corpus, path=path, root=path, size=size, kind="folder", read=read)
    if within := sorted(entry.name for entry in path.iterdir() if is_folder(entry / KNOWLEDGE)):
        raise CorpusError(
            f"{str(path)!r} holds corpus folders ({', '.join(within)}); index each by its own path."
        )
    files = scan(path)
    if not files:
        raise CorpusError(
            f"{str(path)!r} holds no photo, text, PDF, table or record; check the path."
        )
    return _of_files(path, files, corpus, language)


def _open_file(path: Path, corpus: str, columns: Columns, language: str | None) -> Corpus:
    if not path.is_file():
        raise CorpusError(f"{str(path)!r} is neither a folder nor a file; check the path.")
    if not path.stat().st_size:
        raise CorpusError(f"{str(path)!r} is empty (0 bytes); copy it again from its source.")
    root = path.parent
    if (records := open_records(path)) is not None:
        opened = use_table(path, records, columns)
        # Columns can be named where the format does not say what all of them hold.
        kind: Kind = "records" if "title" in records.roles.values() else "table"
        return Corpus(
            name=corpus,
            path=path,
            root=root,
            size=records.size,
            kind=kind,
            roles=opened.roles,
            read=partial(read_table, opened, corpus=corpus, language=language),
        )
    if _is_table(path, columns):
        table = open_table(path, columns)
        read = partial(read_table, table, corpus=corpus, language=language)
        return Corpus(
            name=corpus,
            path=path,
            root=root,
            size=table.table.size,
            kind="table",
            read=read,
            roles=table.roles,
        )
    files = scan_file(root, path.name)
    if not files:
        raise CorpusError(
            f"{str(path)!r} is of an unknown kind; "
            f"{advice_for(path.suffix.lower())}. What can be indexed: "
            "folders, photos, PDFs, Markdown, plain text, Word, HTML, tables as CSV, TSV, JSON, "
            "JSON Lines, Parquet or spreadsheets, and records as EAD, METS, MODS, Dublin Core, "
            "LIDO, MARC, IIIF, Omeka, Wikidata or GeoJSON."
        )
    return _of_files(path, files, corpus, language)


def _is_table(path: Path, columns: Columns) -> bool:
    head = read_head(path)
    if is_image(head) or is_film(head) or head.startswith(b"%PDF-"):
        return False
    suffix = path.suffix.lower()
    if suffix in _TABLE_SUFFIXES or head.startswith(b"PAR1"):
        return True
    return suffix == ".txt" and (columns != NO_COLUMNS or looks_like_table(path))


def _of_files(path: Path, files: Sequence[LooseFile], corpus: str, language: str | None) -> Corpus:
    kinds = {file.kind for file in files} - {"broken", "folder"}
    kind: Kind = "mixed"
    if kinds <= {"photo"}:
        kind = "photos"
    elif kinds == {"text"}:
        kind = "texts"
    elif kinds == {"pdf"}:
        kind = "pdf"
    elif kinds == {"records"} or kinds == {"records", "photo"}:
        kind = "records"
    # A photo that a text shows is in `files` and makes no document of its own.
    # A file of records has any number of them.
    size = None if {"text", "photo"} <= kinds or "records" in kinds else len(files)
    root = path if path.is_dir() else path.parent
    read = partial(read_files, root, files, corpus=corpus, language=language)
    return Corpus(name=corpus, path=path, root=root, size=size, kind=kind, read=read)


def _name(path: Path, name: str | None) -> str:
    if name is None:
        return slug(path.name if path.is_dir() else path.stem)
    checked = checked_corpus(name)
    if checked != normalize("NFC", name):
        raise CorpusError(
            f"{name!a} cannot name a corpus; leave out spaces around it and characters that "
            "cannot be seen."
        )
    return checked
