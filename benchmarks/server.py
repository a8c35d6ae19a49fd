"""`snapcite serve` over the bundled corpora in a process of its own, and what it takes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.machine import memory_mb

ROOT = Path(__file__).resolve().parent.parent
CORPORA = (ROOT / "data" / "landmarks", ROOT / "data" / "lost_buildings")
_COMMAND = (sys.executable, "-c", "from api.cli import main; main()")
_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its address and its process."""

    url: str
    pid: int

    def memory_mb(self) -> float:
        """Resident memory that is its own, in MB."""
        return memory_mb(self.pid).anonymous

    def handles(self) -> int:
        """Open files and connections."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def cpu_seconds(self) -> float:
        """Processor time that it and the processes that it started have taken."""
        return sum(map(_cpu_seconds, (self.pid, *_descendants(self.pid))))


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process, and of those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _descendants(pid: int) -> list[int]:
    """Processes that run below a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *_descendants(child)]
    return found


def make_index(folder: Path) -> Path:
    """Index the bundled corpora below a folder."""
    index = folder / "index"
    command = [*_COMMAND, "index", "--index", str(index), *map(str, CORPORA)]
    subprocess.run(command, cwd=ROOT, env=_environment({}), check=True, capture_output=True)
    return index


@contextmanager
def serving(
    index: Path | str, settings: Mapping[str, str], *, workers: int = 1
) -> Iterator[Server]:
    """Serve an index with these settings (`SNAPCITE_…`) and no others, until it is left."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            *(*_COMMAND, "serve", "--index", str(index), "--port", str(port)),
            *("--workers", str(workers)),
        ],
        cwd=ROOT,
        env=_environment(settings),
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(process, port)
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    foreign = {k: v for k, v in os.environ.items() if not k.startswith("SNAPCITE_")}
    return {**foreign, **settings}


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise RuntimeError("the server did not become ready")
