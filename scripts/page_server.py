"""Run a SnapCite server on a free port for scripts that use its page, and stop it afterwards."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY_WITHIN_S = 60.0
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For Chromium, on a machine without a display."""


@contextmanager
def serving(index: str) -> Iterator[str]:
    """Serve an index; yields the address once the server can answer.

    Raises:
        RuntimeError: the server ended or was not ready in time.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    snapcite = Path(sys.executable).with_name("snapcite")
    server = subprocess.Popen([snapcite, "serve", "--index", index, "--port", str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(server, url)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_ready(server: subprocess.Popen[bytes], url: str) -> None:
    latest = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < latest and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/ready") as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.2)
    raise RuntimeError("The server did not get ready; see what it said above.")
