"""Run functions on untrusted bytes in processes of their own, which can be stopped.

A decoder written in C cannot be interrupted in a thread: one that hangs keeps its core, one that
takes too much memory ends the whole service, and so does one that crashes. Here each costs its own
process alone, which is replaced. A function is named as `module:name`, takes plain arguments and
byte strings and returns the same; nothing is pickled, so that a process whose decoder was taken
over by its input can answer with plain data only. Knows no image and no PDF.
"""

import atexit
import importlib
import json
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from knowledge import errors
from knowledge.deadline import check, remaining
from knowledge.errors import DeadlineError, SnapCiteError

_HEADER = struct.Struct("!I")
_MOST_HEADER_BYTES = 64 * 2**20
_SOCKET_BUFFER_BYTES = 4 * 2**20
_GRACE_SECONDS = 5.0
_WHOLE = getattr(socket, "MSG_WAITALL", 0)
_KEPT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
_START = "from knowledge.isolation import _serve; _serve()"


Blob = bytes | bytearray
"""A byte string as it was received."""


class IsolationError(Exception):
    """The process did not give a result. Its callers know what that says about their input.

    Attributes:
        reason: why, as words that can follow *the file cannot be read:*
    """

    reason = ""


class TooSlowError(IsolationError):
    """It took longer than it may and was stopped."""

    def __init__(self, message: str, *, seconds: float) -> None:
        super().__init__(message)
        self.reason = f"it takes more than {seconds:g} seconds"


class TooLargeError(IsolationError):
    """It asked for more memory than it may have."""

    reason = "it needs more memory than it may have"


class CrashedError(IsolationError):
    """It ended in the midst of its work: a crash, or memory that it could not do without."""

    reason = "it makes its reader fail"


@dataclass(frozen=True, slots=True)
class Result:
    """What a function returned.

    Attributes:
        values: plain values, as JSON holds them.
        blobs: byte strings.
    """

    values: dict[str, Any]
    blobs: list[Blob]


class Workers:
    """Processes that do one piece of work at a time each. Safe to use from several threads.

    Processes are started when they are needed and end with this one.

    Args:
        count: how many at most.
        memory_bytes: what each may allocate; not held on platforms without `setrlimit`.
        modules: what each imports when it starts, so that no first piece of work waits for it.
    """

    def __init__(self, count: int, *, memory_bytes: int, modules: Sequence[str] = ()) -> None:
        self.count = count
        self._memory_bytes = memory_bytes
        self._modules = tuple(modules)
        self._places: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(count):
            self._places.put(None)
        self._lock = threading.Lock()
        self._closed = False
        atexit.register(self.close)

    def run(
        self,
        function: str,
        arguments: Mapping[str, Any],
        blobs: Sequence[bytes | memoryview] = (),
        *,
        seconds: float,
    ) -> Result:
        """Call a function in one of the processes and wait for what it returns.

        Args:
            function: `module:name`, of a function that takes `arguments` as keywords and the list
                of blobs, and returns a dictionary and a list of byte strings.
            arguments: plain values, as JSON holds them.
            blobs: byte strings.
            seconds: that the call may take once a process is free.

        Raises:
            SnapCiteError: the function raised it.
            TooSlowError: the time was over.
            TooLargeError: the function ran out of memory.
            CrashedError: the process ended.
            DeadlineError: the request's own time was over (`knowledge.deadline`).
        """
        worker = self._take()
        try:
            if worker is not None and not worker.is_alive:
                worker.stop()
                worker = None
            if worker is None:
                worker = _Worker(self._memory_bytes, self._modules)
            left = remaining()
            try:
                result = worker.call(
                    function, arguments, blobs, min(seconds, left) if left is not None else seconds
                )
            except (IsolationError, OSError):
                worker.stop()
                worker = None
                check("its result came")  # the request's deadline, not ours, cut it short
                raise
        finally:
            self._places.put(worker)
            if self._closed:
                self.close()
        return result

    def warm_up(self) -> None:
        """Start all processes now."""
        workers = [self._take() for _ in range(self.count)]
        for worker in workers:
            self._places.put(worker or _Worker(self._memory_bytes, self._modules))

    def close(self) -> None:
        """Stop the idle processes; the others stop when their work is done."""
        self._closed = True
        kept = 0
        with self._lock, suppress(queue.Empty):
            while True:
                if (worker := self._places.get_nowait()) is not None:
                    worker.stop()
                kept += 1
        for _ in range(kept):
            self._places.put(None)

    def _take(self) -> "_Worker | None":
        try:
            return self._places.get(timeout=remaining())
        except queue.Empty:
            raise DeadlineError(
                "The time for the request was over before a process was free for it. "
                "Try again later, or give it more time."
            ) from None


