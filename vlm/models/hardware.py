"""What this machine computes with: its GPUs, their driver, and the PyTorch that is installed.

Asks `nvidia-smi` and reads the version of PyTorch from its files: importing it would take seconds,
and a PyTorch that finds no usable driver says nothing and runs on the processor.
"""

import csv
import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from knowledge.errors import ModelError
from vlm.models.hub_cache import weight_bytes
from vlm.models.qwen3_vl_sizes import parameters_of

_SECONDS = 10
_QUERY = ("name", "memory.total", "memory.free", "driver_version", "compute_cap")
_OLD_QUERY = _QUERY[:-1]
"""What drivers before 510 can be asked for: one unknown field makes them refuse all."""

_LEAST_DRIVERS = {11: "450.80", 12: "525.60", 13: "580.65"}
"""CUDA's major version → the oldest driver for Linux that runs programs built with any of it."""

LEAST_CAPABILITIES = {11: 3.7, 12: 5.0, 13: 7.5}
"""CUDA's major version → the lowest capability of GPUs that it has programs for."""

LARGEST_ON_A_CPU = 3_000_000_000
"""Parameters from which a model is not loaded in fp32 on a processor without being told to."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU. Bytes of memory; `free` and `capability` are None where only the driver was asked."""

    name: str
    total: int
    free: int | None = None
    capability: float | None = None


@dataclass(frozen=True, slots=True)
class TorchBuild:
    """The PyTorch that is installed.

    Attributes:
        version: such as 2.15.0+cpu.
        cuda: the CUDA that it was built with, such as (13, 0); None for a build without.
        is_rocm: whether it was built for AMD's GPUs.
    """

    version: str
    cuda: tuple[int, int] | None = None
    is_rocm: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found.

    Attributes:
        gpus: those that the driver knows.
        driver: the driver's version, such as 535.104.05; None if unknown.
        cuda: the newest CUDA that the driver runs; None if unknown.
        torch: None if PyTorch is not installed.
        memory: bytes of main memory that are free.
        trouble: what `nvidia-smi` says where it is here and finds no GPU because it fails.
    """

    gpus: tuple[Gpu, ...] = ()
    driver: str | None = None
    cuda: tuple[int, int] | None = None
    torch: TorchBuild | None = None
    memory: int = 0
    trouble: str | None = None

    @property
    def gpu_free(self) -> int:
        """Free bytes of all GPUs; all of one's memory where it is not known how much is free."""
        return sum(gpu.total if gpu.free is None else gpu.free for gpu in self.gpus)

    @property
    def capability(self) -> float | None:
        """The lowest CUDA capability of the GPUs; None if one's is unknown, or there are none."""
        known = [gpu.capability for gpu in self.gpus if gpu.capability is not None]
        return min(known) if known and len(known) == len(self.gpus) else None

    @property
    def why_no_gpu(self) -> str | None:
        """Why PyTorch computes on the processor in spite of a GPU, and what to do.

        None if it uses the GPU, or there is nothing to use.
        """
        if self.trouble is not None:
            return (
                f"nvidia-smi fails ({self.trouble}), so nothing can use a GPU; load or install "
                "NVIDIA's driver"
            )
        if not self.gpus or self.torch is None or self.torch.is_rocm:
            return None
        if self.torch.cuda is None:
            return (
                f"PyTorch {self.torch.version} was built without CUDA; install it with CUDA, for "
                "instance `pip install --force-reinstall torch`"
            )
        if self.cuda is not None and self.cuda[0] < self.torch.cuda[0]:
            wanted, has = (f"{major}.{minor}" for major, minor in (self.torch.cuda, self.cuda))
            least = _LEAST_DRIVERS.get(self.torch.cuda[0])
            newer = f"a driver from {least} on" if least else "a newer driver"
            return (
                f"PyTorch {self.torch.version} was built with CUDA {wanted}, and the driver "
                f"{f'{self.driver} ' if self.driver else ''}runs CUDA {has} at most, so PyTorch "
                f"silently computes on the processor; install {newer}, or a PyTorch built for CUDA "
                f"{self.cuda[0]}"
            )
        return None


def require_fast_enough(
    name: str, folder: Path, *, is_allowed: bool, machine: Machine | None = None
) -> None:
    """Refuse a large model where PyTorch computes on the processor, unless told to load it.

    Args:
        name: the model's name, for the message.
        folder: its files.
        is_allowed: whether a person wants it all the same.
        machine: for the message; by default, this one.

    Raises:
        ModelError: the model is large and nobody allowed it.
    """
    parameters = parameters_of(name) or weight_bytes(folder) // 2
    if is_allowed or parameters < LARGEST_ON_A_CPU:
        return
    machine = machine or read_machine()
    why = machine.why_no_gpu or "PyTorch finds no GPU here"
    raise ModelError(
        f"{name} has {parameters / 1e9:.1f} billion parameters and is not loaded on a processor: "
        f"in fp32 it takes {4 * parameters / 1e9:.0f} GB of memory ({machine.memory / 1e9:.0f} GB "
        f"are free) and minutes for a question. {why}. Take a smaller model, a model server "
        "(SNAPCITE_READER=openai) or the reader extractive; SNAPCITE_READER_CPU=1 loads it all "
        "the same."
    )


