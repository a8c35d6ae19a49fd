"""Whether this machine can compute what the settings ask for: GPUs, driver, PyTorch, weights.

`machine` stands for what was found on the machine; tests give one.
"""

from collections.abc import Iterator
from importlib.util import find_spec

from api.commands.findings import Finding
from api.settings import Settings
from knowledge.errors import ModelError
from vlm.models import (
    FP8_CAPABILITY,
    LEAST_CAPABILITIES,
    Machine,
    cached_models,
    choose_size,
    gigabytes_of,
    has_fp8_program,
    is_loadable,
    missing_packages,
    needed_gb,
    quantization_of,
    read_machine,
    read_name,
    require_fast_enough,
    require_here,
    weight_bytes,
    without_fp8_program,
)


def check_gpu(settings: Settings, machine: Machine | None = None) -> Iterator[Finding]:
    """Which GPUs the driver knows, and whether the installed PyTorch can use them."""
    machine = machine or read_machine()
    reads_here = settings.reader == "qwen3-vl"
    if not machine.gpus:
        if machine.trouble is not None:
            todo = f"{machine.why_no_gpu}."
            yield Finding("gpu", "failed" if reads_here else "warning", "none can be used", todo)
        elif reads_here:
            yield Finding(
                "gpu", "warning", "none", "qwen3-vl takes minutes for a question without one; use "
                "--reader openai with a model server, or --reader extractive.",
            )  # fmt: skip
        else:
            yield Finding("gpu", "ok", "none, and these settings need none")
        return
    devices = ", ".join(
        f"{gpu.name} ({gpu.total / 2**30:.0f} GiB"
        + (f", {gpu.free / 2**30:.0f} free)" if gpu.free is not None else ")")
        for gpu in machine.gpus
    )
    if machine.driver:
        devices += f", driver {machine.driver}"
    why = machine.why_no_gpu
    if why is not None:
        yield Finding("gpu", "failed" if reads_here else "warning", devices, f"{why}.")
        return
    build = machine.torch
    if build is None:
        yield Finding("gpu", "ok", f"{devices}; PyTorch is not installed, so nothing uses it")
        return
    least = LEAST_CAPABILITIES.get(build.cuda[0], 0.0) if build.cuda else 0.0
    if machine.capability is not None and machine.capability < least:
        yield Finding(
            "gpu", "failed" if reads_here else "warning",
            f"{devices}, of CUDA capability {machine.capability}",
            f"PyTorch {build.version} has no programs for GPUs below {least}; install one that was "
            "built for an older CUDA.",
        )  # fmt: skip
        return
    yield Finding("gpu", "ok", f"{devices}; PyTorch {build.version}")


def check_weights(settings: Settings, machine: Machine | None = None) -> Iterator[Finding]:
    """Whether the model of the reader qwen3-vl is here, and whether the memory holds it."""
    if settings.reader != "qwen3-vl":
        return
    machine = machine or read_machine()
    uses_gpu = bool(machine.gpus) and machine.why_no_gpu is None
    free_gb = machine.gpu_free / 1e9 if uses_gpu else 0.0
    name = settings.reader_model or choose_size(
        free_gb,
        quantization=settings.reader_quantization,
        cached=[
            known
            for known, folder in cached_models()
            if is_loadable(folder, capability=machine.capability)
        ],
        capability=machine.capability,
    )
    if name is None:
        yield Finding(
            "weights", "failed", f"no Qwen3-VL fits {free_gb:.1f} GB of free GPU memory",
            "Free some, name a model with SNAPCITE_READER_MODEL, set "
            "SNAPCITE_READER_QUANTIZATION=4bit, or use --reader openai.",
        )  # fmt: skip
        return
    try:
        folder = require_here(name)
        if not uses_gpu:
            require_fast_enough(name, folder, is_allowed=settings.reader_cpu, machine=machine)
    except ModelError as error:
        yield Finding("weights", "failed", str(error))
        return
    lacking = missing_packages(folder, capability=machine.capability if uses_gpu else None)
    if lacking:
        yield Finding(
            "weights", "failed", f"{name} is quantised as {quantization_of(folder)}, which needs "
            f"{', '.join(lacking)}", f"Run `pip install {' '.join(lacking)}`, or take another one.",
        )  # fmt: skip
        return
    computes_fp8 = uses_gpu and (machine.capability or 0.0) >= FP8_CAPABILITY
    if quantization_of(folder) == "fp8" and computes_fp8 and not has_fp8_program():
        yield Finding("weights", "failed", without_fp8_program(name))
        return
    yield from _quantising(name, quantization_of(folder), settings)
    on_disk = weight_bytes(folder) / 1e9
    weights_gb = on_disk
    if settings.reader_quantization is not None and quantization_of(folder) is None:
        known = gigabytes_of(name, quantization=settings.reader_quantization)
        # Of a model that is not known, the share that another one's weights shrink to.
        weights_gb = known or on_disk * gigabytes_of(
            "Qwen3-VL-8B", quantization=settings.reader_quantization
        ) / gigabytes_of("Qwen3-VL-8B")
    too_old = uses_gpu and (machine.capability or FP8_CAPABILITY) < FP8_CAPABILITY
    if quantization_of(folder) == "fp8" and too_old:
        weights_gb = gigabytes_of(_unquantised(name)) or 2 * on_disk
        yield Finding(
            "weights", "warning", f"{name} is in FP8, which these GPUs (CUDA capability "
            f"{machine.capability}) do not compute with: it becomes bf16 while it loads",
            "Take the checkpoint without FP8, or SNAPCITE_READER_QUANTIZATION=4bit.",
        )  # fmt: skip
    yield _room(name, weights_gb, free_gb, machine, uses_gpu=uses_gpu)


