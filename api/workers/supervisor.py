"""Keeps the processes of a server running: starts, replaces, renews and stops them.

Knows processes and signals, and nothing of what a process does. uvicorn's own supervisor starts a
worker that dies again and again without a pause, kills one whose threads keep it from answering a
ping for some seconds, and cannot drain as `api.traffic.drain` does.
"""

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Protocol

from knowledge.errors import SnapCiteError

logger = logging.getLogger(__name__)

RETIRE = getattr(signal, "SIGUSR1", signal.SIGTERM)
"""The signal on which a worker takes no more connections, finishes its requests, and ends."""

AT_ONCE = getattr(signal, "SIGUSR2", signal.SIGTERM)
"""The signal on which a worker ends without finishing its requests.

It is not a second SIGTERM: systemd, `docker compose` and others send theirs to every process of a
server, and the supervisor then sends its own.
"""

_SETTLED_SECONDS = 60.0
"""A worker that served for so long was well; what makes it die is not how it starts."""

_LONGEST_PAUSE = 30.0

_TICK_SECONDS = 0.2
_KILL_AFTER = 5.0
"""Seconds after the grace in which workers end by themselves."""

_SENT_TO_ALL = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]

_ENDED_WELL = (0, -signal.SIGTERM, -AT_ONCE)
"""A worker that was stopped before it served ends by the signal itself."""


