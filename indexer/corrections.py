"""Keep what readers propose to correct, and what reviewers decide on it, in an open index.

A correction is one point, and every decision writes that point anew, so that a kill leaves the old
state or the new one. Indexing touches none of them. Knows no HTTP and asks nobody for a scope.
"""

import datetime
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import count
from typing import Any

from knowledge.corrections import (
    Correction,
    State,
    corrected,
    correction_from_payload,
    correction_payload,
    described_in,
    describing,
    proposal,
    whereabouts,
)
from knowledge.errors import DocumentError, NotFoundError, OverloadedError
from knowledge.identifiers import CORRECTIONS_CORPUS
from knowledge.index import Index, View, corrected_documents, layout
from knowledge.optional import optional
from knowledge.store import Point, Record
from knowledge.viewer import Viewer
from vlm.chronology import Chronology, chronology_of, chronology_payload

MOST_PENDING = 10_000
"""Proposals that may wait for a review, so that strangers cannot fill an index."""

_DOCUMENTS_AT_ONCE = 64
"""Whose texts are held in memory."""

_FROM: dict[State, tuple[State, ...]] = {
    "approved": ("pending", "declined", "withdrawn"),
    "declined": ("pending",),
    "withdrawn": ("pending", "approved"),
}
"""A decision → the states in which it can be made."""


class Corrections:
    """The corrections of one index. Safe to call from threads; one writes at a time."""

    def __init__(
        self, index: Index, *, alone: AbstractContextManager[object] | None = None
    ) -> None:
        """`alone` is held while one is written, where other processes write too."""
        self._index = index
        self._writing = threading.Lock()
        self._alone = nullcontext() if alone is None else alone

    def propose(
        self,
        view: View,
        *,
        document_id: str,
        what: str,
        value: str,
        evidence: str = "",
        link: str = "",
        name: str = "",
    ) -> Correction:
        """Keep a proposal for a review; one that was made before is left as it is.

        Args:
            view: what the proposer sees.
            document_id: the document that is wrong; that of a correction means what it corrects.
            what: what of its subject.
            value: what is right.
            evidence: where that stands.
            link: its web address.
            name: of the proposer.

        Raises:
            NotFoundError: the proposer sees no such document.
            DocumentError: a part is missing or too long.
            OverloadedError: too many proposals wait for a review.
            StorageError: the index cannot be written.
        """
        document = view.document(document_id)[0]
        document_id = document.document_id
        # Whoever corrects a correction corrects its document.
        if document.corpus == CORRECTIONS_CORPUS:
            (record,) = view.store.retrieve([layout.document_point_id(document_id)])
            document_id = str(record.payload["corrects"])
        with self._writing, self._alone:
            original = self._documents([document_id]).get(document_id)
            if original is None:
                raise NotFoundError(f"The index holds no document {document_id!r}.")
            for earlier in count():
                made = proposal(
                    document_id=document_id, what=what, value=value, evidence=evidence, link=link,
                    name=name, day=_today(), earlier=earlier,
                )  # fmt: skip
                known = self._index.store.retrieve([_point_id(made.id)])
                if not known:
                    break
                if whereabouts(known[0].payload, original) == "there":
                    return correction_from_payload(known[0].payload)
            waiting = self._index.store.count({"kind": "proposal", "state": "pending"})
            if waiting >= MOST_PENDING:
                raise OverloadedError(
                    "Too many corrections wait for a review; try again when some were reviewed.",
                    retry_after=3_600,
                )
            self._write(made, describing(original))
        return made

    def all(self, view: View, *, state: State | None = None) -> list[Correction]:
        """The corrections of documents that a reviewer sees, the oldest first.

        Those of a document that is gone, or that another one has replaced since, are shown to
        whoever saw it.

        Raises:
            StorageError: the index cannot be read.
        """
        kinds = {"kind": ["proposal", "correction"]}
        where = kinds if state is None else {**kinds, "state": state}
        found = list(self._index.store.scroll(where))
        shown: list[Correction] = []
        for start in range(0, len(found), _DOCUMENTS_AT_ONCE):
            records = found[start : start + _DOCUMENTS_AT_ONCE]
            documents = self._documents([record.payload["corrects"] for record in records])
            shown += [
                seen
                for record in records
                if (seen := _seen(record, documents.get(record.payload["corrects"]), view.viewer))
            ]
        return sorted(shown, key=lambda each: (each.proposed, each.id))

    def decide(self, view: View, id: str, state: State, *, reviewer: str) -> Correction:
        """Approve, decline or withdraw a correction. The next question sees it.

        Args:
            view: what the reviewer sees.
            id: the correction's.
            state: what is decided.
            reviewer: the name of who decides.

        Raises:
            NotFoundError: there is no such correction, or its document is closed to the reviewer.
            DocumentError: it is in a state in which that cannot be decided, or it is to be approved
                and its document is gone or has become another.
            StorageError: the index cannot be written.
        """
        with self._writing, self._alone:
            records = self._index.store.retrieve([_point_id(id)])
            missing = NotFoundError(f"There is no correction {id!r}.")
            if not records or "correction" not in records[0].payload:
                raise missing
            payload = records[0].payload
            document = self._documents([payload["corrects"]]).get(payload["corrects"])
            known = _seen(records[0], document, view.viewer)
            if known is None:
                raise missing
            if state == "approved" and known.document_is != "there":
                raise DocumentError(
                    f"document_id: {known.document_id} is no longer in the index; index it again, "
                    "or decline the correction."
                    if known.document_is == "gone"
                    else f"document_id: {known.document_id} is another document than the one that "
                    "was to be corrected. If the same is wrong in it, propose it again; else "
                    "decline or withdraw this one."
                )
            if known.state == state:
                return known
            if known.state not in _FROM[state]:
                raise DocumentError(f"state: a correction that is {known.state} cannot be {state}.")
            decided = replace(known, state=state, reviewed=_today(), reviewer=reviewer)
            described = described_in(payload)
            if document is not None and known.document_is == "there":
                described = describing(document)
            self._write(decided, described)
        return decided

    def _documents(self, document_ids: list[str]) -> dict[str, Mapping[str, Any]]:
        return corrected_documents(self._index.store, sorted(set(document_ids)))

    def _write(self, correction: Correction, described: Mapping[str, Any]) -> None:
        payload = correction_payload(correction, described)
        if correction.state == "approved":
            original, _ = self._index.whole.document(correction.document_id)
            document = corrected(correction, original)
            chronology = optional(
                lambda: chronology_of(document),
                otherwise=Chronology(),
                what="chronology",
                document_id=document.document_id,
            )
            payload = {
                **layout.document_payload(
                    document,
                    photo_ids=(),
                    passages=1,
                    problems=(),
                    chronology=chronology_payload(chronology),
                ),
                **payload,
                "kind": "correction",
            }
            self._index.expect_corrections()
        self._index.store.upsert([Point(_point_id(correction.id), payload)])
        self._index.store.flush()


def _point_id(id: str) -> str:
    return layout.correction_point_id(id)


def _seen(record: Record, document: Mapping[str, Any] | None, viewer: Viewer) -> Correction | None:
    """A correction with where its document is; None for a viewer to whom that is closed.

    `document`: the payload of the document that has the id now.
    """
    where = whereabouts(record.payload, document)
    if document is not None and not viewer.may_see(document):
        return None
    if where != "there":  # as it was closed when it was last seen
        known = record.payload.get("original")
        if not viewer.sees_all and (known is None or not viewer.may_see(known)):
            return None
    return replace(correction_from_payload(record.payload), document_is=where)


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