def _quantising(name: str, stored: str | None, settings: Settings) -> Iterator[Finding]:
    """Whether bitsandbytes can do with the weights what the settings want while they load."""
    wanted = settings.reader_quantization
    if wanted is None:
        return
    checkpoint = read_name(name)
    if stored is not None or (checkpoint is not None and checkpoint.is_mixture):
        what = f"quantised already ({stored})" if stored else "a mixture of experts"
        yield Finding(
            "weights", "failed", f"{name} is {what}: bitsandbytes does not make {wanted} of it",
            "Unset SNAPCITE_READER_QUANTIZATION, or take a dense model in 16 bits.",
        )  # fmt: skip
    if find_spec("bitsandbytes") is None:
        yield Finding(
            "weights", "failed", f"{wanted} needs bitsandbytes", "Run `pip install bitsandbytes`."
        )


def _room(
    name: str, weights_gb: float, free_gb: float, machine: Machine, *, uses_gpu: bool
) -> Finding:
    """Whether weights of a size fit, and what of them would lie elsewhere."""
    seen = f"{name}, {weights_gb:.1f} GB in memory"
    if not uses_gpu:
        in_fp32 = 2 * weights_gb
        if in_fp32 * 1e9 > machine.memory:
            return Finding(
                "weights", "failed", f"{seen}; in fp32 {in_fp32:.1f} GB, and "
                f"{machine.memory / 1e9:.1f} GB of main memory are free", "Take a smaller model.",
            )  # fmt: skip
        return Finding("weights", "warning", f"{seen}; on the processor in fp32 {in_fp32:.1f} GB")
    if weights_gb > free_gb:
        return Finding(
            "weights", "warning", f"{seen}; the GPU has {free_gb:.1f} GB free, so "
            f"{weights_gb - free_gb:.1f} GB would be off-loaded to main memory and fetched from "
            "there for every word", _smaller(name),
        )  # fmt: skip
    if needed_gb(weights_gb) > free_gb:
        return Finding(
            "weights", "warning", f"{seen}; the GPU has {free_gb:.1f} GB free, which leaves little "
            "for photos", "Set SNAPCITE_READER_BATCH=1, or take a smaller model.",
        )  # fmt: skip
    return Finding("weights", "ok", f"{seen}; the GPU has {free_gb:.1f} GB free")


def _smaller(name: str) -> str:
    """What to do where a model is too large; bitsandbytes leaves a mixture's experts alone."""
    checkpoint = read_name(name)
    if checkpoint is None or checkpoint.is_mixture or checkpoint.scheme != "bf16":
        return "Take a smaller model."
    return "Take a smaller model, or SNAPCITE_READER_QUANTIZATION=4bit."


def _unquantised(name: str) -> str:
    checkpoint = read_name(name)
    return f"Qwen3-VL-{checkpoint.size}" if checkpoint else ""
