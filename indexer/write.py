"""Write an encoded batch, so that a kill at any moment loses no finished work.

The order of writes makes resuming safe: first a document's photos and passages, then the removal of
its stale points, then its own point, which marks it as complete.
"""

from indexer.batch import ReadyDocument
from indexer.encode import EncodedBatch
from indexer.plan import DocumentPlan
from indexer.report import IndexReport
from knowledge.index import Change, Index, layout
from knowledge.optional import optional
from knowledge.store import Point
from vlm.chronology import Chronology, chronology_of, chronology_payload


def write_batch(encoded: EncodedBatch, index: Index, report: IndexReport) -> None:
    """Write a batch and count it. A document's photos are in its batch or an earlier one.

    Raises:
        StorageError: the store cannot be written; what was written before stays.
    """
    documents = [ready for ready in encoded.batch.documents if not ready.is_empty]
    index.journal.apply(change_of(encoded))
    report.photos_embedded += len(encoded.photos)
    report.passages_embedded += len(encoded.passages)
    reads = [ready.read for ready in encoded.batch.photos if ready.read is not None]
    report.photos_with_text += sum(bool(read.lines) for read in reads)
    report.new += sum(ready.plan.status == "new" for ready in documents)
    report.changed += sum(ready.plan.status == "changed" for ready in documents)
    report.unchanged += len(encoded.batch.unchanged)
    report.reused += sum(
        len(ready.plan.copied_photos) + len(ready.plan.copied_passages) for ready in documents
    )
    report.problems += encoded.batch.problems
    report.notes += encoded.batch.notes


def change_of(encoded: EncodedBatch) -> Change:
    """The change that a batch makes to the index that it was planned for."""
    documents = [ready for ready in encoded.batch.documents if not ready.is_empty]
    # Of a document whose photos are all damaged, the index keeps an earlier version, if that shows
    # anything.
    empty = [ready for ready in encoded.batch.documents if ready.is_empty]
    copied = [
        point
        for ready in documents
        for points in (ready.plan.copied_photos, ready.plan.copied_passages)
        for point in points.values()
    ]
    return Change(
        added=[*encoded.photos, *encoded.passages, *copied],
        payloads={
            id_: payload
            for ready in documents
            for id_, payload in _moved_payloads(ready.plan).items()
        },
        removed=[
            *(id_ for ready in documents for id_ in ready.plan.stale_ids()),
            *(
                layout.document_point_id(ready.plan.document.document_id)
                for ready in empty
                if not ready.plan.stored
            ),
        ],
        marks=[_document_point(ready) for ready in documents],
    )


def _document_point(ready: ReadyDocument) -> Point:
    document, plan = ready.plan.document, ready.plan
    payload = layout.document_payload(
        document,
        photo_ids=[id_ for i, id_ in enumerate(plan.photo_ids) if i not in ready.broken],
        passages=len(plan.passages),
        problems=list(ready.broken.values()),
        corpus_hash=plan.content_hash,
        chronology=chronology_payload(
            optional(
                lambda: chronology_of(document),
                otherwise=Chronology(),
                what="chronology",
                document_id=document.document_id,
            )
        ),
    )
    return Point(layout.document_point_id(document.document_id), payload)


def _moved_payloads(plan: DocumentPlan) -> dict[str, layout.Payload]:
    """New payloads of points whose vectors stay, such as those with another position or tags."""
    document, stored = plan.document, plan.stored
    wanted: dict[str, layout.Payload] = {}
    encoded_again = set(plan.photos_to_encode())
    for id_, passage in zip(plan.passage_ids, plan.passages, strict=True):
        if id_ in stored:
            wanted[id_] = layout.passage_payload(document, passage)
    for position, (id_, photo) in enumerate(zip(plan.photo_ids, document.photos, strict=True)):
        if id_ in stored and position not in encoded_again:
            facts = layout.photo_facts_from_payload(stored[id_])
            wanted[id_] = layout.photo_payload(document, photo, position, facts)
    return {id_: payload for id_, payload in wanted.items() if payload != stored[id_]}
