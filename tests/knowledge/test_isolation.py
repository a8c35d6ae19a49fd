"""What a process of its own costs nobody else: time, memory, crashes."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from knowledge.deadline import within
from knowledge.errors import BrokenImageError, DeadlineError
from knowledge.isolation import CrashedError, TooLargeError, TooSlowError, Workers

HERE = "isolated_functions:"


@pytest.fixture
def workers():
    workers = Workers(2, memory_bytes=256 * 2**20)
    yield workers
    workers.close()


def reverse(workers, word="abc", blobs=(), seconds=20.0):
    return workers.run(HERE + "reverse", {"word": word}, blobs, seconds=seconds)


def test_a_call_returns_plain_values_and_bytes(workers):
    result = reverse(workers, "词ab", [b"xy", b"", b"1" * 9_000_000 + b"2"])

    assert result.values["word"] == "ba词"
    assert [bytes(blob[:2]) for blob in result.blobs] == [b"yx", b"", b"21"]
    assert len(result.blobs[2]) == 9_000_001


def test_a_process_serves_one_call_after_the_other(workers):
    processes = {reverse(workers).values["process"] for _ in range(5)}

    assert len(processes) == 1
    assert os.getpid() not in processes


@pytest.mark.parametrize("function", ["hang", "spin"])
def test_a_call_that_takes_too_long_is_stopped_and_its_process_replaced(workers, function):
    before = reverse(workers).values["process"]
    started = time.monotonic()

    with pytest.raises(TooSlowError, match=r"0\.5 s"):
        workers.run(HERE + function, {}, seconds=0.5)

    assert time.monotonic() - started < 5
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert reverse(workers).values["word"] == "cba"


def test_a_call_may_not_allocate_more_than_its_process_may_have(workers):
    assert workers.run(HERE + "allocate", {"size": 2**26}, seconds=20).values["n"] == 2**26
    with pytest.raises(TooLargeError):
        workers.run(HERE + "allocate", {"size": 2**29}, seconds=20)
    assert reverse(workers).values["word"] == "cba"


def test_a_crash_costs_one_call(workers):
    with pytest.raises(CrashedError):
        workers.run(HERE + "crash", {}, seconds=20)
    assert reverse(workers).values["word"] == "cba"


def test_a_process_that_was_killed_while_it_waited_is_replaced(workers):
    idle = reverse(workers).values["process"]
    os.kill(idle, signal.SIGKILL)
    for _ in range(100):
        if os.waitid(os.P_PID, idle, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        time.sleep(0.05)

    assert reverse(workers).values["process"] != idle


def test_errors_of_ours_come_through_and_others_are_crashes(workers):
    with pytest.raises(BrokenImageError, match=r"^This is damaged\.$"):
        workers.run(HERE + "refuse", {}, seconds=20)
    with pytest.raises(CrashedError, match="ZeroDivisionError"):
        workers.run(HERE + "fail", {}, seconds=20)


def test_a_request_s_deadline_counts_while_waiting_and_while_working(workers):
    with within(0.3), pytest.raises(DeadlineError):
        workers.run(HERE + "hang", {}, seconds=20)

    def hang():
        with pytest.raises(TooSlowError):
            workers.run(HERE + "hang", {}, seconds=2)

    hanging = [threading.Thread(target=hang) for _ in range(2)]
    for thread in hanging:
        thread.start()
    time.sleep(0.2)
    with within(0.3), pytest.raises(DeadlineError, match="before a process was free"):
        reverse(workers)
    for thread in hanging:
        thread.join()


def test_a_process_outlives_the_thread_that_started_it(workers):
    threads = [threading.Thread(target=reverse, args=(workers,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.2)

    assert reverse(workers).values["word"] == "cba"


def test_no_secret_of_this_process_is_in_the_others_environment(workers, monkeypatch):
    monkeypatch.setenv("SNAPCITE_READER_API_KEY", "secret")

    names = workers.run(HERE + "environment", {}, seconds=20).values["names"]

    assert "PATH" in names
    assert not [name for name in names if "KEY" in name]


def test_processes_end_with_the_one_that_started_them(tmp_path):
    program = (
        "import os, signal, sys\n"
        "from knowledge.isolation import Workers\n"
        "workers = Workers(1, memory_bytes=2**28)\n"
        f"values = workers.run('{HERE}reverse', {{'word': 'a'}}, seconds=20).values\n"
        "print(values['process'], flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    child = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("the process is still there")
