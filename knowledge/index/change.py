"""A change of documents as one thing: what is added, re-described, removed, and what marks it done.

An index run applies changes as they are: cut off, it is run again. A live update is not run again
by anybody, so it is written down first (a point of kind `pending`), and whoever opens the index
next brings it to an end or takes it back: a document is wholly the old one or wholly the new one.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from knowledge.index.uploads import Uploads
from knowledge.store.base import Point, Record, VectorStore

_KIND = "pending"

_ELSEWHERE_S = 60.0
"""Seconds that another process is given to end a change of its own, in a store that is shared."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to an index, in this order.

    Attributes:
        files: photo id → bytes of a photo that was uploaded.
        added: points that are new, with their vectors.
        payloads: point id → its new payload; the vectors stay.
        removed: ids of points that go.
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
    """Applies changes to a store and to its uploads; owns neither.

    Whole changes of one document must not run at the same time, here or in another process.
    """

    def __init__(self, store: VectorStore, uploads: Uploads, *, shared: bool) -> None:
        """`shared`: whether other processes may have the store open and write to it."""
        self._store = store
        self._uploads = uploads
        self._patience_s = _ELSEWHERE_S if shared else 0.0
        self._failed: set[str] = set()

    def apply(self, change: Change) -> None:
        """Do it; cut off, it is done by half.

        Raises:
            StorageError: the index cannot be written.
        """
        for photo_id, data in change.files.items():
            self._uploads.write(photo_id, data)
        self._store.upsert(change.added)
        self._finish(change)

    def apply_whole(self, change: Change) -> None:
        """Do it so that `recover` can complete or undo it wherever it is cut off.

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
        """Complete or undo what was cut off, here or by a process that is no more.

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
        hashes = self._hashes(list(payload["documents"]))
        if any(
            hashes.get(id_) not in (before, after)
            for id_, (before, after) in payload["documents"].items()
        ):
            return  # the document was replaced since, and what this had left of it with it
        if len(self._store.retrieve(payload["added"])) == len(payload["added"]):
            marks = [Point(id_, mark) for id_, mark in payload["marks"].items()]
            self._finish(
                Change(payloads=payload["payloads"], removed=payload["removed"], marks=marks)
            )
        else:  # nothing was removed yet: without what was added, all is as it was
            self._store.delete(payload["added"])
            self._uploads.delete(payload["added"])

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
