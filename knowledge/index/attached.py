"""Keeps corrections attached to the documents that they are about, and to no others.

A correction names its document by its id, and describes it (`knowledge.same_document`). Before a
document is removed, its corrections are told what it was last: it may come back, or another one
may get its id. Each write is one point that is right before and after, so a kill does no harm.
"""

from collections.abc import Collection, Iterator, Sequence

from knowledge.corrections import described_in, describing, whereabouts
from knowledge.index.view import corrected_documents
from knowledge.store.base import Record, VectorStore

_AT_ONCE = 64
"""Documents whose texts are held in memory."""
_KINDS = ("proposal", "correction")


Approved = list[tuple[str, str]]
"""Ids of approved corrections, each with that of the document that it names."""


def let_go(store: VectorStore, document_ids: Collection[str]) -> Approved:
    """Describe documents that are about to be removed in their corrections.

    Returns:
        The approved ones, which say nothing until their document comes back.

    Raises:
        StorageError: the index cannot be written.
    """
    left: Approved = []
    for records in _corrections(store, document_ids):
        documents = corrected_documents(store, _corrected(records))
        described = {}
        for record in records:
            document = documents.get(record.payload["corrects"])
            if document is not None and whereabouts(record.payload, document) == "there":
                described[record.id] = {
                    **record.payload,
                    **describing(document, was_removed=True),
                }
                left += _if_approved(record)
        store.replace_payload(described)
    return left


def keep_attached(
    store: VectorStore, document_ids: Collection[str] | None = None, *, corpus: str | None = None
) -> Approved:
    """Describe documents that were just written anew in their corrections.

    So a document that came back, or is edited again and again, is known as what it is now.

    Args:
        store: to read and write.
        document_ids: of the documents; None for all of the corpus.
        corpus: its name.

    Returns:
        The approved ones whose document has become another.

    Raises:
        StorageError: the index cannot be read or written.
    """
    left: Approved = []
    for records in _corrections(store, document_ids):
        of = [
            each for each in _corrected(records) if corpus is None or each.startswith(f"{corpus}/")
        ]
        documents = corrected_documents(store, of)
        attached = {}
        for record in records:
            document = documents.get(record.payload["corrects"])
            match whereabouts(record.payload, document):
                case "there" if document is not None:
                    described = describing(document)
                    if described != described_in(record.payload):
                        kept = {k: v for k, v in record.payload.items() if k != "let_go"}
                        attached[record.id] = {**kept, **described}
                case "another":
                    left += _if_approved(record)
        store.replace_payload(attached)
    return left


def _if_approved(record: Record) -> Approved:
    is_approved = record.payload["kind"] == "correction"
    return [(record.payload["id"], record.payload["corrects"])] if is_approved else []


def _corrected(records: Sequence[Record]) -> list[str]:
    return sorted({record.payload["corrects"] for record in records})


def _corrections(
    store: VectorStore, document_ids: Collection[str] | None
) -> Iterator[list[Record]]:
    """Those of some documents, or all, some at a time."""
    wanted = None if document_ids is None else set(document_ids)
    if wanted is not None and not wanted:
        return
    few = wanted is not None and len(wanted) <= _AT_ONCE
    where = {"kind": list(_KINDS), **({"corrects": sorted(wanted)} if few and wanted else {})}
    # Read before any is written: a page of a store must not move meanwhile.
    found = [r for r in store.scroll(where) if wanted is None or r.payload["corrects"] in wanted]
    for start in range(0, len(found), _AT_ONCE):
        yield found[start : start + _AT_ONCE]
