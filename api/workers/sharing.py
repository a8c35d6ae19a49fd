"""What the workers of one server share, what is divided among them, and what they cannot serve.

Keys are read from one file, and rates, conversations and results lie in one Redis. Locks and
metrics lie in a folder that lives as long as the server. What protects the machine (queues,
connections, uploads on the disk, threads) is divided, so that a setting means the whole server.
"""

import math
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from api.settings import Settings
from api.watching.summed_metrics import FOLDER_VARIABLE
from knowledge import deadline
from knowledge.errors import ConfigurationError, DeadlineError
from knowledge.held_folder import hold
from knowledge.index import is_server
from vlm.cores import cores, use_cores

_DIVIDED = (
    "body_bytes", "encoder_at_once", "encoder_queue", "max_connections", "reader_at_once",
    "reader_queue", "thumbnail_bytes",
)  # fmt: skip
"""Settings of which each worker has its share. `body_memory` is whole in each of them: the largest
body is made from it."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
"""Where NumPy, PyTorch and the tokenizers look for how many threads they may start."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """The workers of one server.

    Attributes:
        workers: how many there are.
        folder: of this server alone.
    """

    workers: int
    folder: Path

    @property
    def metrics(self) -> Path:
        """The folder in which counts of all workers lie."""
        return self.folder / "metrics"

    def prepare(self) -> None:
        """Make the folder ready, and tell libraries in new processes what is theirs.

        These look into the environment when they are imported.
        """
        self.metrics.mkdir(parents=True)
        os.environ[FOLDER_VARIABLE] = str(self.metrics)
        self.take_cores()
        for variable in _THREADS:
            os.environ.setdefault(variable, str(cores()))

    def held(self) -> AbstractContextManager[object]:
        """What a worker holds so that nobody removes the folder under it: it may live for a while
        longer than a supervisor that was killed."""
        return hold(self.folder)

    def take_cores(self) -> None:
        """Give this process its share of the cores; call it before models are loaded."""
        use_cores(cores() // self.workers)

    def writing(self) -> AbstractContextManager[object]:
        """What a worker holds while it writes to the index; it is free when its process ends.

        Entering it raises `DeadlineError` where the request's time ends before it is free: the
        worker that holds it may hang.
        """
        return _WritingTurn(FileLock(self.folder / "writing.lock", thread_local=False))


class _WritingTurn(AbstractContextManager[None]):
    """A lock of several processes that is waited for no longer than the request has left."""

    def __init__(self, lock: FileLock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        left = deadline.remaining()
        try:
            self._lock.acquire(timeout=-1 if left is None else left)
        except Timeout:
            raise DeadlineError(
                "The time for the request was over while another worker changed the index. "
                "Nothing was changed; try again later."
            ) from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def check_workers(settings: Settings) -> None:
    """Refuse several workers where they could not do what one does.

    Raises:
        ConfigurationError: says what has to be set.
    """
    workers = settings.workers
    if workers == 1:
        return
    if os.name == "nt":
        raise ConfigurationError("Several workers need Linux or macOS; leave --workers at 1.")
    if not is_server(settings.index):
        raise ConfigurationError(
            f"{workers} workers cannot share the index {settings.index}: one process at a time "
            "opens a folder. Copy it to a Qdrant server with `snapcite push URL` and give that as "
            "--index, or leave --workers at 1."
        )
    if settings.redis_url is None:
        raise ConfigurationError(
            f"{workers} workers need a Redis, in which they share rates, conversations and "
            "results: set SNAPCITE_REDIS_URL (redis://host:6379/0), or leave --workers at 1."
        )
    if settings.reader == "qwen3-vl":
        raise ConfigurationError(
            f"{workers} workers would load the reader's model {workers} times. Serve it once, for "
            "instance with vLLM, and set SNAPCITE_READER=openai (docs/readers.md), or leave "
            "--workers at 1."
        )


def share_of(settings: Settings) -> Settings:
    """The settings of one of the workers: its share of what is divided, at least 1."""
    workers = settings.workers
    given = {name: getattr(settings, name) for name in _DIVIDED}
    return settings.model_copy(
        update={name: math.ceil(value / workers) for name, value in given.items() if value}
    )
