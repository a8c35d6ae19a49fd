"""Make an index hold a corpus: the whole run, from reading to the report.

Running again resumes: what the index holds is not encoded again, and documents that the corpus no
longer has are removed. After a kill, run it again.
"""

import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from indexer.ahead import run_ahead
from indexer.batch import Batch, gather
from indexer.decode import decode_ahead
from indexer.duplicates import Duplicates
from indexer.encode import EncodedBatch
from indexer.hashes import add_hashes
from indexer.known_content import KnownContent
from indexer.plan import DocumentPlan, Planner
from indexer.renamed import recognise
from indexer.report import IndexReport
from indexer.workplace import ThisMachine, Workplace
from indexer.write import write_batch
from knowledge.corpus import Corpus
from knowledge.documents import Document, Note, Problem
from knowledge.errors import CorpusError, NotFoundError
from knowledge.index import Change, Fingerprint, Index, keep_attached, layout, let_go
from knowledge.store import Point
from vlm.encoders import Encoder
from vlm.encoders.text import TextEncoder
from vlm.ocr import TextReader

_DELETE_BATCH = 1_000

_WAITING = 1
"""Batches that may wait between two stages: just enough that neither waits for the other."""


def fingerprint_of(
    encoder: Encoder,
    text_encoder: TextEncoder | None = None,
    text_reader: TextReader | None = None,
) -> Fingerprint:
    """The fingerprint of an index that is made with these encoders and this reader of photos."""
    card = encoder.card
    text = text_encoder.card if text_encoder else None
    return Fingerprint(
        encoder=card.name,
        encoder_fingerprint=card.fingerprint,
        dim=card.dim,
        passage_tokens=card.max_tokens,
        text_encoder=text.name if text else None,
        text_encoder_fingerprint=text.fingerprint if text else None,
        text_dim=text.dim if text else 0,
        text_reader=text_reader.name if text_reader else None,
    )


def index_corpus(
    corpus: Corpus,
    index: Index,
    encoder: Encoder,
    *,
    text_encoder: TextEncoder | None = None,
    text_reader: TextReader | None = None,
    most_gone: float = 1.0,
    where: Workplace | None = None,
    on_progress: Callable[[IndexReport], None] = lambda report: None,
) -> IndexReport:
    """Make `index` hold what `corpus` holds.

    Args:
        corpus: what to read.
        index: made with `fingerprint_of(encoder, text_encoder, text_reader)`.
        encoder: makes the vectors.
        text_encoder: makes the passages' second vector `text`.
        text_reader: reads the text in photos; None reads none.
        most_gone: share of the corpus's documents that may be removed; if more are gone, none is.
        where: what does the work, with equal encoders and reader; by default this process.
        on_progress: called after every batch, with the report so far.

    Returns:
        What was done, and what could not be used.

    Raises:
        CorpusError: the corpus cannot be read at all, or another corpus has its name.
        StorageError: the index cannot be written; what was written before stays.
        IndexMismatchError: the index was made with another reader of photos.
        ModelError: the encoder or the reader of photos failed.
        ClusterError: the machines of the workplace are all lost, or do not fit together.
    """
    index.check_text_reader(text_reader.name if text_reader else None)
    started = time.perf_counter()
    corpus, notes = recognise(corpus, index)
    report = IndexReport(corpus=corpus.name, notes=notes)
    _claim_name(corpus, index)
    seen: set[str] = set()
    all_named = True
    duplicates = Duplicates()
    planner = Planner(
        index,
        encoder.count_tokens,
        text_reader=text_reader.name if text_reader else None,
        known=KnownContent(index, [corpus.name]),
    )
    encoded_batches = _encoded(
        planner,
        planner.plans(_watched(corpus.read(), duplicates)),
        corpus.root,
        where or ThisMachine(encoder, text_encoder, text_reader),
    )
    with closing(encoded_batches) as encoded:
        for done in encoded:
            write_batch(done, index, report)
            for problem in done.batch.problems:
                all_named &= problem.document_id is not None
            seen |= _documents_of(done.batch)
            on_progress(report)
    report.notes += duplicates.notes()
    _remove_gone(corpus, index, seen, report, really=all_named, most_gone=most_gone)
    report.hashed = add_hashes(index, corpus.name)
    report.notes += _left_behind(corpus, index)
    if report.new or report.changed or report.removed or report.hashed:
        index.store.optimize()
    report.seconds = time.perf_counter() - started
    on_progress(report)
    return report


def _watched(
    items: Iterable[Document | Problem | Note], duplicates: Duplicates
) -> Iterator[Document | Problem | Note]:
    for item in items:
        if isinstance(item, Document):
            duplicates.add(item)
        yield item


