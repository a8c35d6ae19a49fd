"""What the Hugging Face cache of this machine holds. Looks at names and sizes; no network.

A model is in the cache where `refs/main` names a snapshot with its configuration and all of its
weights: half a model, as an interrupted download leaves it, is none.
"""

import json
import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from knowledge.errors import ModelMissingError

_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_WEIGHTS = (
    "model.safetensors",
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.bin",
    "pytorch_model.bin",
)
_INDEX_BYTES = 2**26

FP8_CAPABILITY = 8.9
"""CUDA capability from which a GPU multiplies FP8 (Ada, Hopper and later); on others transformers
turns it into bf16 while it loads."""

_PACKAGES: Mapping[str, tuple[str, ...]] = {
    "awq": ("gptqmodel",),
    "gptq": ("gptqmodel", "optimum"),
    "compressed-tensors": ("compressed_tensors",),
    "bitsandbytes": ("bitsandbytes",),
}
"""What transformers needs beside itself to load a checkpoint that was quantised so."""

FP8_PROGRAM = "kernels-community/finegrained-fp8"
"""The program for GPUs that transformers takes from the hub, by the package `kernels`, for FP8."""


def pull_command(name: str) -> str:
    """The command that fetches a model, for the message that it is missing."""
    return f"snapcite models pull {name}"


def hub_folder() -> Path:
    """The folder of the cache, as `HF_HUB_CACHE` and `HF_HOME` say."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def cached_folder(repository: str, *, cache: Path | None = None) -> Path | None:
    """The folder of a repository's newest snapshot, whole or not; None if there is none."""
    folder = (cache or hub_folder()) / f"models--{repository.replace('/', '--')}"
    try:
        revision = (folder / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    snapshot = folder / "snapshots" / revision
    return snapshot if revision and snapshot.is_dir() else None


def missing_weights(folder: Path) -> list[str]:
    """Names of a model's weight files that a folder should hold and does not.

    Empty if all are there; where nothing says which there should be, the usual name.
    """
    if any((folder / name).is_file() for name in _WEIGHTS):
        return []
    for name in _INDEXES:
        index = folder / name
        if index.is_file():
            return sorted(shard for shard in _shards(index) if not (folder / shard).is_file())
    return [_WEIGHTS[0]]


def is_whole(folder: Path) -> bool:
    """Whether a folder holds a configuration and all weights."""
    configured = any((folder / name).is_file() for name in ("config.json", "open_clip_config.json"))
    return configured and not missing_weights(folder)


def quantization_of(folder: Path) -> str | None:
    """How a checkpoint of transformers is quantised, as its configuration says: awq, fp8, …"""
    config = folder / "config.json"
    try:
        if config.stat().st_size > _INDEX_BYTES:
            return None
        method = json.loads(config.read_bytes())["quantization_config"]["quant_method"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return str(method)


def missing_packages(folder: Path, *, capability: float | None = None) -> list[str]:
    """Packages that loading a quantised checkpoint needs and that are not installed.

    `capability`: CUDA's, of the GPU; from 8.9 on FP8 is computed with, and is no mere storage.
    """
    method = quantization_of(folder) or ""
    needed = _PACKAGES.get(method, ())
    if method == "fp8" and capability is not None and capability >= FP8_CAPABILITY:
        needed = ("kernels",)
    return [package for package in needed if find_spec(package) is None]


def is_loadable(folder: Path, *, capability: float | None = None) -> bool:
    """Whether nothing but the weights is needed for a checkpoint that is here.

    `capability`: as for `missing_packages`.
    """
    computes_fp8 = capability is not None and capability >= FP8_CAPABILITY
    needs_program = computes_fp8 and quantization_of(folder) == "fp8"
    return not missing_packages(folder, capability=capability) and (
        not needs_program or has_fp8_program()
    )


def has_fp8_program() -> bool:
    """Whether the program that multiplies FP8 is in the cache, or `LOCAL_KERNELS` names it."""
    if FP8_PROGRAM in os.environ.get("LOCAL_KERNELS", ""):
        return True
    root = Path(os.environ.get("KERNELS_CACHE") or hub_folder())
    name = FP8_PROGRAM.replace("/", "--")
    return any((root / f"{kind}s--{name}" / "snapshots").is_dir() for kind in ("kernel", "model"))


def without_fp8_program(name: str) -> str:
    """What to say where a checkpoint in FP8 is here and the program for it is not."""
    fetch = f"from kernels import get_kernel; get_kernel('{FP8_PROGRAM}', version=VERSION)"
    return (
        f"The model {name!r} is in FP8, and this GPU computes FP8 with a program of its own, "
        f"{FP8_PROGRAM} on the Hugging Face hub, which is not on this machine; nothing is fetched "
        f'while a model is loaded. Fetch it where you trust it (python -c "{fetch}"), take the '
        "checkpoint without FP8, or let a model server read (SNAPCITE_READER=openai)."
    )


def weight_bytes(folder: Path) -> int:
    """Bytes of the weights in a folder, each once; of safetensors where there are such."""
    for pattern in ("*.safetensors", "*.bin"):
        found = [path.stat().st_size for path in folder.glob(pattern) if path.is_file()]
        if found:
            return sum(found)
    return 0


def cached_models(*, cache: Path | None = None) -> Iterator[tuple[str, Path]]:
    """Name and folder of every whole model in the cache, in alphabetical order."""
    root = cache or hub_folder()
    for folder in sorted(root.glob("models--*")):
        name = folder.name.removeprefix("models--").replace("--", "/", 1)
        snapshot = cached_folder(name, cache=root)
        if snapshot is not None and is_whole(snapshot):
            yield name, snapshot


def here(name: str, *, cache: Path | None = None) -> Path | None:
    """The folder of a model that is whole on this machine, as a path or in the cache, or None."""
    folder = Path(name).expanduser()
    found = folder if name and folder.is_dir() else cached_folder(name, cache=cache)
    return found if found is not None and is_whole(found) else None


def require_here(name: str) -> Path:
    """The folder of a model on this machine: a path, or in the Hugging Face cache.

    Raises:
        ModelMissingError: its files are not here, or not all of them.
    """
    folder: Path | None = Path(name).expanduser()
    is_folder = bool(name) and folder is not None and folder.is_dir()
    if not is_folder:
        folder = cached_folder(name)
    if folder is None:
        raise ModelMissingError(
            f"The model {name!r} is not on this machine: it is neither a folder nor in the Hugging "
            f"Face cache. Fetch it: {pull_command(name)}"
        )
    missing = missing_weights(folder)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        todo = "Copy the folder again." if is_folder else f"Fetch the rest: {pull_command(name)}"
        raise ModelMissingError(
            f"The model {name!r} is only partly on this machine: {missing[0]}{more} is not in "
            f"{folder}. {todo}"
        )
    return folder


def _shards(index: Path) -> set[str]:
    if index.stat().st_size > _INDEX_BYTES:
        return set()
    try:
        written = json.loads(index.read_bytes())["weight_map"]
        return {str(name) for name in written.values()}
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return {index.name.removesuffix(".index.json")}
