"""The server engine: a collection of a Qdrant server or cluster."""

from knowledge.store.server.engine import ServerStore

__all__ = ["ServerStore"]