Run = Callable[[Sequence[str]], str | None]
"""Runs a program; its output, or None if it is not here or fails."""


def read_machine(run: Run | None = None, *, torch_folder: Path | None = None) -> Machine:
    """What this machine has.

    Args:
        run: how a program is run; by default, really.
        torch_folder: where PyTorch is installed; by default, where Python finds it.
    """
    run = run or _run
    gpus, driver = _read_gpus(_listed(run, _QUERY) or _listed(run, _OLD_QUERY) or "")
    banner = run(["nvidia-smi"]) if gpus else None
    cuda = _version(r"CUDA (?:UMD )?Version\s*:\s*(\d+)\.(\d+)", banner or "")
    trouble = None
    if not gpus and run is _run:
        gpus, cuda = _ask_driver()
        trouble = None if gpus else _trouble()
    gpus = _visible(gpus, os.environ.get("CUDA_VISIBLE_DEVICES"))
    return Machine(gpus, driver, cuda, _read_torch(torch_folder), _free_memory(), trouble)


def _listed(run: Run, fields: Sequence[str]) -> str | None:
    return run(["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"])


def _trouble() -> str | None:
    """The first line of what `nvidia-smi` says where it fails, as without a loaded driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program], capture_output=True, check=False, text=True, errors="replace",
            timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}"
    said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return None if done.returncode == 0 else (said or [f"exit status {done.returncode}"])[0][:200]


def _run(command: Sequence[str]) -> str | None:
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *command[1:]],
            capture_output=True, check=False, text=True, timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None


def _read_gpus(listed: str) -> tuple[tuple[Gpu, ...], str | None]:
    found, driver = [], None
    for row in csv.reader(listed.splitlines(), skipinitialspace=True):
        if len(row) not in (len(_QUERY), len(_OLD_QUERY)):
            continue
        name, total, free, version, *capability = (cell.strip() for cell in row)
        if _number(total) is None:
            continue  # a MIG parent, for instance, says [N/A]
        megabytes = _number(free)
        found.append(
            Gpu(
                name,
                int(_number(total) or 0) * 2**20,
                None if megabytes is None else int(megabytes) * 2**20,
                _number(capability[0]) if capability else None,
            )
        )
        driver = version or driver
    return tuple(found), driver


def _visible(gpus: tuple[Gpu, ...], numbers: str | None) -> tuple[Gpu, ...]:
    """The GPUs that a process may use; `numbers` as CUDA_VISIBLE_DEVICES lists them."""
    if numbers is None or not re.fullmatch(r"[\d,\s-]*", numbers):
        return gpus  # names of GPUs: nvidia-smi was not asked for those
    chosen = [int(number) for number in numbers.split(",") if number.strip().isdigit()]
    return tuple(gpus[number] for number in chosen if number < len(gpus))


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,12}(?:\.\d{1,3})?", text) else None


def _version(pattern: str, text: str) -> tuple[int, int] | None:
    found = re.search(pattern, text)
    return (int(found[1]), int(found[2])) if found else None


def _read_torch(folder: Path | None) -> TorchBuild | None:
    """The version that PyTorch's `version.py` states, without running it."""
    if folder is None:
        spec = find_spec("torch")
        if spec is None or spec.origin is None:
            return None
        folder = Path(spec.origin).parent
    try:
        text = (folder / "version.py").read_text(encoding="utf-8")
    except OSError:
        return TorchBuild("of unknown version")
    version = re.search(r"__version__\s*=\s*['\"]([^'\"]+)", text)
    return TorchBuild(
        version[1] if version else "of unknown version",
        _version(r"\ncuda\b[^=\n]*=\s*['\"](\d+)\.(\d+)", "\n" + text),
        re.search(r"\nhip\b[^=\n]*=\s*['\"]", "\n" + text) is not None,
    )


def _ask_driver() -> tuple[tuple[Gpu, ...], tuple[int, int] | None]:
    """The GPUs and the CUDA of the driver's own library, where `nvidia-smi` is missing."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return (), None
    count, version = ctypes.c_int(), ctypes.c_int()
    if cuda.cuInit(0) != 0 or cuda.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return (), None
    found = []
    for number in range(count.value):
        device, size = ctypes.c_int(), ctypes.c_size_t()
        name = ctypes.create_string_buffer(128)
        if (
            cuda.cuDeviceGet(ctypes.byref(device), number) == 0
            and cuda.cuDeviceGetName(name, len(name), device) == 0
            and cuda.cuDeviceTotalMem_v2(ctypes.byref(size), device) == 0
        ):
            found.append(Gpu(name.value.decode(errors="replace"), size.value))
    runs = None
    if cuda.cuDriverGetVersion(ctypes.byref(version)) == 0:
        runs = (version.value // 1000, version.value % 1000 // 10)
    return tuple(found), runs


def _free_memory() -> int:
    """Bytes of main memory that a process could take; 0 if the system does not say."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        found = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0
