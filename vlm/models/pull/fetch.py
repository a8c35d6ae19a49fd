"""Fetching what a plan says: room on the disk first, then each file, resumed and checked.

A file grows under a name that every run knows, so that the next run continues at the byte where one
was interrupted; it gets its own name only when its size and its hash are what the hub said.
"""

import errno
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout

from knowledge.errors import (
    ConfigurationError,
    DiskFullError,
    ModelBrokenError,
    ModelUnavailableError,
)
from vlm.models.pull.checked import digest_of
from vlm.models.pull.hubs import Hub, RemoteFile, Repository, stale_link
from vlm.models.pull.places import Place

if TYPE_CHECKING:
    from vlm.models.pull.plan import Plan

_RESERVE_BYTES = 2**28
"""What stays free on the disk."""

_AT_ONCE = 4

FreeBytes = Callable[[Path], int]
Progress = Callable[[int], None]
"""Is called with a number of bytes."""


def free_bytes(path: Path) -> int:
    """Free bytes of the disk that a path is on or will be on."""
    place = path.absolute()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def fetch_files(
    plan: "Plan", *, on_bytes: Progress = lambda count: None, free: FreeBytes = free_bytes
) -> Path:
    """Fetch what is missing of a model; returns the folder that its files are in.

    Args:
        plan: from `plan_pull`.
        on_bytes: is told how many of `plan`'s missing bytes are here, earlier runs' included.
        free: how many bytes a disk has free.

    Raises:
        DiskFullError: the disk has no room for it; nothing was fetched, or what was is kept.
        ModelUnavailableError: the hub stopped answering; what was fetched is kept.
        ModelMissingError: the hub does not let this person read a file.
        ModelBrokenError: a file is not what the hub said; it was thrown away.
        ConfigurationError: the folder cannot be written to.
    """
    require_room(plan, free=free)
    _take_small_chunks()
    try:
        plan.place.lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(plan.place.lock, timeout=0):
            _fetch_all(plan, on_bytes)
            folders = [
                plan.place.finish(part.repository, part.files) for part in reversed(plan.parts)
            ]
    except Timeout as error:
        raise ModelUnavailableError(
            f"Another run is fetching into {plan.place.root}; wait for it."
        ) from error
    except OSError as error:
        raise not_writable(plan.place, error) from error
    return folders[-1]


def not_writable(place: Place, error: OSError) -> ConfigurationError:
    """What to say where a folder or a file of a place cannot be made, read or replaced."""
    where = error.filename2 or error.filename or place.root
    return ConfigurationError(
        f"{place.root} cannot take the model: {where}: {error.strerror or error}. Make it "
        "writable, take away what is in the way, or name another folder with --to or, for the "
        "Hugging Face cache, with HF_HOME."
    )


def _take_small_chunks() -> None:
    """Let huggingface_hub write each megabyte, not each ten.

    What a connection brings of a chunk before it is cut is lost: over a slow and shaky one, nothing
    would ever arrive.
    """
    from huggingface_hub import constants

    constants.DOWNLOAD_CHUNK_SIZE = min(constants.DOWNLOAD_CHUNK_SIZE, 2**20)


def require_room(plan: "Plan", *, free: FreeBytes = free_bytes) -> None:
    """Check that the disk has room for what is missing.

    Raises:
        DiskFullError: it has not.
    """
    needed, there = plan.missing_bytes, free(plan.place.root)
    if plan.is_here or needed + _RESERVE_BYTES <= there:
        return
    raise DiskFullError(
        f"{plan.name} needs {needed / 1e9:.1f} GB more, and the disk of {plan.place.root} has "
        f"{there / 1e9:.1f} GB free. Make room, or name a folder on another disk with --to or, for "
        "the Hugging Face cache, with HF_HOME."
    )


def read_small(hub: Hub, repository: Repository, file: RemoteFile, *, at_most: int) -> bytes:
    """The contents of a small file, checked and not kept.

    Raises:
        ModelBrokenError: it is larger than `at_most` bytes, or is not what the hub said.
        ModelError: the hub does not give it.
    """
    import tempfile

    if file.bytes > at_most:
        raise ModelBrokenError(
            f"{file.path} of {repository.name} has {file.bytes:,} bytes, which no configuration "
            "has; nothing was fetched."
        )
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "part"
        _transfer(hub, repository, file, part, report=lambda count: None)
        _check(repository, file, part)
        return part.read_bytes()


