"""What `snapcite models list` says of models of a hub: fetched ones and known ones, and which of
them this GPU holds."""

from collections.abc import Collection, Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from api.plain_output import escaped
from api.settings import Settings
from vlm.models import (
    KNOWN,
    Machine,
    cached_models,
    gigabytes_of,
    hub_folder,
    missing_packages,
    needed_gb,
    quantization_of,
    read_name,
    weight_bytes,
)


def describe_cached(machine: Machine, settings: Settings) -> Iterator[dict[str, Any]]:
    """The models in the Hugging Face cache, whoever fetched them."""
    for name, folder in cached_models():
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        lacking = missing_packages(folder, capability=machine.capability)
        checkpoint = read_name(name)
        yield {
            "name": name,
            "kind": "cache",
            "where": str(folder),
            "bytes": size,
            "measured": {},
            "purpose": _purpose(name),
            **({"quantized": quantization_of(folder)} if quantization_of(folder) else {}),
            **({"problem": f"needs {', '.join(lacking)}"} if lacking else {}),
            **(_fit(name, weight_bytes(folder) / 1e9, machine, settings) if checkpoint else {}),
        }


def describe_known(
    machine: Machine, settings: Settings, *, here: Collection[str]
) -> Iterator[dict[str, Any]]:
    """The models that can be fetched and are not here."""
    for known in KNOWN:
        if known.name in here:
            continue
        yield {
            "name": known.name,
            "kind": "hub",
            "bytes": round(known.gigabytes * 1e9),
            "measured": {},
            "purpose": known.purpose,
            "use": known.use,
            **_fit(known.name, known.memory_gb, machine, settings),
        }


def print_hub_models(
    console: Console,
    machine: Machine,
    cached: Collection[dict[str, Any]],
    known: Collection[dict[str, Any]],
) -> None:
    """Two tables for people."""
    if cached:
        where = escaped(str(hub_folder()))
        console.print(f"\nFetched, in {where}:", highlight=False, soft_wrap=True)
        console.print(_table(cached, "GB"))
    console.print(
        "\nKnown; `snapcite models pull NAME` fetches one. " + _gpu_line(machine), highlight=False
    )
    console.print(_table(known, "about GB"))


def _table(models: Collection[dict[str, Any]], size: str) -> Table:
    table = Table(box=None, title_justify="left")
    for column in ("name", "for", size, "GPU GB", "fits"):
        table.add_column(
            column,
            justify="right" if "GB" in column else "left",
            no_wrap=column == "name",
            min_width=max(len(model["name"]) for model in models) if column == "name" else None,
        )
    for model in models:
        memory = model.get("gpu_gb")
        table.add_row(
            escaped(model["name"], one_line=True),
            model.get("problem") or model["purpose"],
            f"{model['bytes'] / 1e9:.1f}",
            f"{memory:.1f}" if memory else "–",
            model.get("fits", "–"),
        )
    return table


def _gpu_line(machine: Machine) -> str:
    if not machine.gpus:
        return "No GPU is here."
    if machine.why_no_gpu:
        return f"PyTorch does not use the GPU: {machine.why_no_gpu}."
    names = ", ".join(gpu.name for gpu in machine.gpus)
    return f"This GPU: {names}, {machine.gpu_free / 1e9:.0f} GB free."


def _fit(name: str, weights_gb: float, machine: Machine, settings: Settings) -> dict[str, Any]:
    """Memory that a model takes on a GPU, and whether this one has it: yes, 4bit, no."""
    checkpoint = read_name(name)
    quantization = settings.reader_quantization
    if checkpoint and quantization and checkpoint.scheme == "bf16":
        weights_gb = gigabytes_of(name, quantization=quantization)
    needed = needed_gb(weights_gb) if checkpoint else weights_gb * 1.5
    told: dict[str, Any] = {"gpu_gb": round(needed, 1)}
    if not machine.gpus or machine.why_no_gpu:
        return told
    free = machine.gpu_free / 1e9
    if needed <= free:
        return told | {"fits": "yes"}
    can_shrink = checkpoint and checkpoint.scheme == "bf16" and not checkpoint.is_mixture
    if can_shrink and needed_gb(gigabytes_of(name, quantization="4bit")) <= free:
        return told | {"fits": "4bit"}
    return told | {"fits": "no"}


def _purpose(name: str) -> str:
    known = next((one for one in KNOWN if one.name == name), None)
    if known is not None:
        return known.purpose
    checkpoint = read_name(name)
    if checkpoint is None:
        return ""
    return "reads photos and evidence" + ("" if checkpoint.is_instruct else ", thinking first")
