"""Encode what is missing and write it, so that a kill at any moment loses no finished work.

Order of writes, the only thing that makes resuming safe: a document's photos and passages, then
the removal of its stale points, then its own point, which marks it as complete.
"""

from collections.abc import Sequence

from indexer.decode import PhotoStep
from indexer.plan import DocumentPlan
from indexer.report import IndexReport
from knowledge import layout
from knowledge.bm25 import Bm25
from knowledge.documents import Problem
from knowledge.layout import PhotoFacts
from knowledge.store import DenseVector, Point, SparseVector, VectorStore
from vlm.encoder import Encoder
from vlm.images import DecodedImage
from vlm.text_encoder import TextEncoder

_BATCH = 64
"""Points encoded and written at a time: bounds what a kill can lose (a few seconds of encoding)
and how often the store is asked to make things durable."""


class Writer:
    """Takes decoded photos and then their document's plan, in order; writes in batches."""

    def __init__(
        self,
        store: VectorStore,
        encoder: Encoder,
        report: IndexReport,
        *,
        text_encoder: TextEncoder | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._text_encoder = text_encoder
        self._report = report
        self._bm25 = Bm25()
        self._photos: list[tuple[DocumentPlan, int, DecodedImage]] = []
        self._documents: list[DocumentPlan] = []
        self._broken: dict[str, dict[int, Problem]] = {}
        self._pending = 0

    def photo(self, step: PhotoStep) -> None:
        """Take a photo; a broken one is noted, and its document goes on without it."""
        if isinstance(step.image, Problem):
            document_id = step.plan.document.document_id
            self._broken.setdefault(document_id, {})[step.position] = step.image
            self._report.problems.append(step.image)
        else:
            self._photos.append((step.plan, step.position, step.image))
            self._count(1)

    def document(self, plan: DocumentPlan) -> None:
        """Take a document whose photos have all been handed over."""
        self._documents.append(plan)
        self._count(1 + len(plan.passages))

    def flush(self) -> None:
        """Encode and write everything taken so far."""
        photos, documents = self._photos, self._documents
        self._photos, self._documents, self._pending = [], [], 0
        self._store.upsert(
            self._photo_points(photos)
            + [point for plan in documents for point in self._passage_points(plan)]
        )
        self._store.replace_payload(
            {id_: payload for plan in documents for id_, payload in _moved_payloads(plan).items()}
        )
        self._store.delete([id_ for plan in documents for id_ in plan.stale_ids()])
        self._store.upsert([self._document_point(plan) for plan in documents])
        self._report.new += sum(plan.status == "new" for plan in documents)
        self._report.changed += sum(plan.status == "changed" for plan in documents)

    def _count(self, points: int) -> None:
        self._pending += points
        if self._pending >= _BATCH:
            self.flush()

    def _photo_points(
        self, photos: Sequence[tuple[DocumentPlan, int, DecodedImage]]
    ) -> list[Point]:
        if not photos:
            return []
        vectors = self._encoder.encode_images([image.pixels for _, _, image in photos])
        self._report.photos_embedded += len(photos)
        points = []
        for (plan, position, image), vector in zip(photos, vectors, strict=True):
            photo = plan.document.photos[position]
            payload = layout.photo_payload(plan.document, photo, position, _facts(image))
            points.append(Point(plan.photo_ids[position], payload, {layout.IMAGE: vector}))
        return points

    def _passage_points(self, plan: DocumentPlan) -> list[Point]:
        missing = plan.passages_to_encode()
        if not missing:
            return []
        document = plan.document
        passages = [plan.passages[i] for i in missing]
        texts = [layout.passage_clip_text(document, passage) for passage in passages]
        vectors: list[dict[str, DenseVector | SparseVector]] = [
            {layout.CLIP_TEXT: vector} for vector in self._encoder.encode_texts(texts)
        ]
        if self._text_encoder is not None:
            for of, vector in zip(vectors, self._text_encoder.encode_passages(texts), strict=True):
                of[layout.TEXT] = vector
        sparse = self._bm25.encode_documents(
            [layout.passage_bm25_text(document, passage) for passage in passages]
        )
        self._report.passages_embedded += len(missing)
        return [
            Point(
                plan.passage_ids[i],
                layout.passage_payload(document, passage),
                {**dense, layout.BM25: bm25},
            )
            for i, passage, dense, bm25 in zip(missing, passages, vectors, sparse, strict=True)
        ]

    def _document_point(self, plan: DocumentPlan) -> Point:
        document = plan.document
        broken = self._broken.pop(document.document_id, {})
        payload = layout.document_payload(
            document,
            photo_ids=[id_ for i, id_ in enumerate(plan.photo_ids) if i not in broken],
            passages=len(plan.passages),
            problems=list(broken.values()),
        )
        return Point(layout.document_point_id(document.document_id), payload)


def _facts(image: DecodedImage) -> PhotoFacts:
    return PhotoFacts(
        width=image.width,
        height=image.height,
        format=image.format,
        taken_at=image.taken_at,
        latitude=image.latitude,
        longitude=image.longitude,
    )


def _moved_payloads(plan: DocumentPlan) -> dict[str, layout.Payload]:
    """New payloads of points whose vectors stay: another position, span or set of tags."""
    document, stored = plan.document, plan.stored
    wanted: dict[str, layout.Payload] = {}
    for id_, passage in zip(plan.passage_ids, plan.passages, strict=True):
        if id_ in stored:
            wanted[id_] = layout.passage_payload(document, passage)
    for position, (id_, photo) in enumerate(zip(plan.photo_ids, document.photos, strict=True)):
        if id_ in stored:
            facts = layout.photo_facts_from_payload(stored[id_])
            wanted[id_] = layout.photo_payload(document, photo, position, facts)
    return {id_: payload for id_, payload in wanted.items() if payload != stored[id_]}
