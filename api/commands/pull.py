"""`snapcite models pull`: fetches models from a hub, after it has said what that takes."""

import json
import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from api.commands.options import JsonOption, print_json, stderr, stdout
from api.plain_output import escaped
from api.settings import Settings, load_settings
from api.wiring.pipeline import has_reranker
from knowledge.errors import ConfigurationError, ModelMissingError
from vlm.models import (
    BUNDLED_TEXT,
    Cache,
    Folder,
    Hub,
    HuggingFace,
    ModelScope,
    Place,
    Plan,
    encoder_folder,
    fetch_files,
    find_clip,
    free_bytes,
    full_name,
    here,
    hub_folder,
    is_served,
    largest_that_fits,
    plan_pull,
    repository_of,
    require_room,
)

_STEPS = 10
"""Lines of progress where there is no terminal."""

_READER = "qwen3-vl"


def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Models: an open_clip name, or OWNER/NAME on the hub; qwen3-vl is the reader that "
            "fits this GPU. Without one: those that the settings name.",
        ),
    ] = None,
    source: Annotated[
        Literal["huggingface", "modelscope"], typer.Option("--from", help="The hub.")
    ] = "huggingface",
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="A folder for one model; by default the Hugging Face cache, for all tools."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", envvar="YES", help="Do not ask before fetching.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch models: says what and how much, asks, shows progress, goes on where a run was stopped,
    and checks every file."""
    settings = load_settings()
    console = stderr()
    hub = _hub(source, settings)
    wanted = []
    for name in names or ():
        copied = repository_of(name, endpoint=hub.endpoint)
        if copied != name.strip():
            console.print(f"{escaped(name)}: that is {escaped(copied)}", highlight=False)
        wanted.append(_meant(copied, settings))
    wanted = wanted or _of_settings(settings)
    if to is not None and len(wanted) != 1:
        raise ConfigurationError("--to takes one model; name one.")
    results: list[dict[str, Any]] = []
    plans: list[Plan] = []
    for name in dict.fromkeys(wanted):
        found = None if to is not None else _here(name, settings)
        if found is not None:
            console.print(f"{escaped(name)}: here already, {escaped(str(found))}", highlight=False)
            results.append({"name": name, "folder": str(found), "fetched_bytes": 0})
            continue
        if to is not None and to.is_dir() and any(to.iterdir()):
            console.print(f"Checking what {escaped(str(to))} holds.", highlight=False)
        plans.append(_plan(name, hub, to))
    _tell(console, plans)
    _require_room_for_all(plans)
    if any(not plan.is_here for plan in plans):
        _ask(yes=yes)
    for plan in plans:
        missing = plan.missing_bytes
        with _shown(console, plan) as on_bytes:
            folder = fetch_files(plan, on_bytes=on_bytes)
        console.print(f"{escaped(plan.name)}: checked, in {escaped(str(folder))}", highlight=False)
        results.append({"name": plan.name, "folder": str(folder), "fetched_bytes": missing})
    if as_json:
        print_json(json.dumps(results, ensure_ascii=False, indent=2))
    elif to is not None:
        stdout().print(str(to), highlight=False, soft_wrap=True)


def _meant(name: str, settings: Settings) -> str:
    """The hub's name of a model that a person named."""
    if name == _READER:
        # Another reader's model is named in other words: a server's, or an export's folder.
        named = settings.reader_model if settings.reader == _READER else None
        return named or largest_that_fits(quantization=settings.reader_quantization)
    return full_name(name)


def _of_settings(settings: Settings) -> list[str]:
    """The models that the settings name and that come from a hub.

    Raises:
        ConfigurationError: they name none.
    """
    names = []
    for named in (settings.encoder, settings.reranker if has_reranker(settings) else None):
        if named and not is_served(named) and not _is_own_encoder(named, settings):
            names.append(_meant(named, settings))
    if settings.text_encoder not in (None, BUNDLED_TEXT, "none"):
        names.append(str(settings.text_encoder))
    if settings.reader == _READER:
        names.append(_meant(_READER, settings))
    if not names:
        raise ConfigurationError(
            "Name a model, such as ViT-B-16-SigLIP2/webli: these settings need none from a hub. "
            "`snapcite models list` shows some."
        )
    return names


