"""Corpus folders: `knowledge/<id>.md` with front matter, and the photos that it points to.

`queries/` and `testset.jsonl` hold questions and are never read here.
"""

from collections.abc import Iterator
from pathlib import Path

from knowledge.corpus.front import Front, make_document, split_front
from knowledge.corpus.limits import MOST_TEXT_BYTES
from knowledge.corpus.markdown import Prose, image_path, to_prose
from knowledge.corpus.photos import match_all
from knowledge.corpus.regular_files import is_folder, read_whole, why_not
from knowledge.corpus.text import clean, same_id
from knowledge.documents import Document, Photo, Problem
from knowledge.errors import CorpusError
from knowledge.identifiers import checked_id, visible

KNOWLEDGE = "knowledge"
_QUERIES = "queries"


def count_documents(root: Path) -> int:
    """How many Markdown files a corpus folder has.

    Raises:
        OSError: the folder cannot be read.
    """
    return sum(file.suffix == ".md" for file in _visible(root))


def read_folder(root: Path, *, corpus: str, language: str | None) -> Iterator[Document | Problem]:
    """Each document of a corpus folder, by file name, after the problems found in it.

    Args:
        root: the folder that holds `knowledge/`.
        corpus: its name.
        language: of documents whose front matter names no language; None guesses from the text.
    """
    path_of: dict[str, str] = {}
    for file in _visible(root):
        path = clean(f"{KNOWLEDGE}/{file.name}")
        document_id = f"{corpus}/{_id(file)}"
        try:
            front, prose = _read_document(root, file)
            checked_id(front.id)
        except CorpusError as error:
            yield Problem(path, str(error), document_id=document_id)
            continue
        if (other := path_of.setdefault(front.id, file.name)) != file.name:
            reason = same_id(front.id, f"{KNOWLEDGE}/{other}")
            yield Problem(path, reason, document_id=document_id)
            continue
        photos: dict[str, Photo] = {}
        shown = (image_path(image, folder=KNOWLEDGE) for image in prose.images)
        patterns = [*front.photos, *filter(None, shown)]
        for found in match_all(root, patterns, except_below=_QUERIES):
            if isinstance(found, Photo):
                photos[found.path] = found
            else:
                yield Problem(path, found, document_id=document_id)
        try:
            document = make_document(
                front,
                corpus=corpus,
                id=_id(file),
                title=front.title,
                source=front.title,
                language=language,
                body=prose.text,
                photos=tuple(photos.values()),
                adds_names=False,
            )
        except CorpusError as error:
            yield Problem(path, str(error), document_id=document_id)
            continue
        if document.text or document.photos:
            yield document
        else:
            reason = "There is neither text nor a photo to find it by; write what is known."
            yield Problem(path, reason, document_id=document_id)


def _visible(root: Path) -> list[Path]:
    entries = (root / KNOWLEDGE).iterdir()
    return sorted(entry for entry in entries if not entry.name.startswith("."))


def _id(file: Path) -> str:
    """The file's stem as ids are stored: with composed accents and nothing invisible."""
    return visible(file.stem)


def _read_document(root: Path, file: Path) -> tuple[Front, Prose]:
    """Front matter with an id and a title, and the text.

    Raises:
        CorpusError: it breaks a rule of the format.
    """
    if file.suffix != ".md" or is_folder(file):
        raise CorpusError("Only .md files are documents here; rename it or move it elsewhere.")
    try:
        if reason := why_not(root, file):
            raise CorpusError(reason)
        text = read_whole(file, most=MOST_TEXT_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"The file is not UTF-8 (its byte {error.start + 1} is not); save it as UTF-8."
        ) from error
    except OSError as error:
        raise CorpusError(f"The file cannot be read ({error.strerror or error}).") from error
    front, body = split_front(clean(text))
    if not front.id:
        raise CorpusError(f"The front matter has no id; add `id: {_id(file)}`.")
    if front.id != _id(file):
        raise CorpusError(
            f"The id {front.id!r} is not the file's name; write `id: {_id(file)}` or rename the "
            f"file to {front.id}.md."
        )
    if not front.title:
        raise CorpusError("The front matter has no title; add `title: …`.")
    return front, to_prose(body)
