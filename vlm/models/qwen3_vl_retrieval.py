"""Qwen3-VL-Embedding and Qwen3-VL-Reranker: which there are, and where a model's files lie.

A name is one of

    qwen3-vl-embedding, qwen3-vl-reranker    the largest of the family that is on this machine
    Qwen/Qwen3-VL-Embedding-2B               a repository in the Hugging Face cache, or a folder of
                                             that name (`/` written `--`) in the folder of models
    folder                                   with `config.json`, the weights and the tokenizer

Behind it may stand the length of the vectors and how it is run: `NAME:1024`, `NAME@bf16`,
`NAME@server`, `NAME:1024@server`. Never touches the network and loads no weights:
`vlm.last_state` does.
"""

import hashlib
import json
import os
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

from knowledge.errors import ModelBrokenError, ModelMissingError

EMBEDDING = "qwen3-vl-embedding"
RERANKER = "qwen3-vl-reranker"

FAMILIES: Mapping[str, tuple[str, ...]] = {
    EMBEDDING: ("Qwen/Qwen3-VL-Embedding-8B", "Qwen/Qwen3-VL-Embedding-2B"),
    RERANKER: ("Qwen/Qwen3-VL-Reranker-8B", "Qwen/Qwen3-VL-Reranker-2B"),
}
"""Short name → the published models, the largest first."""

MODEL_TYPE = "qwen3_vl"
SHORTEST_VECTOR = 64
"""The shortest vector that the published models were trained to be cut to (Matryoshka)."""

How = Literal["bf16", "fp32", "server"]
"""How a model is run: with which precision in this process, or on a server."""

