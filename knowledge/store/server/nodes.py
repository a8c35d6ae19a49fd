"""The nodes of a Qdrant server: which one is asked next, and which are left alone for a while.

A node that failed gets no request until it has been well for some seconds. One that hangs would
keep a request and carry it out when it goes on, so that an old write would replace a newer one; and
one that is back shows for a moment what was there when it stopped. A thread looks at such nodes
meanwhile, so that no question waits for them. Knows no collection.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from knowledge.store.server.errors import is_passing

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_log = logging.getLogger(__name__)

_AVOIDED_S = 15.0
"""Seconds for which a node that failed is asked last, however soon it is well again."""

_SETTLED_S = 5.0
"""Seconds for which it must have been well. A node that was stopped showed for 3 what was old."""

_LOOK_EVERY_S = 1.0
_LOOK_S = 2


@dataclass(slots=True, eq=False)
class Node:
    """One address of the server.

    Attributes:
        client: of this address.
        address: for people to read.
        failed_at: when it failed last (seconds of the monotonic clock); None if it is well.
        well_since: since when it answers again; None while it does not.
    """

    client: "QdrantClient"
    address: str
    failed_at: float | None = None
    well_since: float | None = None

    def ask_version(self, seconds: float) -> str:
        """Its version, within so many seconds: whether it is there and does not hang.

        Raises:
            Exception: those of the client.
        """
        from qdrant_client.http.models import VersionInfo

        # Not `client.info()`, which takes no time-out.
        info = self.client.http.client.request(
            type_=VersionInfo, method="GET", url="/", timeout=seconds
        )
        return info.version

    def is_ready(self) -> bool:
        """Whether it says that it may be asked; one that cannot say so is believed."""
        try:
            self.client.http.client.request(type_=str, method="GET", url="/readyz", timeout=_LOOK_S)
        except Exception as error:
            return not is_passing(error)
        return True


class Nodes:
    """All nodes of one server. Threads may share it."""

    def __init__(self, clients: "Mapping[str, QdrantClient]") -> None:
        """Clients by their addresses."""
        self.all = tuple(Node(client, address) for address, client in clients.items())
        self._turn = count()
        self._lock = threading.Lock()
        self._looker: threading.Thread | None = None
        self._closed = threading.Event()

    def in_turn(self) -> list[Node]:
        """The nodes in the order to ask them: the next one first, those that failed last."""
        first = next(self._turn) % len(self.all)
        nodes = (*self.all[first:], *self.all[:first])
        return sorted(nodes, key=lambda node: node.failed_at is not None)

    def failed(self, node: Node) -> None:
        """Leave a node alone until it is well, where there are others to ask."""
        with self._lock:
            node.failed_at, node.well_since = time.monotonic(), None
            if self._looker is None and len(self.all) > 1 and not self._closed.is_set():
                self._looker = threading.Thread(
                    target=self._look_at_failed, name="qdrant nodes", daemon=True
                )
                self._looker.start()

    @property
    def are_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed.is_set()

    def close(self) -> None:
        """Look at no node any more; the clients are their owner's."""
        self._closed.set()

    def _look_at_failed(self) -> None:
        while not self._closed.wait(_LOOK_EVERY_S):
            for node in self.all:
                if node.failed_at is not None:
                    self._look_at(node)
            with self._lock:
                if all(node.failed_at is None for node in self.all):
                    self._looker = None
                    return

    def _look_at(self, node: Node) -> None:
        seen, is_ready = node.failed_at, node.is_ready()
        now = time.monotonic()
        with self._lock:
            if node.failed_at is None or node.failed_at != seen:  # it failed again meanwhile
                return
            if not is_ready:
                node.well_since = None
            elif node.well_since is None:
                node.well_since = now
            elif now - node.well_since >= _SETTLED_S and now - node.failed_at >= _AVOIDED_S:
                node.failed_at = None
                _log.info("%s is well again", node.address)
