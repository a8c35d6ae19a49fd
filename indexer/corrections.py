"""Keep what readers propose to correct, and what reviewers decide on it, in an open index.

A correction is one point, and every decision writes that point anew, so that a kill leaves the old
state or the new one. Indexing touches none of them. Knows no HTTP and asks nobody for a scope.
"""

import datetime
import threading
from dataclasses import replace

from knowledge.corrections import (
    CORPUS,
    Correction,
    State,
    corrected,
    correction_from_payload,
    correction_payload,
    proposal,
)
from knowledge.errors import DocumentError, NotFoundError, OverloadedError
from knowledge.index import Index, View, layout
from knowledge.optional import optional
from knowledge.store import Point
from vlm.chronology import Chronology, chronology_of, chronology_payload

MOST_PENDING = 10_000
"""Proposals that may wait for a review, so that strangers cannot fill an index."""

_FROM: dict[State, tuple[State, ...]] = {
    "approved": ("pending", "declined", "withdrawn"),
    "declined": ("pending",),
    "withdrawn": ("pending", "approved"),
}
"""A decision → the states in which it can be made."""


class Corrections:
    """The corrections of one index. Safe to call from threads; one writes at a time."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._writing = threading.Lock()

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
        if document.corpus == CORPUS:  # whoever corrects a correction corrects its document
            (record,) = view.store.retrieve([layout.document_point_id(document_id)])
            document_id = str(record.payload["corrects"])
        made = proposal(
            document_id=document_id, what=what, value=value, evidence=evidence, link=link,
            name=name, day=_today(),
        )  # fmt: skip
        with self._writing:
            known = self._index.store.retrieve([_point_id(made.id)])
            if known:
                return correction_from_payload(known[0].payload)
            waiting = self._index.store.count({"kind": "proposal", "state": "pending"})
            if waiting >= MOST_PENDING:
                raise OverloadedError(
                    "Too many corrections wait for a review; try again when some were reviewed.",
                    retry_after=3_600,
                )
            self._write(made)
        return made

    def all(self, view: View, *, state: State | None = None) -> list[Correction]:
        """The corrections of documents that a reviewer sees, the oldest first.

        Raises:
            StorageError: the index cannot be read.
        """
        kinds = {"kind": ["proposal", "correction"]}
        where = kinds if state is None else {**kinds, "state": state}
        found = [correction_from_payload(r.payload) for r in self._index.store.scroll(where)]
        seen = view.documents(list(dict.fromkeys(each.document_id for each in found)))
        shown = [each for each in found if each.document_id in seen]
        return sorted(shown, key=lambda each: (each.proposed, each.id))

    def decide(self, view: View, id: str, state: State, *, reviewer: str) -> Correction:
        """Approve, decline or withdraw a correction. The next question sees it.

        Args:
            view: what the reviewer sees.
            id: the correction's.
            state: what is decided.
            reviewer: the name of who decides.

        Raises:
            NotFoundError: there is no such correction, or no document that the reviewer sees.
            DocumentError: it is in a state in which that cannot be decided.
            StorageError: the index cannot be written.
        """
        with self._writing:
            records = self._index.store.retrieve([_point_id(id)])
            missing = NotFoundError(f"There is no correction {id!r}.")
            if not records or "correction" not in records[0].payload:
                raise missing
            known = correction_from_payload(records[0].payload)
            if known.document_id not in view.documents([known.document_id]):
                raise missing
            if known.state == state:
                return known
            if known.state not in _FROM[state]:
                raise DocumentError(f"state: a correction that is {known.state} cannot be {state}.")
            decided = replace(known, state=state, reviewed=_today(), reviewer=reviewer)
            self._write(decided)
        return decided

    def _write(self, correction: Correction) -> None:
        payload = correction_payload(correction)
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


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
