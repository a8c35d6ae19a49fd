"""The protocol of a vector store, and the two engines that keep it. Knows points, no meanings."""

from knowledge.store.base import (
    DenseVector,
    Files,
    Hit,
    Point,
    Record,
    SparseVector,
    VectorStore,
    Where,
)

__all__ = [
    "DenseVector",
    "Files",
    "Hit",
    "Point",
    "Record",
    "SparseVector",
    "VectorStore",
    "Where",
]
