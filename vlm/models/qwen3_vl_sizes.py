"""Which Qwen3-VL fits a GPU: the family's sizes, what quantisation makes of them, and a choice.

Counts bytes; loads nothing. A quantised Qwen3-VL keeps its vision tower, its embeddings and its
output layer in 16 bits, so it does not shrink to a quarter.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from knowledge.errors import ModelMissingError
from vlm.models.hub_cache import FP8_CAPABILITY, cached_models, is_loadable

Scheme = Literal["bf16", "8bit", "4bit", "fp8", "awq", "gptq"]
"""How the language model's matrices are kept: `8bit` and `4bit` by bitsandbytes while it loads, the
last three in the checkpoint."""

_BITS: Mapping[Scheme, float] = {
    "bf16": 16.0,
    "8bit": 8.0 + 32 / 4096,  # a scale a row
    "4bit": 4.0 + 8 / 64 + 32 / (64 * 256),  # nf4 with its scales quantised too
    "fp8": 8.0 + 16 / (128 * 128),  # a scale a block
    "awq": 4.0 + (16 + 4) / 128,  # a scale and a zero a group
    "gptq": 4.0 + (16 + 4) / 128,
}
"""Bits that a weight takes, scales included."""


@dataclass(frozen=True, slots=True)
class Size:
    """The parameters of a Qwen3-VL, by what quantisation does with them.

    Attributes:
        kept: of the vision tower, embeddings, output layer and norms, which stay in 16 bits.
        matrices: of the language model's layers.
        experts: of a mixture's experts; bitsandbytes leaves them in 16 bits.
        cache_bytes: that a token takes in the cache of keys and values.
    """

    kept: int
    matrices: int
    experts: int
    cache_bytes: int

    @property
    def parameters(self) -> int:
        """All parameters."""
        return self.kept + self.matrices + self.experts

    def gigabytes(self, scheme: Scheme = "bf16") -> float:
        """Gigabytes (10⁹) of the weights in memory.

        >>> round(SIZES["8B"].gigabytes(), 1), round(SIZES["8B"].gigabytes("4bit"), 1)
        (17.5, 7.2)
        """
        bits = _BITS[scheme]
        of_experts = 16.0 if scheme in ("4bit", "8bit") else bits
        return (16 * self.kept + bits * self.matrices + of_experts * self.experts) / 8e9


SIZES: Mapping[str, Size] = {
    "32B": Size(2_151_768_304, 31_205_621_760, 0, 262_144),
    "30B-A3B": Size(1_161_172_208, 918_552_576, 28_991_029_248, 98_304),
    "8B": Size(1_821_356_272, 6_945_767_424, 0, 147_456),
    "4B": Size(804_499_968, 3_633_315_840, 0, 147_456),
    "2B": Size(718_245_888, 1_409_286_144, 0, 114_688),
}
"""The family, the one with the most parameters first; counted from the real classes of transformers
(`tests/vlm/models/test_qwen3_vl_sizes.py`)."""

INSTRUCT: tuple[str, ...] = (
    "Qwen/Qwen3-VL-32B-Instruct",
    "Qwen/Qwen3-VL-30B-A3B-Instruct",
    "Qwen/Qwen3-VL-8B-Instruct",
    "Qwen/Qwen3-VL-4B-Instruct",
    "Qwen/Qwen3-VL-2B-Instruct",
)
"""Hub names of the models that answer within a fixed budget, the best first."""

_CHOICE = (*(name for name in INSTRUCT if "32B" not in name), INSTRUCT[0])
"""In which order a model is chosen. The 32B comes last: in 16 bits it reads its 65 GB for every
token, where 30B-A3B, about as large, reads 6."""

_ROOM_GB = 3.0
_ROOM_SHARE = 0.15
"""Memory for the cache and a batch of photos: gigabytes, and a share of the weights' size."""

