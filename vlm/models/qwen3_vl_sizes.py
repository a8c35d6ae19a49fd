"""Which Qwen3-VL fits a GPU: sizes of the family, and a choice by the memory that is free."""

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
"""What the cache and a batch of photos need beside the weights, fixed and by their size."""


def choose_size(free_gb: float) -> str | None:
    """The largest model for so many free gigabytes of GPU memory; None if none fits.

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
        ModelMissingError: there is no PyTorch, no GPU, or too little memory.
    """
    try:
        import torch
    except ImportError as error:
        raise ModelMissingError(
            "The reader qwen3-vl needs PyTorch and transformers: pip install 'snapcite[models]'."
        ) from error
    free = sum(torch.cuda.mem_get_info(at)[0] for at in range(torch.cuda.device_count())) / 1e9
    chosen = choose_size(free)
    if chosen is None:
        found = f"a GPU with {free:.1f} GB free" if free else "no GPU"
        raise ModelMissingError(
            f"There is {found} here, and the smallest Qwen3-VL needs about 8 GB; name a model with "
            f"SNAPCITE_READER_MODEL, or ask one on a server with SNAPCITE_READER=openai."
        )
    return chosen
