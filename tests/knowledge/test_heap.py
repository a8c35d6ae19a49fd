"""The memory of decoded photos returns to the system, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from knowledge.heap import bound_heaps

def resident():
    fields = open("/proc/self/statm").read().split()
    return int(fields[1]) * 4096 / 2**20

print(bound_heaps() if sys.argv[1] == "bound" else "")
before = resident()
barrier = threading.Barrier(8)

def work(number):
    barrier.wait()
    for size in (3, 9, 2, 20, 6):
        block = bytearray(size * 2**20)
        small = [bytes(9_000) for _ in range(200)]
        del block
    return small[number]

with ThreadPoolExecutor(8) as pool:
    kept = list(pool.map(work, range(8)))
print(resident() - before)
"""


def grown(how: str, **environment: str) -> tuple[str, float]:
    """What `bound_heaps` said, and the MB that 8 threads left behind."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how],
        capture_output=True, text=True, check=True, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    said, megabytes = done.stdout.splitlines()
    return said, float(megabytes)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's own behaviour")
def test_threads_leave_little_behind():
    said, megabytes = grown("bound")

    assert said == "True"
    assert megabytes < grown("as it is")[1] / 3


def test_a_setting_of_malloc_is_kept():
    assert grown("bound", MALLOC_ARENA_MAX="4")[0] == "False"
