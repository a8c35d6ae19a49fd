"""Loose files → documents: each photo with what its sidecars say, each text, each PDF.

`knowledge.corpus.scan` finds the files; other modules read Markdown, front matter and PDFs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from knowledge.corpus.encoding import read_text
from knowledge.corpus.front import Front, make_document, merge, parse_json, split_front
from knowledge.corpus.markdown import image_path, to_prose
from knowledge.corpus.pdf import read_pdf
from knowledge.corpus.photos import find_photo, hash_photo, match_all, pdf_page_path
from knowledge.corpus.scan import LooseFile, without_suffix
from knowledge.corpus.text import clean, fact_line, humanise, same_id, unwrap
from knowledge.documents import Document, Page, Photo, Problem
from knowledge.errors import CorpusError, InputError

_DAMAGED_PAGE = "The page is damaged and left out; open the PDF and save it again."
_PAGES_NAMED = 10


@dataclass(slots=True)
class _Reading:
    """What was found in a file and its sidecars.

    Attributes:
        fronts: what is said about it, the most trusted first.
        bodies: texts, in order.
        pages: texts of a PDF's pages, which make one of the bodies.
        photos: by path.
        problems: paths and reasons.
        id_known: whether the id is certain: front matter that cannot be read may name another.
    """

    fronts: list[Front] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    pages: Sequence[str] = ()
    photos: dict[str, Photo] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    id_known: bool = True


def read_files(
    root: Path, files: Iterable[LooseFile], *, corpus: str, language: str | None
) -> Iterator[Document | Problem]:
    """A document for each file, in order, after the problems found in it.

    A photo that a text shows belongs to that text's document and makes no document of its own.

    Args:
        root: folder that paths are relative to.
        files: texts first.
        corpus: its name.
        language: of documents that name no language themselves; None guesses from the text.
    """
    shown: set[str] = set()
    path_of: dict[str, str] = {}
    for file in files:
        if file.path in shown:
            continue
        reading = _read(root, file)
        front = merge(reading.fronts)
        document: Document | None = None
        document_id = f"{corpus}/{front.id or file.id}" if reading.id_known else None
        try:
            document = make_document(
                front,
                corpus=corpus,
                id=front.id or file.id,
                title=humanise(PurePosixPath(without_suffix(file.path)).name),
                source=clean(file.path),
                language=language,
                body="\n\n".join(filter(None, reading.bodies)),
                photos=tuple(reading.photos.values()),
            )
            document = replace(document, pages=_find_pages(document.text, reading.pages))
        except CorpusError as error:
            reading.problems.append((file.path, str(error)))
        for path, reason in reading.problems:
            yield Problem(clean(path), reason, document_id=document_id)
        if file.kind == "text":
            shown.update(reading.photos)
        if document is None:
            continue
        if not document.text and not document.photos:
            if not reading.problems:
                reason = "There is no text in it; write what is known, or remove it."
                yield Problem(clean(file.path), reason, document_id=document_id)
        elif (other := path_of.setdefault(document.id, file.path)) != file.path:
            reason = same_id(document.id, clean(other))
            yield Problem(clean(file.path), reason, document_id=document_id)
        else:
            yield document


def _read(root: Path, file: LooseFile) -> _Reading:
    reading = _Reading()
    try:
        match file.kind:
            case "text":
                reading.id_known = False
                _add_note(root, file.path, reading)
                reading.id_known = True
            case "photo":
                reading.photos[file.path] = find_photo(root, file.path)
            case "pdf":
                pdf = read_pdf(root / file.path, name=file.path)
                for page in pdf.picture_pages:
                    path = pdf_page_path(file.path, page)
                    reading.photos[path] = Photo(path, hash_photo(root, path))
                reading.bodies.append(pdf.text)
                reading.pages = pdf.pages
                reading.fronts.append(Front(title=pdf.title))
                if pdf.damaged_pages:
                    reading.problems.append(_damaged_pages(file.path, pdf.damaged_pages))
            case "broken" | "folder":
                reading.id_known = file.kind == "broken"
                reading.problems.append((file.path, file.reason))
    except InputError as error:
        reading.problems.append((file.path, str(error)))
    for sidecar in file.sidecars:
        try:
            _add_sidecar(root, sidecar, file, reading)
        except InputError as error:
            reading.problems.append((sidecar, str(error)))
    return reading


def _find_pages(text: str, pages: Sequence[str]) -> tuple[Page, ...]:
    """Where in a document's text those of its PDF's pages stand that have any."""
    found: list[Page] = []
    end = max(0, text.find("\n\n".join(filter(None, pages))))
    for number, page in enumerate(pages, start=1):
        if page and (start := text.find(page, end)) >= 0:
            end = start + len(page)
            found.append(Page(number, start, end))
    return tuple(found)


def _damaged_pages(path: str, pages: Sequence[int]) -> tuple[str, str]:
    """Path and reason of one problem, however many pages are damaged."""
    if len(pages) == 1:
        return pdf_page_path(path, pages[0]), _DAMAGED_PAGE
    named = ", ".join(map(str, pages[:_PAGES_NAMED]))
    more = ", …" if len(pages) > _PAGES_NAMED else ""
    return path, (
        f"{len(pages):,} pages are damaged and left out ({named}{more}); open the PDF and save it "
        "again."
    )


def _add_sidecar(root: Path, path: str, file: LooseFile, reading: _Reading) -> None:
    """Add what a sidecar says; it is trusted more than what the file says about itself.

    Raises:
        InputError: the sidecar cannot be read.
    """
    about = _Reading()
    _add_note(root, path, about)
    front = about.fronts[0]
    if front.title == PurePosixPath(file.path).name:  # photo exports repeat the file's name
        front = replace(front, title="")
    if front.id:  # the file's id is its path
        front = replace(front, id="", facts=(*front.facts, fact_line("id", front.id)))
    reading.fronts.insert(0, front)
    reading.bodies += about.bodies
    reading.photos |= about.photos
    reading.problems += about.problems


def _add_note(root: Path, path: str, reading: _Reading) -> None:
    """Add what a text or JSON file says, and the photos it shows.

    Raises:
        InputError: it cannot be read.
    """
    text = clean(read_text(root / path))
    patterns: list[str] = []
    match PurePosixPath(path).suffix.lower():
        case ".json":
            front = parse_json(text)
        case ".md" | ".markdown":
            front, markdown = split_front(text)
            prose = to_prose(markdown)
            front = replace(front, title=front.title or prose.heading)
            reading.bodies.append(prose.text)
            folder = str(PurePosixPath(path).parent)
            patterns = list(filter(None, (image_path(i, folder=folder) for i in prose.images)))
        case _:
            front = Front()
            reading.bodies.append(unwrap(text))
    reading.fronts.append(front)
    for found in match_all(root, [*front.photos, *patterns]):
        if isinstance(found, Photo):
            reading.photos[found.path] = found
        else:
            reading.problems.append((path, found))
