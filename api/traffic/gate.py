"""Bounded queues in front of the stages of an answer: decoding, encoding, retrieving, reading.

A gate runs some pieces of work at once, each in a thread, lets a few more wait in the order in
which their requests came, and refuses the rest. Knows no HTTP, and not what the work is.
"""

import asyncio
import heapq
import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

import anyio

from knowledge import deadline
from knowledge.errors import DeadlineError, OverloadedError
from vlm.cores import cores

T = TypeVar("T")

_LONGEST_WAIT = 60
"""The most seconds after which a client is asked to come back."""

_WEIGHT = 0.1
"""Weight of the latest piece of work in the mean of the durations."""

_ENDS, _FEWEST_ENDS = 40, 10
"""Answers that tell how fast questions are answered: the latest, at most and at least."""

_ON_TIME = 0.5
"""Part of a request's time in which its answer is to be expected when it is admitted. Some
questions take longer than others, and those whose upload has not ended are counted by nobody."""


@dataclass(slots=True)
class Turn:
    """A request's place among the others at every gate.

    Attributes:
        arrived: when it came, by `time.monotonic()`.
        begun: whether work was done for it.
    """

    arrived: float
    begun: bool = False


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def in_turn() -> Iterator[None]:
    """Let the work of the block have the turn of a request that arrives now."""
    token = _turn.set(Turn(time.monotonic()))
    try:
        yield
    finally:
        _turn.reset(token)


