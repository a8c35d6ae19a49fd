"""How many cores this process may use."""

import os

_most: int | None = None


def cores() -> int:
    """Cores that this process may run on, at least 1; a container's quota may allow less."""
    if _most is not None:
        return _most
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def use_cores(count: int) -> None:
    """Make `cores` say `count` from now on: for a process that shares its machine with others.

    Call it before anything is loaded that starts a thread a core.
    """
    global _most
    _most = max(1, count)
