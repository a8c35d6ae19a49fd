"""`snapcite serve`: serves the page and the HTTP API."""

import logging
import socket
import sys
from typing import Annotated

import typer
import uvicorn

from api.commands.ask import ask_once, print_answer
from api.commands.options import (
    EncoderOption,
    IndexOption,
    ReaderModelOption,
    ReaderOption,
    stderr,
    stdout,
)
from api.heap import bound_heaps
from api.http.app import create_app
from api.plain_output import escaped
from api.settings import Settings, load_settings
from api.traffic.connections import ConnectionLimits, Connections, connection_limit
from api.traffic.drain import DrainingServer
from api.wiring.doors import build_doors
from api.wiring.pipeline import encoder_hint
from api.wiring.service import build_service
from api.wiring.watch import Watch, watching
from knowledge.credentials import without_credentials
from knowledge.errors import ConfigurationError
from search.pipeline import Pipeline
from vlm.readers.qwen3_vl import QwenReader

logger = logging.getLogger(__name__)


_SWITCH_SECONDS = 0.001
"""How long a thread keeps the interpreter while others want it; Python's default is 0.005."""


def serve(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    reader_model: ReaderModelOption = None,
    host: Annotated[str, typer.Option(envvar="SNAPCITE_HOST", help="Address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="SNAPCITE_PORT", help="Port.")] = 8000,
    insecure_open: Annotated[
        bool | None,
        typer.Option(
            "--insecure-open", help="Let everybody who reaches the address ask without a key."
        ),
    ] = None,
    first: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--first",
            metavar="PHOTO QUESTION",
            help="Ask this before serving and print the answer, with the same loaded models.",
        ),
    ] = None,
) -> None:
    """Serve the search page and the HTTP API."""
    bound_heaps()
    settings = load_settings(
        index=index,
        encoder=encoder,
        reader=reader,
        reader_model=reader_model,
        insecure_open=insecure_open,
    )
    with watching(settings) as watch:
        _serve(settings, watch, host=host, port=port, first=first)


def _serve(
    settings: Settings, watch: Watch, *, host: str, port: int, first: tuple[str, str] | None
) -> None:
    # Before the models are loaded, so that a port that is taken is an error at once.
    with _listen(host, port) as listening:
        # The address that the system understood, however it was written, decides who may come in.
        doors = build_doors(settings, host=listening.getsockname()[0], name=host)
        service = build_service(settings, doors, watch)
        with service.pipeline.index:
            if first is not None:
                _ask_first(first, service.pipeline, settings)
            _announce(settings, service.pipeline, f"http://{host}:{port}")
            limits = ConnectionLimits(most=connection_limit(settings.max_connections))
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
            DrainingServer(
                config,
                traffic=service.traffic,
                delay=settings.shutdown_delay,
                grace=settings.shutdown_grace,
            ).run(sockets=[listening])


def _ask_first(first: tuple[str, str], pipeline: Pipeline, settings: Settings) -> None:
    """Answer a question on the command line, as `snapcite ask` does."""
    photo, question = first
    console = stdout()
    console.print(
        f'\n$ snapcite ask {escaped(photo)} "{escaped(question)}"', highlight=False, markup=False
    )
    print_answer(console, ask_once(pipeline, [photo, question], settings).answer)
    console.print()


def _announce(settings: Settings, pipeline: Pipeline, address: str) -> None:
    """Say what is served: on stderr, or as a log line where log lines are JSON."""
    card = pipeline.encoder.card
    read_by = pipeline.reader.name
    if isinstance(pipeline.reader, QwenReader):
        read_by += f" with {pipeline.reader.model}"
    what = (
        f"SnapCite at {address}  (encoder {card.name}, {card.runtime}; reader {read_by}; index "
        f"{without_credentials(settings.index)})."
    )
    hint = encoder_hint(settings, pipeline.encoder)
    if settings.log_format == "json":
        logger.info("%s %s", what, hint or "")
        return
    stderr().print(f"{what} Ctrl-C stops it.", highlight=False)
    if hint:
        stderr().print(hint, highlight=False)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        ConfigurationError: the address is taken or is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # The socket encodes it too, and would stay open after the error.
        is_name = b"\0" not in host.encode("idna")
    except UnicodeError:
        is_name = False
    if not is_name:
        raise ConfigurationError(f"{host!r} is not an address; choose another with --host.")
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"Nothing can listen on {host}:{port}: {error.strerror}. Choose another with --port "
            f"or --host."
        ) from error
    # asyncio sets this only on sockets that name their protocol, which these do not. Without it a
    # response's body waits for the headers to be acknowledged: 40 ms. Accepted sockets inherit it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
