"""Which format a file of records is in, found out from its content; and opening it.

Knows which formats there are; the modules beside it know what is in them.
"""

import codecs
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from knowledge.corpus.csv import open_csv
from knowledge.corpus.photos import is_image
from knowledge.corpus.records.iiif import Collections
from knowledge.corpus.records.json_records import (
    is_iiif_file,
    is_known_json,
    open_json_records,
)
from knowledge.corpus.records.json_source import load
from knowledge.corpus.records.marc import looks_like_marc, read_binary
from knowledge.corpus.records.omeka import is_classic, read_classic
from knowledge.corpus.records.pictures import Listing, Pictures
from knowledge.corpus.records.plain_xml import Shape, find_shape, is_describing, read_repeated
from knowledge.corpus.records.record import Record, UnusableRecordError
from knowledge.corpus.records.record_rows import plain_table_of, table_of
from knowledge.corpus.records.sheets import is_old_workbook, open_sheets
from knowledge.corpus.records.web_page import looks_like_html, read_web_page
from knowledge.corpus.records.word import is_word, read_word
from knowledge.corpus.records.xml_records import find_format, read_xml
from knowledge.corpus.records.xml_source import BrokenXMLError, root_name
from knowledge.corpus.regular_files import open_regular
from knowledge.corpus.rows import Table
from knowledge.errors import CorpusError

_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin")
_TEXTS = frozenset({".txt", ".text", ".md", ".markdown"})
_TABLES = frozenset({".csv", ".tsv", ".tab", ".txt"})
_PAGES = frozenset({".html", ".htm"})
"""Pieces of pages have these endings too, without what HTML begins with."""
_NEVER = frozenset({".xmp", ".svg", ".xsd", ".xsl", ".xslt", ".dtd"})
_NO_RECORDS_TEXT = """
    xmpmeta alto PcGts svg stylesheet transform schema plist Configure project
"""
_NO_RECORDS = frozenset(_NO_RECORDS_TEXT.split())
"""Root elements of XML that describes nothing by itself: metadata of a picture, layouts, styles."""
_HEAD = 4_096


