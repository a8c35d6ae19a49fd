"""A batch of photos and documents → their points. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.batch import Batch, ReadyPhoto
from indexer.plan import DocumentPlan
from knowledge.bm25 import Bm25
from knowledge.index import PhotoFacts, layout
from knowledge.store import DenseVector, Point, SparseVector
from vlm.encoders import Encoder, encode_upright
from vlm.encoders.text import TextEncoder
from vlm.likeness import picture_hash


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """A batch and the points of its photos and passages."""

    batch: Batch
    photos: list[Point]
    passages: list[Point]

    @property
    def points(self) -> int:
        """How many points were encoded."""
        return len(self.photos) + len(self.passages)


class BatchEncoder:
    """Encodes whole batches. The encoders' owner closes them."""

    def __init__(self, encoder: Encoder, text_encoder: TextEncoder | None = None) -> None:
        """`text_encoder` makes the passages' further vector `text`."""
        self._encoder = encoder
        self._text_encoder = text_encoder
        self._bm25 = Bm25()

    def encode(self, batch: Batch) -> EncodedBatch:
        """Encode the photos and passages of a batch that the index does not hold.

        Raises:
            ModelError: an encoder failed.
        """
        plans = [ready.plan for ready in batch.documents]
        return EncodedBatch(batch, self._photo_points(batch.photos), self._passage_points(plans))

    def _photo_points(self, photos: Sequence[ReadyPhoto]) -> list[Point]:
        if not photos:
            return []
        vectors, turns = encode_upright(self._encoder, [ready.image.pixels for ready in photos])
        return list(map(_photo_point, photos, vectors, turns))

    def _passage_points(self, plans: Sequence[DocumentPlan]) -> list[Point]:
        missing = [(plan, i) for plan in plans for i in plan.passages_to_encode()]
        if not missing:
            return []
        found = [(plan.document, plan.passages[i]) for plan, i in missing]
        texts = [layout.passage_clip_text(document, passage) for document, passage in found]
        vectors: list[dict[str, DenseVector | SparseVector]] = [
            {layout.CLIP_TEXT: vector} for vector in self._encoder.encode_texts(texts)
        ]
        if self._text_encoder is not None:
            for of, vector in zip(vectors, self._text_encoder.encode_passages(texts), strict=True):
                of[layout.TEXT] = vector
        words = [layout.passage_bm25_text(document, passage) for document, passage in found]
        for of, sparse in zip(vectors, self._bm25.encode_documents(words), strict=True):
            of[layout.BM25] = sparse
        return [
            Point(plan.passage_ids[i], layout.passage_payload(plan.document, plan.passages[i]), of)
            for (plan, i), of in zip(missing, vectors, strict=True)
        ]


def _photo_point(ready: ReadyPhoto, vector: DenseVector, turned: int) -> Point:
    plan, position = ready.plan, ready.position
    facts = replace(_facts(ready), turned=turned)
    payload = layout.photo_payload(plan.document, plan.document.photos[position], position, facts)
    return Point(plan.photo_ids[position], payload, {layout.IMAGE: vector})


def _facts(ready: ReadyPhoto) -> PhotoFacts:
    image = ready.image
    return PhotoFacts(
        width=image.width,
        height=image.height,
        format=image.format,
        taken_at=image.taken_at,
        latitude=image.latitude,
        longitude=image.longitude,
        read=ready.read,
        hash=picture_hash(image.pixels),
    )
