"""An index: documents, passages and photos laid out in a store; what changes and copies them."""

from knowledge.index.backup import back_up
from knowledge.index.change import Change
from knowledge.index.index import Index, is_server, open_index, read_fingerprint
from knowledge.index.layout import Fingerprint, PhotoFacts
from knowledge.index.transfer import Transfer, copy_index
from knowledge.index.uploads import is_upload, upload_path

__all__ = [
    "Change",
    "Fingerprint",
    "Index",
    "PhotoFacts",
    "Transfer",
    "back_up",
    "copy_index",
    "is_server",
    "is_upload",
    "open_index",
    "read_fingerprint",
    "upload_path",
]
