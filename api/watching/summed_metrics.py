"""The metrics of all workers of one server, added up, whichever of them is asked.

prometheus-client keeps counts and times in files of a folder, one set a process, and adds them up;
those of a worker that has died count on. States (queues, memory, points) are copied into such files
every second, and when this worker is asked; those of a worker that has died are forgotten.
"""

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from api.watching.metrics import Metrics
from knowledge.errors import DiskFullError

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Set before prometheus-client is imported, or each process counts in its own memory."""

_EVERY_SECONDS = 1.0

_Mode = Literal["livesum", "livemin", "livemax", "livemostrecent"]

_MODES: dict[str, _Mode] = {
    "snapcite_ready": "livemin",
    "snapcite_build": "livemax",
    "snapcite_index_points": "livemostrecent",
    "snapcite_index_version_hash": "livemostrecent",
    "snapcite_index_reachable": "livemin",
    "process_start_time_seconds": "livemin",
    "process_max_fds": "livemin",
}
"""How the states of all workers become one, where that is not their sum."""

_RESERVED = {
    "counter": 512 * 1024,
    "histogram": 512 * 1024,
    **{f"gauge_{mode}": 64 * 1024 for mode in get_args(_Mode)},
}
"""Bytes of a worker's files; some 25 kB of the largest are used after a few kinds of request."""

_OF_THE_DEVICE = ("free", "total")
"""What every worker reads of the same GPU."""


class SummedMetrics(Metrics):
    """Counters of one of several workers. Safe to use from several threads."""

    def __init__(self, folder: Path, *, workers: int) -> None:
        """`folder`: the one that `FOLDER_VARIABLE` named when the process began.

        Raises:
            DiskFullError: its disk has no room for the counts.
        """
        _reserve(folder)
        super().__init__()
        self._folder = folder
        self._workers = workers
        self._noting = threading.Lock()
        self._kept: dict[str, Gauge | Counter] = {}
        self._last: dict[tuple[str, tuple[str, ...]], float] = {}

    def exposition(self) -> bytes:
        """Everything of all workers, in Prometheus's text format."""
        self.note()
        summed = CollectorRegistry()
        MultiProcessCollector(summed, path=str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(summed)

    def keep_noting(self) -> None:
        """Note the states of this worker from now on, for whichever worker is asked."""
        threading.Thread(target=self._note_for_ever, name="states", daemon=True).start()

    def note(self) -> None:
        """Note the states of this worker as they are now."""
        with self._noting:
            for collector in self.states:
                for family in collector.collect():
                    self._note_family(family)

    def _note_for_ever(self) -> None:
        pause = threading.Event()
        while not pause.wait(_EVERY_SECONDS):
            self.note()

    def _note_family(self, family: Metric) -> None:
        for sample in family.samples:
            names, values = tuple(sample.labels), tuple(sample.labels.values())
            value = sample.value
            if sample.labels.get("kind") in _OF_THE_DEVICE:
                value /= self._workers
            key = (family.name, values)
            if self._last.get(key) == value:  # else the most recent would be who noted last
                continue
            kept = self._kept.get(family.name) or self._make(family, names)
            of_labels = kept.labels(*values) if names else kept
            if isinstance(of_labels, Counter):
                of_labels.inc(max(0.0, value - self._last.get(key, 0.0)))
            else:
                of_labels.set(value)
            self._last[key] = value

    def _make(self, family: Metric, names: tuple[str, ...]) -> Gauge | Counter:
        made: Gauge | Counter
        if family.type == "counter":
            made = Counter(family.name, family.documentation, names, registry=None)
        else:
            name = f"{family.name}_info" if family.type == "info" else family.name
            mode = _MODES.get(family.name, "livesum")
            made = Gauge(name, family.documentation, names, registry=None, multiprocess_mode=mode)
        self._kept[family.name] = made
        return made


def _reserve(folder: Path) -> None:
    """Take the room on the disk that the counts of this process will need.

    prometheus-client maps files with holes into memory, and a process that writes into a hole
    while the disk is full is ended by the system (SIGBUS).

    Raises:
        DiskFullError: there is not so much.
    """
    for kind, size in _RESERVED.items():
        path = folder / f"{kind}_{os.getpid()}.db"
        try:
            with path.open("ab") as file:
                file.write(bytes(max(0, size - file.tell())))
        except OSError as error:
            path.unlink(missing_ok=True)
            raise DiskFullError(
                f"The counts of a worker cannot be kept in {folder} ({error.strerror}). Make room, "
                "or set TMPDIR to another folder."
            ) from error


def forget_states(folder: Path, pid: int) -> None:
    """Leave the states of a process that has ended out of the sums; its counts stay, and the room
    that they did not need is given back."""
    for path in folder.glob(f"*_{pid}.db"):
        with suppress(OSError), path.open("r+b") as file:
            used = int.from_bytes(file.read(4), sys.byteorder)
            file.truncate(max(8, used))
    mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
