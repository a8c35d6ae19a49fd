"""Bounds the memory that a process holds: it takes much for one thing at a time, and the C library
returns what was freed to the system.

glibc gives each busy thread its own heap, and the more large blocks are freed, the larger are the
blocks that it keeps. A server that decodes photos of all sizes in many threads then holds several
times the memory that it needs.
"""

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from knowledge import deadline

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
"""From glibc's malloc.h."""

_HEAPS = 2
_LARGE_BYTES = 2**20
"""Blocks of this size and larger are returned when they are freed; photos are larger."""


_much = threading.Lock()


@contextmanager
def taking_much(what: str) -> Iterator[None]:
    """Wait until nothing else in this process takes tens of megabytes for a moment.

    Args:
        what: that had to be done, for the error.

    Raises:
        DeadlineError: the request's time is over before that.
    """
    if not _much.acquire(timeout=-1 if (left := deadline.remaining()) is None else left):
        deadline.check(what)
    try:
        yield
    finally:
        _much.release()


def give_back() -> bool:
    """Return freed memory to the system, for instance after models were loaded.

    Returns:
        False where the C library cannot.
    """
    try:
        return bool(ctypes.CDLL("libc.so.6").malloc_trim(0))
    except (OSError, AttributeError):
        return False


def bound_heaps() -> bool:
    """Limit glibc's heaps for the whole process; call it before threads start.

    Returns:
        False where the C library is another one, or a variable MALLOC_… is set.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return False  # the operator has configured it
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_ARENA_MAX, _HEAPS)) and bool(mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES))
