"""The embedded engine: Qdrant Edge on a directory of this machine, in this process."""

from knowledge.store.edge.engine import EdgeStore

__all__ = ["EdgeStore"]
