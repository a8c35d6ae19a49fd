"""Loose files → documents: each photo with what its sidecars say, each text, each PDF, records.

`knowledge.corpus.scan` finds the files; other modules read Markdown, front matter and PDFs.
"""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from knowledge.corpus.closing import (
    UNREADABLE,
    Closing,
    closed,
    mentions_closing,
    xmp_may_close,
)
from knowledge.corpus.columns import NO_COLUMNS
from knowledge.corpus.encoding import read_text
from knowledge.corpus.fields import placed
from knowledge.corpus.front import Front, make_document, merge, parse_json, split_front, split_plain
from knowledge.corpus.limits import MOST_TEXT_BYTES
from knowledge.corpus.markdown import image_path, to_prose
from knowledge.corpus.pdf import read_pdf
from knowledge.corpus.photo_metadata import (
    MOST_XMP_BYTES,
    Statement,
    describe,
    read_embedded,
    read_xmp,
    takeout_statements,
)
from knowledge.corpus.photo_names import PhotoNames
from knowledge.corpus.photos import find_photos, hash_photo, match_all, page_path, photo_file
from knowledge.corpus.records import Surroundings, look_around, open_records
from knowledge.corpus.regular_files import is_file, read_whole
from knowledge.corpus.scan import LooseFile, without_suffix
from knowledge.corpus.table import open_rows, read_table, use_table
from knowledge.corpus.text import clean, humanise, same_id, unwrap
from knowledge.documents import Document, Note, Page, Photo, Problem
from knowledge.errors import CorpusError, InputError
from knowledge.identifiers import MAX_ID_CHARS
from knowledge.language import fold

_DAMAGED_PAGE = "The page is damaged and left out; open the PDF and save it again."
_PAGES_NAMED = 10
_OF_WEBSITES = ("static", "assets", "public", "source", "content", "attachments", "images", "img")
"""Folders that makers of websites name pictures from."""


@dataclass(slots=True)
class _Reading:
    """What was found in a file and its sidecars.

    Attributes:
        fronts: what is said about it, the most trusted first.
        bodies: texts, in order.
        pages: texts of a PDF's pages, which make one of the bodies.
        photos: by path.
        metadata: what the photo's own metadata say, the most trusted format first.
        credit: whom its citation names.
        problems: paths and reasons.
        id_known: whether the id is certain: front matter that cannot be read may name another.
    """

    fronts: list[Front] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    pages: Sequence[str] = ()
    photos: dict[str, Photo] = field(default_factory=dict)
    metadata: list[list[Statement]] = field(default_factory=list)
    credit: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)
    id_known: bool = True


def read_files(
    root: Path, files: Iterable[LooseFile], *, corpus: str, language: str | None
) -> Iterator[Document | Problem | Note]:
    """A document for each file or record, in order, after the problems found in it.

    A photo that a text shows belongs to that text's document and makes no document of its own.

    Args:
        root: folder that paths are relative to.
        files: texts and records first.
        corpus: its name.
        language: of documents that name no language themselves; None guesses from the text.
    """
    files = list(files)
    by_path = {
        path: file for file in files if file.kind == "photo" for path in (file.path, *file.others)
    }
    shown: set[str] = set()
    path_of: dict[str, str] = {}
    records = _RecordsOfFolder(root, files, corpus, language)
    for file in files:
        left = [path for path in (file.path, *file.others) if path not in shown]
        if not left:
            continue
        file = replace(file, path=left[0], others=tuple(left[1:]))
        if file.kind == "records":
            for item in records.read(file, path_of):
                if isinstance(item, Document):
                    joined = {photo_file(photo.path) for photo in item.photos}
                    about = list(
                        dict.fromkeys(by_path[path] for path in sorted(joined & by_path.keys()))
                    )
                    shown |= joined.union(*(file.others for file in about))
                    yield from _with_sidecars(root, item, about)
                else:
                    yield item
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
                title=humanise(PurePosixPath(file.id if file.others else _bare(file)).name),
                source=", ".join(filter(None, (reading.credit, clean(file.path)))),
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
            shown.update(map(photo_file, reading.photos))
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


