"""Connect to a Ray cluster, or start one on this machine; quietly, and telling nobody.

Ray reports usage statistics to its makers and prints much by default; both are off. Knows no work.
"""

import logging
import os
import re
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from indexer.cluster.sudden_end import end_is_said, full_disk
from knowledge.errors import ClusterError, ConfigurationError
from knowledge.held_folder import held_folder
from vlm.cores import cores

LOCAL = "local"
"""The address that means: start a cluster of this machine alone, and end it afterwards."""

_AUTO = "auto"
_ADDRESS = re.compile(r"(?:ray://)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_PROMPT_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else a warning of a future change
    "RAY_DISABLE_IMPORT_WARNING": "1",
}

_ASK_ONCE = {"RAY_gcs_server_port_wait_time_s": "1", "RAY_NUM_REDIS_GET_RETRIES": "2"}
"""How often Ray asks a head that does not answer, some 40 s each time; else it asks 20 times."""

_KNOCK_S = 10.0
_LONGEST_REASON = 400
"""Letters of what Ray says; of versions that differ it says several lines."""

_MODE, _TOKEN, _TOKEN_FILE = "RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"
"""Whoever reaches Ray's ports may run code, and Ray listens on all addresses, even for a cluster of
one machine. So that one takes only who knows a secret made for it."""

_STORE_BYTES, _STORE_BYTES_A_CORE = 512 * 2**20, 64 * 2**20
"""Room for photos on their way, in a cluster of this machine."""


_NEEDS = (
    "Its nodes need the same Ray and Python as this machine, and it the same RAY_AUTH_MODE and "
    "token as they."
)


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Hold a connection to a Ray cluster; one that this process has already is used and kept.

    Args:
        address: `local` starts a cluster of this machine, `auto` is the one that this machine
            belongs to, `HOST:PORT` one whose head is there, `ray://HOST:PORT` one to which this
            machine does not belong.

    Raises:
        ConfigurationError: Ray is not installed, or that is no address.
        ClusterError: the cluster cannot be started or does not answer.
    """
    if address not in (LOCAL, _AUTO) and not _ADDRESS.fullmatch(address):
        raise ConfigurationError(
            f"{address!r} is no cluster: --cluster takes local, auto, HOST:PORT or ray://HOST:PORT."
        )
    os.environ.update(_QUIET)
    if address not in (LOCAL, _AUTO):
        _knock(address)
        for variable, value in _ASK_ONCE.items():
            os.environ.setdefault(variable, value)
    if address == LOCAL and "ray" not in sys.modules:  # Ray reads both once, when it is imported
        os.environ.setdefault(_MODE, "token")
        if os.environ[_MODE] == "token" and _TOKEN_FILE not in os.environ:
            os.environ.setdefault(_TOKEN, secrets.token_hex(32))
    try:
        import ray
        import ray._private.worker as printing
    except ImportError as error:
        raise ConfigurationError(
            "Indexing on a cluster needs Ray, which is not installed here: "
            "`pip install '.[cluster]'` adds it; without --cluster this machine does it alone."
        ) from error
    if ray.is_initialized():
        yield
        return
    # Else a lost node is told of on stdout, where results are; there is no option for it.
    printing._worker_logs_enabled = False
    with held_folder("snapcite-ray-") if address == LOCAL else nullcontext() as folder:
        scratch = str(folder) if folder else None
        try:
            with end_is_said(scratch or tempfile.gettempdir()):
                _start(ray, address, scratch)
                yield
        finally:
            ray.shutdown()


def _knock(address: str) -> None:
    """Find out at once whether anybody listens at an address; Ray would try for minutes.

    Raises:
        ClusterError: nobody does.
    """
    host, port = address.removeprefix("ray://").rsplit(":", 1)
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_S).close()
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ClusterError(
            f"Nobody listens at {address} ({why}). A cluster's head has port 6379 for HOST:PORT "
            "and 10001 for ray://HOST:PORT, unless it was started with others. Nothing was indexed."
        ) from error


def _start(ray: Any, address: str, scratch: str | None) -> None:  # noqa: ANN401 - optional module
    options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address == LOCAL:
        options |= {
            "num_cpus": cores(),
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES + cores() * _STORE_BYTES_A_CORE,
            "_temp_dir": scratch,
            "_system_config": {"enable_metrics_collection": False},
        }
    try:
        ray.init(address=address, **options)
    except Exception as error:  # ConnectionError, RuntimeError, TimeoutError, errors of gRPC
        said = " ".join(str(error).split())[:_LONGEST_REASON].rstrip(".:")
        what = "started on this machine" if address == LOCAL else f"reached at {address}"
        needs = None if address == LOCAL else _NEEDS
        parts = (needs, full_disk(scratch or tempfile.gettempdir()), "Nothing was indexed.")
        raise ClusterError(
            f"The Ray cluster cannot be {what}: {said or type(error).__name__}. "
            f"{' '.join(part for part in parts if part)}"
        ) from error
