"""What an index holds: its documents by name, and questions that they can answer."""

from search.browse.catalogue import Catalogue, Entry, matching
from search.browse.suggestions import Kind, spread, suggest

__all__ = [
    "Catalogue",
    "Entry",
    "Kind",
    "matching",
    "spread",
    "suggest",
]
