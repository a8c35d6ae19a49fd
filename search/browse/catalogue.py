"""The list of an index's documents, to browse and to search by name. It holds titles and no texts.

The list is kept in memory, since a store has no order to page through, one for each set of groups
whose members asked lately. It is read again when the index has changed.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from knowledge.index import Index
from knowledge.language import fold
from knowledge.viewer import Viewer, today

_LISTS_KEPT = 8
"""Callers in different groups see different lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document in the list.

    Attributes:
        photo_id: of its first photo, None without photos.
        passages, photos: how many it has.
        names: title, aliases, place, tags and id, folded, for matching.
    """

    document_id: str
    corpus: str
    title: str
    language: str
    place: str | None
    photo_id: str | None
    passages: int
    photos: int
    names: str


class Catalogue:
    """The entries of an index that a viewer may see, by corpus and title. Safe to use from several
    threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._kept: LRUCache[tuple[Viewer, int], tuple[str, tuple[Entry, ...]]] = LRUCache(
            _LISTS_KEPT
        )

    def entries(self, viewer: Viewer) -> Sequence[Entry]:
        """The entry of every document that is open to a viewer.

        Raises:
            StorageError: the index cannot be read.
        """
        key = (viewer, today())  # what is closed until a day opens without a write
        with self._lock:
            version = self._index.version()  # asked for first: a write meanwhile makes it old
            kept = self._kept.get(key)
            if kept is None or kept[0] != version:
                records = self._index.seen_by(viewer).store.scroll({"kind": "document"})
                entries = sorted(
                    (_entry(record.payload) for record in records),
                    key=lambda entry: (entry.corpus, entry.title),
                )
                kept = self._kept[key] = (version, tuple(entries))
            return kept[1]


def matching(
    entries: Iterable[Entry],
    text: str = "",
    *,
    language: str | None = None,
    corpus: str | None = None,
) -> list[Entry]:
    """The entries that have every word of `text` in a name, a place, a tag or their id."""
    words = fold(text).split()
    return [
        entry
        for entry in entries
        if (language is None or entry.language == language)
        and (corpus is None or entry.corpus == corpus)
        and all(word in entry.names for word in words)
    ]


def _entry(payload: Mapping[str, Any]) -> Entry:
    photo_ids = payload["photo_ids"]
    names = (
        payload["title"],
        *payload["aliases"],
        payload["place"] or "",
        *payload["tags"],
        payload["document_id"],
    )
    return Entry(
        document_id=payload["document_id"],
        corpus=payload["corpus"],
        title=payload["title"],
        language=payload["language"],
        place=payload["place"],
        photo_id=photo_ids[0] if photo_ids else None,
        passages=payload["passages"],
        photos=len(photo_ids),
        names=" ".join(map(fold, names)),
    )
