"""`snapcite mcp`: lets the program that starts it ask, by the Model Context Protocol."""

import signal
from pathlib import Path
from typing import Annotated

import anyio
import typer

from api.access.guard import Doors
from api.commands.options import EncoderOption, IndexOption, ReaderModelOption, ReaderOption
from api.settings import Settings, load_settings
from api.wiring.service import build_service
from api.wiring.watch import watching
from knowledge.errors import ConfigurationError
from knowledge.heap import bound_heaps


def mcp(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    reader_model: ReaderModelOption = None,
    folder: Annotated[
        list[str] | None,
        typer.Option(
            "--folder",
            help="Folder whose photos may be asked about by path; can be repeated. By default the "
            "working directory (SNAPCITE_MCP_FOLDERS).",
        ),
    ] = None,
) -> None:
    """Serve agents by the Model Context Protocol over stdin and stdout."""
    try:
        from api.mcp.photos import Folders
        from api.mcp.stdio import serve_streams
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"The package {error.name!r} is not installed; run `pip install '.[mcp]'`."
        ) from None
    bound_heaps()
    settings = load_settings(
        index=index,
        encoder=encoder,
        reader=reader,
        reader_model=reader_model,
        mcp_folders=tuple(folder) if folder else None,
    )
    with watching(settings) as watch:
        service = build_service(settings, Doors(), watch)
        with service.pipeline.index:
            # A thread waits for stdin and cannot be stopped; an index that is read needs no care.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            anyio.run(serve_streams, service, Folders.of(_folders(settings)))


def _folders(settings: Settings) -> tuple[str, ...]:
    """The folders of the settings. Some programs start others in the root of the file system, which
    nobody chose: it counts only if it was named."""
    if "mcp_folders" not in settings.model_fields_set and Path.cwd() == Path(Path.cwd().anchor):
        return ()
    return settings.mcp_folders
