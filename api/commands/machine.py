"""What this machine has: packages that are installed, GPUs that its driver knows."""

import ctypes
from importlib import metadata
from importlib.util import find_spec


def required_distributions() -> list[str]:
    """Names of the distributions that SnapCite's core needs."""
    names = []
    for line in metadata.requires("snapcite") or ():
        requirement, _, marker = line.partition(";")
        if "extra" not in marker:
            name = requirement.strip()
            for sign in "[<>=!~ ":
                name = name.partition(sign)[0]
            names.append(name)
    return names


def is_installed(distribution: str) -> bool:
    """Whether a distribution is installed."""
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def has_module(name: str) -> bool:
    """Whether a module can be imported; it is not."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of the package it would be in
        return False


def cuda_devices() -> list[tuple[str, int]]:
    """Name and bytes of each GPU, asked of the driver: PyTorch would take seconds to import."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return []
    count = ctypes.c_int()
    if cuda.cuInit(0) != 0 or cuda.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return []
    found = []
    for number in range(count.value):
        device, size = ctypes.c_int(), ctypes.c_size_t()
        name = ctypes.create_string_buffer(128)
        if (
            cuda.cuDeviceGet(ctypes.byref(device), number) == 0
            and cuda.cuDeviceGetName(name, len(name), device) == 0
            and cuda.cuDeviceTotalMem_v2(ctypes.byref(size), device) == 0
        ):
            found.append((name.value.decode(errors="replace"), size.value))
    return found
