"""The usual stack, as tutorials put it together: open_clip in fp32 PyTorch, Pillow, qdrant-client.

Photos are decoded whole, one after another, prepared by open_clip's own transform and encoded in
batches of 32; vectors go into qdrant-client's local mode. Nothing is made slower than it is there.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

BATCH = 32
_COLLECTION = "photos"

Floats = npt.NDArray[np.float32]


class UsualStack:
    """A model, its transform, and a collection in memory or in a folder."""

    def __init__(self, clip: Path, folder: Path | None = None) -> None:
        """Load the weights of `clip` (see `benchmarks.clip`); `folder`: where the vectors are."""
        import open_clip
        from qdrant_client import QdrantClient

        self._model, _, self._transform = open_clip.create_model_and_transforms(
            f"local-dir:{clip.resolve()}"
        )
        self._model.eval()
        self.client = QdrantClient(path=str(folder)) if folder else QdrantClient(":memory:")

    def create(self, dim: int) -> None:
        """An empty collection."""
        from qdrant_client import models

        if self.client.collection_exists(_COLLECTION):
            self.client.delete_collection(_COLLECTION)
        self.client.create_collection(
            _COLLECTION,
            vectors_config=models.VectorParams(size=dim, distance=models.Distance.COSINE),
        )

    def index(self, paths: Sequence[Path]) -> None:
        """Decode, encode and write photos; ids are their positions."""
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            self.upsert(start, self.encode(batch), [{"path": str(path)} for path in batch])

    def encode(self, paths: Sequence[Path]) -> Floats:
        """(n, dim), rows of length 1."""
        import torch

        with torch.no_grad():
            squares = [self._transform(Image.open(path)) for path in paths]
            rows = self._model.encode_image(torch.stack(squares))
            vectors: Floats = (rows / rows.norm(dim=-1, keepdim=True)).numpy()
            return vectors

    def upsert(self, first: int, vectors: Floats, payloads: Iterable[dict[str, Any]]) -> None:
        """Write points whose ids count up from `first`."""
        from qdrant_client import models

        self.client.upsert(
            _COLLECTION,
            [
                models.PointStruct(id=first + at, vector=vector.tolist(), payload=payload)
                for at, (vector, payload) in enumerate(zip(vectors, payloads, strict=True))
            ],
        )

    def nearest(self, vector: Floats, k: int) -> list[dict[str, Any]]:
        """Payloads of the `k` closest points."""
        found = self.client.query_points(_COLLECTION, query=vector.tolist(), limit=k)
        return [point.payload or {} for point in found.points]

    def query(self, path: Path, k: int) -> list[dict[str, Any]]:
        """Payloads of what is closest to a photo."""
        return self.nearest(self.encode([path])[0], k)

    def vectors(self) -> dict[str, Floats]:
        """Path → its vector, of all that was indexed."""
        found, _ = self.client.scroll(_COLLECTION, limit=1_000_000, with_vectors=True)
        return {
            str((point.payload or {})["path"]): np.asarray(point.vector, np.float32)
            for point in found
        }

    def close(self) -> None:
        """Let go of the collection."""
        self.client.close()
