"""What a device's memory holds: which questions did not fit, so that the next ones are made to.

A size is that of a batch: tokens of its longest question times its questions, as padding makes all
equally long. What did not fit is remembered for some minutes only, since another program may have
held the memory. Knows no model.
"""

import math
import time
from collections.abc import Callable

REMEMBERED = 600.0
"""Seconds after which a size that did not fit may be tried again."""

_SAID = (
    "out of memory",  # CUDA as a plain RuntimeError, MPS, ROCm
    "invalid buffer size",  # MPS: one tensor larger than any buffer may be
    "can't allocate memory",  # the CPU's allocator
    "not enough memory",
    "failed to allocate",
)


class Room:
    """What fits into the memory of one device. Not safe to be used by several threads at once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._together = _Limit()
        self._alone = _Limit()

    def holds(self, size: float, *, alone: bool) -> bool:
        """Whether a batch of this size may fit, as far as is known; `alone`: of one question."""
        limit = self._alone if alone else self._together
        return limit.until <= self._clock() or size <= limit.size

    def failed(self, size: float, *, alone: bool) -> None:
        """A batch of this size did not fit. After several together, at most half is tried next."""
        until = self._clock() + REMEMBERED
        if alone:
            self._alone = _Limit(math.nextafter(size, 0.0), until)
        self._together = _Limit(size / 2, until)


class _Limit:
    """The largest size to try, until a time in seconds."""

    def __init__(self, size: float = math.inf, until: float = -math.inf) -> None:
        self.size = size
        self.until = until


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on a GPU (CUDA, ROCm), on MPS or on the CPU."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error).lower() for said in _SAID)


def release_memory() -> None:
    """Give back what was used and is still held."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
