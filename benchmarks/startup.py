"""From the command to the first possible question: seconds and memory, in processes of their own.

    python -m benchmarks.startup --index .snapcite/index

SnapCite is `snapcite serve` with the bundled starter, until /ready says so. The usual stack, for
comparison, is a process that imports its libraries, loads ViT-B/32 and opens its collection of
20,000 points (`benchmarks.query` makes it): what there is before anybody writes a server around it.
"""

import argparse
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np

from benchmarks import results
from benchmarks.machine import memory_mb

TARGET_S, TARGET_MB = 2.5, 400.0
SCRATCH = Path(".snapcite/bench")
_GIVE_UP_S = 60.0
_USUAL = """
import sys, json, time
started = time.perf_counter()
from pathlib import Path
from benchmarks.machine import memory_mb
from benchmarks.usual import UsualStack
usual = UsualStack(Path(sys.argv[1]), Path(sys.argv[2]))
print(json.dumps([time.perf_counter() - started, memory_mb().peak]))
"""


def start_ours(index: Path) -> tuple[float, float]:
    """Seconds from the command to /ready, and the process's peak memory in MB by then."""
    port = _free_port()
    command = [str(Path(sys.executable).parent / "snapcite"), "serve", "--port", str(port)]
    started = time.perf_counter()
    child = subprocess.Popen([*command, "--index", str(index)], stderr=subprocess.DEVNULL)
    try:
        while not _is_ready(f"http://127.0.0.1:{port}/ready"):
            if child.poll() is not None or time.perf_counter() - started > _GIVE_UP_S:
                raise SystemExit(f"{' '.join(command)} did not become ready")
            time.sleep(0.01)
        return time.perf_counter() - started, memory_mb(child.pid).peak
    finally:
        child.send_signal(signal.SIGINT)
        child.wait()


def start_usual(clip: Path, folder: Path) -> tuple[float, float]:
    """The same of the usual stack."""
    done = subprocess.run(
        [sys.executable, "-c", _USUAL, str(clip), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), float(peak)


def measure(index: Path, scratch: Path, *, rounds: int) -> list[results.Line]:
    """Both in turns; medians."""
    ours, usual = [], []
    for _ in range(rounds):
        ours.append(start_ours(index))
        usual.append(start_usual(scratch / "clip", scratch / "usual-20000"))
    ours_s, ours_mb = np.median(ours, axis=0).tolist()
    usual_s, usual_mb = np.median(usual, axis=0).tolist()
    return [
        results.Line("start to /ready", "s", ours_s, usual=usual_s, target=TARGET_S, at="most"),
        results.Line(
            "peak memory when ready", "MB", ours_mb, usual=usual_mb, target=TARGET_MB, at="most"
        ),
    ]


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path(".snapcite/index"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=Path, default=SCRATCH)
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    lines = measure(options.index, options.scratch, rounds=options.rounds)
    results.show(lines)
    results.save(options.results, "startup", lines, rounds=options.rounds)


if __name__ == "__main__":
    main()
