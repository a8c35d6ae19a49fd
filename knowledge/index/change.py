"""A change of documents: points that are added, get a new payload or go, and marks of its end.

An index run applies a change directly: cut off, the run is started again. Nobody repeats a live
update, so it is written down first, in a point of kind `pending`. Whoever opens the index next
completes or undoes it: a document is wholly the old one or wholly the new one.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from knowledge.store.base import Point, Record, VectorStore

_KIND = "pending"

_ELSEWHERE_S = 60.0
"""Seconds that another process has to end its own change, in a store that processes share."""

_SETTLE_S = 8.0
"""Seconds in which every copy of a store that processes share has learnt what was written. A node
of a cluster that goes on after it hung shows for a moment what was there before: a change that was
completed long ago, and not what it added."""


@dataclass(frozen=True, slots=True)
class Change:
    """What to do to an index, in this order.

    Attributes:
        files: photo id → bytes of a photo that was uploaded.
        added: points that are new, with their vectors.
        payloads: point id → its new payload; the vectors stay.
        removed: ids of points to remove.
        marks: points of documents, which say that a document is complete; without vectors.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    added: Sequence[Point] = ()
    payloads: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    removed: Sequence[str] = ()
    marks: Sequence[Point] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.files or self.added or self.payloads or self.removed or self.marks)


class Journal:
    """Applies changes to a store's points and files. The store's owner closes it.

    Whole changes of one document must not run at the same time, here or in another process.
    """

    def __init__(self, store: VectorStore, *, elsewhere_s: float = _ELSEWHERE_S) -> None:
        """`elsewhere_s`: seconds after which a change that another process began in a store that
        processes share was cut off; less than a minute only where nobody else writes."""
        self._store = store
        self._uploads = store.files
        self._patience_s = elsewhere_s if store.is_shared else 0.0
        self._settle_s = min(_SETTLE_S, self._patience_s)
        self._failed: set[str] = set()

    def apply(self, change: Change) -> None:
        """Make a change; cut off, a part of it is done.

        Raises:
            StorageError: the index cannot be written.
        """
        for photo_id, data in change.files.items():
            self._uploads.write(photo_id, data)
        self._store.upsert(change.added)
        self._finish(change)

    def apply_whole(self, change: Change) -> None:
        """Make a change so that `recover` can complete or undo it wherever it is cut off.

        Raises:
            StorageError: the index cannot be written.
        """
        pending = Point(str(uuid4()), self._as_payload(change))
        try:
            self._store.upsert([pending])
            self.apply(change)
            self._store.delete([pending.id])
        except BaseException:
            self._failed.add(pending.id)
            raise

    def recover(self) -> int:
        """Complete or undo changes that were cut off, here or in a process that has ended.

        Returns:
            How many changes were found.

        Raises:
            StorageError: the index cannot be written.
        """
        before = time.time() - self._patience_s
        found = [
            record
            for record in self._store.scroll({"kind": _KIND})
            if record.id in self._failed or record.payload["begun"] <= before
        ]
        for record in sorted(found, key=lambda record: float(record.payload["begun"])):
            self._recover(record)
            self._store.delete([record.id])
        self._failed.clear()
        return len(found)

    def _recover(self, record: Record) -> None:
        payload = record.payload
        if self._was_replaced(record):
            return
        has_added = self._has_added(record)
        if record.id not in self._failed and self._settle_s and not has_added:
            time.sleep(self._settle_s)
            if not self._store.retrieve([record.id], keys=["kind"]) or self._was_replaced(record):
                return
            has_added = self._has_added(record)
        if has_added:
            marks = [Point(id_, mark) for id_, mark in payload["marks"].items()]
            self._finish(
                Change(payloads=payload["payloads"], removed=payload["removed"], marks=marks)
            )
        else:  # nothing was removed yet: without what was added, all is as it was
            self._store.delete(payload["added"])
            self._uploads.delete(payload["added"])

    def _was_replaced(self, record: Record) -> bool:
        """Whether a document was replaced since, with all that this change had done to it."""
        documents = record.payload["documents"]
        hashes = self._hashes(list(documents))
        return any(
            hashes.get(id_) not in (before, after) for id_, (before, after) in documents.items()
        )

    def _has_added(self, record: Record) -> bool:
        added = record.payload["added"]
        return len(self._store.retrieve(added, keys=["kind"])) == len(added)

    def _finish(self, change: Change) -> None:
        self._store.replace_payload(change.payloads)
        self._store.delete(change.removed)
        self._uploads.delete(change.removed)
        self._store.upsert(change.marks)

    def _as_payload(self, change: Change) -> dict[str, Any]:
        marks = {point.id: dict(point.payload) for point in change.marks}
        before = self._hashes([*marks, *change.removed])
        return {
            "kind": _KIND,
            "begun": time.time(),
            "documents": {
                id_: [before.get(id_), marks.get(id_, {}).get("content_hash")]
                for id_ in {**marks, **before}
            },
            "added": [point.id for point in change.added],
            "payloads": {id_: dict(payload) for id_, payload in change.payloads.items()},
            "removed": list(change.removed),
            "marks": marks,
        }

    def _hashes(self, ids: Sequence[str]) -> dict[str, str]:
        """Content hashes of those points that are documents."""
        return {
            record.id: record.payload["content_hash"]
            for record in self._store.retrieve(ids)
            if record.payload.get("kind") == "document"
        }
