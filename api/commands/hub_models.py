"""What `snapcite models list` says of models of a hub: fetched ones and known ones, and which of
them this GPU holds."""

from collections.abc import Collection, Iterator
from typing import Any

from api.commands.columns import lines_of
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


def lines_on_hub_models(
    machine: Machine, cached: Collection[dict[str, Any]], known: Collection[dict[str, Any]]
) -> list[str]:
    """Two lists for people."""
    lines = ["", f"Fetched, in {escaped(str(hub_folder()))}:", *_lines(cached, "GB")]
    return [
        *(lines if cached else ()),
        "",
        "Known; `snapcite models pull NAME` fetches one. " + _gpu_line(machine),
        *_lines(known, "about GB"),
    ]


def _lines(models: Collection[dict[str, Any]], size: str) -> list[str]:
    rows = [
        (
            model["name"],
            f"{model['bytes'] / 1e9:.1f}",
            f"{model['gpu_gb']:.1f}" if model.get("gpu_gb") else "–",
            model.get("fits", "–"),
            model.get("problem") or model["purpose"],
        )
        for model in models
    ]
    return lines_of(("name", size, "GPU GB", "fits", "for"), rows, right=(size, "GPU GB"))


def _gpu_line(machine: Machine) -> str:
    if machine.why_no_gpu:
        return f"PyTorch uses no GPU: {machine.why_no_gpu}."
    if not machine.gpus:
        return "No GPU is here."
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
