"""Which Qwen3-VL fits a GPU: the family's sizes, and a choice by free memory."""

from collections.abc import Mapping

from knowledge.errors import ModelMissingError

WEIGHTS: Mapping[str, float] = {
    "Qwen/Qwen3-VL-30B-A3B-Instruct": 62.0,
    "Qwen/Qwen3-VL-8B-Instruct": 17.5,
    "Qwen/Qwen3-VL-4B-Instruct": 8.9,
    "Qwen/Qwen3-VL-2B-Instruct": 4.3,
}
"""Hub name → gigabytes of its weights in bf16, the largest first."""

_ROOM_GB = 3.0
_ROOM_SHARE = 0.15
"""Memory for the cache and a batch of photos: gigabytes, and a share of the weights' size."""


def choose_size(free_gb: float) -> str | None:
    """The largest model that fits into `free_gb` gigabytes of GPU memory; None if none does.

    >>> choose_size(24.0), choose_size(6.0)
    ('Qwen/Qwen3-VL-8B-Instruct', None)
    """
    fitting = (
        name
        for name, weights in WEIGHTS.items()
        if weights * (1 + _ROOM_SHARE) + _ROOM_GB <= free_gb
    )
    return next(fitting, None)


def largest_that_fits() -> str:
    """The largest model for the GPUs here, by their free memory together.

    Raises:
        ModelMissingError: PyTorch or a GPU is missing, or the GPU has too little free memory.
    """
    try:
        import torch
    except ImportError as error:
        raise ModelMissingError(
            "The reader qwen3-vl needs PyTorch and transformers: pip install '.[models]'."
        ) from error
    free = sum(torch.cuda.mem_get_info(at)[0] for at in range(torch.cuda.device_count())) / 1e9
    chosen = choose_size(free)
    if chosen is None:
        found = f"a GPU with {free:.1f} GB free" if free else "no GPU"
        raise ModelMissingError(
            f"This machine has {found}, and the smallest Qwen3-VL needs about 8 GB; name a model "
            f"with SNAPCITE_READER_MODEL, or ask one on a server with SNAPCITE_READER=openai."
        )
    return chosen
