"""PyTorch as a runtime: which device, which precision, and batches that fit into its memory.

Knows no model. Nothing here imports torch before it is called.
"""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

from knowledge.errors import ModelBrokenError

if TYPE_CHECKING:
    from torch import Tensor

logger = logging.getLogger(__name__)

Device = Literal["cuda", "mps", "cpu"]
Precision = Literal["fp32", "bf16"]
Item = TypeVar("Item")


def best_device() -> Device:
    """The fastest device of this machine."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def run_in_batches(
    items: Sequence[Item], size: int, run: Callable[[Sequence[Item]], "Tensor"]
) -> "tuple[list[Tensor], int]":
    """Run a model on batches. A batch that does not fit into memory is halved and tried again.

    Args:
        items: what to run on, in order.
        size: items of a batch at first.
        run: a batch → (n, dim).

    Returns:
        The batches' results in order, and the batch size that fitted in the end.

    Raises:
        ModelBrokenError: not even one item fits.
    """
    results: list[Tensor] = []
    done = 0
    while done < len(items):
        try:
            results.append(run(items[done : done + size]))
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            if size == 1:
                raise ModelBrokenError(
                    "The model does not fit into the device's memory, not even with one photo or "
                    f"text at a time ({_first_line(error)}). Free some, or use a smaller model."
                ) from error
            size = max(1, min(size, len(items) - done) // 2)
            logger.warning("Out of memory: continuing with batches of %d.", size)
        else:
            done += size
            continue
        # Outside of `except`: until there, the traceback holds on to the failed batch's tensors.
        _release_memory()
    return results, size


def _is_out_of_memory(error: BaseException) -> bool:
    """CUDA raises a class of its own; MPS and the CPU only say it in the message."""
    import torch

    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    words = str(error).lower()
    return "out of memory" in words or "can't allocate memory" in words


def _release_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
