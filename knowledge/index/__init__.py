"""An index: documents, passages and photos laid out in a store; what changes and copies them."""

from knowledge.index.change import Change
from knowledge.index.index import Index, is_server, open_index, read_fingerprint
from knowledge.index.layout import Fingerprint, PhotoFacts, is_upload, upload_path
from knowledge.index.transfer import Transfer, copy_index
from knowledge.index.view import SeenStore, View

__all__ = [
    "Change",
    "Fingerprint",
    "Index",
    "PhotoFacts",
    "SeenStore",
    "Transfer",
    "View",
    "copy_index",
    "is_server",
    "is_upload",
    "open_index",
    "read_fingerprint",
    "upload_path",
]