def _is_own_encoder(name: str, settings: Settings) -> bool:
    folder = encoder_folder(name, models_root=settings.models, own_root=settings.encoders)
    return any((folder / card).is_file() for card in ("card.json", "open_clip_config.json"))


def _here(name: str, settings: Settings) -> Path | None:
    """Where a model is that is wholly on this machine, without asking a hub."""
    if _is_own_encoder(name, settings):
        return encoder_folder(name, models_root=settings.models, own_root=settings.encoders)
    try:
        files = find_clip(name)
    except ModelMissingError:
        return None
    if files is not None:
        return files.weights.parent
    return here(name)


def _hub(source: str, settings: Settings) -> Hub:
    import huggingface_hub.utils.logging  # noqa: F401 - sets its log up

    logging.getLogger("huggingface_hub").handlers.clear()  # else each line is shown twice
    return ModelScope(settings.modelscope_url) if source == "modelscope" else HuggingFace()


def _plan(name: str, hub: Hub, to: Path | None) -> Plan:
    def place(main: str) -> Place:
        return Folder(to, main) if to is not None else Cache(hub_folder())

    return plan_pull(name, hub=hub, place_of=place)


def _tell(console: Console, plans: list[Plan]) -> None:
    """Say what would be fetched, from where, and what room there is."""
    for plan in plans:
        files = sum(len(part.files) for part in plan.parts)
        size = _gigabytes(plan.bytes)
        rest = (
            "" if plan.missing_bytes == plan.bytes else f", {_gigabytes(plan.missing_bytes)} left"
        )
        repositories = ", ".join(part.repository.name for part in plan.parts)
        console.print(
            f"{escaped(plan.name)}: {size} in {_counted(files)}{rest}, from {plan.hub.name} "
            f"({escaped(repositories)})",
            highlight=False,
        )
        if plan.pickled:
            console.print(
                f"  Its weights come only as a pickle ({escaped(', '.join(plan.pickled))}): fetch "
                "it if you trust who made it.",
                highlight=False,
            )
    if plans:
        root = plans[0].place.root
        console.print(
            f"Into {escaped(str(root))}, where {_gigabytes(free_bytes(root))} are free.",
            highlight=False,
        )


def _require_room_for_all(plans: list[Plan]) -> None:
    """Each model's room on top of those before it, for they go to one disk."""
    taken = 0

    def free(path: Path) -> int:
        return free_bytes(path) - taken

    for plan in plans:
        require_room(plan, free=free)
        taken += plan.missing_bytes


def _ask(*, yes: bool) -> None:
    """Go on only if a person agrees.

    Raises:
        ConfigurationError: nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "Nothing was fetched: nobody can be asked here. Say --yes, or set YES=1."
        )
    typer.confirm("Fetch?", default=True, abort=True, err=True)


@contextmanager
def _shown(console: Console, plan: Plan) -> Iterator[Any]:
    """Progress: a bar on a terminal, else ten lines."""
    total = plan.missing_bytes
    if console.is_terminal and shutil.get_terminal_size().columns >= 40:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(escaped(plan.name), total=total)
            yield lambda count: progress.update(task, completed=count)
        return
    said = 0

    def line(count: int) -> None:
        nonlocal said
        step = _STEPS * count // max(total, 1)
        if step > said:
            said = step
            console.print(
                f"{escaped(plan.name)}: {_gigabytes(count)} of {_gigabytes(total)}", highlight=False
            )

    yield line


def _counted(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"


def _gigabytes(count: int) -> str:
    """Bytes for people.

    >>> _gigabytes(17_534_247_392), _gigabytes(2_000_000), _gigabytes(12)
    ('17.5 GB', '2.0 MB', '12 B')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} B"