def _encoded(
    planner: Planner,
    plans: Iterable[DocumentPlan | Problem | Note],
    root: Path,
    where: Workplace,
) -> Generator[EncodedBatch, None, None]:
    """Plans, with their photos loaded and all of it encoded, each stage ahead of the next.

    While one batch is written, the next is encoded, and the photos of a third are loaded.
    """
    pace = where.pace()

    def encoded() -> Generator[EncodedBatch, None, None]:
        steps = decode_ahead(plans, where.loader(root), planner=planner)
        yield from where.encode(run_ahead(gather(steps, pace), depth=_WAITING), pace)

    return run_ahead(encoded(), depth=_WAITING)


def _documents_of(batch: Batch) -> set[str]:
    """Ids of all documents of the corpus that are in a batch, usable or not."""
    plans = [*batch.unchanged, *(ready.plan for ready in batch.documents)]
    named = {problem.document_id for problem in batch.problems if problem.document_id is not None}
    return named | {plan.document.document_id for plan in plans}


def _claim_name(corpus: Corpus, index: Index) -> None:
    """Write where the corpus is; refuse a name under which another corpus was indexed.

    Without this, indexing a second folder called `photos`, or `list.jsonl` after `list.csv`, would
    remove the documents of the first. A corpus that moved keeps its name.
    """
    point_id = layout.corpus_point_id(corpus.name)
    payload = layout.corpus_payload(
        corpus.name,
        path=str(corpus.path.resolve()),
        root=str(corpus.root.resolve()),
        source=corpus.kind,
    )
    records = index.store.retrieve([point_id])
    if records:
        known = records[0].payload["path"]
        if known != payload["path"] and Path(known).exists():
            raise CorpusError(
                f"The index already has a corpus {corpus.name!r}, read from {known}; give this "
                f"one another name with --corpus NAME."
            )
    if not records or records[0].payload != payload:
        index.store.upsert([Point(point_id, payload)])


def _remove_gone(
    corpus: Corpus,
    index: Index,
    seen: set[str],
    report: IndexReport,
    *,
    really: bool,
    most_gone: float,
) -> None:
    """Remove documents that the corpus no longer has, and points of such from interrupted runs.

    If something unreadable may be one of them (`really` is false), they are kept and counted.
    Documents that came over HTTP stay.
    """
    gone, live = _points_by_document(corpus.name, index, except_of=seen)
    for document_id in live:
        gone.pop(document_id, None)
    if not really:
        report.kept = len(gone)
        return
    if len(gone) > most_gone * (len(gone) + report.changed + report.unchanged):
        report.withheld = len(gone)
        return
    report.removed = len(gone)
    report.notes += [
        Note(
            document_id,
            f"The approved correction {id_} says nothing while its document is not in the index; "
            "`snapcite corrections withdraw` takes it back.",
        )
        for id_, document_id in let_go(index.store, list(gone))
    ]
    _delete([id_ for points in gone.values() for id_ in points], index)


def _left_behind(corpus: Corpus, index: Index) -> list[Note]:
    """What a person should know of approved corrections of documents that are other ones now."""
    left = keep_attached(index.store, corpus=corpus.name)
    return [
        Note(
            document_id,
            f"The approved correction {id_} is of another document that had this id, and is left "
            "out: `snapcite corrections withdraw` takes it back; if it is right here too, propose "
            "it again.",
        )
        for id_, document_id in left
    ]


def remove_corpus(name: str, index: Index) -> int:
    """Remove a whole corpus from an index.

    Args:
        name: the corpus's name.
        index: the index that holds it.

    Returns:
        How many documents were removed.

    Raises:
        NotFoundError: the index holds no corpus of that name.
        StorageError: the index cannot be written.
    """
    point_id = layout.corpus_point_id(name)
    if not index.store.retrieve([point_id]):
        names = ", ".join(str(corpus["corpus"]) for corpus in index.whole.corpora()) or "none"
        raise NotFoundError(f"The index holds no corpus {name!r}; it holds: {names}.")
    documents, _ = _points_by_document(name, index)
    let_go(index.store, list(documents))
    # The corpus's own point is removed last, so that an interrupted removal can be repeated.
    _delete([id_ for points in documents.values() for id_ in points], index)
    _delete([point_id], index)
    return len(documents)


def _points_by_document(
    corpus: str, index: Index, *, except_of: Collection[str] = ()
) -> tuple[dict[str, list[str]], set[str]]:
    """Document id → ids of all its points; and the ids of documents that came over HTTP.

    `except_of`: ids of documents that are left out, usually nearly all, so that little is kept.
    """
    points: dict[str, list[str]] = {}
    live: set[str] = set()
    keys = ["document_id", *layout.LIVE_KEYS]
    for record in index.store.scroll({"corpus": corpus}, keys=keys):
        document_id = record.payload.get("document_id")
        if document_id is not None and document_id not in except_of:
            points.setdefault(document_id, []).append(record.id)
            if layout.is_live(record.payload):
                live.add(document_id)
    return points, live


def _delete(ids: Sequence[str], index: Index) -> None:
    for start in range(0, len(ids), _DELETE_BATCH):
        index.journal.apply(Change(removed=ids[start : start + _DELETE_BATCH]))