class _Worker:
    """One process, and the socket to it."""

    def __init__(self, memory_bytes: int, modules: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(theirs.fileno()), str(memory_bytes)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(modules),
            )
        self._socket = ours

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        blobs: Sequence[bytes | memoryview],
        seconds: float,
    ) -> Result:
        ends = time.monotonic() + seconds
        try:
            call = {"function": function, "arguments": arguments, "seconds": seconds}
            _send(self._socket, call, blobs, ends)
            values, answered = _receive(self._socket, ends)
        except TimeoutError:
            message = f"{function} took longer than {seconds:.1f} s."
            raise TooSlowError(message, seconds=seconds) from None
        except (ConnectionError, EOFError):
            raise CrashedError(f"{function} ended its process.") from None
        if (name := values.get("error")) is None:
            return Result(values["values"], answered)
        if name == "MemoryError":
            raise TooLargeError(f"{function} needs more memory than it may have.")
        kind = getattr(errors, str(name), None)
        if isinstance(kind, type) and issubclass(kind, SnapCiteError):
            raise kind(str(values.get("message", "")))
        raise CrashedError(f"{function} failed: {name}: {values.get('message')}")

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._socket.close()
        with suppress(OSError):
            self._process.kill()
        self._process.wait()


def _environment(modules: Sequence[str]) -> dict[str, str]:
    """What a process is started with: where to import from, and one thread for numpy."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}  # no secret among them
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "SNAPCITE_ISOLATED_MODULES": ",".join(modules),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _send(
    to: socket.socket, header: Mapping[str, Any], blobs: Sequence[bytes | memoryview], ends: float
) -> None:
    head = json.dumps({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    for part in (_HEADER.pack(len(head)) + head, *blobs):
        to.settimeout(_left(ends))
        to.sendall(part)


def _receive(sock: socket.socket, ends: float) -> tuple[dict[str, Any], list[Blob]]:
    (length,) = _HEADER.unpack(_read(sock, _HEADER.size, ends))
    if length > _MOST_HEADER_BYTES:
        raise EOFError
    header = json.loads(_read(sock, length, ends))
    return header, [_read(sock, size, ends) for size in header.pop("sizes")]


def _read(sock: socket.socket, size: int, ends: float) -> Blob:
    if ends == float("inf"):  # a socket that waits fills a new string, with no copy in between
        sock.settimeout(None)
        whole = sock.recv(size, _WHOLE) if size else b""
        if len(whole) == size:
            return whole
        if not whole:
            raise EOFError
        return whole + _read(sock, size - len(whole), ends)  # a signal came
    data = bytearray(size)
    view = memoryview(data)
    while view:
        sock.settimeout(_left(ends))
        if not (count := sock.recv_into(view)):
            raise EOFError
        view = view[count:]
    return data


def _left(ends: float) -> float | None:
    if ends == float("inf"):
        return None
    if (left := ends - time.monotonic()) <= 0:
        raise TimeoutError
    return left


def _serve() -> None:
    """What a process runs: one call after the other, until the other side closes the socket."""
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C goes to the whole group
        signal.signal(number, signal.SIG_IGN)
    sock = socket.socket(fileno=int(sys.argv[1]))
    for module in filter(None, os.environ["SNAPCITE_ISOLATED_MODULES"].split(",")):
        importlib.import_module(module)
    _limit_itself(int(sys.argv[2]))
    forever = float("inf")
    with suppress(EOFError, ConnectionError):
        while True:
            header, blobs = _receive(sock, forever)
            # Nobody is left to stop a call that hangs once the other side is killed.
            signal.setitimer(signal.ITIMER_REAL, header["seconds"] + _GRACE_SECONDS)
            values, answered = _call(header["function"], header["arguments"], blobs)
            signal.setitimer(signal.ITIMER_REAL, 0)
            del blobs
            _send(sock, values, answered, forever)


def _call(
    function: str, arguments: dict[str, Any], blobs: list[Blob]
) -> tuple[dict[str, Any], Sequence[bytes]]:
    module, _, name = function.partition(":")
    try:
        values, answered = getattr(importlib.import_module(module), name)(blobs, **arguments)
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}, ()
    return {"values": values}, answered


def _limit_itself(memory_bytes: int) -> None:
    """Let allocations beyond the limit fail, and the process write no file.

    On Linux `RLIMIT_DATA` counts private memory and leaves mapped libraries out.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    which = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    for limit, value in (
        (which, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