class Gate:
    """A queue in front of one stage, and the threads that do its work.

    The work of the request that came first is done first, so that at a gate which questions pass
    again those on the way do not wait behind new ones; and a request for which work was done is not
    refused any more. What is done outside of a request comes in its own order.

    The threads take the next piece of work themselves. If the event loop handed it out, they would
    idle while the loop is busy. Work that is cancelled while it waits frees its place at once. Work
    in a thread cannot be stopped: a cancellation takes effect when the thread is done.

    Attributes:
        name: of the stage, in messages.
        at_once: pieces of work that run together.
        queue: pieces of work that may wait.
        refused: how many were refused so far.
        expired: how many ran out of time while they waited.
    """

    def __init__(
        self, name: str, *, at_once: int, queue: int, on_end: Callable[[], None] | None = None
    ) -> None:
        """`on_end` is called in the thread after each piece of work, which is still inside then."""
        self.name = name
        self.at_once = at_once
        self.queue = queue
        self.refused = 0
        self.expired = 0
        self._on_end = on_end
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._queued: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._inside = 0
        self._mean_seconds = 0.0

    @property
    def waiting(self) -> int:
        """How many pieces of work wait."""
        return max(0, self._inside - self.at_once)

    @property
    def running(self) -> int:
        """How many pieces of work run."""
        return min(self._inside, self.at_once)

    @property
    def inside(self) -> int:
        """How many pieces of work wait or run."""
        return self._inside

    @property
    def is_crowded(self) -> bool:
        """Whether more work waits than is done at once."""
        return self.waiting > self.at_once

    @property
    def is_busy(self) -> bool:
        """Whether the next piece of work has to wait."""
        return self._inside >= self.at_once

    def check(self) -> None:
        """Refuse if the queue is full.

        Raises:
            OverloadedError: the queue is full.
        """
        if self.is_busy and self.waiting >= self.queue:
            self.refuse(self.waiting)

    def refuse(self, waiting: int) -> NoReturn:
        """Refuse a piece of work because so many wait.

        Raises:
            OverloadedError: always.
        """
        self.refused += 1
        raise OverloadedError(
            f"Too many requests ({waiting}) wait for {self.name}. Try again later.",
            retry_after=seconds_to_clear(waiting, self._mean_seconds, at_once=self.at_once),
        )

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread when its turn has come.

        Raises:
            OverloadedError: the queue is full, and no work was done for the request before.
            DeadlineError: its time was over before its turn came.
        """
        turn = _turn.get()
        if turn is None or not turn.begun:
            self.check()
        if deadline.remaining() == 0:
            self._expire()
        future = self._submit(work)
        with anyio.move_on_after(deadline.remaining()):
            try:
                return await asyncio.wrap_future(future)
            except asyncio.CancelledError:
                if not future.cancel():  # it has begun
                    with anyio.CancelScope(shield=True):
                        ended = asyncio.wrap_future(future)
                        await asyncio.wait([ended])
                        if not ended.cancelled():
                            ended.exception()  # looked at, or asyncio logs that nobody did
                raise
        if future.cancelled():
            self._expire()
        return future.result()  # late, but done; the next stage will not begin

    def _expire(self) -> NoReturn:
        self.expired += 1
        raise DeadlineError(
            f"The request's time was over before its turn for {self.name}. Try again later.",
            retry_after=seconds_to_clear(
                self.waiting + 1, self._mean_seconds, at_once=self.at_once
            ),
        )

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()
        turn = _turn.get()
        context = copy_context()

        def begin() -> None:
            if not future.set_running_or_notify_cancel():
                return
            if turn is not None:
                turn.begun = True
            try:
                result = context.run(self._timed, work)
            except BaseException as error:  # the one who waits gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        arrived = time.monotonic() if turn is None else turn.arrived
        with self._lock:
            self._inside += 1
            heapq.heappush(self._queued, (arrived, next(self._number), begin))
        future.add_done_callback(self._left)
        self._threads.submit(self._begin_next)
        return future

    def _begin_next(self) -> None:
        with self._lock:
            _, _, begin = heapq.heappop(self._queued)
        begin()

    def _left(self, _: "Future[T]") -> None:
        with self._lock:
            self._inside -= 1

    def _timed(self, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        try:
            return work()
        finally:
            self._mean_seconds += _WEIGHT * (time.perf_counter() - started - self._mean_seconds)
            if self._on_end is not None:
                self._on_end()


def seconds_to_clear(waiting: int, mean_seconds: float, *, at_once: int) -> int:
    """Whole seconds, from 1 to 60, until a queue is empty.

    >>> seconds_to_clear(5, 0.8, at_once=2)
    2
    """
    return min(_LONGEST_WAIT, max(1, math.ceil(waiting * mean_seconds / at_once)))


class Pace:
    """How fast questions are answered while others wait, by the latest of them. Thread-safe."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=_ENDS)
        self._lock = threading.Lock()

    def ended(self, *, others: bool) -> None:
        """Note that a question was answered; `others`: whether more are under way."""
        with self._lock:
            self._ends.append(time.monotonic())
            if not others:  # how long it is until the next one says nothing
                self._ends.clear()

    def seconds_for(self, questions: int, *, patience: float) -> float:
        """Seconds until so many questions are answered; 0 where that is not known: too few were
        answered in this crowd, or none for as long as `patience`."""
        with self._lock:
            if len(self._ends) < _FEWEST_ENDS or time.monotonic() - self._ends[-1] > patience:
                return 0.0
            return questions * (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much is done at once, and how much may wait.

    Attributes:
        at_once: photos decoded, and queries encoded, together.
        retrievals: searches in the store together.
        readings: answers read together.
        encoder_queue: requests that may wait for decoding, encoding and retrieval, together.
        reader_queue: requests that may wait for the reader.
        reads_here: whether the reader works on the cores that all the rest works on.
    """

    at_once: int = field(default_factory=cores)
    retrievals: int = field(default_factory=cores)
    readings: int = field(default_factory=cores)
    encoder_queue: int = 64
    reader_queue: int = 64
    reads_here: bool = True


class Gates:
    """The gates of one application, in the order in which a question passes them."""

    def __init__(self, capacity: Capacity) -> None:
        queue = capacity.encoder_queue
        self._pace = Pace()
        self.decode = Gate("decoding", at_once=capacity.at_once, queue=queue)
        self.encode = Gate("the encoder", at_once=capacity.at_once, queue=queue)
        self.retrieve = Gate("the index", at_once=capacity.retrievals, queue=queue)
        self.read = Gate(
            "the reader",
            at_once=capacity.readings,
            queue=capacity.reader_queue,
            on_end=lambda: self._pace.ended(others=self._under_way > 1),
        )
        self._reads_here = capacity.reads_here

    def __iter__(self) -> Iterator[Gate]:
        return iter((self.decode, self.encode, self.retrieve, self.read))

    @property
    def are_crowded(self) -> bool:
        """Whether more questions wait for this machine's cores than are worked on at once."""
        gates = (*self._on_the_way, self.read) if self._reads_here else self._on_the_way
        return any(gate.is_crowded for gate in gates)

    @property
    def _on_the_way(self) -> tuple[Gate, ...]:
        return self.decode, self.encode, self.retrieve

    @property
    def _under_way(self) -> int:
        return self.read.inside + sum(gate.inside for gate in self._on_the_way)

    def check(self, seconds: float, *, reads: bool) -> None:
        """Refuse a request now that would be refused later, before its photo is read.

        The queues before decoding, encoding and retrieval count as one, so that no more requests
        are under way in whichever of them the work piles up. All of those may come to the reader: a
        question for which there would be no room then, or no time, is refused now, before work is
        done for it. What nobody reads for is not kept back by a slow reader.

        Args:
            seconds: that the request may take.
            reads: whether it is a question for the reader.

        Raises:
            OverloadedError: one of the queues is full, or too long for that time.
        """
        waiting = sum(gate.waiting for gate in self._on_the_way)
        if waiting >= self.encode.queue and any(gate.is_busy for gate in self._on_the_way):
            self.encode.refuse(waiting)
        if not reads:
            return
        under_way = self._under_way
        coming = under_way - self.read.running
        if self.read.is_busy and coming >= self.read.queue:
            self.read.refuse(coming)
        expected = self._pace.seconds_for(under_way + 1, patience=seconds)
        if expected > _ON_TIME * seconds and any(gate.is_crowded for gate in self):
            self.read.refuse(under_way)
