"""A queue in front of a stage: which work runs, waits, is refused, or runs out of time."""

import asyncio
import threading
import time

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.traffic.gate import Capacity, Gate, Gates, in_turn, seconds_to_clear
from knowledge import deadline
from knowledge.errors import DeadlineError, OverloadedError

_LONG = 3600.0


class Held:
    """Work that runs until it is let go; counts how much of it runs together."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.lock = threading.Lock()
        self.running = 0
        self.most = 0
        self.done: list[int] = []

    def work(self, number: int) -> int:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.go.wait(10)
        with self.lock:
            self.running -= 1
            self.done.append(number)
        return number


async def until(condition) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it never came to that")


@given(st.integers(1, 3), st.integers(0, 4), st.integers(0, 10))
@settings(max_examples=25, deadline=None)
def test_so_many_run_so_many_wait_and_the_rest_is_refused(at_once, queue, asked):
    async def scene() -> None:
        gate, held = Gate("work", at_once=at_once, queue=queue), Held()
        tasks = []
        for number in range(asked):
            tasks.append(asyncio.create_task(gate.run(lambda number=number: held.work(number))))
            await asyncio.sleep(0)
        running, waiting = min(asked, at_once), max(0, min(asked - at_once, queue))
        await until(lambda: held.running == running and gate.waiting == waiting)
        assert gate.running == running
        held.go.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        served = [result for result in results if not isinstance(result, Exception)]
        assert served == list(range(running + waiting))  # in order, each its own result
        assert gate.refused == asked - len(served)
        assert held.most <= at_once
        assert (gate.running, gate.waiting) == (0, 0)

    asyncio.run(scene())


def test_a_question_is_refused_before_work_is_done_for_it_that_the_reader_would_refuse():
    async def scene() -> None:
        gates = Gates(Capacity(at_once=2, readings=1, reader_queue=2))
        reading, encoding = Held(), Held()
        tasks = [asyncio.create_task(gates.read.run(lambda: reading.work(0)))]
        tasks += [asyncio.create_task(gates.encode.run(lambda: encoding.work(1)))]
        await until(lambda: reading.running == encoding.running == 1)
        gates.check(_LONG, reads=True)  # one more has room behind the one that is encoded
        tasks += [asyncio.create_task(gates.encode.run(lambda: encoding.work(2)))]
        await until(lambda: encoding.running == 2)
        with pytest.raises(OverloadedError, match=r"\(2\) wait for the reader"):
            gates.check(_LONG, reads=True)
        reading.go.set()
        encoding.go.set()
        await asyncio.gather(*tasks)
        gates.check(_LONG, reads=True)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("where", "reads_here", "crowds"),
    [("encode", False, True), ("read", True, True), ("read", False, False)],
)
def test_it_is_crowded_when_more_wait_than_are_worked_on(where, reads_here, crowds):
    async def scene() -> None:
        gates, held = Gates(Capacity(at_once=1, readings=1, reads_here=reads_here)), Held()
        gate = getattr(gates, where)
        tasks = []
        for number, many in enumerate((False, False, True)):
            tasks.append(asyncio.create_task(gate.run(lambda number=number: held.work(number))))
            await asyncio.sleep(0)
            assert gates.are_crowded is (many and crowds)
        held.go.set()
        await asyncio.gather(*tasks)
        assert not gates.are_crowded

    asyncio.run(scene())


def test_a_refusal_says_when_to_come_back():
    async def scene() -> None:
        gate = Gate("the encoder", at_once=2, queue=0)
        held = Held()
        tasks = [asyncio.create_task(gate.run(lambda: held.work(0))) for _ in range(2)]
        await until(lambda: held.running == 2)
        started = time.perf_counter()
        with pytest.raises(OverloadedError, match="wait for the encoder") as refused:
            await gate.run(lambda: None)
        assert time.perf_counter() - started < 0.05
        assert refused.value.retry_after == 1
        held.go.set()
        await asyncio.gather(*tasks)

    asyncio.run(scene())


def test_the_wait_is_the_queue_s_length_times_its_work():
    assert seconds_to_clear(64, 0.5, at_once=2) == 16  # 64 × 0.5 / 2
    assert seconds_to_clear(0, 0.5, at_once=2) == 1
    assert seconds_to_clear(1000, 30.0, at_once=1) == 60


def test_what_waits_too_long_is_dropped_and_never_begun():
    async def scene() -> None:
        gate, held = Gate("the encoder", at_once=1, queue=5), Held()
        first = asyncio.create_task(gate.run(lambda: held.work(1)))
        await until(lambda: held.running == 1)
        with deadline.within(0.05), pytest.raises(DeadlineError, match="turn for the encoder"):
            await gate.run(lambda: held.work(2))
        assert (gate.expired, gate.waiting) == (1, 0)
        held.go.set()
        assert await first == 1
        assert held.done == [1]

    asyncio.run(scene())


def test_what_is_cancelled_while_it_waits_frees_its_place():
    async def scene() -> None:
        gate, held = Gate("work", at_once=1, queue=1), Held()
        first = asyncio.create_task(gate.run(lambda: held.work(1)))
        await until(lambda: held.running == 1)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await gate.run(lambda: held.work(2))
        assert gate.waiting == 0
        third = asyncio.create_task(gate.run(lambda: held.work(3)))
        await until(lambda: gate.waiting == 1)
        held.go.set()
        assert [await first, await third] == [1, 3]
        assert held.done == [1, 3]

    asyncio.run(scene())


def test_a_cancelled_thread_keeps_its_place_until_it_is_done():
    async def scene() -> None:
        gate, held = Gate("work", at_once=1, queue=1), Held()

        async def asked(scope: anyio.CancelScope) -> None:
            with scope:
                await gate.run(lambda: held.work(1))

        scope = anyio.CancelScope()
        task = asyncio.create_task(asked(scope))
        await until(lambda: held.running == 1)
        scope.cancel()
        await asyncio.sleep(0.01)
        assert gate.running == 1
        held.go.set()
        await task
        assert gate.running == 0

    asyncio.run(scene())


def test_an_error_of_the_work_frees_its_place():
    async def scene() -> None:
        gate = Gate("work", at_once=1, queue=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await gate.run(lambda: 1 // 0)
        assert await gate.run(lambda: 7) == 7

    asyncio.run(scene())


def test_a_question_is_refused_when_any_of_its_queues_is_full():
    async def scene() -> None:
        gates = Gates(Capacity(at_once=1, retrievals=1, readings=1, reader_queue=0))
        held = Held()
        gates.check(_LONG, reads=True)
        reading = asyncio.create_task(gates.read.run(lambda: held.work(1)))
        await until(lambda: held.running == 1)
        with pytest.raises(OverloadedError, match="the reader"):
            gates.check(_LONG, reads=True)
        held.go.set()
        await reading
        gates.check(_LONG, reads=True)

    asyncio.run(scene())


def test_a_question_is_refused_that_cannot_be_answered_in_its_time():
    async def scene() -> None:
        gates, go = Gates(Capacity(at_once=1, readings=1, encoder_queue=64)), threading.Event()
        read = 15

        def work(number: int) -> None:
            time.sleep(0.02)
            if number >= read:
                assert go.wait(10)

        async def ask(number: int) -> None:
            await gates.read.run(lambda: work(number))

        async with asyncio.TaskGroup() as group:
            for number in range(read + 10):
                group.create_task(ask(number))
            await until(lambda: gates.read.inside == 10)
            # Ten are under way, and about 20 ms pass from one answer to the next.
            gates.check(_LONG, reads=True)
            with pytest.raises(OverloadedError, match=r"\(10\) wait for the reader"):
                gates.check(0.25, reads=True)
            gates.check(0.25, reads=False)  # a search does not wait for the reader
            await asyncio.sleep(0.3)
            gates.check(0.25, reads=True)  # nothing was answered for long: the pace is not known
            go.set()
        gates.check(0.01, reads=True)  # nobody waits

    asyncio.run(scene())


def test_the_request_that_came_first_goes_first_at_every_gate_and_is_not_refused_again():
    async def scene() -> None:
        first, second = Gate("first", at_once=1, queue=9), Gate("second", at_once=1, queue=1)
        held = Held()
        order: list[str] = []
        at_the_second = asyncio.Event()

        async def ask(name: str) -> None:
            with in_turn():
                await first.run(lambda: order.append(f"{name} at the first"))
                at_the_second.set()
                await second.run(lambda: order.append(f"{name} at the second"))
                await first.run(lambda: order.append(f"{name} again"))

        async def new(name: str) -> None:
            with in_turn():
                await first.run(lambda: order.append(name))

        async with asyncio.TaskGroup() as group:
            held_second = group.create_task(second.run(lambda: held.work(0)))
            await until(lambda: held.running == 1)
            waits = group.create_task(second.run(lambda: order.append("it was in the queue")))
            await until(lambda: second.waiting == 1)
            with pytest.raises(OverloadedError):  # the queue is full for who has not begun
                second.check()
            group.create_task(ask("old"))
            await at_the_second.wait()
            await until(lambda: second.waiting == 2)
            busy = Held()
            group.create_task(first.run(lambda: busy.work(0)))
            await until(lambda: busy.running == 1)
            for waiting, name in enumerate(("young", "younger"), start=1):
                group.create_task(new(name))
                await until(lambda waiting=waiting: first.waiting == waiting)
            held.go.set()
            await asyncio.wait([held_second, waits])
            await until(lambda: first.waiting == 3)
            busy.go.set()
        assert order[0] == "old at the first"
        assert order[-3:] == ["old again", "young", "younger"]

    asyncio.run(scene())