_NAME = re.compile(r"qwen3-vl-(\d+b(?:-a\d+b)?)(?:-|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint's name says of it.

    Attributes:
        size: a key of `SIZES`.
        scheme: how its matrices are kept.
        is_instruct: whether it answers at once; the others think first, at any length.
    """

    size: str
    scheme: Scheme
    is_instruct: bool

    @property
    def gigabytes(self) -> float:
        """Gigabytes of its weights in memory."""
        return SIZES[self.size].gigabytes(self.scheme)

    @property
    def is_mixture(self) -> bool:
        """Whether it is a mixture of experts."""
        return SIZES[self.size].experts > 0


def read_name(name: str) -> Checkpoint | None:
    """What a hub name or a folder's name says; None if it is no Qwen3-VL that is known here.

    >>> read_name("Qwen/Qwen3-VL-8B-Instruct-FP8")
    Checkpoint(size='8B', scheme='fp8', is_instruct=True)
    >>> read_name("somebody/Qwen3-VL-32B-Thinking-AWQ-4bit").scheme
    'awq'
    >>> read_name("Qwen/Qwen3-VL-Embedding-8B"), read_name("deepset/roberta-base-squad2")
    (None, None)
    """
    last = name.rstrip("/").rpartition("/")[2]
    found = _NAME.search(last)
    size = found[1].upper() if found else ""
    if size not in SIZES:
        return None
    words = set(re.split(r"[-_.]", last.casefold()))
    if "gguf" in words:
        return None
    quantised: tuple[Scheme, ...] = ("fp8", "awq", "gptq")
    unquantised: Scheme = "bf16"
    scheme = next((one for one in quantised if one in words), unquantised)
    return Checkpoint(size, scheme, "instruct" in words)


def needed_gb(weights_gb: float) -> float:
    """Gigabytes of GPU memory for weights of a size, a batch of photos and the cache.

    >>> round(needed_gb(17.5), 1)
    23.1
    """
    return weights_gb * (1 + _ROOM_SHARE) + _ROOM_GB


def choose_size(
    free_gb: float,
    *,
    quantization: Literal["4bit", "8bit"] | None = None,
    cached: Collection[str] = (),
    capability: float | None = None,
) -> str | None:
    """The best model that fits into `free_gb` gigabytes of GPU memory; None if none does.

    What is in the cache is preferred to what would have to be fetched, even if it is smaller.

    Args:
        free_gb: of all GPUs together.
        quantization: what bitsandbytes does with the weights while they load.
        cached: names of models that are here.
        capability: the lowest CUDA capability of the GPUs, such as 8.9; None if unknown.

    >>> choose_size(24.0), choose_size(6.0)
    ('Qwen/Qwen3-VL-8B-Instruct', None)
    >>> choose_size(24.0, cached=["Qwen/Qwen3-VL-4B-Instruct"])
    'Qwen/Qwen3-VL-4B-Instruct'
    >>> choose_size(48.0, quantization="4bit"), choose_size(12.0, quantization="4bit")
    ('Qwen/Qwen3-VL-32B-Instruct', 'Qwen/Qwen3-VL-8B-Instruct')
    """
    here = [name for name in cached if _is_choosable(name, quantization, capability)]
    order = _CHOICE if quantization is None else INSTRUCT
    ranks = {name.rpartition("/")[2].split("-Instruct")[0]: at for at, name in enumerate(order)}

    def rank(name: str) -> tuple[int, int, str]:
        checkpoint = read_name(name)
        assert checkpoint is not None
        at = ranks[f"Qwen3-VL-{checkpoint.size}"]
        return at, ("bf16", "fp8", "gptq", "awq").index(checkpoint.scheme), name

    for names in (here, [name for name in order if _is_choosable(name, quantization, capability)]):
        for name in sorted(names, key=rank):
            if needed_gb(gigabytes_of(name, quantization=quantization)) <= free_gb:
                return name
    return None


def gigabytes_of(name: str, *, quantization: Literal["4bit", "8bit"] | None = None) -> float:
    """Gigabytes of a known checkpoint's weights in memory; 0 for one that is not known.

    >>> round(gigabytes_of("Qwen/Qwen3-VL-8B-Instruct-FP8"), 1)
    10.6
    """
    checkpoint = read_name(name)
    if checkpoint is None:
        return 0.0
    if quantization is None or checkpoint.scheme != "bf16":
        return checkpoint.gigabytes
    return SIZES[checkpoint.size].gigabytes(quantization)


def parameters_of(name: str) -> int:
    """Parameters of a known Qwen3-VL; 0 for a name that is not known."""
    checkpoint = read_name(name)
    return SIZES[checkpoint.size].parameters if checkpoint else 0


def _is_choosable(
    name: str, quantization: Literal["4bit", "8bit"] | None, capability: float | None
) -> bool:
    """Whether a model is one to take without being asked for it."""
    checkpoint = read_name(name)
    if checkpoint is None or not checkpoint.is_instruct:
        return False
    if quantization is not None:  # bitsandbytes leaves experts as they are, and takes 16 bits only
        return checkpoint.scheme == "bf16" and not checkpoint.is_mixture
    if checkpoint.scheme == "fp8":  # elsewhere it becomes bf16, and takes twice the memory
        return capability is not None and capability >= FP8_CAPABILITY
    return True


def largest_that_fits(*, quantization: Literal["4bit", "8bit"] | None = None) -> str:
    """The best model for the GPUs here, by their free memory together; a cached one if one fits.

    Raises:
        ModelMissingError: PyTorch or a GPU is missing, or the GPU has too little free memory.
    """
    if find_spec("torch") is None:
        raise ModelMissingError(
            "The reader qwen3-vl needs PyTorch and transformers: pip install '.[models]'."
        )
    free, capability = _gpu_memory()
    chosen = choose_size(
        free,
        quantization=quantization,
        cached=[
            name for name, folder in cached_models() if is_loadable(folder, capability=capability)
        ],
        capability=capability,
    )
    if chosen is None:
        found = f"a GPU with {free:.1f} GB free" if free else "no GPU"
        least = needed_gb(SIZES["2B"].gigabytes(quantization or "bf16"))
        raise ModelMissingError(
            f"This machine has {found}, and the smallest Qwen3-VL needs about {least:.0f} GB; name "
            "a model with SNAPCITE_READER_MODEL, or ask one on a server with "
            "SNAPCITE_READER=openai. `snapcite doctor` says why a GPU is not used."
        )
    return chosen


def _gpu_memory() -> tuple[float, float | None]:
    """Gigabytes that are free on the GPUs that PyTorch uses, and their lowest capability."""
    from vlm.models.hardware import read_machine  # it counts parameters with this module

    machine = read_machine()
    if not machine.gpus and not (machine.torch and machine.torch.is_rocm):
        return 0.0, None  # importing PyTorch to hear the same takes seconds
    import torch

    count = torch.cuda.device_count()
    free = sum(torch.cuda.mem_get_info(at)[0] for at in range(count)) / 1e9
    lowest = min((torch.cuda.get_device_capability(at) for at in range(count)), default=None)
    return free, None if lowest is None else lowest[0] + lowest[1] / 10
