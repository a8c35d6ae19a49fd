"""A queue in front of a model: questions that wait while it is busy form the next batch.

Knows no model: the caller passes a function that answers a batch.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Result = TypeVar("Result")


class Batcher(Generic[Asked, Result]):
    """Runs a function on batches, in one thread of its own that starts at the first call.

    Nothing waits for a batch to fill: the first question runs at once, and those that come
        meanwhile
    run together next. So a single question has no delay, and many share one pass over the weights.
    """

    def __init__(self, run: Callable[[Sequence[Asked]], list[Result]], *, max_batch: int) -> None:
        """`run` returns one result for each item, in order."""
        self._run = run
        self._max_batch = max_batch
        self._waiting: deque[tuple[Asked, Future[Result]]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def submit(self, asked: Asked) -> Result:
        """Wait for the result of `asked`. An error that `run` raises is raised here.

        Raises:
            RuntimeError: the batcher was closed.
        """
        future: Future[Result] = Future()
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
        """Answer what waits, then end the thread."""
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
            except (
                BaseException
            ) as error:  # the thread must go on, and the callers must get the error
                for future in futures:
                    future.set_exception(error)
            else:
                for future, result in zip(futures, results, strict=True):
                    future.set_result(result)

    def _next(self) -> list[tuple[Asked, Future[Result]]]:
        """The waiting items, at most one batch; empty when closed and done."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            count = min(len(self._waiting), self._max_batch)
            return [self._waiting.popleft() for _ in range(count)]
