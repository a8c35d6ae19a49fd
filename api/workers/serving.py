"""One process that serves: alone, or as one of several workers."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection

import uvicorn

from api.http.app import create_app
from api.plain_output import Terminal, escaped
from api.service import Service
from api.settings import Settings
from api.traffic.connections import ConnectionLimits, Connections, connection_limit
from api.traffic.drain import DrainingServer
from api.wiring.doors import build_doors
from api.wiring.service import build_service
from api.wiring.watch import Watch, watching
from api.workers.sharing import Sharing, share_of
from api.workers.supervisor import AT_ONCE, RETIRE
from knowledge.errors import SnapCiteError
from knowledge.heap import bound_heaps

_SWITCH_SECONDS = 0.001
"""How long a thread keeps the interpreter while others want it; Python's default is 0.005."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens. `host`: as the operator wrote it."""

    listening: socket.socket
    host: str


@dataclass(frozen=True, slots=True)
class AsWorker:
    """What is other for one of several workers.

    Attributes:
        sharing: what it shares.
        warm_first: load the models before connections are taken, as others take them meanwhile.
        on_serving: called when they are.
    """

    sharing: Sharing
    warm_first: bool
    on_serving: Callable[[], None]


def serve_here(
    settings: Settings,
    watch: Watch,
    place: Place,
    *,
    before: Callable[[Service], None],
    as_worker: AsWorker | None = None,
) -> None:
    """Serve in this process until a signal stops it.

    Args:
        settings: of the server; of a worker, its share of them.
        watch: what is logged and recorded.
        place: where to listen.
        before: called when everything is loaded, before the first connection is taken.
        as_worker: where this is one of several workers.

    Raises:
        SnapCiteError: a setting cannot be used, the index cannot be opened or a model not loaded.
    """
    # The address that the system understood, however it was written, decides who may come in.
    address = place.listening.getsockname()[0]
    doors = build_doors(settings, host=address, name=place.host)
    sharing = as_worker.sharing if as_worker else None
    service = build_service(settings, doors, watch, sharing=sharing)
    with service.pipeline.index:
        before(service)
        limits = ConnectionLimits(
            most=connection_limit(settings.max_connections),
            per_address=max(1, ConnectionLimits().per_address // settings.workers),
        )
        config = uvicorn.Config(
            create_app(service),
            http=Connections(limits, exempt=doors.trusted).protocol,  # type: ignore[arg-type]
            ws="none",
            h11_max_incomplete_event_size=limits.header_bytes,
            log_config=None,  # api.watching.logs configures logging
            access_log=False,  # api.watching.observed logs requests, without their addresses
            proxy_headers=False,  # api.access.client_address trusts the settings' proxies
            server_header=False,
            timeout_keep_alive=75,  # longer than a load balancer or a Retry-After waits
        )
        # The thread that takes and refuses requests gets its turn sooner among those that work.
        sys.setswitchinterval(_SWITCH_SECONDS)
        server = DrainingServer(
            config,
            traffic=service.traffic,
            delay=settings.shutdown_delay,
            grace=settings.shutdown_grace,
            on_serving=as_worker.on_serving if as_worker else None,
        )
        if as_worker is not None:
            if RETIRE != signal.SIGTERM:
                signal.signal(RETIRE, lambda sig, frame: server.retire())
                signal.signal(AT_ONCE, lambda sig, frame: server.leave_at_once())
            if as_worker.warm_first:
                service.warm_up()
        server.run(sockets=[place.listening])


@dataclass(frozen=True, slots=True)
class WorkerOrders:
    """What a worker's process is started with.

    Attributes:
        settings: of the whole server.
        place: where all listen.
        sharing: what they share.
        before: as for `serve_here`; called in the first worker alone, and not in one that
            replaces it.
    """

    settings: Settings
    place: Place
    sharing: Sharing
    before: Callable[[Service], None]

    def __call__(self, number: int, is_replacement: bool, said: Connection, /) -> None:
        """Serve until the supervisor stops this process, or has ended itself."""
        threading.Thread(target=_follow_supervisor, name="supervisor", daemon=True).start()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.sharing.take_cores()
        bound_heaps()
        is_first = number == 0 and not is_replacement
        as_worker = AsWorker(
            self.sharing, warm_first=is_replacement, on_serving=lambda: said.send_bytes(b"serves")
        )
        settings = share_of(self.settings)
        try:
            with self.sharing.held(), watching(settings) as watch:
                serve_here(
                    settings,
                    watch,
                    self.place,
                    before=self.before if is_first else lambda service: None,
                    as_worker=as_worker,
                )
        except SnapCiteError as error:
            line = f"error: {escaped(str(error), one_line=True)}"
            Terminal(file=sys.stderr, soft_wrap=True).print(line)
            sys.exit(1)


def _follow_supervisor() -> None:
    """End with the supervisor: nobody else would stop or replace this process."""
    supervisor = parent_process()
    if supervisor is not None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)
