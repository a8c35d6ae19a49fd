"""What photos carry, as labels and values: EXIF, IPTC and XMP, in them or beside, Google's JSON."""

from knowledge.corpus.photo_metadata.description import Description, describe
from knowledge.corpus.photo_metadata.embedded import Embedded, read_embedded, read_xmp
from knowledge.corpus.photo_metadata.statements import Statement
from knowledge.corpus.photo_metadata.takeout import takeout_statements
from knowledge.corpus.photo_metadata.xmp import MOST_XMP_BYTES

__all__ = [
    "MOST_XMP_BYTES",
    "Description",
    "Embedded",
    "Statement",
    "describe",
    "read_embedded",
    "read_xmp",
    "takeout_statements",
]
