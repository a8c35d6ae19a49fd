"""The process that optimises lives as long as the process that started it, not as its thread."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from knowledge.store.edge import optimize

PARENT = """
    import sys, threading, time
    from pathlib import Path
    from knowledge.store.edge import optimize
    optimize._RUN = (
        "from knowledge.store.edge.optimize import _end_with_the_parent as e; e(); "
        "import time; time.sleep(60)"
    )
    started = []
    def start():
        started.append(optimize.start_optimizing(Path(sys.argv[1])))
    thread = threading.Thread(target=start)
    thread.start(); thread.join()
    time.sleep(1.0)  # the thread has ended
    print(started[0].pid, started[0].poll(), flush=True)
    time.sleep(60)
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_it_outlives_the_thread_and_ends_with_the_process(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        text=True,
    )
    with parent:
        pid, state = parent.stdout.readline().split()
        assert state == "None"
        assert is_running(int(pid))
        parent.kill()
        parent.wait()
    ends = time.monotonic() + 10
    while is_running(int(pid)) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not is_running(int(pid))


def test_a_thread_that_ends_cuts_nothing_off(tmp_path, monkeypatch):
    waits = "; import time; time.sleep(0.7)"
    monkeypatch.setattr(
        optimize,
        "_RUN",
        f"from knowledge.store.edge.optimize import _end_with_the_parent as e; e(){waits}",
    )
    started = []
    thread = threading.Thread(target=lambda: started.append(optimize.start_optimizing(tmp_path)))
    thread.start()
    thread.join()
    with started[0] as child:
        assert child.wait() == 0
