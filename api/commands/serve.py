"""`snapcite serve`: serves the page and the HTTP API."""

import logging
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from api.commands.ask import ask_once, print_answer
from api.commands.options import (
    EncoderOption,
    IndexOption,
    ReaderModelOption,
    ReaderOption,
    stderr,
    stdout,
)
from api.plain_output import escaped
from api.service import Service
from api.settings import Settings, load_settings
from api.watching.summed_metrics import forget_states
from api.wiring.pipeline import encoder_hint
from api.wiring.watch import start_logging, watching
from api.workers.serving import Place, WorkerOrders, serve_here
from api.workers.sharing import Sharing, check_workers
from api.workers.supervisor import Supervisor
from knowledge.credentials import without_credentials
from knowledge.errors import ConfigurationError
from knowledge.heap import bound_heaps
from knowledge.held_folder import held_folder
from search.pipeline import Pipeline
from vlm.readers.qwen3_vl import QwenReader

logger = logging.getLogger(__name__)


def serve(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    reader_model: ReaderModelOption = None,
    host: Annotated[str, typer.Option(envvar="SNAPCITE_HOST", help="Address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="SNAPCITE_PORT", help="Port.")] = 8000,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            help="Processes behind the port, with a Qdrant server and a Redis. "
            "[env var: SNAPCITE_WORKERS; default: 1]",
        ),
    ] = None,
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
    read = partial(
        load_settings,
        index=index,
        encoder=encoder,
        reader=reader,
        reader_model=reader_model,
        insecure_open=insecure_open,
        workers=workers,
    )
    settings = read()
    if settings.workers == 1:
        _serve_alone(settings, host=host, port=port, first=first)
        return
    code = _serve_with_workers(settings, host=host, port=port, first=first, reread=read)
    raise typer.Exit(code)


def _serve_alone(
    settings: Settings, *, host: str, port: int, first: tuple[str, str] | None
) -> None:
    bound_heaps()
    # Before the models are loaded, so that a port that is taken is an error at once.
    with watching(settings) as watch, _listen(host, port) as listening:
        before = partial(_say, settings, f"http://{host}:{port}", first)
        serve_here(settings, watch, Place(listening, host), before=before)


def _serve_with_workers(
    settings: Settings,
    *,
    host: str,
    port: int,
    first: tuple[str, str] | None,
    reread: Callable[[], Settings],
) -> int:
    """Serve with several processes; an exit code."""
    check_workers(settings)
    start_logging(settings)
    with (
        _listen(host, port) as listening,
        held_folder("snapcite-workers-") as folder,
    ):
        sharing = Sharing(settings.workers, folder)
        sharing.prepare()
        before = partial(_say, settings, f"http://{host}:{port}", first)
        orders = WorkerOrders(settings, Place(listening, host), sharing, before)

        def with_new_settings() -> WorkerOrders:
            return replace(
                orders, settings=reread().model_copy(update={"workers": orders.sharing.workers})
            )

        return Supervisor(
            settings.workers,
            orders,
            close_port=listening.close,
            reread=with_new_settings,
            forget=partial(forget_states, sharing.metrics),
            grace=settings.shutdown_grace,
        ).run()


def _say(settings: Settings, address: str, first: tuple[str, str] | None, service: Service) -> None:
    """What is said when everything is loaded: the answer to a first question, what is served."""
    if first is not None:
        _ask_first(first, service.pipeline, settings)
    _announce(settings, service.pipeline, address)


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
        f"{without_credentials(settings.index)}"
        f"{f'; {settings.workers} workers' if settings.workers > 1 else ''})."
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
