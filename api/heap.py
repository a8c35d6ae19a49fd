"""Keeps the C library from holding on to memory that photos have given back.

glibc gives each busy thread a heap of its own and, by default, learns from large blocks that were
freed to keep larger ones: a server that decodes photos of all sizes in many threads then holds
several times what it needs. Knows nothing of what is allocated.
"""

import ctypes
import os

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
"""From glibc's malloc.h."""

_HEAPS = 2
_LARGE_BYTES = 2**20
"""Blocks from here on go back to the system when they are freed; photos are larger."""


def bound_heaps() -> bool:
    """Say so to glibc, for the whole process; False where there is none or MALLOC_… is set.

    To be called before threads start.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return False  # whoever runs it has said what he wants
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_ARENA_MAX, _HEAPS)) and bool(mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES))
