"""A queue in front of a model: what waits while it is busy is done together next.

Knows no model: it is given one function that does a batch.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Batcher(Generic[Asked, Told]):
    """Runs a function on batches, in one thread of its own that starts at the first call.

    Nothing waits for a batch to fill: the first question goes at once, and those that come while it
    is answered go together. So one alone is as fast as can be, and many share the weights' reading.
    """

    def __init__(self, run: Callable[[Sequence[Asked]], list[Told]], *, max_batch: int) -> None:
        """`run` returns as many results as it was given, in order."""
        self._run = run
        self._max_batch = max_batch
        self._waiting: deque[tuple[Asked, Future[Told]]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def submit(self, asked: Asked) -> Told:
        """The result for `asked`, when its turn has come; what `run` raises is raised here.

        Raises:
            RuntimeError: the batcher was closed.
        """
        future: Future[Told] = Future()
        with self._changed:
            if self._is_closed:
                raise RuntimeError("the batcher was closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="batcher", daemon=True)
                self._thread.start()
            self._waiting.append((asked, future))
            self._changed.notify()
        return future.result()

    def close(self) -> None:
        """Do what waits, then end the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while batch := self._next():
            asked, futures = zip(*batch, strict=True)
            try:
                results = self._run(asked)
            except BaseException as error:  # the thread must live on, and those who wait must know
                for future in futures:
                    future.set_exception(error)
            else:
                for future, result in zip(futures, results, strict=True):
                    future.set_result(result)

    def _next(self) -> list[tuple[Asked, Future[Told]]]:
        """What waits, at most a batch of it; empty when closed and done."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            count = min(len(self._waiting), self._max_batch)
            return [self._waiting.popleft() for _ in range(count)]
