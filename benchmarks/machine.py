"""What a benchmark ran on, and what a process takes of it. Linux; knows no benchmark."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from vlm.models import read_machine

_PACKAGES = (
    "onnxruntime", "torch", "transformers", "llguidance", "open-clip-torch", "pillow",
    "qdrant-edge-py", "qdrant-client",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of a process in MB: `anonymous` is its own, `mapped` pages of files."""

    anonymous: float
    mapped: float
    peak: float


def memory_mb(pid: int | None = None) -> Memory:
    """What a process holds now (this one by default), and the most it has held."""
    status = Path(f"/proc/{pid or os.getpid()}/status").read_text().splitlines()
    found = {key: value.split() for key, _, value in (line.partition(":") for line in status)}
    kb = {key: int(found[key][0]) for key in ("RssAnon", "RssFile", "VmHWM")}
    return Memory(
        anonymous=kb["RssAnon"] / 1024, mapped=kb["RssFile"] / 1024, peak=kb["VmHWM"] / 1024
    )


def processor_seconds() -> float:
    """Of this process and all that it started and that still run."""
    total = 0.0
    me = psutil.Process()
    for process in (me, *me.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def describe() -> dict[str, str | int]:
    """Processor, cores, memory, Python and the packages that matter."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **_gpus(),
        **{name: _version(name) for name in _PACKAGES},
    }


def _gpus() -> dict[str, str | int]:
    machine = read_machine()
    if not machine.gpus:
        return {}
    names = ", ".join(gpu.name for gpu in machine.gpus)
    return {"gpu": names, "driver": machine.driver or "?"}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
