import threading
import time
from collections.abc import Generator

import pytest

from indexer.ahead import run_ahead

WAIT_S = 5.0


class Counted:
    """Yields numbers from 0 on; remembers how far it got and whether it was closed."""

    def __init__(self, *, until: int = 1_000, fails_at: int | None = None) -> None:
        self.made = 0
        self.closed = threading.Event()
        self.thread: threading.Thread | None = None
        self._until = until
        self._fails_at = fails_at

    def numbers(self) -> Generator[int, None, None]:
        self.thread = threading.current_thread()
        try:
            for number in range(self._until):
                if number == self._fails_at:
                    raise ValueError(f"cannot make {number}")
                self.made += 1
                yield number
        finally:
            self.closed.set()


def settled(counted: Counted) -> int:
    """How many items were made in the end."""
    last = -1
    while last != counted.made:
        last = counted.made
        time.sleep(0.05)
    return last


def test_everything_comes_once_and_in_order():
    assert list(run_ahead(Counted(until=500).numbers(), depth=3)) == list(range(500))


def test_nothing_is_made_before_it_is_asked_for():
    counted = Counted()
    run_ahead(counted.numbers(), depth=1).close()
    assert counted.made == 0


@pytest.mark.parametrize("depth", [1, 2, 7])
def test_a_slow_taker_holds_the_maker_up(depth):
    counted = Counted()
    ahead = run_ahead(counted.numbers(), depth=depth)
    assert next(ahead) == 0
    # One was taken, `depth` wait, and one more is in the maker's hand.
    assert settled(counted) == 1 + depth + 1
    ahead.close()


def test_it_is_made_while_the_taker_works():
    started = threading.Event()

    def made() -> Generator[int, None, None]:
        yield 1
        started.set()
        yield 2

    ahead = run_ahead(made(), depth=1)
    next(ahead)
    assert started.wait(WAIT_S)
    assert list(ahead) == [2]


def test_an_error_comes_after_what_was_made_before_it():
    ahead = run_ahead(Counted(fails_at=3).numbers(), depth=10)
    taken = [next(ahead) for _ in range(3)]
    with pytest.raises(ValueError, match="cannot make 3"):
        next(ahead)
    assert taken == [0, 1, 2]


def test_stopping_closes_the_maker_and_ends_its_thread():
    counted = Counted()
    ahead = run_ahead(counted.numbers(), depth=1)
    next(ahead)
    settled(counted)  # it now waits for room
    ahead.close()
    assert counted.closed.is_set()
    assert counted.thread is not None
    assert not counted.thread.is_alive()


def test_an_error_of_the_taker_stops_every_stage():
    counted = Counted()
    stages = run_ahead(run_ahead(counted.numbers(), depth=1), depth=1)
    with pytest.raises(RuntimeError, match="disk"):  # noqa: PT012 - what a loop over it does
        try:
            for _ in stages:
                raise RuntimeError("disk full")
        finally:
            stages.close()
    assert counted.closed.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_an_error_passes_through_several_stages():
    stages = run_ahead(run_ahead(Counted(fails_at=2).numbers(), depth=1), depth=1)
    with pytest.raises(ValueError, match="cannot make 2"):
        list(stages)
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_stages_work_at_the_same_time():
    """Three stages of 20 × 10 ms take about as long as one of them, not as three."""

    def slowly(items: Generator[int, None, None]) -> Generator[int, None, None]:
        for item in items:
            time.sleep(0.01)
            yield item

    started = time.perf_counter()
    first = run_ahead(slowly(Counted(until=20).numbers()), depth=1)
    second = run_ahead(slowly(first), depth=1)
    assert list(slowly(second)) == list(range(20))
    assert time.perf_counter() - started < 2 * 20 * 0.01 + 0.15