class _RecordsOfFolder:
    """The files of a folder that hold records; each may have thousands.

    Two files may call different records by one id (`c1`); then the later one's has its file's path
    before it. What says the same is the same record.
    """

    def __init__(
        self, root: Path, files: Sequence[LooseFile], corpus: str, language: str | None
    ) -> None:
        self._root = root
        self._corpus = corpus
        self._language = language
        self._paths = [file.path for file in files if file.kind == "records"]
        self._said: dict[str, int] = {}
        self._around: Surroundings | None = None
        photos = [file.path for file in files if file.kind == "photo"]
        self._has_photos = bool(photos)
        self._names = PhotoNames(photos)

    def read(self, file: LooseFile, path_of: dict[str, str]) -> Iterator[Document | Problem | Note]:
        """The documents of a file, in order, after the problems found in each.

        Args:
            file: to read.
            path_of: the file of each document's id so far; ids are added to it.
        """
        if self._around is None:
            self._around = look_around(self._root, self._paths)
        try:
            table = open_records(self._root / file.path, self._around)
            is_table = table is None
            if table is None:
                table = open_rows(self._root / file.path)
            opened = use_table(
                self._root / file.path, table, NO_COLUMNS, root=self._root, names=self._names
            )
        except (CorpusError, OSError) as error:
            yield Problem(clean(file.path), str(error))
            return
        rows, joined = 0, 0
        for item in read_table(opened, corpus=self._corpus, language=self._language):
            if isinstance(item, Document):
                rows, joined = rows + 1, joined + bool(item.photos)
                if is_table and opened.roles.columns.id is None:  # the rows of each are numbered
                    item = replace(item, id=f"{clean(without_suffix(file.path))}/{item.id}")
                yield self._told_apart(item, file, path_of)
            else:
                yield item
        if self._has_photos and rows:
            yield Note(clean(file.path), f"{joined:,} of {rows:,} rows are joined to photos.")

    def _told_apart(
        self, document: Document, file: LooseFile, path_of: dict[str, str]
    ) -> Document | Problem:
        said = hash((document.title, document.text))
        other = path_of.get(document.id, file.path)
        if other != file.path:
            if self._said.get(document.id) == said:
                reason = f"The same record is in {clean(other)!r} already; remove one of them."
                return Problem(clean(file.path), reason, document_id=document.document_id)
            stem = clean(str(PurePosixPath(file.path).with_suffix("")))
            document = replace(document, id=f"{stem}/{document.id}"[-MAX_ID_CHARS:].strip("/ "))
        path_of[document.id] = file.path
        self._said[document.id] = said
        return document


def _placed(root: Path, photo: str, *, beside: str) -> str:
    """Where a photo lies that front matter names: from the folder's top, or beside the text.

    Programs that make websites name it from a folder of their own, with or without a slash.
    """
    plain = photo.replace("\\", "/").lstrip("/")
    folder = PurePosixPath(beside).parent
    for place in (PurePosixPath(), folder, *(PurePosixPath(name) for name in _OF_WEBSITES)):
        candidate = posixpath.normpath((place / plain).as_posix())
        if not candidate.startswith("..") and is_file(root / candidate):
            return candidate
    return plain


def _bare(file: LooseFile) -> str:
    return without_suffix(file.path)


def _with_sidecars(
    root: Path, document: Document, files: Sequence[LooseFile]
) -> Iterator[Document | Problem]:
    """A record with what the sidecars of its photos say besides, after the problems found there."""
    for file in sorted(files, key=lambda file: file.path):
        reading = _read(root, file)
        known = {photo.path for photo in document.photos}
        other_sides = [photo for path, photo in reading.photos.items() if path not in known]
        document = replace(document, photos=(*document.photos, *other_sides))
        for path, reason in reading.problems:
            yield Problem(clean(path), reason, document_id=document.document_id)
        more = make_document(
            merge(reading.fronts),
            corpus=document.corpus,
            id=document.id,
            title=document.title,
            source=document.source,
            language=document.language,
            body="\n\n".join(filter(None, reading.bodies)),
        )
        if more.text and more.text not in document.text:
            start = len(document.text) + 2 if document.text else 0
            document = replace(
                document,
                text="\n\n".join(filter(None, (document.text, more.text))),
                fields=(*document.fields, *placed(more.fields, start)),
                tags=tuple(dict.fromkeys((*document.tags, *more.tags))),
                place=document.place or more.place,
                url=document.url or more.url,
            )
        document = closed(document, Closing(more.groups, more.closed_until))
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
                for path in (file.path, *file.others):
                    _add_photos(root, path, reading)
                    embedded = read_embedded(root / path)
                    reading.metadata += embedded.sources
                    reading.problems += [(path, problem) for problem in embedded.problems]
            case "pdf":
                pdf = read_pdf(root / file.path, name=file.path)
                for page in pdf.picture_pages:
                    path = page_path(file.path, page)
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
    # XMP last, so that it stands first: a person wrote it, while an export repeats the camera.
    for sidecar in sorted(file.sidecars, key=lambda path: path.lower().endswith(".xmp")):
        try:
            _add_sidecar(root, sidecar, file, reading)
        except InputError as error:
            reading.problems.append((sidecar, str(error)))
            if _may_close(root, sidecar):
                reading.fronts.append(Front(closing=UNREADABLE))
    if reading.metadata:
        _add_metadata(file.path, reading)
    return reading


