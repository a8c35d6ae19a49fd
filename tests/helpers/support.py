"""Small real parts for tests: an encoder that needs no model, photos that need no file."""

import hashlib
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from vlm.encoders.base import Embeddings, EncoderCard, TurnLogits

_SIDE = 4
_DIM = _SIDE * _SIDE * 3 + 64


class TinyEncoder:
    """A real two-part embedding: a photo's 4 × 4 colours, a text's hashed words.

    Photos and texts share no dimensions, so nothing is found across modalities by it.
    """

    def __init__(self, name: str = "tiny", *, languages: tuple[str, ...] = ("en",)) -> None:
        self.card = EncoderCard(
            name=name,
            fingerprint=hashlib.sha256(name.encode()).hexdigest(),
            dim=_DIM,
            image_size=32,
            max_tokens=64,
            languages=languages,
            foreign_below=0.9,
            runtime="test",
        )
        self.images_encoded = 0
        self.texts_encoded = 0

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        self.images_encoded += len(images)
        rows = np.zeros((len(images), _DIM), dtype=np.float32)
        for row, image in zip(rows, images, strict=True):
            small = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float32)
            row[: _SIDE * _SIDE * 3] = small.ravel() - 127.3
        return _normalised(rows)

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        self.texts_encoded += len(texts)
        rows = np.zeros((len(texts), _DIM), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[-1] = 0.1
            for word in text.casefold().split():
                digest = hashlib.sha256(word.strip(".,?!").encode()).digest()
                row[_SIDE * _SIDE * 3 + digest[0] % 64] += 1.0
        return _normalised(rows)

    def count_tokens(self, text: str) -> int:
        return 2 + len(text.split())


class SkyEncoder(TinyEncoder):
    """A `TinyEncoder` that sees turns: the brightest edge of a photo is its sky."""

    def sees_turns(self) -> bool:
        return True

    def encode_seeing_turns(self, images: Sequence[Image.Image]) -> tuple[Embeddings, TurnLogits]:
        edges = np.array([_sky(image) for image in images], dtype=np.float32)
        return self.encode_images(images), edges.reshape(-1, 4)


def _sky(image: Image.Image) -> list[float]:
    grid = np.asarray(image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)) / 255.0
    # Turned clockwise by 90 degrees, the upper edge is on the right.
    edges = [grid[0], grid[:, -1], grid[-1], grid[:, 0]]
    return [30 * float(edge.mean()) for edge in edges]


def _normalised(rows: Embeddings) -> Embeddings:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def photo(seed: int, *, size: tuple[int, int] = (48, 32)) -> Image.Image:
    """A photo of coloured blocks, unlike that of any other seed."""
    blocks = np.random.default_rng(seed).integers(0, 256, (_SIDE, _SIDE, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST)


def scene(seed: int, *, size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A photo of dim coloured blocks below a bright sky, unlike that of any other seed."""
    blocks = np.random.default_rng(seed).integers(0, 160, (_SIDE, _SIDE, 3), dtype=np.uint8)
    blocks[0] += 95
    return Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST)


def encoded(image: Image.Image, format: str = "JPEG") -> bytes:
    """An image's bytes in a file format."""
    buffer = io.BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()
