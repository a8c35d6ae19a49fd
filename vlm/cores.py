"""How many cores this process may use."""

import os


def cores() -> int:
    """Cores that this process may run on, at least 1; a container's quota may allow less."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