_CONFIG = "config.json"
_SINGLE = "model.safetensors"
_SHARDS = "model.safetensors.index.json"
_READ_WHOLE = ("tokenizer.json", "preprocessor_config.json")
_LARGEST_JSON = 16 * 2**20
_SAMPLE = 4096
"""Bytes of each tensor that its digest covers."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """A name with what stands behind it. `dim` is None for whole vectors, `how` for the default."""

    name: str
    dim: int | None = None
    how: How | None = None

    def __str__(self) -> str:
        length = f":{self.dim}" if self.dim is not None else ""
        return f"{self.name}{length}{f'@{self.how}' if self.how else ''}"


def split_name(name: str) -> ModelName:
    """A name, the length of its vectors and how it is run.

    >>> split_name("Qwen/Qwen3-VL-Embedding-2B:1024@bf16")
    ModelName(name='Qwen/Qwen3-VL-Embedding-2B', dim=1024, how='bf16')
    >>> str(split_name("qwen3-vl-embedding@server")), split_name("folder").dim
    ('qwen3-vl-embedding@server', None)
    """
    match = re.fullmatch(r"(.+?)(?::([0-9]{1,5}))?(?:@(bf16|fp32|server))?", name, re.DOTALL)
    if match is None:
        return ModelName(name)
    return ModelName(match[1], int(match[2]) if match[2] else None, cast("How | None", match[3]))


def is_served(name: str) -> bool:
    """Whether an encoder or reranker of this name is on a server.

    >>> is_served("Qwen/Qwen3-VL-Embedding-2B:64@server"), is_served("starter")
    (True, False)
    """
    return split_name(name).how == "server"


@dataclass(frozen=True, slots=True)
class QwenFiles:
    """The folder of a Qwen3-VL and what its `config.json` says.

    Attributes:
        name: as a person calls it.
        folder: where the files are.
        hidden: length of its hidden states.
        weights: the files of the weights, in order.
    """

    name: str
    folder: Path
    hidden: int
    weights: tuple[Path, ...]

    @property
    def bytes(self) -> int:
        """Bytes of the weights."""
        return sum(path.stat().st_size for path in self.weights)

    def digest(self) -> str:
        """SHA-256 of what a hidden state depends on, except precision.

        Of each tensor its name, form and first 4 KiB count: reading all 16 GB would take longer
        than loading them, and no training leaves the beginning of every tensor as it was.

        Raises:
            ModelBrokenError: a file of the weights is damaged.
        """
        digest = hashlib.sha256()
        config = _read_json(self.folder / _CONFIG)
        towers = {key: config.get(key) for key in ("text_config", "vision_config")}
        digest.update(json.dumps(towers, sort_keys=True).encode())
        for name in _READ_WHOLE:
            path = self.folder / name
            if path.is_file():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        samples = sorted(line for path in self.weights for line in _sampled(path))
        digest.update("\n".join(samples).encode())
        return digest.hexdigest()


def find_qwen3_vl(
    name: str, family: str, *, models_root: Path | None = None, own_root: Path | None = None
) -> QwenFiles | None:
    """The files of a Qwen3-VL for retrieval; None if the name is not that of one.

    Args:
        name: without length and precision.
        family: `EMBEDDING` or `RERANKER`.
        models_root: folder of the bundled models.
        own_root: folder of added models.

    Raises:
        ModelMissingError: it is one, and its files are not all on this machine.
        ModelBrokenError: its configuration cannot be used.
    """
    published = FAMILIES[family]
    if name == family:
        here = (each for each in published if _folder_of(each, models_root, own_root) is not None)
        name = next(here, published[-1])
    folder = _folder_of(name, models_root, own_root)
    if folder is None:
        if name in published:
            raise ModelMissingError(
                f"The model {name} is not on this machine. `snapcite models pull {name}` fetches "
                f"it; without a network, copy its folder here and give the path."
            )
        return None
    return _read_folder(name, folder)


def _folder_of(name: str, *roots: Path | None) -> Path | None:
    """The folder of a Qwen3-VL: a path, below one of the roots, or in the Hugging Face cache."""
    if not name:
        return None
    places = [Path(os.path.expanduser(name))]  # noqa: PTH111 - never raises, whatever is typed
    for root in roots:
        if root is not None:
            places += [root / name, root / name.replace("/", "--")]
    for place in places:
        if _is_qwen3_vl(place / _CONFIG):
            return place
    if "/" not in name or os.path.isdir(places[0]):  # noqa: PTH112 - likewise
        return None
    cached = _cached_config(name)
    return cached.parent if cached is not None and _is_qwen3_vl(cached) else None


def _is_qwen3_vl(config: Path) -> bool:
    try:
        return config.is_file() and _read_json(config).get("model_type") == MODEL_TYPE
    except (ModelBrokenError, OSError):  # a name too long for a path, for example
        return False


def _cached_config(repository: str) -> Path | None:
    if find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(repository, _CONFIG)
    except HFValidationError:  # not a possible repository name, for example a path
        return None
    return Path(found) if isinstance(found, str) else None


def _read_folder(name: str, folder: Path) -> QwenFiles:
    config = _read_json(folder / _CONFIG)
    text = config.get("text_config")
    hidden = text.get("hidden_size") if isinstance(text, dict) else None
    if not isinstance(hidden, int) or isinstance(hidden, bool) or not 1 <= hidden <= 65_536:
        raise ModelBrokenError(
            f"{folder / _CONFIG} cannot be used: text_config.hidden_size is {hidden!r}. Fetch the "
            "model again, or copy its folder again from where it came."
        )
    weights = _weights_of(folder)
    missing = [path.name for path in weights if not path.is_file()]
    if missing and next(folder.glob("*.bin"), None) is not None:
        raise ModelBrokenError(
            f"The model in {folder} has its weights as .bin, which are pickles; only safetensors "
            "are read here. Take the published model, or save it again with `save_pretrained`."
        )
    if missing:
        todo = (
            "Copy the rest of its folder."
            if Path(name).expanduser().is_dir()
            else f"Fetch it again: `snapcite models pull {name}` goes on where it stopped."
        )
        raise ModelMissingError(
            f"The model in {folder} is incomplete: {', '.join(missing[:3])}"
            f"{' and others' if len(missing) > 3 else ''} not there. {todo}"
        )
    known_as = name if Path(name) != folder else str(folder.resolve())
    return QwenFiles(known_as, folder, hidden, weights)


def _weights_of(folder: Path) -> tuple[Path, ...]:
    index = folder / _SHARDS
    if (folder / _SINGLE).is_file() or not index.is_file():
        return (folder / _SINGLE,)
    shards = _read_json(index).get("weight_map")
    names = sorted(set(shards.values())) if isinstance(shards, dict) else []
    if not names or any(not isinstance(each, str) or Path(each).name != each for each in names):
        raise ModelBrokenError(f"{index} cannot be used: it names no files. Copy it again.")
    return tuple(folder / each for each in names)


def _sampled(path: Path) -> Iterator[str]:
    """A line for each tensor of a safetensors file: name, form, digest of its first bytes."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if not 2 <= length <= min(size - 8, 100 * 2**20):
                raise ValueError(f"its header would have {length:,} bytes")
            header = json.loads(file.read(length))
            for name, tensor in header.items():
                if name == "__metadata__":
                    continue
                start, end = tensor["data_offsets"]
                if not 0 <= start <= end <= size - 8 - length:
                    raise ValueError(f"the tensor {name!r} is not in the file")
                file.seek(8 + length + start)
                sample = hashlib.sha256(file.read(min(_SAMPLE, end - start))).hexdigest()
                yield f"{name} {tensor['dtype']} {tensor['shape']} {sample}"
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelBrokenError(
            f"The weights {path} are damaged: {error}. Fetch the model again, or copy the file "
            "again and compare its size with the original's."
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    """A JSON object in a file of the model.

    Raises:
        ModelBrokenError: it is none, or too large to be one.
    """
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise ValueError(f"it has more than {_LARGEST_JSON:,} bytes")
        read = json.loads(path.read_bytes())
        if not isinstance(read, dict):
            raise ValueError("it is not a JSON object")
    except (OSError, ValueError, RecursionError) as error:
        raise ModelBrokenError(f"{path} cannot be used: {error}. Copy it again.") from error
    return read
