"""How long a request may still take, and what happens after its deadline."""

import time
from threading import Thread

import pytest

from knowledge import deadline
from knowledge.errors import DeadlineError


def test_without_a_deadline_work_may_take_as_long_as_it_likes():
    assert deadline.remaining() is None
    deadline.check("anything")


def test_time_runs_out():
    with deadline.within(0.02):
        assert 0 < (deadline.remaining() or 0) <= 0.02
        deadline.check("the first stage")
        time.sleep(0.03)
        assert deadline.remaining() == 0
        with pytest.raises(DeadlineError, match="before the second stage"):
            deadline.check("the second stage")
    assert deadline.remaining() is None


def test_a_deadline_is_not_inherited_and_the_one_around_comes_back():
    with deadline.within(60):
        with deadline.within(3600):
            assert (deadline.remaining() or 0) > 3590
        assert (deadline.remaining() or 99) <= 60


def test_a_thread_of_one_s_own_has_none():
    seen = []
    with deadline.within(5):
        thread = Thread(target=lambda: seen.append(deadline.remaining()))
        thread.start()
        thread.join()
    assert seen == [None]
