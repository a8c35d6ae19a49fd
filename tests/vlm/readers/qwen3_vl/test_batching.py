import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from vlm.readers.qwen3_vl.batching import Batcher


def test_what_waits_while_one_is_done_is_done_together():
    batches = []
    started, go_on = threading.Event(), threading.Event()

    def run(batch):
        batches.append(len(batch))
        started.set()
        go_on.wait(5)
        return [10 * one for one in batch]

    batcher = Batcher(run, max_batch=3)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(batcher.submit, 0)
        assert started.wait(5)
        rest = [pool.submit(batcher.submit, one) for one in range(1, 6)]
        while len(batcher._waiting) < 5:
            pass
        go_on.set()
        assert first.result(5) == 0
        assert [one.result(5) for one in rest] == [10, 20, 30, 40, 50]
    batcher.close()
    assert batches == [1, 3, 2]


def test_an_error_reaches_those_who_wait_and_the_queue_goes_on():
    def run(batch):
        if 0 in batch:
            raise ValueError("nothing")
        return list(batch)

    batcher = Batcher(run, max_batch=4)
    with pytest.raises(ValueError, match="nothing"):
        batcher.submit(0)
    assert batcher.submit(1) == 1
    batcher.close()


def test_nothing_is_taken_once_it_is_closed():
    batcher = Batcher(list, max_batch=1)
    assert batcher.submit("a") == "a"
    batcher.close()
    batcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        batcher.submit("b")
