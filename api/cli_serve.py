"""`snapcite serve`: the page and the API on an address."""

import socket
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.cli_options import EncoderOption, IndexOption, ReaderOption, stderr
from api.doors import build_doors
from api.drain import DrainingServer
from api.samples import load_samples
from api.settings import load_settings
from api.wiring import build_pipeline, encoder_hint
from api.wiring_service import build_cache, build_capacity, build_remembered
from knowledge.errors import ConfigurationError
from vlm.qwen import QwenReader


def serve(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    host: Annotated[str, typer.Option(envvar="SNAPCITE_HOST", help="Address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="SNAPCITE_PORT", help="Port.")] = 8000,
    insecure_open: Annotated[
        bool | None,
        typer.Option("--insecure-open", help="Let everybody who reaches the address ask."),
    ] = None,
) -> None:
    """Serve the search page and the HTTP API."""
    settings = load_settings(
        index=index, encoder=encoder, reader=reader, insecure_open=insecure_open
    )
    doors = build_doors(settings, host=host)
    samples = load_samples(settings.samples)
    # Before the models are loaded, so that a taken port is told at once.
    listening = _listen(host, port)
    cache = build_cache(settings)
    pipeline = build_pipeline(settings, cache=cache, bulk=True)
    with listening, pipeline.index:
        app = create_app(
            pipeline,
            limits=settings.image_limits,
            max_photos=settings.max_photos,
            samples=samples,
            evaluation=settings.evaluation,
            doors=doors,
            capacity=build_capacity(settings),
            request_timeout=settings.request_timeout,
            remembered=build_remembered(settings, cache, pipeline),
        )
        card = pipeline.encoder.card
        read_by = pipeline.reader.name
        if isinstance(pipeline.reader, QwenReader):
            read_by += f" with {pipeline.reader.model}"
        stderr().print(
            f"SnapCite at http://{host}:{port}  (encoder {card.name}, {card.runtime}; reader "
            f"{read_by}; index {settings.index}). Ctrl-C stops it.",
            highlight=False,
        )
        if hint := encoder_hint(settings, pipeline.encoder):
            stderr().print(hint, highlight=False)
        config = uvicorn.Config(
            app,
            log_level="warning",
            proxy_headers=False,  # api.client_address believes those that the settings name
            server_header=False,
        )
        DrainingServer(
            config,
            traffic=app.state.snapcite.traffic,
            delay=settings.shutdown_delay,
            grace=settings.shutdown_grace,
        ).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        ConfigurationError: the address is taken or is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"Nothing can listen on {host}:{port}: {error.strerror}. Choose another with --port "
            f"or --host."
        ) from error