class Target(Protocol):
    """What a worker's process runs. It sends a line when it serves."""

    def __call__(self, number: int, is_replacement: bool, said: Connection, /) -> None: ...


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, and what it has said."""

    process: SpawnProcess
    said: Connection
    started_at: float
    serves: bool = False


@dataclass(slots=True, eq=False)
class _Place:
    """A place for one worker.

    Attributes:
        number: from 0.
        worker: who holds it; None while the next one is awaited.
        next: a worker that takes the place as soon as it serves, while `worker` still does.
        start_at: when the next worker starts (seconds of the monotonic clock).
        deaths: how many died in a row soon after they started.
    """

    number: int
    worker: _Worker | None = None
    next: _Worker | None = None
    start_at: float | None = None
    deaths: int = 0


@dataclass(slots=True)
class Supervisor:
    """Runs a number of workers until it is told to stop.

    SIGTERM and SIGINT stop all: the first lets them finish, a second ends them at once. SIGHUP
    renews one after another, each before the old one leaves.

    Attributes:
        count: how many workers.
        target: what each runs.
        close_port: called when no worker is to be started any more.
        reread: gives the target of new workers; where it fails, the old ones stay.
        forget: called with the process id of a worker that has ended.
        grace: seconds after a signal to stop after which workers have ended by themselves.
        most_deaths: of one worker in a row, each soon after its start; after one more the server
            gives up, unless another worker serves.
        pause: seconds before a worker that died is replaced; twice that after each further death.
    """

    count: int
    target: Target
    close_port: Callable[[], None]
    reread: Callable[[], Target]
    forget: Callable[[int], None]
    grace: float
    most_deaths: int = 8
    pause: float = 0.5
    _places: list[_Place] = field(init=False, default_factory=list)
    _leaving: list[_Worker] = field(init=False, default_factory=list)
    _signals: list[int] = field(init=False, default_factory=list)
    _stopped_at: float | None = field(init=False, default=None)
    _renewing: list[_Place] = field(init=False, default_factory=list)
    _has_served: bool = field(init=False, default=False)
    _failed: bool = field(init=False, default=False)

    def run(self) -> int:
        """Run until all workers have ended.

        Returns:
            An exit code: 0 where it was told to stop and all ended in time.
        """
        self._places = [_Place(number) for number in range(self.count)]
        before = {sig: signal.signal(sig, self._note) for sig in _signals()}
        try:
            # The first alone: what keeps it from starting is said once, and not by each.
            self._places[0].worker = self._start(self._places[0])
            while self._stopped_at is None or self._everybody():
                self._tick()
        finally:
            for worker in self._everybody():
                worker.process.kill()
            for sig, handler in before.items():
                signal.signal(sig, handler)
        return int(self._failed)

    def _note(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._signals.append(sig)

    def _everybody(self) -> list[_Worker]:
        held = [worker for place in self._places for worker in (place.worker, place.next) if worker]
        return [*held, *self._leaving]

    def _tick(self) -> None:
        watched = self._everybody()
        listened = [worker.said for worker in watched if not worker.serves]
        ready = wait(
            [*(worker.process.sentinel for worker in watched), *listened], timeout=_TICK_SECONDS
        )
        for worker in watched:
            if worker.said in ready and not worker.serves:
                worker.serves = self._has_said(worker)
        while self._signals:
            self._handle(self._signals.pop(0))
        for worker in watched:
            if not worker.process.is_alive():
                self._ended(worker)
        if self._stopped_at is None:
            self._welcome()
            self._start_due()
            self._renew()
        elif time.monotonic() > self._stopped_at + self.grace + _KILL_AFTER:
            for worker in self._everybody():
                logger.error("worker %d did not end in time and is killed", worker.process.pid)
                worker.process.kill()

    def _start(self, place: _Place, *, is_replacement: bool = False) -> _Worker:
        context = multiprocessing.get_context("spawn")
        said, tells = context.Pipe(duplex=False)
        process = context.Process(
            target=self.target,
            args=(place.number, is_replacement, tells),
            name=f"worker {place.number}",
        )
        # It begins with these blocked: a terminal sends them to all, and they are for us alone.
        with _blocked(_SENT_TO_ALL):
            process.start()
        tells.close()
        logger.info("worker %d started as process %d", place.number, process.pid)
        return _Worker(process, said, time.monotonic())

    @staticmethod
    def _has_said(worker: _Worker) -> bool:
        try:
            worker.said.recv_bytes()
        except (EOFError, OSError):  # it ended before it served
            return False
        return True

    def _handle(self, sig: int) -> None:
        if sig == getattr(signal, "SIGHUP", None):
            self._begin_renewal()
            return
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
            self.close_port()
            self._stop_all(signal.SIGTERM)
        else:
            self._stop_all(AT_ONCE)

    def _stop_all(self, sig: int) -> None:
        for worker in self._everybody():
            _send(worker, sig)

    def _ended(self, worker: _Worker) -> None:
        """A process has ended; start another in its place unless it was to go."""
        worker.process.join()
        worker.said.close()
        pid, code = worker.process.pid or 0, worker.process.exitcode
        self.forget(pid)
        if worker in self._leaving:
            self._leaving.remove(worker)
            return
        place = next(each for each in self._places if worker in (each.worker, each.next))
        if place.next is worker:
            place.next = None
            self._renewing.clear()
            logger.error("the new worker %d ended with %s; the old ones stay", place.number, code)
            return
        place.worker = None
        if self._stopped_at is not None:
            self._failed = self._failed or code not in _ENDED_WELL
            return
        if not self._has_served:
            self._give_up()
            return
        settled = time.monotonic() - worker.started_at >= _SETTLED_SECONDS
        place.deaths = 1 if settled else place.deaths + 1
        others_serve = any(other.serves for other in self._everybody())
        if place.deaths > self.most_deaths and not others_serve:
            logger.error(
                "worker %d died %d times in a row; the server stops", place.number, place.deaths
            )
            self._give_up()
            return
        pause = pause_before(place.deaths, first=self.pause)
        place.start_at = time.monotonic() + pause
        logger.error(
            "worker %d (process %d) ended with %s; another starts in %.1f s",
            place.number, pid, code, pause,
        )  # fmt: skip

    def _give_up(self) -> None:
        self._failed = True
        self._stopped_at = time.monotonic()
        self.close_port()
        self._stop_all(signal.SIGTERM)

    def _welcome(self) -> None:
        """Put workers that serve into their places, and start the others after the first."""
        for place in self._places:
            if place.next is not None and place.next.serves:
                old, place.worker, place.next = place.worker, place.next, None
                if old is not None:
                    self._leaving.append(old)
                    _send(old, RETIRE)
        first = self._places[0].worker
        if not self._has_served and first is not None and first.serves:
            self._has_served = True
            for place in self._places[1:]:
                place.worker = self._start(place)

    def _start_due(self) -> None:
        now = time.monotonic()
        for place in self._places:
            if place.start_at is not None and now >= place.start_at:
                place.start_at = None
                place.worker = self._start(place, is_replacement=True)

    def _begin_renewal(self) -> None:
        if self._stopped_at is not None or not self._has_served:
            return
        try:
            self.target = self.reread()
        except SnapCiteError as error:
            logger.error("the settings cannot be read again, and the workers stay: %s", error)
            return
        logger.warning("SIGHUP: the workers are renewed one after another")
        self._renewing = list(self._places)

    def _renew(self) -> None:
        if any(place.next is not None for place in self._places):
            return
        if self._renewing:
            place = self._renewing.pop(0)
            if place.worker is not None:  # else a new one starts by itself
                place.next = self._start(place, is_replacement=True)


def pause_before(deaths: int, *, first: float) -> float:
    """Seconds to wait before a worker is started that died so many times in a row.

    >>> [pause_before(deaths, first=0.5) for deaths in (1, 2, 3, 8, 5_000)]
    [0.5, 1.0, 2.0, 30.0, 30.0]
    """
    return min(_LONGEST_PAUSE, first * 2.0 ** min(deaths - 1, 64))


@contextmanager
def _blocked(signals: Sequence[int]) -> Iterator[None]:
    """Keep signals from this thread and from what it starts; they come when this is over."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _signals() -> Sequence[int]:
    names = ("SIGTERM", "SIGINT", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _send(worker: _Worker, sig: int) -> None:
    if worker.process.pid is not None and worker.process.is_alive():
        os.kill(worker.process.pid, sig)
