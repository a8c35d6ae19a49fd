"""Says why a process is gone that Ray or the system ended at once, which cannot say so itself.

Ray ends a process, with no exception, when the node that it belongs to or the cluster's head is
lost; the system does where memory is short, or when the disk below Ray's object store has no room.
A second, small process waits for the end of the first. It runs this file as a script, without
SnapCite, and so imports the standard library alone.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_WELL = b"."
"""What the process says when it ends by itself, with or without an error."""

_ALMOST_NONE = 0.05
"""Part of a disk that is free when Ray takes it as full."""

_NO_ROOM = 256 * 2**20
"""Bytes that are free when it is full."""

_MEMORY = "/dev/shm"  # where Ray keeps its object store; nothing is written here
_SAID = (
    "error: This process was ended at once while it indexed on a Ray cluster. {why} What was done "
    "is kept: run the same command again, with a cluster that runs."
)
_CAUSES = (
    "Ray ends it when the node on this machine or the head of the cluster is lost; the system ends "
    "it when memory is short or a disk is full."
)


@contextmanager
def end_is_said(scratch: str) -> Iterator[None]:
    """While this is held, a sudden end of this process is told of on stderr.

    Args:
        scratch: the folder of Ray's files; if its disk is full then, that is said too.
    """
    command = [sys.executable, "-I", "-S", __file__, scratch]
    # In a session of its own, so that Ctrl-C reaches the process that can be interrupted alone.
    watcher = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        with suppress(OSError):  # somebody ended it
            watcher.communicate(_WELL)


def full_disk(scratch: str) -> str | None:
    """A sentence that names a disk of Ray's files that has almost no room, if one has."""
    for folder in (scratch, _MEMORY):
        with suppress(OSError):
            disk = os.statvfs(folder)
            if disk.f_blocks and disk.f_bavail < _ALMOST_NONE * disk.f_blocks:
                free = disk.f_bavail * disk.f_frsize
                seen = "full" if free < _NO_ROOM else "so full that Ray may take it as full"
                return (
                    f"The disk of {folder}, which Ray needs, is {seen} ({free / 2**20:.0f} MiB "
                    "free)."
                )
    return None


def _wait() -> None:
    if sys.stdin.buffer.read() != _WELL:
        disk = full_disk(sys.argv[1])
        sys.stderr.write(_SAID.format(why=f"{_CAUSES} {disk}" if disk else _CAUSES) + "\n")


if __name__ == "__main__":
    _wait()
