"""An index: documents, passages and photos laid out in a store; what changes and copies them."""

from knowledge.index.attached import keep_attached, let_go
from knowledge.index.change import Change
from knowledge.index.index import Index, is_server, open_index, read_fingerprint
from knowledge.index.layout import Fingerprint, PhotoFacts, is_upload, upload_path
from knowledge.index.transfer import Transfer, copy_index
from knowledge.index.view import SeenStore, View, corrected_documents

__all__ = [
    "Change",
    "Fingerprint",
    "Index",
    "PhotoFacts",
    "SeenStore",
    "Transfer",
    "View",
    "copy_index",
    "corrected_documents",
    "is_server",
    "is_upload",
    "keep_attached",
    "let_go",
    "open_index",
    "read_fingerprint",
    "upload_path",
]
