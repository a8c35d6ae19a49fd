"""The protocol of a vector store, and the two engines that keep it. Knows points, no meanings."""

from knowledge.store.base import (
    OPEN,
    DenseVector,
    Files,
    Hit,
    OpenTo,
    Overlap,
    Point,
    Record,
    SparseVector,
    VectorStore,
    Where,
)

__all__ = [
    "OPEN",
    "DenseVector",
    "Files",
    "Hit",
    "OpenTo",
    "Overlap",
    "Point",
    "Record",
    "SparseVector",
    "VectorStore",
    "Where",
]
