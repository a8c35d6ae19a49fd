"""Waits until files change, and until they have come to rest, so that they can be indexed again.

What the operating system says is only a reason to look: network mounts say nothing, and what says
that all files are gone may be a disk that was unmounted. So the folders are also looked at every
few seconds, and sizes and times decide. Knows no corpus, no index and no format.
"""

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import ConfigurationError

logger = logging.getLogger(__name__)

Stamp = tuple[int, int, int]
"""Bytes, time of the last change in nanoseconds, and inode of a file."""

Snapshot = Mapping[str, Stamp]
"""Path of a file → its stamp."""

_SAY_EVERY = 60.0
"""Seconds between two sentences on what is waited for."""

_ROUND_MS = 500
"""Milliseconds for which the operating system is asked at a time."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds.

    Attributes:
        rest: that no file may have changed for before it is read; one that is still being copied
            changes more often.
        look: after which the folders are looked at, also where nobody says that they changed.
        system: whether the operating system is asked to say so.
    """

    rest: float = 3.0
    look: float = 30.0
    system: bool = True


def check_installed() -> None:
    """Refuse where the package is missing that asks the operating system.

    Raises:
        ConfigurationError: it is.
    """
    try:
        import watchfiles  # noqa: F401
    except ModuleNotFoundError:
        raise ConfigurationError(
            "The package 'watchfiles' is not installed; run `pip install '.[watch]'`."
        ) from None


def follow(
    paths: Sequence[Path],
    work: Callable[[], bool],
    *,
    patience: Patience,
    stop: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Call `work` now, and again whenever files have changed and come to rest.

    It is also called again, at the next look, where it said that something is left to do. It is
    not called while a path is missing: that is no sign that its files are gone.

    Args:
        paths: folders, or files whose folders are watched.
        work: returns whether all was done.
        patience: how long is waited.
        stop: ends it, at once unless `work` is under way.
        say: is told what is waited for, a sentence each time.
    """
    done: Snapshot | None = None
    missing: list[Path] = []
    for _ in _reasons_to_look(paths, patience, stop):
        gone = [path for path in paths if not path.exists()]
        if gone != missing:
            for path in gone:
                say(f"{path} is not there; nothing is removed, and it is waited for.")
            missing = gone
        if gone:
            continue
        now = snapshot(paths)
        if now == done:
            continue
        found = _at_rest(paths, now, patience, stop, say)
        if found is None or found == done or not all(path.exists() for path in paths):
            continue
        # Compared with what lay there before the work: what changes meanwhile is done again.
        done = found if work() else None


def snapshot(paths: Sequence[Path]) -> dict[str, Stamp]:
    """The files at or below paths, without hidden ones. What cannot be read is left out."""
    files: dict[str, Stamp] = {}
    folders = [str(path if path.is_dir() else path.parent) for path in paths]
    seen: set[tuple[int, int]] = set()
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    try:
                        status = entry.stat()
                    except OSError:  # a link to nothing, or gone since
                        continue
                    if entry.is_dir():
                        key = (status.st_dev, status.st_ino)
                        if key not in seen:  # a link may lead back
                            seen.add(key)
                            folders.append(entry.path)
                    else:
                        files[entry.path] = (status.st_size, status.st_mtime_ns, status.st_ino)
        except OSError as error:
            logger.info("%s cannot be looked at: %s", folder, error)
    return files


def _at_rest(
    paths: Sequence[Path],
    before: Snapshot,
    patience: Patience,
    stop: threading.Event,
    say: Callable[[str], None],
) -> Snapshot | None:
    """The files once none of them has changed for a while; None if it was stopped before."""
    said = time.monotonic()
    while not stop.wait(patience.rest):
        now = snapshot(paths)
        if now == before:
            return now
        if time.monotonic() - said >= _SAY_EVERY:
            moving = sorted(now.items() ^ before.items())
            say(f"waiting: {moving[0][0]} is still changing.")
            said = time.monotonic()
        before = now
    return None


def _reasons_to_look(
    paths: Sequence[Path], patience: Patience, stop: threading.Event
) -> Iterator[None]:
    """Yields at once, then whenever something may have changed, until it is stopped."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    while not stop.is_set():
        yield
        if patience.system and _identities(folders):
            yield from _told(folders, patience.look, stop)
        else:
            stop.wait(patience.look)


def _told(folders: Sequence[Path], every: float, stop: threading.Event) -> Iterator[None]:
    """Yields when the operating system says that something changed, and else after `every` seconds;
    ends when a folder is another one than at the beginning, since what watches it is blind then."""
    from watchfiles import watch

    at_first = _identities(folders)
    looked_at = -math.inf  # once it watches: what changed before, it has not seen
    try:
        for changes in watch(
            *folders,
            watch_filter=None,
            stop_event=stop,
            rust_timeout=_ROUND_MS,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            if stop.is_set() or _identities(folders) != at_first:
                return
            if changes or time.monotonic() - looked_at >= every:
                looked_at = time.monotonic()
                yield
    except (OSError, RuntimeError) as error:  # gone meanwhile, or the system watches no more files
        logger.warning("The system cannot watch (%s); looking every %.0f s instead.", error, every)
        stop.wait(every)


def _identities(folders: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    """Device and inode of each folder; empty if one is not there."""
    try:
        return tuple((status.st_dev, status.st_ino) for status in map(os.stat, folders))
    except OSError:
        return ()