def _fetch_all(plan: "Plan", on_bytes: Progress) -> None:
    files = [(part.repository, file) for part in plan.parts for file in part.missing]
    here: dict[Path, int] = {}
    parts = {plan.place.part(repository, file): (repository, file) for repository, file in files}
    for path, (_, file) in parts.items():
        here[path] = min(path.stat().st_size, file.bytes) if path.is_file() else 0
    started = sum(here.values())
    stopped = threading.Event()
    lock = threading.Lock()

    def one(path: Path, repository: Repository, file: RemoteFile) -> None:
        def report(count: int) -> None:
            if stopped.is_set():
                raise _Stopped
            with lock:
                # A hub that ignores ranges sends a file from its beginning again.
                here[path] = min(here[path] + count, file.bytes)
                on_bytes(max(0, sum(here.values()) - started))

        _fetch_file(plan.hub, plan.place, repository, file, report)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = [pool.submit(one, path, *what) for path, what in parts.items()]
        try:
            done, _ = wait(running, return_when=FIRST_EXCEPTION)
        finally:  # after an error, or Ctrl-C, no thread goes on for gigabytes
            stopped.set()
            for future in running:
                future.cancel()
        stopped_by = [future.exception() for future in done if not future.cancelled()]
    for error in stopped_by:
        if error is not None and not isinstance(error, _Stopped):
            raise error


class _TooLong(Exception):  # noqa: N818 - becomes an error of ours where the file is known
    """More bytes arrive than the hub said: an endless answer would fill the disk."""


class _Stopped(Exception):  # noqa: N818 - no error: another file's ended the run
    """The run ends; what is here of this file is kept."""


def _fetch_file(
    hub: Hub, place: Place, repository: Repository, file: RemoteFile, report: Progress
) -> None:
    part, final = place.part(repository, file), place.final(repository, file)
    part.parent.mkdir(parents=True, exist_ok=True)
    final.parent.mkdir(parents=True, exist_ok=True)
    _transfer(hub, repository, file, part, report=report)
    _check(repository, file, part)
    part.replace(final)


def _transfer(
    hub: Hub,
    repository: Repository,
    file: RemoteFile,
    part: Path,
    *,
    report: Progress,
) -> None:
    from huggingface_hub.file_download import http_get

    here = part.stat().st_size if part.is_file() else 0
    if here > file.bytes:
        part.unlink()
        here = 0
    try:
        with part.open("ab") as opened:

            def checked(count: int) -> None:
                """Is told of each chunk before it is written."""
                if opened.tell() + count > file.bytes:
                    raise _TooLong
                report(count)

            for attempt in (1, 2):
                try:
                    if opened.tell() < file.bytes:
                        http_get(
                            file.url,
                            opened,
                            resume_size=opened.tell(),
                            headers=hub.headers(),
                            expected_size=file.bytes,
                            displayed_filename=file.path,
                            tqdm_class=_reporting(checked),
                        )
                    break
                except Exception as error:
                    # The hub gives another link, which holds again for minutes.
                    if attempt == 2 or stale_link(error, hub.endpoint) is None:
                        raise
    except _Stopped:
        raise
    except _TooLong:
        part.unlink()
        raise ModelBrokenError(
            f"{file.path} of {repository.name} is longer than the {file.bytes:,} bytes that the "
            "hub said. It was thrown away; distrust the hub or what stands between it and this "
            "machine."
        ) from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(
                f"The disk is full: {part.parent} took {part.stat().st_size / 1e9:.1f} of "
                f"{file.bytes / 1e9:.1f} GB of {file.path}. Make room and run the same command; it "
                "goes on from there."
            ) from error
        failure = hub.failure(error, repository.name)
        if failure is not None:
            raise failure from error
        if isinstance(error, OSError) and "Consistency check" in str(error):
            return  # of another size than the hub said: `_check` says so
        raise


def _check(repository: Repository, file: RemoteFile, part: Path) -> None:
    """Compare a whole file with what the hub said of it; throw it away if it differs.

    Raises:
        ModelBrokenError: it differs.
    """
    size = part.stat().st_size
    found = digest_of(part, file) if size == file.bytes else f"{size:,} bytes"
    if found == file.digest:
        return
    wanted = file.digest if size == file.bytes else f"{file.bytes:,} bytes"
    part.unlink()
    raise ModelBrokenError(
        f"{file.path} of {repository.name} arrived damaged: {found} in place of {wanted}. It was "
        "thrown away; run the same command again, and if that does not help, distrust the hub or "
        "what stands between it and this machine."
    )


def _reporting(report: Progress) -> type[Any]:
    """What huggingface_hub takes for a progress bar: it shows nothing and tells of each chunk."""

    class Bar:
        def __init__(self, **options: Any) -> None:  # noqa: ANN401
            """A bar of a total or a name that does not matter."""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *raised: object) -> None:
            """Nothing to close."""

        def update(self, count: int) -> None:
            report(count)

    return Bar