def is_records(file: Path) -> bool:
    """Whether a file of a folder holds records of a format that is known here, or may hold some.

    Raises:
        OSError: it cannot be read.
    """
    suffix = file.suffix.lower()
    head = _head(file)
    if suffix in _NEVER or is_image(head):
        return False
    if looks_like_marc(head):
        return True
    if head.startswith(b"PK"):
        return bool(_kind_of_archive(file))
    if is_old_workbook(head):
        return suffix == ".xls"
    if looks_like_html(head) or (suffix in _PAGES and head.strip()):
        return suffix not in _TEXTS
    if _begins_with(head, "<") and suffix not in _TEXTS:
        return root_name(file) not in ("", *_NO_RECORDS)
    if suffix in _TABLES:
        return b"Dublin Core:" in head and is_classic(_columns(file))
    if _begins_with(head, "{", "["):
        try:
            return is_known_json(file)
        except CorpusError:
            return False
    return False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is beside a file of records, in the folder that is indexed.

    Attributes:
        pictures: the folder's pictures.
        collections: what collections that stand in other files say of manifests.
        is_folder: whether a folder is indexed, whose files may each be a record of a kind that is
            not known.
    """

    pictures: Listing
    collections: Collections
    is_folder: bool = True


def look_around(root: Path, files: Sequence[str]) -> Surroundings:
    """What is in a folder, for those of its files that hold records.

    Args:
        root: the folder.
        files: paths of the files that hold records, relative to it.
    """
    collections = Collections()
    for path in files:
        if is_iiif_file(root / path):
            collections.note(load(root / path))
    return Surroundings(Listing(root), collections)


def open_records(file: Path, surroundings: Surroundings | None = None) -> Table | None:
    """The records of a file as a table; None if it is of no kind that is known here.

    Args:
        file: to read.
        surroundings: of the folder that it is in; None where the file alone is indexed.

    Raises:
        CorpusError: it is of a known kind and cannot be read, or is XML without records.
        OSError: it cannot be read.
    """
    suffix = file.suffix.lower()
    around = surroundings or Surroundings(Listing(file.parent), Collections(), is_folder=False)
    pictures = Pictures(around.pictures, file.parent)
    stem = file.relative_to(around.pictures.root).with_suffix("").as_posix()
    head = _head(file)
    if is_image(head) or head.startswith(b"%PDF-"):
        return None
    if looks_like_marc(head):
        return table_of(partial(read_binary, file), pictures, stem=stem)
    if head.startswith(b"PK") and (kind := _kind_of_archive(file)):
        if kind == "word":
            return table_of(partial(read_word, file), pictures, stem=stem)
        return open_sheets(file)
    if is_old_workbook(head) and suffix == ".xls":
        return open_sheets(file)
    is_export = b"Dublin Core:" in head and suffix == ".txt"
    if suffix in _TEXTS and not is_export and not _begins_with(head, "<?xml"):
        return None
    if looks_like_html(head) or suffix in _PAGES:
        return table_of(partial(read_web_page, file), pictures, stem=stem)
    if _begins_with(head, "<") and suffix not in _NEVER:
        return _open_xml(file, pictures, stem=stem, one_of_many=around.is_folder)
    if suffix in _TABLES and b"Dublin Core:" in head and is_classic(_columns(file)):
        rows = open_csv(file).rows

        def records() -> Iterator[Record | UnusableRecordError]:
            yield from read_classic(rows())

        return table_of(records, pictures, stem=stem)
    return open_json_records(file, pictures, stem=stem, collections=around.collections)


def _open_xml(file: Path, pictures: Pictures, *, stem: str, one_of_many: bool) -> Table | None:
    try:
        if _has_format(file):
            return table_of(partial(read_xml, file), pictures, stem=stem)
        shape = find_shape(file)
    except BrokenXMLError as error:
        if file.suffix.lower() in _TEXTS:
            return None
        raise CorpusError(
            f"{file.name!r} is not well-formed XML ({error.reason}); mend it, or export it again."
        ) from error
    if shape.path:
        return plain_table_of(partial(read_repeated, file, shape.path), pictures, stem=stem)
    if one_of_many and is_describing(shape):
        return plain_table_of(partial(read_repeated, file, (shape.root,)), pictures, stem=stem)
    raise CorpusError(_what_was_found(file, shape))


def _has_format(file: Path) -> bool:
    """Whether the first record is of a known format; what is broken before one tells nothing."""
    try:
        return find_format(file) is not None
    except BrokenXMLError:
        return False


def _what_was_found(file: Path, shape: Shape) -> str:
    return (
        f"{file.name!r} is XML with the root element <{shape.root}>, of no format that is known, "
        "and no element in it repeats as records do. What is read: EAD, METS, MODS, Dublin Core, "
        "OAI-PMH, LIDO, MARCXML, RDF, any XML that is a list of records, and folders of files that "
        "are a record each."
    )


def _head(file: Path) -> bytes:
    with open_regular(file) as stream:
        return stream.read(_HEAD)


def _begins_with(head: bytes, *marks: str) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", errors="replace")
    else:
        text = head.decode("utf-8", errors="replace")
    return text.lstrip("\ufeff \t\r\n").startswith(marks)


def _columns(file: Path) -> tuple[str, ...]:
    try:
        return open_csv(file).columns
    except CorpusError:
        return ()


def _kind_of_archive(file: Path) -> str:
    """`word` or `sheets`, by what an archive holds; "" for another archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if is_word(names):
                return "word"
            if any(name in names for name in _WORKBOOKS):
                return "sheets"
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as stream:
                    return "sheets" if b"opendocument.spreadsheet" in stream.read(100) else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError):
        pass
    # A damaged one is named as such when it is opened.
    ending = PurePosixPath(file.name).suffix.lower()
    return {".docx": "word", ".xlsx": "sheets", ".ods": "sheets"}.get(ending, "")
