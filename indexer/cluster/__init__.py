"""Indexing on a Ray cluster: photos and passages are encoded on its machines, and written here."""

from indexer.cluster.connection import LOCAL, connected
from indexer.cluster.encoding_actor import Tools
from indexer.cluster.workplace import ClusterWorkplace

__all__ = ["LOCAL", "ClusterWorkplace", "Tools", "connected"]
