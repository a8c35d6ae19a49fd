"""Serve an application over real HTTP on loopback, for tests of connections and times."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve on a free loopback port; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@contextmanager
def served(app: FastAPI, *, ready: bool = True) -> Iterator[httpx.Client]:
    """Serve, and yield a client, once the server is ready if it is to be waited for."""
    with running(app) as url, httpx.Client(base_url=url, timeout=20) as client:
        while ready and client.get("/ready").status_code != 200:
            pass
        yield client


@contextmanager
def until_listening(config: uvicorn.Config) -> Iterator[str]:
    """Serve as a configuration says, on a free loopback port; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
