"""One stage of a pipeline in its own thread, a bounded number of items ahead of the next stage.

Stages are generators of any items. The queue between two stages is bounded, so a slow stage makes
those before it wait instead of filling the memory.
"""

import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, Queue
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class _End:
    pass


def run_ahead(items: Generator[T, None, None], *, depth: int) -> Generator[T, None, None]:
    """The items of `items`, in order, made in another thread that is at most `depth` + 1 ahead.

    An exception of `items` is raised here, after the items made before it. When this generator is
    closed, `items` is closed in its own thread, after the item that it works at, and the thread
    ends before this returns.

    Args:
        items: a generator that nobody else uses from now on.
        depth: how many finished items may wait, at least 1.

    >>> list(run_ahead((n * n for n in range(4)), depth=1))
    [0, 1, 4, 9]
    """
    queue: Queue[T | _Failed | _End] = Queue(maxsize=depth)
    stopped = threading.Event()

    def pull() -> None:
        last: _Failed | _End = _End()
        try:
            with closing(items):
                for item in items:
                    # Never more than one put after `stopped`: the queue was emptied for it.
                    if stopped.is_set():
                        return
                    queue.put(item)
        except BaseException as error:  # KeyboardInterrupt and the like too: they end the run
            last = _Failed(error)
        if not stopped.is_set():
            queue.put(last)

    thread = threading.Thread(target=pull, name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        stopped.set()
        _empty(queue)
        thread.join()


def _empty(queue: "Queue[T | _Failed | _End]") -> None:
    """Empty the queue, so that a thread that waits to put an item goes on and sees `stopped`."""
    while True:
        try:
            queue.get_nowait()
        except Empty:
            return
