"""How many cores this process may use."""

import os

_processes = 1
"""Processes of one server, which have the cores together."""


def divide_cores(processes: int) -> None:
    """Say that so many processes work side by side; call it before models are loaded."""
    global _processes
    _processes = processes


def cores() -> int:
    """Cores that this process may run on, at least 1; a container's quota may allow less."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        there = len(os.sched_getaffinity(0))
    else:
        there = os.cpu_count() or 1
    return max(1, there // _processes)
