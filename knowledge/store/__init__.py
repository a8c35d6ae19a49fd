"""One protocol of a vector store, and two engines that keep it; knows points, not meanings."""

from knowledge.store.base import DenseVector, Hit, Point, Record, SparseVector, VectorStore, Where

__all__ = [
    "DenseVector",
    "Hit",
    "Point",
    "Record",
    "SparseVector",
    "VectorStore",
    "Where",
]
