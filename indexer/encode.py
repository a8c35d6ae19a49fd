"""A batch of photos and documents → their points. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.batch import Batch, ReadyPhoto
from indexer.decode import EncodedPhoto
from indexer.plan import DocumentPlan
from knowledge.bm25 import Bm25
from knowledge.index import PhotoFacts, layout
from knowledge.picture_text import PictureText
from knowledge.store import DenseVector, Point, SparseVector
from vlm.encoders import Encoder, encode_upright
from vlm.encoders.text import TextEncoder
from vlm.images import DecodedImage
from vlm.likeness import picture_hash

PassageVectors = dict[str, DenseVector | SparseVector]
"""Name of a vector → the vector, of one passage."""


@dataclass(frozen=True, slots=True)
class PassageWords:
    """What of a passage is encoded: the words for the encoders, and those for BM25."""

    clip: str
    bm25: str


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
        missing = missing_passages(batch)
        decoded = [(of.image, of.read) for of in batch.photos if isinstance(of.image, DecodedImage)]
        photos = photo_points(batch.photos, self.encode_photos(decoded))
        words = [words_of(plan, position) for plan, position in missing]
        return EncodedBatch(batch, photos, passage_points(missing, self.encode_passages(words)))

    def encode_photos(
        self, photos: Sequence[tuple[DecodedImage, PictureText | None]]
    ) -> list[EncodedPhoto]:
        """Decoded photos, each with the text read in it → their vectors and facts.

        Raises:
            ModelError: the encoder failed.
        """
        if not photos:
            return []
        vectors, turns = encode_upright(self._encoder, [image.pixels for image, _ in photos])
        return [
            EncodedPhoto(vector, _facts(image, read, turned))
            for (image, read), vector, turned in zip(photos, vectors, turns, strict=True)
        ]

    def encode_passages(self, words: Sequence[PassageWords]) -> list[PassageVectors]:
        """What passages say → their vectors.

        Raises:
            ModelError: an encoder failed.
        """
        if not words:
            return []
        texts = [of.clip for of in words]
        vectors: list[PassageVectors] = [
            {layout.CLIP_TEXT: vector} for vector in self._encoder.encode_texts(texts)
        ]
        if self._text_encoder is not None:
            for of, vector in zip(vectors, self._text_encoder.encode_passages(texts), strict=True):
                of[layout.TEXT] = vector
        sparse = self._bm25.encode_documents([of.bm25 for of in words])
        for named, terms in zip(vectors, sparse, strict=True):
            named[layout.BM25] = terms
        return vectors


def missing_passages(batch: Batch) -> list[tuple[DocumentPlan, int]]:
    """The passages of a batch that the index does not hold: the plan, and the position in it."""
    plans = [ready.plan for ready in batch.documents]
    return [(plan, position) for plan in plans for position in plan.passages_to_encode()]


def words_of(plan: DocumentPlan, position: int) -> PassageWords:
    """What of a planned passage is encoded."""
    document, passage = plan.document, plan.passages[position]
    return PassageWords(
        layout.passage_clip_text(document, passage), layout.passage_bm25_text(document, passage)
    )


def passage_points(
    missing: Sequence[tuple[DocumentPlan, int]], vectors: Sequence[PassageVectors]
) -> list[Point]:
    """The points of passages, `vectors` being those of `missing`, in the same order."""
    return [
        Point(
            plan.passage_ids[position],
            layout.passage_payload(plan.document, plan.passages[position]),
            of,
        )
        for (plan, position), of in zip(missing, vectors, strict=True)
    ]


def photo_points(photos: Sequence[ReadyPhoto], encoded: Sequence[EncodedPhoto]) -> list[Point]:
    """The points of photos; `encoded` are those that came decoded only, in the same order."""
    rest = iter(encoded)
    return [
        _photo_point(of, of.image if isinstance(of.image, EncodedPhoto) else next(rest))
        for of in photos
    ]


def _photo_point(ready: ReadyPhoto, encoded: EncodedPhoto) -> Point:
    plan, position = ready.plan, ready.position
    photo = plan.document.photos[position]
    payload = layout.photo_payload(plan.document, photo, position, encoded.facts)
    return Point(plan.photo_ids[position], payload, {layout.IMAGE: encoded.vector})


def _facts(image: DecodedImage, read: PictureText | None, turned: int) -> PhotoFacts:
    return PhotoFacts(
        width=image.width,
        height=image.height,
        format=image.format,
        taken_at=image.taken_at,
        latitude=image.latitude,
        longitude=image.longitude,
        read=read,
        turned=turned,
        hash=picture_hash(image.pixels),
    )
