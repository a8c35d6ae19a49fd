"""Make one index hold what another holds: an embedded one pushed to a server, or the other way.

Uses the store's protocol alone, so any engine can be source or target. Ids are made from content,
so what the target already has is not sent again, and a transfer that was cut off is run again.
Files of corpora stay where they are; uploaded photos are copied.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from knowledge.errors import CorpusError, IndexMismatchError, StorageError
from knowledge.index.attached import let_go
from knowledge.index.index import Index
from knowledge.index.layout import OWN_QUESTIONS, RESEMBLANCE, is_upload
from knowledge.store.base import Point, Record

T = TypeVar("T")

_ORDER = ("photo", "passage", "document", "corpus")
"""Kinds in the order in which they are sent: a document's own point says that the rest is there."""

_BATCH = 256


@dataclass(slots=True)
class Transfer:
    """How far a transfer is. `uploads` counts files, the others count points.

    Attributes:
        total: the source's points.
        sent: points that were written.
        same: points that the target already had.
        uploads: photos that had come over HTTP and were written.
        removed: points of the same corpora that the target alone had.
    """

    total: int
    sent: int = 0
    same: int = 0
    uploads: int = 0
    removed: int = 0


def copy_index(
    source: Index,
    target: Index,
    *,
    replace: bool = False,
    on_progress: Callable[[Transfer], None] = lambda transfer: None,
) -> Transfer:
    """Make `target` hold each corpus of `source` as it is there; its other corpora stay.

    Nothing should write to either meanwhile. A query to the target meanwhile finds old and new
    documents, each whole.

    Args:
        source: only read.
        target: of the same fingerprint.
        replace: whether to replace a corpus of the target that has the name of a corpus of the
            source and was read from another place.
        on_progress: called after every batch.

    Raises:
        IndexMismatchError: the two were made with different encoders or layouts.
        CorpusError: a corpus of the same name was read from another place.
        StorageError: one of them cannot be read or written, or points are missing; run it again.
    """
    if source.fingerprint != target.fingerprint:
        raise IndexMismatchError(
            f"{source.target} was made with encoder {source.fingerprint.encoder!r}, "
            f"{target.target} with {target.fingerprint.encoder!r}, or with other weights or "
            "another layout. Vectors of the two cannot be compared; give another target. Nothing "
            "was changed."
        )
    if not replace:
        _refuse_strangers(source, target)
    state = Transfer(total=sum(source.store.count({"kind": kind}) for kind in _ORDER))
    corpora: set[str] = set()
    sent: set[str] = set()
    for kind in _ORDER:
        for batch in _batches(source.store.scroll({"kind": kind}, with_vectors=True), _BATCH):
            _send(source, target, batch, state)
            corpora.update(record.payload["corpus"] for record in batch)
            sent.update(record.id for record in batch)
            on_progress(state)
    for corpus in sorted(corpora):
        _remove_others(target, corpus, sent, state)
        on_progress(state)
    _send_corrections(source, target)
    _send_calibration(source, target, corpora)
    target.store.optimize()
    _verify(source, target, corpora)
    return state


def _refuse_strangers(source: Index, target: Index) -> None:
    here = {record.id: record.payload for record in source.store.scroll({"kind": "corpus"})}
    for there in target.store.retrieve(list(here)):
        read_from = here[there.id]["path"]
        if there.payload["path"] != read_from:
            raise CorpusError(
                f"{target.target} already has a corpus {there.payload['corpus']!r}, read from "
                f"{there.payload['path']} and not from {read_from}; say --replace to have it "
                "replaced."
            )


def _send(source: Index, target: Index, records: list[Record], state: Transfer) -> None:
    """Write the records that the target lacks or has with another payload."""
    there = {
        record.id: record.payload
        for record in target.store.retrieve([record.id for record in records])
    }
    new = [record for record in records if there.get(record.id) != record.payload]
    for record in new:
        path = record.payload.get("path", "")
        if record.payload["kind"] == "photo" and is_upload(path) and record.id not in there:
            target.uploads.write(record.id, source.uploads.read(record.id))
            state.uploads += 1
    target.store.upsert([Point(record.id, record.payload, record.vectors) for record in new])
    state.sent += len(new)
    state.same += len(records) - len(new)


def _send_corrections(source: Index, target: Index) -> None:
    """Write the corrections that the target does not have; what was decided there stays."""
    found = source.store.scroll({"kind": ["proposal", "correction"]})
    for batch in _batches(found, _BATCH):
        there = {record.id for record in target.store.retrieve([each.id for each in batch])}
        new = [Point(each.id, each.payload) for each in batch if each.id not in there]
        if new:
            target.expect_corrections()
            target.store.upsert(new)


def _send_calibration(source: Index, target: Index, corpora: set[str]) -> None:
    """Keep what the source measured in the target, unless that has what knows more corpora."""
    for measured in (RESEMBLANCE, OWN_QUESTIONS):
        content, there = source.whole.calibration(measured), target.whole.calibration(measured)
        if content is None or content == there:
            continue
        others = any(each["corpus"] not in corpora for each in target.whole.corpora())
        if there is None or not others:
            target.keep_calibration(content, measured)


def _remove_others(target: Index, corpus: str, sent: set[str], state: Transfer) -> None:
    """Remove a corpus's points that the target alone holds, the documents' own points first."""
    others = [record for record in target.store.scroll({"corpus": corpus}) if record.id not in sent]
    others.sort(key=lambda record: record.payload["kind"] != "document")
    uploads = [
        record.id
        for record in others
        if record.payload["kind"] == "photo" and is_upload(record.payload["path"])
    ]
    let_go(
        target.store, [r.payload["document_id"] for r in others if r.payload["kind"] == "document"]
    )
    for ids in _batches((record.id for record in others), _BATCH):
        target.store.delete(ids)
    target.uploads.delete(uploads)
    state.removed += len(others)


def _verify(source: Index, target: Index, corpora: set[str]) -> None:
    for corpus in sorted(corpora):
        for kind in _ORDER:
            where = {"corpus": corpus, "kind": kind}
            wanted, found = source.store.count(where), target.store.count(where)
            if wanted != found:
                raise StorageError(
                    f"{target.target} holds {found:,} points of kind {kind!r} of the corpus "
                    f"{corpus!r} and not {wanted:,}: something else wrote to one of the two "
                    "meanwhile. Run the same command again."
                )


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
