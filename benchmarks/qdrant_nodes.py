"""Qdrant processes on loopback: started from a binary, killed, paused, started again.

The binary is the reader's own; nothing is fetched. Knows no index.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

_START_SECONDS = 120.0


class Node:
    """One process, with a folder and ports of its own that stay when it is started again."""

    def __init__(self, binary: Path, folder: Path, *, first: "Node | None", alone: bool) -> None:
        """`first`: the node whose cluster it joins; None begins one. `alone`: no cluster."""
        self._binary = binary
        self._folder = folder
        self._http, self._grpc, self._peers = _free_ports(3)
        self._first = first
        self._alone = alone
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http}"

    @property
    def uri(self) -> str:
        """Where other nodes find it."""
        return f"http://127.0.0.1:{self._peers}"

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: it ended or does not answer in two minutes.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        own = {
            "QDRANT__TELEMETRY_DISABLED": "true",
            "QDRANT__LOG_LEVEL": "WARN",
            "QDRANT__SERVICE__HOST": "127.0.0.1",
            "QDRANT__SERVICE__HTTP_PORT": str(self._http),
            "QDRANT__SERVICE__GRPC_PORT": str(self._grpc),
            "QDRANT__STORAGE__STORAGE_PATH": str(self._folder / "storage"),
            "QDRANT__STORAGE__SNAPSHOTS_PATH": str(self._folder / "snapshots"),
        }
        command = [str(self._binary)]
        if not self._alone:
            own["QDRANT__CLUSTER__ENABLED"] = "true"
            own["QDRANT__CLUSTER__P2P__PORT"] = str(self._peers)
            command += ["--uri", self.uri]
            command += ["--bootstrap", self._first.uri] if self._first else []
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._folder, env=os.environ | own, stdout=log, stderr=log
            )
        ends = time.monotonic() + _START_SECONDS
        while time.monotonic() < ends and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        self.kill()
        raise RuntimeError(f"A Qdrant node did not become ready: {self._folder / 'log'}")

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """SIGSTOP: it stays connected and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def disk_bytes(self) -> int:
        """What its storage takes on the disk."""
        files = (path for path in (self._folder / "storage").rglob("*") if path.is_file())
        return sum(path.stat().st_blocks * 512 for path in files)


@contextmanager
def cluster_of(binary: Path, folder: Path, count: int) -> Iterator[Sequence[Node]]:
    """Nodes that know each other; one alone is no cluster. All are killed at the end."""
    nodes: list[Node] = []
    try:
        for number in range(count):
            first = nodes[0] if nodes else None
            node = Node(binary, folder / f"node{number}", first=first, alone=count == 1)
            nodes.append(node)
            node.start()
        ends = time.monotonic() + _START_SECONDS
        while count > 1 and _peers(nodes[-1]) < count:
            if time.monotonic() > ends:
                raise RuntimeError("The Qdrant nodes did not find each other.")
            time.sleep(0.2)
        yield nodes
    finally:
        for node in nodes:
            node.kill()


def _peers(node: Node) -> int:
    return len(httpx.get(f"{node.url}/cluster", timeout=5).json()["result"]["peers"])


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()
