"""The protocol of a vector store, and the two engines that keep it. Knows points, no meanings."""

from knowledge.store.base import (
    OPEN,
    DenseVector,
    Files,
    Hit,
    Nearest,
    OpenTo,
    Overlap,
    Point,
    Record,
    Remark,
    SparseVector,
    VectorStore,
    Where,
)
from knowledge.store.server.options import ServerOptions

__all__ = [
    "OPEN",
    "DenseVector",
    "Files",
    "Hit",
    "Nearest",
    "OpenTo",
    "Overlap",
    "Point",
    "Record",
    "Remark",
    "ServerOptions",
    "SparseVector",
    "VectorStore",
    "Where",
]
