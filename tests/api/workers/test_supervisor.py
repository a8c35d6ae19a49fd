"""Workers are started, replaced, renewed and stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def supervised(folder: Path, count: int) -> Iterator["subprocess.Popen[bytes]"]:
    program = ROOT / "tests" / "helpers" / "supervised.py"
    process = subprocess.Popen(
        [sys.executable, str(program), str(folder), str(count)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def serving(folder: Path) -> dict[int, int]:
    """Worker's number → process id, of those that are alive."""
    pairs = [path.name.split("-") for path in folder.glob("*-*")]
    return {int(number): int(pid) for number, pid in pairs if _is_alive(int(pid))}


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_worker_that_dies_is_replaced_and_all_are_renewed_and_stopped(tmp_path):
    with supervised(tmp_path, 2) as process:
        until(lambda: len(serving(tmp_path)) == 2)
        first = serving(tmp_path)
        os.kill(first[1], signal.SIGKILL)
        until(lambda: serving(tmp_path).get(1, first[1]) != first[1])
        second = serving(tmp_path)
        assert second[0] == first[0]

        process.send_signal(signal.SIGHUP)
        until(lambda: not set(serving(tmp_path).values()) & set(second.values()))
        assert len(serving(tmp_path)) == 2
        assert not (tmp_path / "closed").exists()

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert serving(tmp_path) == {}
        assert (tmp_path / "closed").exists()


def test_one_that_dies_again_and_again_ends_the_server(tmp_path):
    with supervised(tmp_path, 1) as process:
        until(lambda: len(serving(tmp_path)) == 1)
        (tmp_path / "broken").touch()
        process.send_signal(signal.SIGHUP)
        time.sleep(0.6)
        assert process.poll() is None  # the new one failed, so the old one stays
        assert len(serving(tmp_path)) == 1

        os.kill(serving(tmp_path)[0], signal.SIGKILL)
        assert process.wait(timeout=20) == 1


def test_while_another_serves_one_that_cannot_start_is_tried_on(tmp_path):
    with supervised(tmp_path, 2) as process:
        until(lambda: len(serving(tmp_path)) == 2)
        first = serving(tmp_path)
        (tmp_path / "broken").touch()
        os.kill(first[1], signal.SIGKILL)
        until(lambda: 1 not in serving(tmp_path))
        time.sleep(3)  # three deaths in a row and more
        assert process.poll() is None
        assert serving(tmp_path) == {0: first[0]}

        (tmp_path / "broken").unlink()
        until(lambda: len(serving(tmp_path)) == 2)
        (tmp_path / "broken").touch()
        for pid in serving(tmp_path).values():
            os.kill(pid, signal.SIGKILL)
        assert process.wait(timeout=20) == 1


def test_what_keeps_the_first_from_starting_ends_all(tmp_path):
    (tmp_path / "broken").touch()
    with supervised(tmp_path, 3) as process:
        assert process.wait(timeout=20) == 1
