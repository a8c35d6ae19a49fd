"""Whatever can be indexed, read into documents: a file here for each format."""

from knowledge.corpus.corpus import Columns, Corpus, open_corpus
from knowledge.corpus.fields import Pair, tells_only_its_file, write_lines
from knowledge.corpus.front import front_of, make_document
from knowledge.corpus.labels import rank_of
from knowledge.corpus.limits import MOST_TEXT_CHARS
from knowledge.corpus.mapping import mapping_file, mapping_yaml
from knowledge.corpus.photos import PHOTO_SUFFIXES, read_photo
from knowledge.corpus.regular_files import is_file, is_folder
from knowledge.corpus.rows import Row, Table
from knowledge.corpus.table import open_rows
from knowledge.corpus.text import one_line, slug
from knowledge.corpus.text_of_photos import Section, with_picture_text
from knowledge.corpus.tiff import split_pages

__all__ = [
    "MOST_TEXT_CHARS",
    "PHOTO_SUFFIXES",
    "Columns",
    "Corpus",
    "Pair",
    "Row",
    "Section",
    "Table",
    "front_of",
    "is_file",
    "is_folder",
    "make_document",
    "mapping_file",
    "mapping_yaml",
    "one_line",
    "open_corpus",
    "open_rows",
    "rank_of",
    "read_photo",
    "slug",
    "split_pages",
    "tells_only_its_file",
    "with_picture_text",
    "write_lines",
]