def _may_close(root: Path, sidecar: str) -> bool:
    """Whether a sidecar that cannot be read may say that its document is closed."""
    try:
        return mentions_closing((root / sidecar).read_bytes()[:MOST_TEXT_BYTES].decode("latin-1"))
    except OSError:
        return True


def _add_metadata(path: str, reading: _Reading) -> None:
    """Add what the photo's metadata say and its texts do not."""
    texts = [text for front in reading.fronts for text in front.text]
    described = describe(
        reading.metadata,
        file_name=PurePosixPath(path).name,
        told="\n".join((*texts, *reading.bodies)),
    )
    known = {(fold(label), fold(str(value))) for f in reading.fronts for label, value in f.pairs}
    reading.credit = described.credit
    reading.fronts.append(
        Front(
            title=described.title,
            aliases=described.aliases,
            place=described.place,
            tags=described.keywords,
            rights=described.rights,
            pairs=tuple(
                pair for pair in described.pairs if (fold(pair[0]), fold(pair[1])) not in known
            ),
        )
    )


def _find_pages(text: str, pages: Sequence[str]) -> tuple[Page, ...]:
    """Where in a document's text those of its PDF's pages stand that have any."""
    found: list[Page] = []
    end = max(0, text.find("\n\n".join(filter(None, pages))))
    for number, page in enumerate(pages, start=1):
        if page and (start := text.find(page, end)) >= 0:
            end = start + len(page)
            found.append(Page(number, start, end))
    return tuple(found)


def _add_photos(root: Path, path: str, reading: _Reading) -> None:
    """Add a photo, or each page of a TIFF that has several.

    Raises:
        InputError: it cannot be used.
    """
    for found in find_photos(root, path):
        if isinstance(found, Photo):
            reading.photos[found.path] = found
        else:
            reading.problems.append((path, found))


def _damaged_pages(path: str, pages: Sequence[int]) -> tuple[str, str]:
    """Path and reason of one problem, however many pages are damaged."""
    if len(pages) == 1:
        return page_path(path, pages[0]), _DAMAGED_PAGE
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
    if path.lower().endswith(".xmp"):
        data = read_whole(root / path, most=MOST_XMP_BYTES)
        if xmp_may_close(data.replace(b"\0", b"").decode("latin-1")):
            reading.fronts.append(Front(closing=UNREADABLE))
        reading.metadata.insert(0, read_xmp(data))
        return
    if path.lower().endswith(".json"):
        exported = takeout_statements(clean(read_text(root / path)))
        if exported is not None:
            reading.metadata.insert(0, exported)
            return
    about = _Reading()
    _add_note(root, path, about)
    front = about.fronts[0]
    if front.title == PurePosixPath(file.path).name:  # photo exports repeat the file's name
        front = replace(front, title="")
    if front.id:  # the file's id is its path
        front = replace(front, id="", pairs=(*front.pairs, ("id", front.id)))
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
            front, body = split_plain(text)
            reading.bodies.append(unwrap(body))
    reading.fronts.append(front)
    named = [_placed(root, photo, beside=path) for photo in front.photos]
    for found in match_all(root, [*named, *patterns]):
        if isinstance(found, Photo):
            reading.photos[found.path] = found
        else:
            reading.problems.append((path, found))
